from odoo import api, fields, models
from odoo.exceptions import UserError

from .account_bank_statement_line import dashboard_url


class AccountPayment(models.Model):
    _inherit = "account.payment"

    mollie_payment_id = fields.Char(
        "Mollie payment",
        compute="_compute_mollie_payment_id",
        help="The payment at Mollie (tr_...): known from the online payment, or as soon as a "
        "settlement shows it.",
    )

    @api.depends("o2c_reference", "payment_transaction_id.provider_reference")
    def _compute_mollie_payment_id(self):
        names = {payment.o2c_reference or payment.o2c_parent_reference for payment in self}
        settled = {}
        if names - {False}:
            settled = {
                (description, company): payment_id
                for description, company, payment_id in self.env["account.bank.statement.line"]._read_group(
                    [
                        ("mollie_description", "in", list(names - {False})),
                        ("mollie_payment_id", "!=", False),
                    ],
                    ["mollie_description", "company_id", "mollie_payment_id"],
                )
            }
        for payment in self:
            reference = payment.payment_transaction_id.provider_reference
            name = payment.o2c_reference or payment.o2c_parent_reference
            payment.mollie_payment_id = (
                reference
                if (reference or "").startswith("tr_")
                else settled.get((name, payment.company_id), False)
            )

    def action_open_in_mollie(self):
        """Show the payment in Mollie's dashboard."""
        self.ensure_one()
        if not self.mollie_payment_id:
            raise UserError(
                self.env._(
                    "No payment at Mollie is known for %s. The payments of a shop become known "
                    "when Mollie settles them.",
                    self.display_name,
                )
            )
        # Only where the account lives is looked up, which is no secret.
        account = (
            self.env["o2c.mollie.account"]
            .sudo()
            .search([("company_id", "=", self.company_id.id), ("organization_code", "!=", False)], limit=1)
        )
        return {
            "type": "ir.actions.act_url",
            "url": dashboard_url(self.mollie_payment_id, account.organization_code),
            "target": "new",
        }
