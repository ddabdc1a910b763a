from odoo import api, fields, models

from .account_reconcile_model import STRATEGIES


class O2cMatch(models.Model):
    """Bank lines and the open items that they pay: proposed, applied or undone, with the reason.

    A match is written by the program alone. Users accept and undo it by its actions, which check their role.
    """

    _name = "o2c.match"
    _inherit = [
        "o2c.match.reading",
        "o2c.match.engine",
        "o2c.match.posting",
        "o2c.match.accept",
        "o2c.match.undo",
        "o2c.match.broken",
    ]
    _description = "Bank Match"
    _order = "confidence desc, id"
    _rec_name = "explanation"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    journal_id = fields.Many2one("account.journal", required=True, readonly=True, index=True)
    run_id = fields.Many2one("o2c.match.run", readonly=True, index="btree_not_null", ondelete="set null")
    model_id = fields.Many2one(
        "account.reconcile.model",
        string="Rule",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    strategy = fields.Selection([*STRATEGIES, ("proposal", "Proposal")], readonly=True)
    line_ids = fields.Many2many(
        "account.bank.statement.line",
        relation="o2c_match_bank_line_rel",
        column1="match_id",
        column2="line_id",
        string="Bank Lines",
        readonly=True,
    )
    item_ids = fields.Many2many(
        "account.move.line",
        relation="o2c_match_item_rel",
        column1="match_id",
        column2="item_id",
        string="Open Items",
        readonly=True,
    )
    move_ids = fields.Many2many(
        "account.move",
        relation="o2c_match_move_rel",
        column1="match_id",
        column2="move_id",
        string="Documents",
        readonly=True,
        help="The entries of the items, and the invoices that the items' payments have paid.",
    )
    explanation = fields.Text(string="Why", readonly=True)
    amount = fields.Monetary(readonly=True, help="What the bank lines say.")
    explained = fields.Monetary(readonly=True, help="What the open items come to.")
    residual = fields.Monetary(
        string="Difference", readonly=True, help="The bank lines' amount minus that of the items."
    )
    confidence = fields.Integer(
        readonly=True, aggregator=None, help="Ranks the proposals of a line; 100 is the best."
    )
    state = fields.Selection(
        [("proposed", "Proposed"), ("applied", "Applied"), ("undone", "Undone")],
        default="proposed",
        required=True,
        readonly=True,
        index=True,
    )
    automatic = fields.Boolean(string="By Itself", readonly=True)
    applied_by = fields.Many2one("res.users", readonly=True)
    applied_at = fields.Datetime(readonly=True)
    undone_by = fields.Many2one("res.users", readonly=True)
    undone_at = fields.Datetime(readonly=True)
    snapshot = fields.Json(
        readonly=True,
        groups="base.group_system",
        help="What the lines were before, so that undoing restores exactly that.",
    )
    # For the review screen
    line_label = fields.Char(compute="_compute_line", string="Label")
    line_date = fields.Date(compute="_compute_line", string="Date")
    partner_id = fields.Many2one("res.partner", compute="_compute_line")

    @api.depends("line_ids", "item_ids")
    def _compute_line(self):
        for match in self:
            line = match.line_ids[:1]
            match.line_label = line.payment_ref
            match.line_date = line.date
            match.partner_id = match.item_ids.partner_id[:1] or line.partner_id

    # === What users do === #

    def action_accept(self):
        """Apply these proposals, as decided by the current user; of several those that can be applied.

        :return: what tells of those that were left, if any
        :raises UserError: one proposal alone, which cannot be applied; or more than 1,000
        """
        self.line_ids._o2c_check_accountant()
        # Posting writes on entries for which Community's accountants lack a (hidden) group.
        matches = self.sudo()
        if len(matches) > 1:
            return self._tell_left(matches._accept_many())
        matches._accept()
        return True

    def action_undo(self):
        """Take these applied matches back; the books are again what they were before."""
        self.line_ids._o2c_check_accountant()
        # See action_accept.
        self.sudo()._undo()
        return True

    def action_open_lines(self):
        """Open the bank lines of this match."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "o2c_reconciliation.account_bank_statement_line_action"
        )
        action["domain"] = [("id", "in", self.line_ids.ids)]
        action["context"] = {}
        return action

    def action_open_documents(self):
        """Open the invoices and entries of this match."""
        self.ensure_one()
        moves = self.move_ids.filtered(lambda move: move.is_invoice(True)) or self.move_ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", moves.ids)],
        }
