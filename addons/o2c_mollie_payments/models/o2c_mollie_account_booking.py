from odoo import models
from odoo.fields import Command


class O2cMollieAccount(models.Model):
    """Where statement lines go whose counterpart is known from the settlement itself."""

    # A file for each of the things that it does.
    _inherit = "o2c.mollie.account"  # pylint: disable=consider-merging-classes-inherited

    def _counterpart_account(self, kind):
        """:return: account.account for lines of this kind, empty when a person or the matching
        decides."""
        self.ensure_one()
        company = self.company_id
        if kind in ("payout", "payout_return") and self.book_payouts:
            return self.transfer_account_id or company.transfer_account_id
        if kind == "reserve":
            return self.reserve_account_id
        if kind in ("fee", "rounding", "compensation"):
            if self.fee_mode == "expense":
                return self.fee_account_id
            return self.partner_id.with_company(company).property_account_payable_id
        return self.env["account.account"]

    def _fee_entry(self, journal, values):
        """:param dict values: of a statement line for a fee.
        :return: commands for the lines of its entry, or None when one counterpart is enough.

        Mollie tells the VAT in each fee. It is booked as told and never worked out again, so that
        expense and VAT are the fee to the cent. Without VAT only a reverse charge has tax lines;
        those add up to zero and Odoo makes them.
        """
        self.ensure_one()
        tax = self.fee_tax_id
        if self.fee_mode != "expense" or not tax:
            return None
        # A fee given back carries the tax of a refund.
        parts = tax.refund_repartition_line_ids if values["amount"] > 0 else tax.invoice_repartition_line_ids
        tax_parts = parts.filtered(lambda part: part.repartition_type == "tax")
        if values["mollie_vat"] and len(tax_parts) != 1:
            return None
        if not values["mollie_vat"] and sum(tax_parts.mapped("factor")):
            return None
        currency = journal.currency_id or journal.company_id.currency_id
        common = {"name": values["payment_ref"], "partner_id": self.partner_id.id}
        lines = [
            ({"account_id": journal.default_account_id.id}, values["amount"]),
            (
                {
                    "account_id": self.fee_account_id.id,
                    "tax_ids": [Command.set(tax.ids)],
                    "tax_tag_ids": [Command.set((parts - tax_parts).tag_ids.ids)],
                },
                values["mollie_vat"] - values["amount"],
            ),
        ]
        if values["mollie_vat"]:
            lines.append(
                (
                    {
                        "account_id": (tax_parts.account_id or self.fee_account_id).id,
                        "tax_repartition_line_id": tax_parts.id,
                        "tax_tag_ids": [Command.set(tax_parts.tag_ids.ids)],
                        "tax_base_amount": abs(values["mollie_vat"] - values["amount"]),
                    },
                    -values["mollie_vat"],
                )
            )
        company_currency = journal.company_id.currency_id
        commands, total = [], 0.0
        for details, amount in lines[::-1]:
            amount = currency.round(amount)
            balance = currency._convert(amount, company_currency, journal.company_id, values["date"])
            if details is lines[0][0]:
                # What rounding of the single conversions leaves belongs to the bank's side.
                balance = -total
            total = company_currency.round(total + balance)
            commands.append(
                Command.create(
                    {
                        **common,
                        **details,
                        "currency_id": currency.id,
                        "amount_currency": amount,
                        "balance": balance,
                    }
                )
            )
        return commands[::-1]
