from odoo import fields, models

from .o2c_connection_mixin import SECRET_MASK


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    o2c_responsible_id = fields.Many2one(related="company_id.o2c_responsible_id", readonly=False)
    o2c_digest = fields.Boolean(related="company_id.o2c_digest", readonly=False)

    def _o2c_secret_settings(self):
        """Names of the fields that keys are typed into. Connectors add theirs."""
        return []

    def _read_format(self, fnames, load="_classic_read"):
        """What was typed goes to the server and never back, as on the connections themselves."""
        result = super()._read_format(fnames, load=load)
        for name in self._o2c_secret_settings():
            for values in result:
                if values.get(name):
                    values[name] = SECRET_MASK
        return result

    def action_o2c_open_issues(self):
        """Open the list of what needs a person."""
        return self.env["ir.actions.act_window"]._for_xml_id("o2c_base.o2c_issue_action")
