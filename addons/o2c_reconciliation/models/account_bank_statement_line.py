from odoo import api, fields, models
from odoo.exceptions import AccessError

# Kinds of Mollie's lines that get their counterpart when a settlement is read; nobody matches them.
BOOKED_WHEN_READ = ("payout", "payout_return", "fee", "rounding", "compensation", "reserve")


class AccountBankStatementLine(models.Model):
    _name = "account.bank.statement.line"
    _inherit = [
        "account.bank.statement.line",
        "o2c.bank.line.review",
        "o2c.bank.line.parts",
        "o2c.bank.line.alike",
    ]

    o2c_match_ids = fields.Many2many(
        "o2c.match",
        relation="o2c_match_bank_line_rel",
        column1="line_id",
        column2="match_id",
        string="Matches",
        copy=False,
    )
    o2c_excluded = fields.Boolean(
        string="Excluded from Matching",
        copy=False,
        help="Matching does not look at this line any more.",
    )
    o2c_booked_when_read = fields.Boolean(
        compute="_compute_o2c_match_state",
        store=True,
        readonly=True,
        copy=False,
        help="The settlement's import itself has booked this line: no match was needed, nor made.",
    )
    o2c_match_state = fields.Selection(
        [
            ("open", "Open"),
            ("proposed", "Proposed"),
            ("matched", "Matched by Itself"),
            ("manual", "Matched by Hand"),
            ("excluded", "Excluded"),
        ],
        string="Matching",
        compute="_compute_o2c_match_state",
        store=True,
    )
    o2c_model_id = fields.Many2one(
        "account.reconcile.model",
        string="Rule",
        compute="_compute_o2c_match_state",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        help="The reconciliation model that matched this line, or made its best proposal.",
    )
    o2c_best_match_id = fields.Many2one(
        "o2c.match", string="Best Match", compute="_compute_o2c_best_match_id"
    )
    o2c_explanation = fields.Text(compute="_compute_o2c_best_match_id", string="Why")
    o2c_open_amount = fields.Monetary(
        string="Open Amount",
        compute="_compute_o2c_open_amount",
        currency_field="o2c_open_currency_id",
        help="What nothing explains yet, with the sign of the bank line.",
    )
    o2c_open_currency_id = fields.Many2one(
        "res.currency", string="Currency of the Open Amount", compute="_compute_o2c_open_amount"
    )

    # The list shows one state of one company, newest first.
    _o2c_state_idx = models.Index("(o2c_match_state, company_id, internal_index DESC)")

    @api.depends(
        "is_reconciled",
        "o2c_excluded",
        "o2c_match_ids.state",
        "o2c_match_ids.automatic",
        "o2c_match_ids.model_id",
    )
    def _compute_o2c_match_state(self):
        for line in self:
            matches = line.o2c_match_ids
            # Once somebody takes the import's booking away, whatever comes after is not the import's.
            line.o2c_booked_when_read = booked = (
                line.o2c_booked_when_read and line.is_reconciled and not matches
            )
            line.o2c_model_id = line._o2c_best_match().model_id
            if line.is_reconciled:
                by_itself = matches.filtered(lambda m: m.state == "applied" and m.automatic)
                line.o2c_match_state = "matched" if booked or by_itself else "manual"
            elif line.o2c_excluded:
                line.o2c_match_state = "excluded"
            elif any(match.state == "proposed" for match in matches):
                line.o2c_match_state = "proposed"
            else:
                line.o2c_match_state = "open"

    def _o2c_best_match(self):
        """What is applied to this line, else its best proposal."""
        self.ensure_one()
        matches = self.o2c_match_ids
        applied = matches.filtered(lambda match: match.state == "applied")
        return applied.sorted(lambda match: (-match.confidence, match.id))[:1] or self._o2c_best_proposal()

    def _o2c_best_proposal(self):
        """The best proposal for what this line has open; a part of it may be explained already."""
        self.ensure_one()
        found = self.o2c_match_ids.filtered(lambda match: match.state == "proposed")
        return found.sorted(lambda match: (-match.confidence, match.id))[:1]

    @api.depends("o2c_booked_when_read", "o2c_match_ids.state", "o2c_match_ids.confidence")
    def _compute_o2c_best_match_id(self):
        for line in self:
            line.o2c_best_match_id = line._o2c_best_match()
            line.o2c_explanation = line.o2c_best_match_id.explanation
            if line.o2c_booked_when_read:
                line.o2c_explanation = self.env._("Booked when the settlement was read.")

    @api.depends("amount_residual", "currency_id", "foreign_currency_id")
    def _compute_o2c_open_amount(self):
        for line in self:
            # Odoo's own residual has the sign of the entry's open journal item.
            line.o2c_open_amount = -line.amount_residual
            line.o2c_open_currency_id = line.foreign_currency_id or line.currency_id

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._o2c_note_booked()
        self.env["o2c.match"]._enqueue(lines.filtered(lambda line: not line.is_reconciled))
        return lines

    def _o2c_note_booked(self):
        """Note which of these lines were booked when their settlement was read."""
        booked = self.filtered(lambda line: line.is_reconciled and line.mollie_kind in BOOKED_WHEN_READ)
        # Whoever imports settlements may lack the right to write on lines; this is our own note.
        booked.sudo().write({"o2c_booked_when_read": True, "o2c_match_state": "matched"})

    def action_undo_reconciliation(self):
        """Override of `account`: matches that are undone elsewhere are undone here too."""
        # Reading and closing our own notes; the right to undo was checked by the caller's write.
        matches = self.sudo()._o2c_applied()._split_off(self)
        undoing = self.with_context(o2c_undoing=matches._undoing_ids())
        result = super(AccountBankStatementLine, undoing).action_undo_reconciliation()
        matches._take_items_apart()
        matches._restore_invoices()
        matches._mark_undone()
        return result

    def unlink(self):
        """Override of `account`: a match ends with its bank line."""
        # See action_undo_reconciliation; the right to delete is checked below.
        matches = self.sudo()._o2c_applied()._split_off(self)
        result = super().unlink()
        matches._take_items_apart()
        matches._restore_invoices()
        matches._mark_undone()
        return result

    def _o2c_applied(self):
        return self.o2c_match_ids.filtered(lambda match: match.state == "applied")

    # === What users do === #

    def _o2c_check_accountant(self):
        if not self.env.su and not self.env.user.has_group("o2c_base.group_accountant"):
            raise AccessError(
                self.env._("Only Order to Cash accountants can match bank lines and undo matches.")
            )

    def action_o2c_accept(self):
        """Accept the best proposal of each of these lines; those that contradict one another stay."""
        self._o2c_check_accountant()
        best = self.env["o2c.match"].union(*[line._o2c_best_proposal() for line in self])
        return best.action_accept()

    def action_o2c_undo(self):
        """Undo the applied matches of these lines; what was booked in another way is taken back, too."""
        self._o2c_check_accountant()
        applied = self._o2c_applied()
        booked = self.filtered(lambda line: line.is_reconciled and not line.o2c_match_ids & applied)
        applied.action_undo()
        # Writing on statement lines needs hidden accounting groups; the role was checked above.
        booked.sudo().action_undo_reconciliation()

    def action_o2c_match(self):
        """Match these lines now."""
        self._o2c_check_accountant()
        self.env["o2c.match"].run(lines=self)

    def action_o2c_exclude(self):
        """Leave these lines to people; what is matched stays as it is."""
        self._o2c_exclude(True)

    def action_o2c_include(self):
        """Give these lines back to matching."""
        self._o2c_exclude(False)

    def _o2c_exclude(self, excluded):
        self._o2c_check_accountant()
        self.check_access("read")
        # Writing on statement lines needs hidden accounting groups; the role was checked above.
        lines = self.sudo().filtered(lambda line: not line.is_reconciled)
        lines.write({"o2c_excluded": excluded})

    def action_o2c_choose(self):
        """Let the user choose what this line pays."""
        self.ensure_one()
        self._o2c_check_accountant()
        choice = self.env["o2c.match.choice"].create({"line_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Choose what this line pays"),
            "res_model": choice._name,
            "res_id": choice.id,
            "view_mode": "form",
            "target": "new",
        }

    def _o2c_retry_match(self):
        """Retry of an issue: match these lines again."""
        self.env["o2c.match"].run(lines=self)

    def action_open_o2c_proposals(self):
        """Open the proposals and matches of this line."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("o2c_reconciliation.o2c_match_action")
        action["domain"] = [("line_ids", "in", self.ids)]
        action["context"] = {}
        return action
