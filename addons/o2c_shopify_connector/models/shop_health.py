from odoo import models

from ...o2c_base.words import in_words
from ..lib.client import ScopeMissing


class O2cShopifyShop(models.Model):
    """Whether a shop can be worked with, and what goes on by itself when it can again."""

    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    def action_test_connection(self):
        """Call Shopify with the keys, and say what is granted, what is missing and what to click."""
        action = super().action_test_connection()
        # Whoever may test the connection is told how it is.
        shop = self.sudo()
        if shop.state == "connected":
            shop._report_health()
            if shop.missing_scopes or shop._fell_forward():
                action["params"].update(type="warning", sticky=True)
        return action

    def _report_health(self):
        """Keep an issue about what a test of the connection found wanting, as long as it is."""
        self.ensure_one()
        for key, wrong, words in (
            ("permissions", bool(self.missing_scopes), self._words_on_scopes),
            ("version", self._fell_forward(), self._words_on_version),
        ):
            if wrong:
                self.env["o2c.issue"]._report(
                    self, "connection", words(), key=key, retry="action_test_connection"
                )
            else:
                self.env["o2c.issue"]._clear(self, "connection", key)
        if not self.missing_scopes:
            self._send_left_over()

    def _words_on_scopes(self):
        if self.auth_method == "token":
            return self.env._(
                "The app lacks these permissions: %s. In Shopify's admin open Settings > Apps > Develop apps "
                "> the app > Configuration, add them to the Admin API, save, and install the app again if "
                "Shopify asks for it.",
                self.missing_scopes,
            )
        return self.env._(
            "The app lacks these permissions: %s. In Shopify's Dev Dashboard open the app, add them to a "
            "new version, release it, and accept it in the shop.",
            self.missing_scopes,
        )

    def _place_of_all_orders(self):
        """Where in Shopify an app gets “read_all_orders”, in the user's words."""
        if self.auth_method == "token":
            return self.env._("Settings > Apps > Develop apps > the app > Configuration")
        return self.env._("Dev Dashboard > app > API access requests")

    def _fell_forward(self):
        """Whether Shopify no longer offers the version that was asked for."""
        return bool(self.api_version_answered) and self.api_version_answered != self.api_version

    def _words_on_version(self):
        return self.env._(
            "Shopify answered with version %(answered)s instead of %(asked)s, which it no longer offers: "
            "update this module, or enter a newer version on the shop and test the connection again.",
            answered=self.api_version_answered,
            asked=self.api_version,
        )

    def _connection_failed(self, error):
        """One thing that the app may not do does not make the whole connection fail."""
        if isinstance(error, ScopeMissing):
            return self.write({"last_error": in_words(self.env, error)})
        return super()._connection_failed(error)

    def write(self, vals):
        back = self.browse()
        if vals.get("state") == "connected":
            back = self.filtered(lambda shop: shop.state == "error")
        result = super().write(vals)
        back._send_left_over()
        # Shopify forgets the webhooks of an app that is removed.
        for shop in back:
            shop.with_delay(
                channel="root.o2c.shopify",
                identity_key=f"o2c.shopify.webhooks:{shop.id}",
                description=self.env._("Check the connection and the webhooks of %s", shop.name),
            )._check_connection()
        return result

    def _send_left_over(self):
        """Send the fulfilments that Shopify would not take while something was wrong."""
        self.env["o2c.shopify.fulfillment"].sudo().search(
            # Whoever mended the connection sets off what waited for it.
            [("shop_id", "in", self.ids), ("state", "in", ("pending", "cancelling"))]
        )._enqueue()
