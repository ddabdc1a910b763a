from odoo import fields, models
from odoo.tools import SQL


class O2cOrderReport(models.Model):
    _inherit = "o2c.order.report"

    shopify_shop_id = fields.Many2one("o2c.shopify.shop", string="Shop", readonly=True)

    def _columns(self):
        return {**super()._columns(), "shopify_shop_id": SQL("o2c_order.shopify_shop_id")}

    def _joins(self):
        # The attempt that moved most; an order may be paid with a voucher and the rest by card.
        return [
            *super()._joins(),
            SQL(
                """
                LEFT JOIN (
                    SELECT attempt.sale_order_id AS order_id,
                           (ARRAY_AGG(attempt.gateway ORDER BY attempt.amount DESC, attempt.id))[1] AS gateway
                      FROM o2c_shopify_transaction attempt
                     WHERE attempt.status = 'SUCCESS' AND attempt.kind IN ('SALE', 'AUTHORIZATION', 'CAPTURE')
                  GROUP BY attempt.sale_order_id
                ) AS shopify_paid ON shopify_paid.order_id = o2c_order.id
                """
            ),
        ]

    def _payment_methods(self):
        return [SQL("shopify_paid.gateway"), *super()._payment_methods()]

    def _paid_by(self):
        return [
            *super()._paid_by(),
            SQL(
                "SELECT attempt.payment_id, attempt.sale_order_id AS order_id "
                "FROM o2c_shopify_transaction attempt WHERE attempt.payment_id IS NOT NULL"
            ),
        ]
