from datetime import timedelta

from odoo import api, fields, models

from . import settlements

# Of the payments, one in so many is given back, and so long after the order.
GIVEN_BACK_ONE_IN = 18
DAYS_LATER = (6, 12)
# Age of the payment that its customer has the bank take back, and of the day on which that happens.
TAKEN_BACK, TAKEN_BACK_ON = 30, 20


class O2cDemo(models.AbstractModel):
    """Money that goes back to customers."""

    _inherit = "o2c.demo"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _give_back(self, account, payments):
        """Some customers are credited and refunded in full: ``[(day, refund as Mollie lists it)]``."""
        random = self._random("refunds")
        items = []
        for payment in payments:
            wanted = not random.randrange(GIVEN_BACK_ONE_IN)
            day = payment.date + timedelta(days=random.randint(*DAYS_LATER))
            if wanted and day <= fields.Date.today():
                refund = self._refund(account, payment, day)
                items.append((day, settlements.refund(refund.mollie_id, day, self._raw_payment(payment))))
        return items

    @api.model
    def _refund(self, account, payment, day):
        """Credit what ``payment`` paid, and give it back through Mollie."""
        credit_note = payment.reconciled_invoice_ids._reverse_moves([{"date": day, "invoice_date": day}])
        credit_note.action_post()
        refund = self.env["o2c.mollie.refund"].create(
            {
                "account_id": account.id,
                "move_id": credit_note.id,
                "payment_id": payment.id,
                "mollie_payment_id": settlements.payment_id(payment.id),
                "amount": credit_note.amount_total,
                "currency_id": credit_note.currency_id.id,
                "mollie_id": f"re_demo{payment.id:04}",
                "state": "sent",
            }
        )
        refund.with_context(default_payment_date=day)._register_payment()
        return refund

    @api.model
    def _take_back(self, payments):
        """A customer has the bank take a payment back: ``[(day, chargeback as Mollie lists it)]``."""
        today = fields.Date.today()
        refunded = self.env["o2c.mollie.refund"].search([("payment_id", "in", payments.ids)]).payment_id
        old = (payments - refunded).filtered(
            lambda payment: payment.date <= today - timedelta(days=TAKEN_BACK)
        )
        day = today - timedelta(days=TAKEN_BACK_ON)
        return [
            (day, settlements.chargeback(f"chb_demo{payment.id:04}", day, self._raw_payment(payment)))
            for payment in old[-1:]
        ]
