from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

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
