from odoo import models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    def action_o2c_open_issues(self):
        """Open the list of what needs a person."""
        return self.env["ir.actions.act_window"]._for_xml_id("o2c_base.o2c_issue_action")
