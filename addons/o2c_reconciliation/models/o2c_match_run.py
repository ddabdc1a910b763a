from odoo import api, fields, models


class O2cMatchRun(models.Model):
    """One go of the matching over the open bank lines of a company; it can be undone as a whole."""

    _name = "o2c.match.run"
    _description = "Matching Run"
    _order = "id desc"
    _rec_name = "create_date"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    line_count = fields.Integer(string="Lines Looked At", readonly=True)
    item_count = fields.Integer(string="Open Items", readonly=True)
    matched_count = fields.Integer(string="Lines Matched", readonly=True)
    proposed_count = fields.Integer(string="Lines with Proposals", readonly=True)
    failed_count = fields.Integer(string="Lines Failed", readonly=True)
    seconds = fields.Float(readonly=True, digits=(10, 1))
    match_ids = fields.One2many("o2c.match", "run_id", string="Matches", readonly=True)
    applied_count = fields.Integer(compute="_compute_applied_count", string="Still Applied")

    @api.depends("match_ids.state", "match_ids.automatic")
    def _compute_applied_count(self):
        groups = self.env["o2c.match"]._read_group(
            [("run_id", "in", self.ids), ("state", "=", "applied"), ("automatic", "=", True)],
            ["run_id"],
            ["__count"],
        )
        counts = {run.id: count for run, count in groups}
        for run in self:
            run.applied_count = counts.get(run.id, 0)

    def action_undo(self):
        """Undo everything that these runs have matched; what people accepted since stays."""
        self.match_ids.filtered(lambda match: match.state == "applied" and match.automatic).action_undo()

    def action_open_matches(self):
        """Open the matches of this run."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("o2c_reconciliation.o2c_match_action")
        action["domain"] = [("run_id", "=", self.id)]
        action["context"] = {}
        return action
