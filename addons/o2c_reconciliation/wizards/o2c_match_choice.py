from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class O2cMatchChoice(models.TransientModel):
    """A person chooses what a bank line pays, and where a difference goes."""

    _name = "o2c.match.choice"
    _description = "Choose the Counterpart of a Bank Line"

    line_id = fields.Many2one("account.bank.statement.line", required=True, readonly=True)
    company_id = fields.Many2one(related="line_id.company_id")
    currency_id = fields.Many2one("res.currency", compute="_compute_amounts")
    label = fields.Char(related="line_id.payment_ref")
    open_amount = fields.Monetary(compute="_compute_amounts", help="What the bank line has left to explain.")
    item_ids = fields.Many2many(
        "account.move.line",
        string="Open Items",
        domain="[('company_id', '=', company_id), ('parent_state', '=', 'posted'),"
        " ('reconciled', '=', False), ('account_id.reconcile', '=', True),"
        " ('amount_residual_currency', '!=', 0), ('currency_id', '=', currency_id),"
        " ('statement_line_id', '!=', line_id)]",
    )
    chosen_amount = fields.Monetary(compute="_compute_amounts")
    difference = fields.Monetary(compute="_compute_amounts", help="Open amount minus the chosen items.")
    write_off_id = fields.Many2one(
        "account.reconcile.model",
        string="Book the Difference With",
        domain="[('company_id', '=', company_id), ('line_ids.account_id', '!=', False)]",
        help="Without a model, the rest of the bank line or of the items stays open.",
    )

    @api.depends("line_id", "item_ids")
    def _compute_amounts(self):
        for choice in self:
            _liquidity, suspense, _other = choice.line_id._seek_for_lines()
            choice.currency_id = suspense.currency_id or choice.line_id.currency_id
            choice.open_amount = -sum(suspense.mapped("amount_currency"))
            choice.chosen_amount = sum(choice.item_ids.mapped("amount_residual_currency"))
            choice.difference = choice.currency_id.round(choice.open_amount - choice.chosen_amount)

    def action_apply(self):
        """Match the line with the chosen items, and book the difference if a model was chosen."""
        self.ensure_one()
        self.line_id._o2c_check_accountant()
        if not self.item_ids and not self.write_off_id:
            raise UserError(
                self.env._("Choose at least one open item, or the model with which to book the line.")
            )
        if self.item_ids.currency_id - self.currency_id:
            raise UserError(
                self.env._(
                    "A document in another currency cannot be chosen here, as its rate is not seen. "
                    "Choose it beside the list of bank lines."
                )
            )
        # Matching writes on entries for which Community's accountants lack a (hidden) group.
        choice = self.sudo()
        match = choice.env["o2c.match"].create(choice._match_values())
        write_off = choice.write_off_id if choice.difference and choice.item_ids else None
        match._accept(write_off)
        return {"type": "ir.actions.act_window_close"}

    def _match_values(self):
        documents = ", ".join(self.item_ids.move_id.mapped("name"))
        if documents:
            words = self.env._("%(user)s chose %(documents)s.", user=self.env.user.name, documents=documents)
        else:
            words = self.env._(
                "%(user)s booked it with %(model)s.", user=self.env.user.name, model=self.write_off_id.name
            )
        if self.item_ids and self.write_off_id and self.difference:
            words += " " + self.env._(
                "The difference of %(amount)s was booked with %(model)s.",
                amount=self.currency_id.format(self.difference),
                model=self.write_off_id.name,
            )
        return {
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "journal_id": self.line_id.journal_id.id,
            "model_id": self.write_off_id.id,
            "strategy": "proposal" if self.item_ids else "counterpart",
            "line_ids": [Command.set(self.line_id.ids)],
            "item_ids": [Command.set(self.item_ids.ids)],
            "explanation": words,
            "residual": self.difference if self.item_ids else 0.0,
            "confidence": 100,
        }
