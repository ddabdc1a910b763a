import uuid

from odoo import api, fields, models
from odoo.fields import Command

from ..lib import documents
from ..lib.client import UserErrors
from ..lib.stock import calls, changes, set_input

# Levels read at once: the question costs three points for each, and may cost a thousand.
READ = 125
# How often levels are read again that somebody else changes at the same time.
ATTEMPTS = 3
# Differences that the nightly report tells one by one.
TOLD = 20


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    stock_checked_at = fields.Datetime(
        readonly=True, copy=False, help="When all stock levels were last compared with Shopify (UTC)."
    )

    def action_push_stock(self):
        """Send every stock level that differs, also of what was never counted; runs in the background."""
        self._check_not_demo()
        for shop in self:
            shop.with_delay(
                channel="root.o2c.shopify",
                identity_key=f"o2c.shopify.push_stock:{shop.id}",
                description=self.env._("Send all stock levels to %s", shop.name),
            ).push_stock()
        return self[:1]._notification(self.env._("Stock levels are being sent in the background."), "success")

    def _o2c_retry_stock(self):
        """Send again what could not be sent by itself."""
        for shop in self:
            shop.with_delay(
                channel="root.o2c.shopify",
                identity_key=f"o2c.shopify.retry_stock:{shop.id}",
                description=self.env._("Send all stock levels to %s", shop.name),
            )._push_all_stock()

    @api.model
    def _cron_push_stock(self):
        """Nightly: compare every level, mend what somebody changed in Shopify, and report it."""
        for shop in self.search([("state", "=", "connected"), ("push_stock_levels", "=", True)]):
            shop.with_delay(
                channel="root.o2c.shopify",
                identity_key=f"o2c.shopify.check_stock:{shop.id}",
                description=self.env._("Compare all stock levels with %s", shop.name),
            )._check_stock()

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
        return len(self._push_all_stock(uncounted=True) or ())

    def _push_all_stock(self, uncounted=False):
        self.ensure_one()
        shop = self._as_odoobot()
        waiting = shop.env["o2c.shopify.stock.change"].search([("shop_id", "=", shop.id)])
        sent = shop._push_levels(shop.variant_ids, uncounted)
        if sent is not None:
            waiting.unlink()
            shop.stock_checked_at = fields.Datetime.now()
        return sent

    def _check_stock(self):
        """Push all levels, and report those that differed without a movement in Odoo that explains it."""
        self.ensure_one()
        shop = self._as_odoobot()
        first = not shop.stock_checked_at
        moving = shop.env["o2c.shopify.stock.change"].search([("shop_id", "=", shop.id)]).variant_id
        explained = set(moving.mapped("inventory_gid"))
        drift = [change for change in self._push_all_stock() or () if change.item not in explained]
        if drift and not first:
            shop._report_drift(drift)

    def _report_drift(self, drift):
        skus = {variant.inventory_gid: variant.sku or variant.product_id.name for variant in self.variant_ids}
        places = {location.gid: location.name for location in self.location_ids}
        lines = [
            self.env._(
                "%(sku)s at %(location)s: %(theirs)s in Shopify, %(ours)s in Odoo",
                sku=skus.get(change.item, change.item),
                location=places.get(change.location, change.location),
                theirs=change.theirs or 0,
                ours=change.ours,
            )
            for change in drift[:TOLD]
        ]
        if len(drift) > TOLD:
            lines.append(self.env._("and %s more", len(drift) - TOLD))
        self.env["o2c.issue"]._report(
            self,
            "stock",
            self.env._(
                "%(count)s stock levels in Shopify were not what Odoo had sent, and were set to Odoo's. "
                "Who counts or corrects stock should do it in Odoo. Close this issue when you have seen "
                "it.\n%(lines)s",
                count=len(drift),
                lines="\n".join(lines),
            ),
            key="drift",
        )

    def _push_changed_stock(self):
        """Send the levels of products that moved."""
        self.ensure_one()
        shop = self._as_odoobot()
        waiting = (
            shop.env["o2c.shopify.stock.change"].search([("shop_id", "=", shop.id)]).try_lock_for_update()
        )
        sent = shop._push_levels(waiting.variant_id)
        if sent is not None:
            waiting.unlink()
        return len(sent or ())

    def _compare_levels(self, bodies):
        """Levels changed in Shopify: send Odoo's where they differ. Our own changes compare equal.

        :param bodies: webhooks, in any order: of two about one level, nobody knows which is newer.
        """
        told = {}
        for body in bodies:
            item = f"gid://shopify/InventoryItem/{body.get('inventory_item_id')}"
            place = f"gid://shopify/Location/{body.get('location_id')}"
            told.setdefault(place, {}).setdefault(item, set()).add(body.get("available"))
        if not told or not self.push_stock_levels:
            return
        changes = self.env["o2c.shopify.stock.change"]
        for location in self.location_ids.filtered("warehouse_id"):
            here = told.get(location.gid, {})
            variants = self.env["o2c.shopify.variant"].search(
                [("shop_id", "=", self.id), ("inventory_gid", "in", list(here))]
            )
            ours = self._levels_at(variants, location.warehouse_id) if variants else {}
            changes |= changes.create(
                [
                    {"variant_id": variant.id, "shop_id": self.id}
                    for variant in variants
                    if variant.inventory_gid in ours
                    and here[variant.inventory_gid] != {ours[variant.inventory_gid]}
                ]
            )
        if changes:
            changes._enqueue(self)

    def _push_levels(self, variants, uncounted=False):
        """Send the levels of these variants at all locations.

        :param uncounted: also of what a warehouse never had on its shelf, which is none.
        :return: the changes made; None when Shopify would not take them, which became an issue.
        """
        variants = variants.filtered(lambda variant: variant.tracked and variant.inventory_gid)
        locations = self.location_ids.filtered("warehouse_id")
        if not variants or not locations:
            return []
        sent = []
        retry = "action_push_stock" if uncounted else "_o2c_retry_stock"
        with self.env["o2c.issue"]._guard(self, "stock", retry=retry) as outcome:
            self._check_same_database()
            client = self._client()
            wanted = {
                location.gid: self._levels_at(variants, location.warehouse_id, uncounted)
                for location in locations
            }
            todo = [
                change for gid, levels in wanted.items() for change in self._read_changes(client, gid, levels)
            ]
            for call in calls(todo):
                sent += self._set_levels(client, call, wanted)
        return sent if outcome.ok else None

    def _levels_at(self, variants, warehouse, uncounted=False):
        """Inventory gid -> pieces that may be sold, for what this warehouse has or had on its shelf.

        What was never there is not known to be gone: a shop that sold before Odoo came would be sold out
        by a warehouse that nobody has counted yet.

        :param uncounted: all the same.
        """
        levels = self._free_stock(variants, warehouse)
        known = variants.filtered(lambda variant: warehouse in variant.stocked_warehouse_ids)
        new = (variants - known).filtered(
            lambda variant: (
                uncounted or variant.product_id.with_context(warehouse_id=warehouse.id).qty_available > 0
            )
        )
        new.write({"stocked_warehouse_ids": [Command.link(warehouse.id)]})
        return {gid: levels[gid] for gid in (known | new).mapped("inventory_gid")}

    def _free_stock(self, variants, warehouse):
        """Inventory gid -> pieces that may be sold from the warehouse.

        That is what is there, less what is reserved or promised by a confirmed order, by an order of
        a shop that waits for its payment (Shopify has taken those pieces off its level already),
        or as safety stock. Never less than nothing.
        """
        products = variants.product_id.with_context(warehouse_id=warehouse.id)
        # These are computed, and do not notice that goods moved since somebody looked.
        products.invalidate_recordset(["qty_available", "free_qty", "outgoing_qty"])
        kits = products._shopify_kits()
        waiting = self._waiting_for_payment(products, warehouse)
        free = {}
        for product in products:
            # Confirmed orders are not reserved where stock is short, or reserved by hand.
            unpromised = product.qty_available - product.outgoing_qty
            available = product.free_qty if product in kits else min(product.free_qty, unpromised)
            free[product.id] = available - waiting.get(product.id, 0)
        return {
            variant.inventory_gid: max(0, int(free[variant.product_id.id]) - self.safety_stock)
            for variant in variants
        }

    def _waiting_for_payment(self, products, warehouse):
        """Product id -> pieces in orders of this or another shop that are not confirmed yet."""
        waiting = {}
        for product, unit, quantity in self.env["sale.order.line"]._read_group(
            [
                ("order_id.shopify_shop_id", "!=", False),
                ("order_id.warehouse_id", "=", warehouse.id),
                ("order_id.state", "in", ("draft", "sent")),
                ("product_id", "in", products.ids),
            ],
            ["product_id", "product_uom_id"],
            ["product_uom_qty:sum"],
        ):
            pieces = unit._compute_quantity(quantity, product.uom_id)
            waiting[product.id] = waiting.get(product.id, 0) + pieces
        return waiting

    def _read_changes(self, client, location, levels):
        """What Shopify's levels at a location lack, as it says now."""
        found = []
        gids = list(levels)
        for start in range(0, len(gids), READ):
            part = {gid: levels[gid] for gid in gids[start : start + READ]}
            answer = client.execute(documents.INVENTORY, {"ids": list(part), "location": location})
            found += changes(answer.data["nodes"], location, part)
        return found

    def _set_levels(self, client, todo, wanted):
        """Compare and set in one call; read again what somebody else changed in between.

        :return: the changes made.
        """
        for _attempt in range(ATTEMPTS):
            if not todo:
                return []
            for change in todo:
                if change.theirs is None:
                    client.mutate(
                        documents.INVENTORY_ACTIVATE,
                        {"item": change.item, "location": change.location, "key": str(uuid.uuid4())},
                    )
            try:
                client.mutate(documents.INVENTORY_SET, {"input": set_input(todo), "key": str(uuid.uuid4())})
                return todo
            except UserErrors as error:
                if "CHANGE_FROM_QUANTITY_STALE" not in error.codes:
                    raise
            # The call was refused whole.
            places = {change.location for change in todo}
            todo = [
                change
                for place in places
                for change in self._read_changes(
                    client,
                    place,
                    {item.item: wanted[place][item.item] for item in todo if item.location == place},
                )
            ]
        raise UserErrors(
            [{"message": self.env._("Somebody else keeps changing the same stock levels in Shopify.")}]
        )
