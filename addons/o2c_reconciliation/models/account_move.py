from odoo import api, fields, models
from odoo.tools import SQL


class AccountMove(models.Model):
    _inherit = "account.move"

    o2c_match_count = fields.Integer(
        compute="_compute_o2c_match_count",
        # A number only, for readers of the document who may not open matches.
        compute_sudo=True,
    )

    @api.depends("reconciled_payment_ids.is_matched")
    def _compute_payment_state(self):
        """Override of `account`: an invoice is paid when the bank has shown the money.

        Community calls an invoice paid once a payment is registered. Here it is *in payment* until each of
        its payments is matched with a bank line. The hook `_get_invoice_in_payment_state` is left
        alone because other code reads from it whether Odoo's own reconciliation is installed, and
        registers payments differently.
        """
        result = super()._compute_payment_state()
        paid = self.filtered(lambda move: move.payment_state == "paid" and move.is_invoice(True))
        if not paid:
            return result
        waiting = paid._o2c_with_unmatched_payment()
        for invoice in paid:
            # A residual although "paid" means a payment without journal entry: registered, not at the bank.
            registered_only = not invoice.currency_id.is_zero(invoice.amount_residual)
            if registered_only or invoice.id in waiting:
                invoice.payment_state = "in_payment"
        return result

    def _o2c_with_unmatched_payment(self):
        """:return: the ids of those of these invoices that a payment not yet seen at the bank has paid."""
        ids = tuple(self.ids)
        if not ids:
            return set()
        halves = [
            SQL(
                """
                SELECT line.move_id
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                  JOIN account_partial_reconcile partial ON partial.%(own)s = line.id
                  JOIN account_move_line other_line ON other_line.id = partial.%(other)s
                  JOIN account_move other ON other.id = other_line.move_id
                  JOIN account_payment payment ON payment.id = other.origin_payment_id
                 WHERE line.move_id IN %(ids)s
                   AND account.account_type IN ('asset_receivable', 'liability_payable')
                   AND payment.is_matched IS NOT TRUE
                """,
                own=SQL.identifier(own),
                other=SQL.identifier(other),
                ids=ids,
            )
            for own, other in (
                ("debit_move_id", "credit_move_id"),
                ("credit_move_id", "debit_move_id"),
            )
        ]
        # The caller's super() has flushed what this reads.
        return {move_id for (move_id,) in self.env.execute_query(SQL(" UNION ").join(halves))}

    def _compute_o2c_match_count(self):
        groups = self.env["o2c.match"]._read_group(
            [("move_ids", "in", self.ids), ("state", "in", ("applied", "proposed"))],
            groupby=["move_ids"],
            aggregates=["__count"],
        )
        counts = {move.id: count for move, count in groups}
        for move in self:
            move.o2c_match_count = counts.get(move.id, 0)

    def action_open_o2c_matches(self):
        """Open the bank lines that have paid this document, or are proposed to, on the review screen."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "o2c_reconciliation.account_bank_statement_line_action"
        )
        action["domain"] = [
            (
                "o2c_match_ids",
                "any",
                [("move_ids", "in", self.ids), ("state", "in", ("applied", "proposed"))],
            )
        ]
        action["context"] = {}
        return action
