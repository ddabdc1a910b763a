"""How many pieces a shop may sell: what is in the warehouse and nobody was promised yet."""

import math

from odoo import models
from odoo.fields import Command

# Quotients of decimal fractions may miss a whole number by less than this.
TINY = 1e-6


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    def _levels_at(self, variants, warehouse, uncounted=False):
        """Inventory gid -> pieces that may be sold, for what this warehouse has or had on its shelf.

        What was never there is not known to be gone: a shop that sold before Odoo came would be sold out
        by a warehouse that nobody has counted yet.

        :param uncounted: all the same.
        """
        levels = self._free_stock(variants, warehouse)
        variants = variants.filtered(lambda variant: variant.inventory_gid in levels)
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
        or as safety stock. Never less than nothing. A kit has as many as its parts make.

        :return: nothing about products that Odoo does not count.
        """
        products = variants.product_id
        kits = products._shopify_parts()
        parts = {part for needed in kits.values() for part in needed}
        counted = products.filtered(lambda product: product.is_storable and product.id not in kits)
        free = self._unpromised(counted | products.browse(parts), warehouse)
        for kit, needed in kits.items():
            if needed:
                free[kit] = min(math.floor(free[part] / pieces + TINY) for part, pieces in needed.items())
        return {
            variant.inventory_gid: max(0, int(free[variant.product_id.id]) - self.safety_stock)
            for variant in variants
            if variant.product_id.id in free
        }

    def _unpromised(self, products, warehouse):
        """Product id -> pieces in the warehouse that nobody was promised. Not for kits."""
        products = products.with_context(warehouse_id=warehouse.id)
        # These are computed, and do not notice that goods moved since somebody looked.
        products.invalidate_recordset(["qty_available", "free_qty", "outgoing_qty"])
        waiting = self._waiting_for_payment(products, warehouse)
        # Confirmed orders are not reserved where stock is short, or reserved by hand.
        return {
            product.id: min(product.free_qty, product.qty_available - product.outgoing_qty)
            - waiting.get(product.id, 0)
            for product in products
        }

    def _waiting_for_payment(self, products, warehouse):
        """Product id -> pieces in orders of this or another shop that are not confirmed yet."""
        sold = {}
        for product, unit, quantity in self.env["sale.order.line"]._read_group(
            [
                ("order_id.shopify_shop_id", "!=", False),
                ("order_id.warehouse_id", "=", warehouse.id),
                ("order_id.state", "in", ("draft", "sent")),
                ("product_id", "in", products._shopify_with_kits().ids),
            ],
            ["product_id", "product_uom_id"],
            ["product_uom_qty:sum"],
        ):
            sold[product] = sold.get(product, 0) + unit._compute_quantity(quantity, product.uom_id)
        kits = products.union(*sold)._shopify_parts()
        waiting = {}
        for product, pieces in sold.items():
            for part, needed in kits.get(product.id, {product.id: 1}).items():
                waiting[part] = waiting.get(part, 0) + pieces * needed
        return waiting
