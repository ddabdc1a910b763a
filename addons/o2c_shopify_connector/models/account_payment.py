from odoo import fields, models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    shopify_transaction_ids = fields.One2many(
        "o2c.shopify.transaction", "payment_id", string="Shopify Payment Attempts"
    )
