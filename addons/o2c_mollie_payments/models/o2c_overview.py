from odoo import api, models

from odoo.addons.o2c_base.models.o2c_overview import SETTINGS


class O2cOverview(models.AbstractModel):
    _inherit = "o2c.overview"

    @api.model
    def _checklist(self):
        accounts = self.env["o2c.mollie.account"].search([("company_id", "in", self.env.companies.ids)])
        return [
            *super()._checklist(),
            {
                "key": "mollie_connect",
                "sequence": 20,
                "label": self.env._("Connect Mollie"),
                "hint": self.env._(
                    "In Mollie's dashboard, Developers, Access tokens, make an advanced access token and "
                    "copy it into Settings. Test Connection says which permissions are missing."
                ),
                "done": bool(accounts.filtered(lambda account: account.state in ("connected", "demo"))),
                "action": SETTINGS,
                "anchor": "o2c_mollie_connection",
            },
            {
                "key": "mollie_journals",
                "sequence": 21,
                "label": self.env._("Create the journals for Mollie's balances"),
                "hint": self.env._("In Settings press Create Journals, and choose where Mollie's fees go."),
                "done": bool(accounts.balance_ids.filtered("journal_id")),
                "action": SETTINGS,
                "anchor": "o2c_mollie_connection",
            },
        ]
