from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    o2c_responsible_id = fields.Many2one(
        "res.users",
        string="Responsible for Issues",
        help="Gets an activity for every new issue of Order to Cash.",
    )
    o2c_digest = fields.Boolean(
        string="Daily Mail About Issues",
        help="Managers of Order to Cash get a mail each morning with the issues that wait, "
        "and whoever is responsible for an issue with their own. No issue, no mail.",
    )
