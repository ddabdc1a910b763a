from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    mollie_refund_ids = fields.One2many("o2c.mollie.refund", "move_id", "Refunds at Mollie", readonly=True)

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
