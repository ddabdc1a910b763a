from odoo import fields, models
from odoo.tools import SQL


class O2cOrderReport(models.Model):
    _inherit = "o2c.order.report"

    days_to_label = fields.Float(
        string="Days to Label",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Until Sendcloud sold the first label of the order.",
    )

    def _columns(self):
        return {**super()._columns(), "days_to_label": self._days_until(SQL("label.announced_at"))}

    def _joins(self):
        return [
            *super()._joins(),
            SQL(
                """
                LEFT JOIN (
                    SELECT picking.sale_id AS order_id, MIN(shipment.announced_at) AS announced_at
                      FROM o2c_sendcloud_shipment shipment
                      JOIN stock_picking picking ON picking.id = shipment.picking_id
                     WHERE shipment.direction = 'o'
                  GROUP BY picking.sale_id
                ) AS label ON label.order_id = o2c_order.id
                """
            ),
        ]
