import uuid

from odoo import api, models

from ..lib import documents
from ..lib.client import UserErrors
from ..lib.stock import CALL, changes

READ = 100


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    def action_push_stock(self):
        """Send every stock level that differs; runs in the background."""
        for shop in self:
            shop.with_delay(
                channel="root.o2c.shopify",
                identity_key=f"o2c.shopify.push_stock:{shop.id}",
                description=self.env._("Send all stock levels to %s", shop.name),
            ).push_stock()
        return self[:1]._notification(self.env._("Stock levels are being sent in the background."), "success")

    @api.model
    def _cron_push_stock(self):
        """Nightly: compare every level, which also mends what somebody changed in Shopify."""
        self.search([("state", "=", "connected"), ("push_stock_levels", "=", True)]).action_push_stock()

    @api.model
    def _cron_push_changed_stock(self):
        """Take up changes whose job came too early (a transaction that took long to save)."""
        waiting = self.env["o2c.shopify.stock.change"].search([], limit=1000)
        for shop in waiting.shop_id:
            self.env["o2c.shopify.stock.change"]._enqueue(shop)

    def push_stock(self):
        """Bring the levels of all bound products at all mapped locations to Odoo's free stock.

        :return: number of levels that had to be changed.
        """
        self.ensure_one()
        shop = self._as_odoobot()
        self.env["o2c.shopify.stock.change"].sudo().search([("shop_id", "=", shop.id)]).unlink()
        return shop._push_levels(shop.variant_ids)

    def _push_changed_stock(self):
        """Send the levels of products that moved."""
        self.ensure_one()
        shop = self._as_odoobot()
        waiting = (
            shop.env["o2c.shopify.stock.change"].search([("shop_id", "=", shop.id)]).try_lock_for_update()
        )
        variants = waiting.variant_id
        waiting.unlink()
        return shop._push_levels(variants)

    def _push_levels(self, variants):
        variants = variants.filtered(lambda variant: variant.tracked and variant.inventory_gid)
        locations = self.location_ids.filtered("warehouse_id")
        if not variants or not locations:
            return 0
        changed = 0
        with self.env["o2c.issue"]._guard(self, "stock", retry="action_push_stock"):
            self._check_same_database()
            client = self._client()
            for location in locations:
                wanted = self._free_stock(variants, location.warehouse_id)
                gids = list(wanted)
                for start in range(0, len(gids), READ):
                    part = {gid: wanted[gid] for gid in gids[start : start + READ]}
                    changed += self._set_levels(client, location.gid, part)
        return changed

    def _free_stock(self, variants, warehouse):
        """Inventory gid -> pieces that may be sold from the warehouse.

        Free is what is there and not reserved for an order, less the safety stock. It is negative
        only when more is reserved than there is, and then nothing may be sold.
        """
        products = variants.product_id.with_context(warehouse_id=warehouse.id)
        free = {product.id: product.free_qty for product in products}
        return {
            variant.inventory_gid: max(0, int(free[variant.product_id.id]) - self.safety_stock)
            for variant in variants
        }

    def _set_levels(self, client, location_gid, wanted, attempts=3):
        """Compare and set; read again whatever somebody else changed in between."""
        sent = 0
        for _attempt in range(attempts):
            nodes = client.execute(documents.INVENTORY, {"ids": list(wanted), "location": location_gid}).data[
                "nodes"
            ]
            todo, unstocked = changes(nodes, wanted)
            for gid in unstocked:
                client.mutate(
                    documents.INVENTORY_ACTIVATE,
                    {"item": gid, "location": location_gid, "key": str(uuid.uuid4())},
                )
                todo.append((gid, wanted[gid], 0))
            stale = False
            for start in range(0, len(todo), CALL):
                try:
                    client.mutate(
                        documents.INVENTORY_SET,
                        self._level_input(todo[start : start + CALL], location_gid),
                    )
                    sent += len(todo[start : start + CALL])
                except UserErrors as error:
                    if "CHANGE_FROM_QUANTITY_STALE" not in error.codes:
                        raise
                    stale = True
            if not stale:
                return sent
        raise UserErrors(
            [{"message": self.env._("Somebody else keeps changing the same stock levels in Shopify.")}]
        )

    @staticmethod
    def _level_input(todo, location_gid):
        return {
            "input": {
                "name": "available",
                "reason": "correction",
                "quantities": [
                    {
                        "inventoryItemId": gid,
                        "locationId": location_gid,
                        "quantity": quantity,
                        "changeFromQuantity": current,
                    }
                    for gid, quantity, current in todo
                ],
            },
            "key": str(uuid.uuid4()),
        }
