from odoo import api, fields, models
from odoo.exceptions import UserError

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


def dashboard_url(payment_id, organization=""):
    """:param organization: Mollie's id of the organisation (``org_...``), if known.
    :return: where a payment (``tr_...``) is shown in Mollie's dashboard, or False."""
    if not payment_id:
        return False
    parts = ["https://my.mollie.com/dashboard", organization, "payments", payment_id]
    return "/".join(part for part in parts if part)


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
    mollie_vat = fields.Monetary("VAT in the fee", readonly=True, copy=False, currency_field="currency_id")
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

    @api.depends("mollie_payment_id", "mollie_settlement_id")
    def _compute_mollie_url(self):
        for line in self:
            line.mollie_url = dashboard_url(
                line.mollie_payment_id, line.mollie_settlement_id.account_id.organization_code
            )

    def action_open_in_mollie(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.mollie_url, "target": "new"}

    def action_open_order(self):
        """Follow the line to the order that it pays or gives back, or else to its payment."""
        self.ensure_one()
        payment = self._o2c_payments().get(self.id)
        if not payment:
            raise UserError(
                self.env._("No payment in Odoo is known for %s.", self.payment_ref or self.mollie_id)
            )
        # Whoever may see the bank line may know which order it is about; opening it needs rights.
        invoices = payment.sudo().reconciled_invoice_ids | payment.sudo().invoice_ids
        record = invoices.line_ids.sale_line_ids.order_id[:1] or invoices[:1] or payment
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _o2c_payments(self):
        """:return: dict of line id to the account.payment that the line is about: known by the
        platform's reference (a shop's order) or by Mollie's own id (Odoo's online payments)."""
        payments = self.env["account.payment"]
        descriptions = [name for name in self.mapped("mollie_description") if name]
        ids = [name for name in self.mapped("mollie_payment_id") if name]
        if not descriptions and not ids:
            return {}
        found = {}
        for payment in payments.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("payment_type", "=", "inbound"),
                ("state", "not in", ("draft", "canceled", "rejected")),
                "|",
                ("o2c_reference", "in", descriptions),
                ("payment_transaction_id.provider_reference", "in", ids),
            ],
            order="id desc",
        ):
            transaction = payment.payment_transaction_id
            for name in (payment.o2c_reference, transaction.provider_reference):
                if name:
                    found[name] = payment
        return {
            line.id: found.get(line.mollie_description) or found[line.mollie_payment_id]
            for line in self
            if line.mollie_description in found or line.mollie_payment_id in found
        }
