from odoo import fields, models


class AccountBankStatement(models.Model):
    _inherit = "account.bank.statement"

    mollie_settlement_ids = fields.One2many(
        "o2c.mollie.settlement", "statement_id", "Mollie settlement", readonly=True
    )

    def _o2c_chain(self):
        """Let each statement of these journals start where the one before ended.

        Settlements do not always come in the order of their dates, and a payout is added to its
        statement days later. Starting and ending balances are Odoo's own figures (Mollie gives
        none), so they follow from the lines; no entry changes.
        """
        for journal in self.journal_id:
            statements = self.search(
                [("journal_id", "=", journal.id), ("first_line_index", "!=", False)],
                order="first_line_index",
            )
            balance = statements[:1].balance_start
            for statement in statements:
                currency = statement.currency_id
                if currency.compare_amounts(statement.balance_start, balance):
                    statement.balance_start = balance
                balance += statement.balance_end - statement.balance_start
                if currency.compare_amounts(statement.balance_end_real, balance):
                    statement.balance_end_real = balance
