from odoo import fields, models
from odoo.tools import SQL


class O2cOrderReport(models.Model):
    _inherit = "o2c.order.report"

    matched_by_itself = fields.Float(
        string="Matched by Itself (%)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Of the orders whose money was matched: the share for which nobody had to do anything. "
        "A refund matched by hand makes its order one that needed somebody.",
    )

    def _columns(self):
        return {
            **super()._columns(),
            # What is settled without a match of ours was reconciled by somebody, by Odoo's own means.
            "matched_by_itself": SQL(
                "CASE WHEN matched.by_itself THEN 100.0 "
                "WHEN matched.by_itself IS FALSE OR o2c_order.o2c_settled_on IS NOT NULL THEN 0.0 END"
            ),
        }

    def _joins(self):
        return [
            *super()._joins(),
            SQL(
                """
                LEFT JOIN (
                    SELECT line.order_id, BOOL_AND(match.automatic) AS by_itself
                      FROM o2c_match match
                      JOIN o2c_match_move_rel document ON document.match_id = match.id
                      JOIN account_move_line item
                        ON item.move_id = document.move_id AND item.display_type = 'product'
                      JOIN sale_order_line_invoice_rel invoiced ON invoiced.invoice_line_id = item.id
                      JOIN sale_order_line line ON line.id = invoiced.order_line_id
                     WHERE match.state = 'applied'
                  GROUP BY line.order_id
                ) AS matched ON matched.order_id = o2c_order.id
                """
            ),
        ]
