from odoo import fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    shopify_open = fields.Integer(
        string="Open in Shopify",
        readonly=True,
        copy=False,
        help="Pieces that Shopify had sold and not seen leaving when the order was last taken over.",
    )

    _shopify_open_idx = models.Index("(product_id) WHERE shopify_open > 0")

    def _auto_init(self):
        """Orders that were taken over before this was noted: what was not delivered is open."""
        if not column_exists(self.env.cr, self._table, "shopify_open") and column_exists(
            self.env.cr, self._table, "shopify_gid"
        ):
            create_column(self.env.cr, self._table, "shopify_open", "int4")
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE sale_order_line AS line
                       SET shopify_open = ceil(line.product_uom_qty - COALESCE(line.qty_delivered, 0))
                      FROM sale_order AS sold
                     WHERE sold.id = line.order_id AND sold.shopify_shop_id IS NOT NULL
                       AND line.shopify_gid IS NOT NULL AND sold.state != 'cancel'
                       AND COALESCE(sold.shopify_fulfillment_status, '') != 'FULFILLED'
                       AND line.product_uom_qty > COALESCE(line.qty_delivered, 0)
                    """
                )
            )
        return super()._auto_init()
