import contextlib

from odoo import Command, models
from odoo.exceptions import UserError

# Somebody is rewriting the entry of a bank line at this moment: nothing must be changed under their hands.
REWRITING = "skip_account_move_synchronization"


class O2cMatchBroken(models.AbstractModel):
    """Matches that Odoo's own means, not ours, have taken apart."""

    _name = "o2c.match.broken"
    _description = "Matches Taken Apart Elsewhere"

    def _taken_apart(self, pairs):
        """Close applied matches whose bank line and item were unreconciled elsewhere.

        A bank line that pays nothing else any more is open again, as if the match had been undone here.
        Where it still pays other documents, the pair alone becomes an undone match; the rest stays as it is.

        :param pairs: {(bank line, journal item): amount in the currency and with the sign of the bank line}
        """
        for match in self:
            broken = match.item_ids.filtered(
                lambda item, m=match: any((line_id, item.id) in pairs for line_id in m.line_ids.ids)
            )
            if not broken:
                continue
            kept = match.item_ids & match._joined_items()
            if kept and len(match.line_ids) == 1:
                line_id = match.line_ids.id
                match._leave(broken - kept, sum(pairs[line_id, item.id] for item in broken - kept))
            else:
                match._put_back()

    def _joined_items(self):
        """What the entries of these bank lines are reconciled with."""
        own = self.line_ids.move_id.line_ids
        partials = own.matched_debit_ids | own.matched_credit_ids
        return (partials.debit_move_id | partials.credit_move_id) - own

    def _leave(self, items, amount):
        """Let one match go on without these items; they become an undone match of their own."""
        self.ensure_one()
        if not items:
            return
        kept = self.item_ids - items
        apart = self.copy(
            {
                "item_ids": [Command.set(items.ids)],
                "move_ids": [Command.set(self._documents_of(items).ids)],
                "explained": amount,
                "residual": 0.0,
                "snapshot": {"lines": [], "created": [], "rewritten": False, "reopened": []},
            }
        )
        apart._mark_undone()
        self.write(
            {
                "item_ids": [Command.set(kept.ids)],
                "move_ids": [Command.set(self._documents_of(kept).ids)],
                "explained": self.currency_id.round(self.explained - amount),
                "residual": self.currency_id.round(self.residual + amount),
            }
        )

    def _documents_of(self, items):
        """The entries of items, and the invoices that the items' payments have paid."""
        paid = self._invoices_of(items).values()
        return items.move_id | items.move_id.browse({move_id for moves in paid for move_id in moves})

    def _put_back(self):
        """Open the bank lines of one match again, where that is nobody else's business."""
        self.ensure_one()
        others = self.search_count(
            [("state", "=", "applied"), ("line_ids", "in", self.line_ids.ids), ("id", "!=", self.id)], limit=1
        )
        posted = all(move.state == "posted" for move in self.line_ids.move_id)
        if posted and not others and not self.env.context.get(REWRITING):
            # In a locked period, for example, the entry stays as it is: booked, but matched no more.
            with contextlib.suppress(UserError), self.env.cr.savepoint():
                self._undo_together()
        if self.state == "applied":
            self._mark_undone()
