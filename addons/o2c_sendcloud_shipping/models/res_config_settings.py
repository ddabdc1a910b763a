from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sendcloud_account_id = fields.Many2one("o2c.sendcloud.account", compute="_compute_sendcloud_account")
    sendcloud_public_key = fields.Char(
        compute="_compute_sendcloud_account",
        inverse="_inverse_sendcloud_keys",
        readonly=False,
        groups="base.group_system",
    )
    sendcloud_secret_key = fields.Char(
        compute="_compute_sendcloud_account",
        inverse="_inverse_sendcloud_keys",
        readonly=False,
        groups="base.group_system",
    )
    sendcloud_state = fields.Selection(related="sendcloud_account_id.state")
    sendcloud_last_error = fields.Text(related="sendcloud_account_id.last_error")
    sendcloud_integration_name = fields.Char(related="sendcloud_account_id.integration_name")

    def _o2c_secret_settings(self):
        return super()._o2c_secret_settings() + ["sendcloud_secret_key"]

    @api.depends("company_id")
    def _compute_sendcloud_account(self):
        for settings in self:
            account = settings._sendcloud_account()
            settings.sendcloud_account_id = account
            # Settings are an administrator's; even so the secret key itself never leaves.
            secret = account.sudo()
            settings.sendcloud_public_key = secret.public_key
            settings.sendcloud_secret_key = secret._masked("secret_key") if secret else False

    def _inverse_sendcloud_keys(self):
        """Keep the keys; the first ones make the account."""
        for settings in self:
            values = {
                "public_key": settings.sendcloud_public_key,
                "secret_key": settings.sendcloud_secret_key,
            }
            account = settings._sendcloud_account()
            if account:
                account.write(values)
            elif any(values.values()):
                account.create({**values, "company_id": settings.company_id.id})

    def _sendcloud_account(self):
        return self.env["o2c.sendcloud.account"].search(
            [("company_id", "=", self.company_id.id)], order="id", limit=1
        )

    def action_sendcloud_test(self):
        """Save what was typed and call Sendcloud with it."""
        self.ensure_one()
        self.execute()
        account = self._sendcloud_account()
        if not account:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "message": self.env._("Enter the public and the secret key first."),
                    "type": "warning",
                },
            }
        return account.action_test_connection()

    def action_sendcloud_open_account(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "o2c.sendcloud.account",
            "res_id": self.sendcloud_account_id.id,
            "view_mode": "form",
        }
