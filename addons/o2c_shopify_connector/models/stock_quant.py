"""What makes a stock level move: goods, promises of goods, and orders that wait for their payment."""

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
        quants.product_id._shopify_note_change()
        return quants

    def write(self, vals):
        result = super().write(vals)
        if {"quantity", "reserved_quantity", "location_id"} & vals.keys():
            self.product_id._shopify_note_change()
        return result

    def unlink(self):
        self.product_id._shopify_note_change()
        return super().unlink()


class StockMove(models.Model):
    _inherit = "stock.move"

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves.product_id._shopify_note_change()
        return moves

    def write(self, vals):
        result = super().write(vals)
        if {"state", "product_uom_qty"} & vals.keys():
            self.product_id._shopify_note_change()
        return result


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._shopify_waits().product_id._shopify_note_change()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if {"product_uom_qty", "product_id"} & vals.keys():
            self._shopify_waits().product_id._shopify_note_change()
        return result

    def unlink(self):
        self._shopify_waits().product_id._shopify_note_change()
        return super().unlink()

    def _shopify_waits(self):
        return self.filtered(
            lambda line: line.order_id.shopify_shop_id and line.order_id.state in ("draft", "sent")
        )


class SaleOrder(models.Model):
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self.filtered("shopify_shop_id").order_line.product_id._shopify_note_change()
        return result


class ProductProduct(models.Model):
    _inherit = "product.product"  # pylint: disable=consider-merging-classes-inherited

    def _shopify_note_change(self):
        """Remember that there are more or less of these to sell; written down once, with the transaction."""
        if not self:
            return
        data = self.env.cr.precommit.data
        if _CHANGED not in data:
            data[_CHANGED] = set()
            # The goods belong to a warehouse user, the outbox to the program.
            self.env.cr.precommit.add(self.env["o2c.shopify.stock.change"].sudo()._flush_changes)
        data[_CHANGED].update(self.ids)


class O2cShopifyStockChange(models.Model):
    _inherit = "o2c.shopify.stock.change"

    @api.model
    def _flush_changes(self):
        """Write down what moved in this transaction, and have it sent soon after."""
        product_ids = self.env.cr.precommit.data.pop(_CHANGED, set())
        if not product_ids:
            return
        products = self.env["product.product"].browse(product_ids)
        parts = {part for needed in products._shopify_parts().values() for part in needed}
        # What is sold of a kit is no longer there for others that share a part with it.
        products = (products | products.browse(parts))._shopify_with_kits()
        variants = self.env["o2c.shopify.variant"].search(
            [
                ("product_id", "in", products.ids),
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
