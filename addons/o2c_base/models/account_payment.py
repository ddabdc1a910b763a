from odoo import fields, models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    o2c_reference = fields.Char(
        string="Platform Reference",
        copy=False,
        index="btree_not_null",
        help="The name under which the payment platform knows this payment. It ties the payment "
        "to its line in a settlement.",
    )
    o2c_parent_reference = fields.Char(
        string="Refunded Platform Reference",
        copy=False,
        index="btree_not_null",
        help="For a refund: the reference of the payment that is given back.",
    )
