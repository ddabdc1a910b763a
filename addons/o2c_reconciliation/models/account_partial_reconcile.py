from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def unlink(self):
        """Override of `account`: what somebody takes apart elsewhere is no applied match any more."""
        # Reading and closing our own notes; whoever unreconciles needs no role of ours for it.
        matches = self.sudo()._o2c_matches()
        pairs = self._o2c_pairs() if matches else {}
        result = super().unlink()
        matches._taken_apart(pairs)
        return result

    def _o2c_matches(self):
        """Applied matches of the bank lines in these, but for those that are being undone already."""
        matches = self.env["o2c.match"]
        lines = (self.debit_move_id | self.credit_move_id).statement_line_id
        if not lines:
            return matches
        applied = matches.search([("state", "=", "applied"), ("line_ids", "in", lines.ids)])
        return applied - matches._being_undone()

    def _o2c_pairs(self):
        """{(bank line, journal item): amount}, in the currency and with the sign of the bank line."""
        pairs = {}
        for partial in self:
            debit, credit = partial.debit_move_id, partial.credit_move_id
            if credit.statement_line_id:
                pairs[credit.statement_line_id.id, debit.id] = partial.credit_amount_currency
            if debit.statement_line_id:
                pairs[debit.statement_line_id.id, credit.id] = -partial.debit_amount_currency
        return pairs
