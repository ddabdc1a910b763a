from odoo import models
from odoo.exceptions import UserError

from ...o2c_base.words import in_words
from ..lib.fetch import BATCH
from ..lib.reading import Unreadable

KINDS = ("order", "data")


class O2cShopifyShop(models.Model):
    """Orders that could not be taken over: each has an issue of its own on the shop, under its gid."""

    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    def _report_not_created(self, pair, error):
        order = pair[0]
        self.env["o2c.issue"]._report(
            self,
            "order",
            self.env._(
                "Order %(name)s could not be created: %(reason)s",
                name=order.name,
                reason=in_words(self.env, error),
            ),
            key=order.gid,
            detail=repr(error),
            retry="_o2c_retry_missing",
        )

    def _report_unreadable(self, gid, error):
        """:param error: an Unreadable, which names the order; anything else is what nobody thought of."""
        reason = in_words(self.env, error)
        if not isinstance(error, Unreadable):
            reason = self.env._(
                "Shopify's answer about order %(number)s has a shape we do not know (%(reason)s). Retry; "
                "if it happens again, show the details to your administrator.",
                number=gid.split("/")[-1],
                reason=reason,
            )
        self.env["o2c.issue"]._report(
            self,
            "data",
            self.env._("An order could not be read and is missing in Odoo: %s", reason),
            key=gid,
            detail=str(error.__cause__ or repr(error)),
            retry="_o2c_retry_missing",
        )

    def _close_missing(self, gids):
        """These orders are in Odoo now, or not wanted any more."""
        # The program closes what it reported itself.
        issues = self.env["o2c.issue"].sudo()
        issues.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("state", "=", "open"),
                ("kind", "in", KINDS),
                ("key", "in", list(gids)),
            ]
        ).write({"state": "resolved"})

    def _o2c_retry_missing(self):
        """Read the order again that an issue is about: being missing here is no change in Shopify."""
        self.ensure_one()
        gid = self.env.context["o2c_issue_key"]
        if not self._import_orders([gid]):
            raise UserError(self.last_error)

    def _o2c_retry_denied(self):
        """Read again the orders of people whom Shopify kept from us."""
        self.ensure_one()
        orders = self.env["sale.order"].search(
            [
                ("shopify_shop_id", "=", self.id),
                ("state", "!=", "cancel"),
                ("partner_id.email", "=", False),
                ("partner_id.street", "=", False),
            ]
        )
        gids = orders.mapped("shopify_gid")
        for start in range(0, len(gids), BATCH):
            self._queue_orders(gids[start : start + BATCH])
