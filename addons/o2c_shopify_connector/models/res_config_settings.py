from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib import scopes


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    o2c_shopify_shop_id = fields.Many2one(
        "o2c.shopify.shop", string="Shop", domain="[('company_id', '=', company_id)]"
    )
    o2c_shopify_domain = fields.Char(string="Shop Domain")
    o2c_shopify_auth_method = fields.Selection(
        selection=lambda self: (
            self.env["o2c.shopify.shop"]._fields["auth_method"]._description_selection(self.env)
        ),
        default="client_credentials",
    )
    o2c_shopify_access_token = fields.Char(string="Access Token")
    o2c_shopify_client_id = fields.Char(string="Client ID")
    o2c_shopify_client_secret = fields.Char(string="Client Secret")
    o2c_shopify_webhook_secret = fields.Char(string="Webhook Secret")
    o2c_shopify_webhook_url = fields.Char(related="o2c_shopify_shop_id.webhook_url")
    o2c_shopify_state = fields.Selection(related="o2c_shopify_shop_id.state")
    o2c_shopify_last_error = fields.Text(related="o2c_shopify_shop_id.last_error")
    o2c_shopify_missing_scopes = fields.Char(related="o2c_shopify_shop_id.missing_scopes")
    o2c_shopify_required_scopes = fields.Char(
        "Permissions of the App",
        default=",".join(scopes.REQUIRED),
        readonly=True,
        help="The access scopes that the app needs, as Shopify takes them.",
    )

    def _o2c_secret_settings(self):
        return super()._o2c_secret_settings() + [
            "o2c_shopify_access_token",
            "o2c_shopify_client_secret",
            "o2c_shopify_webhook_secret",
        ]

    @api.model
    def get_values(self):
        values = super().get_values()
        shop = self.env["o2c.shopify.shop"].search([("company_id", "=", self.env.company.id)], limit=1)
        values["o2c_shopify_shop_id"] = shop.id
        values.update(self._o2c_shopify_shown(shop))
        return values

    @api.onchange("o2c_shopify_shop_id")
    def _onchange_o2c_shopify_shop_id(self):
        self.update(self._o2c_shopify_shown(self.o2c_shopify_shop_id))

    @api.model
    def _o2c_shopify_shown(self, shop):
        """What the page shows of a shop; a key is shown as a mask only."""
        values = {
            "o2c_shopify_domain": shop.domain,
            "o2c_shopify_auth_method": shop.auth_method or "client_credentials",
        }
        # The page is open to those who may change settings; keys are masked for them, too.
        secret = shop.sudo()
        values["o2c_shopify_client_id"] = secret.client_id
        for name in ("access_token", "client_secret", "webhook_secret"):
            values[f"o2c_shopify_{name}"] = secret._masked(name) if shop else False
        return values

    def set_values(self):
        result = super().set_values()
        if self.o2c_shopify_domain:
            self._o2c_shopify_save()
        return result

    def _o2c_shopify_save(self):
        """Write what was typed to the shop, which is created the first time."""
        self.ensure_one()
        values = {
            "domain": self.o2c_shopify_domain,
            "auth_method": self.o2c_shopify_auth_method,
            "client_id": self.o2c_shopify_client_id,
        }
        for name in ("access_token", "client_secret", "webhook_secret"):
            values[name] = self[f"o2c_shopify_{name}"]
        shop = self.o2c_shopify_shop_id
        if not shop:
            values = shop._clean_values(values)
            values.update(name=values["domain"].split(".")[0], company_id=self.company_id.id)
            self.o2c_shopify_shop_id = shop.create(values)
        else:
            if self.o2c_shopify_auth_method == "client_credentials":
                # The token is the program's own there, not something that was typed.
                values.pop("access_token")
            changed = {
                name: value
                for name, value in values.items()
                if (value or False) != (shop.sudo()[name] or False)
            }
            shop.write(changed)
        return self.o2c_shopify_shop_id

    def action_o2c_shopify_test(self):
        """Save the keys and try them."""
        self.ensure_one()
        if not self.o2c_shopify_domain:
            raise UserError(self.env._("Enter the domain of the shop first."))
        # The page is loaded again afterwards: what was typed elsewhere on it is kept, too.
        self.execute()
        return self._o2c_shopify_save().action_test_connection()

    def action_o2c_shopify_setup(self):
        """Propose webhooks, locations, gateways and taxes in a short wizard."""
        self.ensure_one()
        return self._o2c_shopify_save().action_setup()

    def action_o2c_shopify_open(self):
        """Open the shop with all its settings."""
        self.ensure_one()
        return self.o2c_shopify_shop_id._open_form()

    def action_o2c_shopify_new(self):
        """Add another shop."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "o2c.shopify.shop",
            "view_mode": "form",
            "views": [(False, "form")],
        }
