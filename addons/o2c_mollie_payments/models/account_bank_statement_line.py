from odoo import api, fields, models

KINDS = [
    ("payment", "Payment"),
    ("capture", "Capture"),
    ("refund", "Refund"),
    ("chargeback", "Chargeback"),
    ("chargeback_reversal", "Chargeback reversed"),
    ("fee", "Fee"),
    ("rounding", "Rounding"),
    ("payout", "Payout"),
    ("payout_return", "Payout returned"),
    ("custom_payout", "Payout of a chosen amount"),
    ("reserve", "Reserve"),
    ("compensation", "Compensation of fees"),
    ("correction", "Correction"),
    ("application_fee", "Application fee"),
    ("failed_payment", "Failed payment"),
    ("returned_refund", "Refund returned"),
    ("split", "Split payment"),
    ("topup", "Top-up"),
    ("other", "Other"),
]


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    mollie_id = fields.Char(
        "Mollie ID",
        readonly=True,
        copy=False,
        help="Mollie's id of what this line stands for; for lines to which Mollie gives no id, "
        "the settlement's id and what the line is about.",
    )
    mollie_kind = fields.Selection(KINDS, "Kind at Mollie", readonly=True, copy=False)
    mollie_payment_id = fields.Char(
        "Mollie payment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The payment (tr_...) that was received, given back or charged back.",
    )
    mollie_description = fields.Char(
        "Payment description",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Description of the payment at Mollie: the shop's payment id, or the reference of "
        "the payment in Odoo.",
    )
    mollie_method = fields.Char("Payment method", readonly=True, copy=False)
    mollie_date = fields.Datetime(
        "Date at Mollie", readonly=True, copy=False, help="When it happened, in UTC."
    )
    mollie_vat = fields.Monetary(
        "VAT in the fee", readonly=True, copy=False, currency_field="currency_id"
    )
    mollie_settlement_id = fields.Many2one(
        "o2c.mollie.settlement",
        "Mollie settlement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    mollie_url = fields.Char("In Mollie's dashboard", compute="_compute_mollie_url")

    _mollie_unique = models.Constraint(
        "UNIQUE(journal_id, mollie_id, mollie_kind)",
        "This movement of Mollie is in the journal already.",
    )

    @api.depends("mollie_payment_id")
    def _compute_mollie_url(self):
        for line in self:
            line.mollie_url = (
                f"https://my.mollie.com/dashboard/payments/{line.mollie_payment_id}"
                if line.mollie_payment_id
                else False
            )

    def action_open_in_mollie(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.mollie_url, "target": "new"}
