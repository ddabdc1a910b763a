import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

INVOICE_ID = re.compile(r"\binv_\w+")


class AccountMove(models.Model):
    _inherit = "account.move"

    mollie_refund_ids = fields.One2many("o2c.mollie.refund", "move_id", "Refunds at Mollie", readonly=True)
    mollie_invoice_id = fields.Char("Bill at Mollie", readonly=True, copy=False)
    mollie_periods = fields.Char(readonly=True, copy=False)

    _mollie_invoice_unique = models.UniqueIndex(
        "(company_id, mollie_invoice_id) WHERE mollie_invoice_id IS NOT NULL"
    )

    def _o2c_mollie_payment(self):
        """:return: a payment of these documents that Mollie knows, possibly empty."""
        payments = self.matched_payment_ids | self.reconciled_payment_ids
        return payments.filtered("mollie_payment_id")[:1]

    def action_open_in_mollie(self):
        """Show the payment of these documents in Mollie's dashboard."""
        payment = self._o2c_mollie_payment()
        if not payment:
            raise UserError(
                self.env._(
                    "No payment at Mollie is known here. The payments of a shop become known when "
                    "Mollie settles them."
                )
            )
        return payment.action_open_in_mollie()

    def action_mollie_refund(self):
        """Give the open amount of this credit note back through Mollie."""
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group("o2c_base.group_accountant"):
            raise AccessError(self.env._("Only Order to Cash accountants can send a refund."))
        payment, account = self._o2c_check_mollie_refund()
        # The row is the program's own; people only start it.
        refund = (
            self.env["o2c.mollie.refund"]
            .sudo()
            .create(
                {
                    "account_id": account.id,
                    "move_id": self.id,
                    "payment_id": payment.id,
                    "mollie_payment_id": payment.mollie_payment_id,
                    "amount": self.amount_residual,
                    "currency_id": self.currency_id.id,
                }
            )
        )
        refund._enqueue()
        self.message_post(
            body=self.env._(
                "%(amount)s will be given back through Mollie (payment %(payment)s).",
                amount=f"{refund.amount:.2f} {refund.currency_id.name}",
                payment=refund.mollie_payment_id,
            )
        )

    def _o2c_check_mollie_refund(self):
        """:return: the payment to be given back and its Mollie account.

        :raises UserError: why this credit note cannot be refunded through Mollie.
        """
        self.ensure_one()
        if self.move_type != "out_refund" or self.state != "posted" or not self.amount_residual:
            raise UserError(self.env._("Only an open, posted credit note can be refunded."))
        if self.mollie_refund_ids.filtered(lambda refund: refund.state != "cancelled"):
            raise UserError(self.env._("The refund of this credit note was started before."))
        invoice = self.reversed_entry_id
        # The connector of the shop need not be installed.
        orders = invoice.line_ids.sale_line_ids.order_id
        if "shopify_gid" in orders._fields and any(orders.mapped("shopify_gid")):
            raise UserError(
                self.env._(
                    "This order comes from Shopify: refund it there, so that the shop knows. The "
                    "refund arrives here by itself."
                )
            )
        payment = invoice._o2c_mollie_payment()
        if not payment:
            raise UserError(self.env._("The invoice of this credit note has no payment that Mollie knows."))
        if payment.currency_id != self.currency_id:
            raise UserError(
                self.env._(
                    "The payment was in %s; make the credit note in that currency.", payment.currency_id.name
                )
            )
        if self.currency_id.compare_amounts(self.amount_residual, payment.amount) > 0:
            raise UserError(
                self.env._(
                    "The payment was %(paid)s, less than this credit note. Mollie gives back no "
                    "more than was paid.",
                    paid=f"{payment.amount:.2f} {payment.currency_id.name}",
                )
            )
        # A person who may refund need not be allowed to see the account.
        account = (
            self.env["o2c.mollie.account"]
            .sudo()
            .search([("company_id", "=", self.company_id.id), ("state", "!=", "draft")], limit=1)
        )
        if not account:
            raise UserError(self.env._("No Mollie account is connected for this company."))
        return payment, account

    # --- Mollie's own bills ---

    def _post(self, soft=True):
        posted = super()._post(soft)
        bills = posted.filtered("mollie_invoice_id")
        bills._o2c_match_mollie_fees()
        self.env["o2c.issue"]._clear(bills, "amount")
        return posted

    @api.model
    def _o2c_mollie_bills_for(self, lines):
        """:return: posted bills that these statement lines can clear: those that are open, and
        those that a compensation is for."""
        named = INVOICE_ID.findall(
            " ".join(line.payment_ref for line in lines if line.mollie_kind == "compensation")
        )
        return self.search(
            [
                ("company_id", "in", lines.company_id.ids),
                ("mollie_invoice_id", "!=", False),
                ("state", "=", "posted"),
                "|",
                ("payment_state", "in", ("not_paid", "partial")),
                ("mollie_invoice_id", "in", named),
            ]
        )

    def _o2c_match_mollie_fees(self):
        """Match these bills of Mollie with the fees that it withheld for the same months, with
        what rounding those took, and with its compensation for it."""
        lines = self.env["account.bank.statement.line"]
        plan = []
        for bill in self:
            periods = [period for period in (bill.mollie_periods or "").split(",") if period]
            domain = [("company_id", "=", bill.company_id.id), ("mollie_id", "!=", False)]
            fees = lines.browse()
            for period in periods:
                fees |= lines.search(
                    [
                        *domain,
                        ("mollie_kind", "=", "fee"),
                        "|",
                        ("mollie_id", "like", f"/fee/{period}/"),
                        ("mollie_id", "like", f"/ledger-fee/{period}/"),
                    ]
                )
            around = lines.search(
                [
                    *domain,
                    "|",
                    "&",
                    ("mollie_kind", "=", "rounding"),
                    ("mollie_settlement_id", "in", fees.mollie_settlement_id.ids),
                    "&",
                    ("mollie_kind", "=", "compensation"),
                    ("payment_ref", "like", bill.mollie_invoice_id),
                ]
            )
            partner = bill.commercial_partner_id
            payable = (bill.line_ids | (fees | around).move_id.line_ids).filtered(
                lambda line, partner=partner, bill=bill: (
                    line.account_id.account_type == "liability_payable"
                    and line.partner_id.commercial_partner_id == partner
                    and not line.reconciled
                    and line.currency_id == bill.currency_id
                )
            )
            signs = {line.amount_residual > 0 for line in payable}
            if len(payable.account_id) == 1 and len(signs) == 2:
                plan.append(payable)
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)
