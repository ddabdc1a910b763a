import uuid

from odoo import fields, models
from odoo.exceptions import UserError

from .o2c_mollie_account import CHANNEL


class O2cMollieRefund(models.Model):
    """Money to be given back through Mollie: written down with the credit note, sent after commit.

    A rollback means that nothing was sent. Sending twice is harmless: the key goes along, and
    before sending Mollie is asked whether it has a refund with that key already.
    """

    _name = "o2c.mollie.refund"
    _description = "Refund at Mollie"
    _order = "id desc"
    _rec_name = "mollie_payment_id"
    _check_company_auto = True

    account_id = fields.Many2one(
        "o2c.mollie.account", "Mollie account", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    move_id = fields.Many2one(
        "account.move", "Credit note", required=True, readonly=True, index=True, ondelete="restrict"
    )
    payment_id = fields.Many2one(
        "account.payment", "Payment given back", required=True, readonly=True, ondelete="restrict"
    )
    refund_payment_id = fields.Many2one("account.payment", "Refund in Odoo", readonly=True)
    mollie_payment_id = fields.Char("Mollie payment", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    key = fields.Char(required=True, readonly=True, copy=False, default=lambda self: str(uuid.uuid4()))
    mollie_id = fields.Char("Mollie ID", readonly=True, copy=False)
    state = fields.Selection(
        [("new", "To Be Sent"), ("sent", "Sent"), ("cancelled", "Cancelled")],
        default="new",
        required=True,
        readonly=True,
        copy=False,
    )

    _once = models.UniqueIndex("(move_id) WHERE state IN ('new', 'sent')")
    _key_unique = models.Constraint("UNIQUE(key)", "Each refund has a key of its own.")

    def _enqueue(self):
        for refund in self:
            refund.with_delay(
                channel=CHANNEL,
                priority=5,
                identity_key=f"o2c_mollie_refund:{refund.id}",
                description=self.env._("Pay back payment %s", refund.mollie_payment_id),
            )._send()

    def _o2c_retry_send(self):
        self._enqueue()

    def _send(self):
        """Job: give the money back and register it on the credit note."""
        self.ensure_one()
        self.lock_for_update()
        if self.state != "new":
            return
        with self.env["o2c.issue"]._guard(self, "refund", retry="_o2c_retry_send"):
            self.account_id._check_same_database()
            client = self.account_id._client()
            self.mollie_id = client.find_refund(self.mollie_payment_id, self.key) or client.create_refund(
                self.mollie_payment_id,
                value=f"{self.amount:.{self.currency_id.decimal_places}f}",
                currency=self.currency_id.name,
                description=self.move_id.name,
                key=self.key,
            )
            self.state = "sent"
        if self.state == "sent":
            # The money is on its way whatever becomes of this: it has a guard of its own.
            with self.env["o2c.issue"]._guard(self, "refund", key="register", retry="_o2c_retry_register"):
                self._register_payment()

    def _o2c_retry_register(self):
        self._register_payment()

    def _register_payment(self):
        """Pay the credit note with the refund, which then waits for its settlement."""
        self.ensure_one()
        if self.refund_payment_id:
            return
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=self.move_id.ids)
            .create(
                {
                    "journal_id": self.payment_id.journal_id.id,
                    "amount": self.amount,
                    "currency_id": self.currency_id.id,
                    "communication": f"{self.move_id.name} {self.mollie_id}",
                }
            )
        )
        payment = wizard._create_payments()
        payment.o2c_parent_reference = (
            self.payment_id.o2c_reference or self.payment_id.payment_transaction_id.reference
        )
        self.refund_payment_id = payment

    def action_cancel(self):
        """Give up a refund that was not sent."""
        self.check_access("read")
        # Whether it may be cancelled depends on what was sent, not on rights to edit the row.
        refunds = self.sudo()
        refunds.lock_for_update()
        for refund in refunds:
            if refund.state != "new":
                raise UserError(self.env._("This refund was sent and cannot be taken back here."))
            sent = refund.account_id._client().find_refund(refund.mollie_payment_id, refund.key)
            if sent:
                raise UserError(self.env._("Mollie has this refund already (%s); press Retry instead.", sent))
            refund.state = "cancelled"
            self.env["o2c.issue"]._clear(refund)
