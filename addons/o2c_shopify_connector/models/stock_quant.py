import time
from datetime import datetime, timedelta, timezone

from odoo import api, models

# Movements within this many seconds share one call to Shopify.
WINDOW = 2
_CHANGED = "o2c_shopify_changed_products"


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        quants._shopify_note_change()
        return quants

    def write(self, vals):
        result = super().write(vals)
        if {"quantity", "reserved_quantity", "location_id"} & vals.keys():
            self._shopify_note_change()
        return result

    def unlink(self):
        self._shopify_note_change()
        return super().unlink()

    def _shopify_note_change(self):
        """Remember whose free stock moved; written down once, when the transaction is saved."""
        data = self.env.cr.precommit.data
        if _CHANGED not in data:
            data[_CHANGED] = set()
            # The quant belongs to a warehouse user, the outbox to the program.
            self.env.cr.precommit.add(self.env["o2c.shopify.stock.change"].sudo()._flush_changes)
        data[_CHANGED].update(self.product_id.ids)


class O2cShopifyStockChange(models.Model):
    _inherit = "o2c.shopify.stock.change"

    @api.model
    def _flush_changes(self):
        """Write down what moved in this transaction, and have it sent soon after."""
        product_ids = self.env.cr.precommit.data.pop(_CHANGED, set())
        if not product_ids:
            return
        variants = self.env["o2c.shopify.variant"].search(
            [
                ("product_id", "in", list(product_ids)),
                ("tracked", "=", True),
                ("shop_id.push_stock_levels", "=", True),
                ("shop_id.state", "!=", "draft"),
            ]
        )
        self.create([{"variant_id": variant.id, "shop_id": variant.shop_id.id} for variant in variants])
        for shop in variants.shop_id:
            self._enqueue(shop)

    @api.model
    def _enqueue(self, shop):
        """One job for all movements of a window; it starts after those have been saved."""
        window = int(time.time() // WINDOW)
        start = datetime.fromtimestamp((window + 1) * WINDOW, tz=timezone.utc)
        shop.with_delay(
            channel="root.o2c.shopify",
            identity_key=f"o2c.shopify.stock:{shop.id}:{window}",
            eta=start.replace(tzinfo=None) + timedelta(seconds=1),
            description=self.env._("Send stock levels to %s", shop.name),
        )._push_changed_stock()
