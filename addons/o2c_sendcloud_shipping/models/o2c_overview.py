from odoo import api, models

from odoo.addons.o2c_base.models.o2c_overview import SETTINGS


class O2cOverview(models.AbstractModel):
    _inherit = "o2c.overview"

    @api.model
    def _checklist(self):
        companies = [("company_id", "in", self.env.companies.ids)]
        accounts = self.env["o2c.sendcloud.account"].search(companies)
        # Whoever configures may have no rights to delivery methods; only whether there is one is told.
        methods = self.env["delivery.carrier"].sudo().search([("delivery_type", "=", "sendcloud")], limit=1)
        # Without an account there is only Settings to go to.
        opens = "o2c_sendcloud_shipping.o2c_sendcloud_account_open_action" if accounts else SETTINGS
        return [
            *super()._checklist(),
            {
                "key": "sendcloud_connect",
                "sequence": 30,
                "label": self.env._("Connect Sendcloud"),
                "hint": self.env._(
                    "In Sendcloud, Settings, Integrations, add a Sendcloud API integration, and copy its "
                    "public and secret key into Settings."
                ),
                "done": bool(accounts.filtered(lambda account: account.state in ("connected", "demo"))),
                "action": SETTINGS,
                "anchor": "sendcloud_keys",
            },
            {
                "key": "sendcloud_methods",
                "sequence": 31,
                "label": self.env._("Choose how you ship"),
                "hint": self.env._(
                    "On the Sendcloud account enter your destinations, press Look up shipping options, and "
                    "make delivery methods of the few that you use."
                ),
                "done": bool(methods),
                "action": opens,
            },
        ]
