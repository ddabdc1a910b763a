from decimal import Decimal

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _sendcloud_unit_value(self):
        """Value of one unit (of the product's own measure) without tax, in the order's currency.

        The price of a kit is shared out over its parts by their sales prices.
        """
        self.ensure_one()
        line = self.sale_line_id
        if not line:
            return Decimal(str(self.product_id.list_price))
        if line.product_id == self.product_id:
            ordered = line.product_uom_id._compute_quantity(1.0, self.product_id.uom_id) or 1.0
            return Decimal(str(line.price_reduce_taxexcl)) / Decimal(str(ordered))
        parts = line.move_ids.filtered(
            lambda move: move.state != "cancel" and move.location_dest_id == self.location_dest_id
        )
        worth = sum(part.product_id.list_price * part.product_qty for part in parts)
        total = Decimal(str(line.price_reduce_taxexcl)) * Decimal(str(line.product_uom_qty))
        if not worth:
            pieces = sum(parts.mapped("product_qty")) or 1.0
            return total / Decimal(str(pieces))
        return total * Decimal(str(self.product_id.list_price)) / Decimal(str(worth))
