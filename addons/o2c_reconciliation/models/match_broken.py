from collections import defaultdict

from odoo import Command, models
from odoo.exceptions import UserError

from ...o2c_base.batches import all_or_each

# Somebody is rewriting the entry of a bank line at this moment: nothing must be changed under their hands.
REWRITING = "skip_account_move_synchronization"
NOTHING_CHANGED = {"lines": [], "created": [], "rewritten": False, "reopened": [], "netted": []}


class O2cMatchBroken(models.AbstractModel):
    """Matches that Odoo's own means, not ours, have taken apart.

    A match goes on with what is still true of it; what is not becomes an undone match of its own.
    """

    _name = "o2c.match.broken"
    _description = "Matches Taken Apart Elsewhere"

    def _taken_apart(self, pairs):
        """Close applied matches whose bank lines and items were unreconciled elsewhere.

        A bank line that pays nothing else any more is open again, as if the match had been undone here.
        Where it still pays other documents, the pair alone is undone. Other lines of the match stay.

        :param pairs: {(bank line, journal item): amount in the currency and with the sign of the bank line}
        """
        joined = self._joined_items()
        opened = self.browse()
        for match in self:
            broken = match.line_ids.filtered(lambda line, m=match: m._items_paired(line, pairs))
            free = match.line_ids.filtered(lambda line, m=match: not joined[line] & m.item_ids)
            if not broken:
                continue
            if free == match.line_ids:
                opened |= match
                continue
            for line in broken - free:
                match._take_out(line, pairs, joined, booked=True)._mark_undone()
            if broken & free:
                opened |= match._take_out(broken & free, pairs, joined)
        if opened:
            opened._put_back()

    def _split_off(self, lines):
        """These matches as far as they are about bank lines that somebody is about to open.

        :return: matches of these lines alone, still applied; other lines keep what they pay.
        """
        whole = self.filtered(lambda match: match.line_ids <= lines)
        parts = self - whole
        if parts:
            joined = parts._joined_items()
            items = lines.move_id.line_ids
            pairs = (items.matched_debit_ids | items.matched_credit_ids)._o2c_pairs()
            for match in parts:
                whole |= match._take_out(match.line_ids & lines, pairs, joined)
        return whole

    def _joined_items(self):
        """{bank line: what its entry is reconciled with}."""
        joined = defaultdict(lambda: self.env["account.move.line"])
        for line in self.line_ids:
            own = line.move_id.line_ids
            partials = own.matched_debit_ids | own.matched_credit_ids
            joined[line] = (partials.debit_move_id | partials.credit_move_id) - own
        return joined

    def _items_paired(self, lines, pairs):
        """The items of one match that stand in pairs with some of its lines."""
        return self.item_ids.filtered(lambda item: any((line_id, item.id) in pairs for line_id in lines.ids))

    def _take_out(self, lines, pairs, joined, *, booked=False):
        """Let one match go on without what these lines paid by these pairs.

        :param joined: what each line pays still
        :param booked: the lines stay in the match, since they pay other items of it
        :return: a match of what was taken out, still applied
        """
        self.ensure_one()
        staying = self.line_ids if booked else self.line_ids - lines
        items = self._items_paired(lines, pairs) or self.item_ids
        still_paid = items.browse().union(*[joined[line] for line in staying])
        left = (self.item_ids - (items - still_paid)) or self.item_ids
        apart = self.copy(
            {
                **self._about(lines, items, self._paired_amount(lines, items, pairs)),
                "state": "applied",
                "snapshot": NOTHING_CHANGED if booked else self._snapshot_of(lines),
            }
        )
        gone = self._paired_amount(lines, self.item_ids - left, pairs)
        what = (self._documents_of(items) if booked else lines).mapped("display_name")
        taken_out = self.env._("Taken out of this match later: %s.", ", ".join(what))
        values = self._about(staying, left, self.explained - gone)
        if not booked:
            values["snapshot"] = self._snapshot_of(staying)
        self.write({**values, "explanation": f"{self.explanation}\n{taken_out}"})
        return apart

    def _about(self, lines, items, explained):
        """Values of a match of these lines and items."""
        amount = sum(line.amount_currency if line.foreign_currency_id else line.amount for line in lines)
        return {
            "line_ids": [Command.set(lines.ids)],
            "item_ids": [Command.set(items.ids)],
            "move_ids": [Command.set(self._documents_of(items).ids)],
            "amount": amount,
            "explained": self.currency_id.round(explained),
            "residual": self.currency_id.round(amount - explained),
        }

    @staticmethod
    def _paired_amount(lines, items, pairs):
        return sum(pairs.get((line_id, item_id), 0.0) for line_id in lines.ids for item_id in items.ids)

    def _snapshot_of(self, lines):
        """What the snapshot remembers of these lines' entries."""
        moves = set(lines.move_id.ids)
        own = set(lines.move_id.line_ids.ids)
        return {
            **self.snapshot,
            "lines": [row for row in self.snapshot["lines"] if row["move_id"] in moves],
            "created": [piece for piece in self.snapshot["created"] if piece in own],
        }

    def _documents_of(self, items):
        """The entries of items, and the invoices that the items' payments have paid."""
        paid = self._invoices_of(items).values()
        return items.move_id | items.move_id.browse({move_id for moves in paid for move_id in moves})

    def _put_back(self):
        """Open the bank lines of these matches again, where that is nobody else's business.

        A line on which a later match stands stays as it is.
        """
        stacked = self._with_later_ones()
        (self - stacked)._open_again()
        taken = self.line_ids.browse()
        for match in stacked:
            if match not in self:
                taken |= match.line_ids
            elif not match.line_ids & taken:
                match._open_again()
        self.filtered(lambda match: match.state == "applied")._mark_undone()

    def _open_again(self):
        """Undo these, but for lines that may not be changed.

        In a locked period, for example, the entry stays as it is: booked, but matched no more.
        """
        if self.env.context.get(REWRITING):
            return
        all_or_each(
            self.env.cr,
            self.filtered(lambda match: all(move.state == "posted" for move in match.line_ids.move_id)),
            lambda matches: self.union(*matches)._undo_together(),
            lambda match, error: None,
            start_over=lambda error: not isinstance(error, UserError),
        )
