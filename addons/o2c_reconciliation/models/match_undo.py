from collections import Counter, defaultdict

from odoo import Command, fields, models

from ..lib.records import REVERSAL_KIND
from .match_posting import QUIET


class O2cMatchUndo(models.AbstractModel):
    """Undoing: the journal items get back what the snapshot remembers."""

    _name = "o2c.match.undo"
    _description = "Undoing of Matches"

    def _undo(self):
        """Take applied matches back: together, or in reverse order where several share a bank line.

        A later match of the same line stands on what an earlier one left, so it goes first.
        """
        matches = self.filtered(lambda match: match.state == "applied")
        stacked = matches._with_later_ones()
        (matches - stacked)._undo_together()
        for match in stacked:
            match._undo_together()

    def _with_later_ones(self):
        """Those that share a line with another applied match, and all later ones; newest first."""
        related = self.search([("state", "=", "applied"), ("line_ids", "in", self.line_ids.ids)])
        if len(related) == len(self):
            counts = Counter(line_id for match in related for line_id in match.line_ids.ids)
            if not counts or max(counts.values()) == 1:
                return self.browse()
        oldest = {}
        for match in self:
            for line in match.line_ids:
                oldest[line] = min(match.id, oldest.get(line, match.id), key=self._age(related))
        age = self._age(related)
        later = related.filtered(
            lambda match: any(age(match.id) >= age(oldest[line]) for line in match.line_ids if line in oldest)
        )
        return later.sorted(lambda match: age(match.id), reverse=True)

    @staticmethod
    def _age(matches):
        """The order in which these matches were applied, as a key of their ids."""
        order = {match.id: (match.applied_at, match.id) for match in matches}
        return order.__getitem__

    def _undo_together(self):
        suspense = self.env["account.move.line"].browse(
            dict.fromkeys(row["id"] for match in self for row in match._before())
        )
        created = suspense.browse(
            dict.fromkeys(piece for match in self for piece in match.snapshot["created"])
        )
        suspense, created = suspense.exists(), created.exists()
        undoing = self._undoing_ids()
        (suspense | created).with_context(o2c_undoing=undoing).remove_move_reconcile()
        self._take_items_apart()
        self._restore_lines(suspense, created)
        self._restore_invoices()
        self._mark_undone()
        self._restore_beneath()

    def _take_items_apart(self):
        """Take apart what these matches have netted: an invoice and its credit note were both open before."""
        netted = self.env["account.partial.reconcile"].browse(
            dict.fromkeys(partial for match in self for partial in match.snapshot.get("netted", ()))
        )
        netted.exists().with_context(o2c_undoing=self._undoing_ids()).unlink()

    def _being_undone(self):
        """The matches that the caller undoes: what happens to their pairs is no news."""
        return self.browse(self.env.context.get("o2c_undoing", ()))

    def _undoing_ids(self):
        """For the context key ``o2c_undoing``: these matches, and those that are being undone already."""
        return tuple((self | self._being_undone()).ids)

    def _before(self):
        self.ensure_one()
        return self.snapshot["lines"]

    def _rows_of_today(self):
        """{match: its snapshot's rows}, on the journal's suspense account of today, with partners that exist.

        Contacts are merged, and a journal may wait for matches on another account since.
        """
        rows = [row for match in self for row in match._before()]
        moves = self.env["account.move"].browse({row["move_id"] for row in rows}).exists()
        lines = {move.id: move.statement_line_id for move in moves}
        partners = self.env["res.partner"].browse({row["partner_id"] for row in rows if row["partner_id"]})
        known = {False, *partners.exists().ids}
        today = defaultdict(list)
        for match in self:
            for row in match._before():
                if line := lines.get(row["move_id"]):
                    partner_id = row["partner_id"] if row["partner_id"] in known else line.partner_id.id
                    account_id = line.journal_id.suspense_account_id.id or row["account_id"]
                    today[match].append({**row, "partner_id": partner_id, "account_id": account_id})
        return today

    def _restore_lines(self, suspense, created):
        """Give the suspense lines back what they were: by account, or one by one if split."""
        alive = set(suspense.ids)
        whole = defaultdict(lambda: self.env["account.move.line"])
        for match, rows in self._rows_of_today().items():
            pieces = created.filtered(lambda aml, m=match: aml.id in m.snapshot["created"])
            for row in rows:
                aml = suspense.browse(row["id"] if row["id"] in alive else ())
                if match.snapshot["rewritten"]:
                    match._restore_rewritten(aml, row, pieces)
                if match.snapshot["rewritten"] or not aml:
                    continue
                for name in ("account_id", "partner_id"):
                    if aml[name].id != row[name]:
                        whole[name, row[name]] |= aml
        for (name, value), amls in whole.items():
            amls.with_context(**QUIET).write({name: value})

    def _restore_rewritten(self, aml, row, pieces):
        """Undo a split: delete the pieces and let one suspense line carry the whole amount again."""
        move = self.env["account.move"].browse(row["move_id"]).exists()
        extra = pieces.filtered(lambda piece: piece.move_id == move)
        if not aml and not extra:
            # Somebody else has already rewritten the entry.
            return
        # What a later match had left may stand on a new line since it was undone.
        aml = aml or move.statement_line_id._seek_for_lines()[1][:1]
        values = {key: value for key, value in row.items() if key not in ("id", "move_id")}
        if aml:
            values.update(reconcile_model_id=False, analytic_distribution=False)
            command = Command.update(aml.id, values)
        else:
            command = Command.create(values)
        move.with_context(**QUIET).write(
            {"line_ids": [command, *[Command.delete(piece.id) for piece in extra]]}
        )

    def _restore_beneath(self):
        """Restore what is left in the entry of matches on which these stood, taken apart in the meantime."""
        others = self.search([("state", "!=", "proposed"), ("line_ids", "in", self.line_ids.ids)]) - self
        standing = self.line_ids.browse()
        age = self._age(others)
        for match in others.sorted(lambda match: age(match.id), reverse=True):
            if match.state == "applied":
                standing |= match.line_ids
            elif not match.line_ids & standing:
                match._restore_left_behind()

    def _restore_left_behind(self):
        suspense = self.env["account.move.line"].browse([row["id"] for row in self._before()]).exists()
        pieces = suspense.browse(self.snapshot["created"]).exists()
        pieces = pieces.filtered(lambda piece: not piece.matched_debit_ids | piece.matched_credit_ids)
        before = sum(row["balance"] for row in self._before())
        now = sum((suspense | pieces).mapped("balance"))
        if pieces and not self.company_id.currency_id.compare_amounts(before, now):
            self._restore_lines(suspense, pieces)

    def _restore_invoices(self):
        """Pay the invoices again from which a chargeback had taken the payment."""
        plan = []
        for match in self | self._chargebacks_before():
            for payment_ids, invoice_ids in match.snapshot["reopened"]:
                amls = self.env["account.move.line"].browse(payment_ids + invoice_ids).exists()
                # An invoice that was cancelled or is a draft again needs no payment.
                amls = amls.filtered(lambda aml: not aml.reconciled and aml.parent_state == "posted")
                if len(amls) > 1:
                    plan.append(amls)
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)

    def _chargebacks_before(self):
        """Chargebacks, undone already, whose reversals these match: so far those have paid the invoices."""
        reversals = self.line_ids.filtered(lambda line: line.mollie_kind == REVERSAL_KIND)
        if not reversals:
            return self.browse()
        return self.search(
            [
                ("company_id", "in", reversals.company_id.ids),
                ("state", "=", "undone"),
                ("strategy", "=", "platform_chargeback"),
                ("line_ids.mollie_payment_id", "in", reversals.mapped("mollie_payment_id")),
            ],
            order="id",
        )

    def _mark_undone(self):
        self.write({"state": "undone", "undone_by": self.env.uid, "undone_at": fields.Datetime.now()})
