from odoo import api, fields, models
from odoo.exceptions import UserError

from ...o2c_base.lib.errors import O2cError, RefusedError
from ...o2c_base.words import in_words
from ..lib import documents
from ..lib.client import ScopeMissing, UserErrors
from ..lib.hints import TOPICS


class O2cShopifyShop(models.Model):
    """What Shopify tells this Odoo of by itself."""

    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    use_webhooks = fields.Boolean(
        string="Told at Once",
        default=True,
        help="Shopify tells Odoo of every change as it happens, which is looked after daily. Otherwise Odoo "
        "looks for changed orders every ten minutes, and removes its webhooks at Shopify.",
    )

    def write(self, vals):
        stopped = self.browse()
        if not vals.get("use_webhooks", True):
            stopped = self.filtered(lambda shop: shop.use_webhooks and shop.state in ("connected", "error"))
        result = super().write(vals)
        for shop in stopped:
            shop.with_delay(
                channel="root.o2c.shopify",
                identity_key=f"o2c.shopify.unsubscribe:{shop.id}",
                description=self.env._("Remove the webhooks of %s at Shopify", shop.name),
            )._o2c_retry_unregister_webhooks()
        return result

    def action_register_webhooks(self):
        """Subscribe to everything the connector listens to; mend what is missing or wrong."""
        self.ensure_one()
        self.check_access("write")
        # Whoever may configure the shop may do this without seeing its keys.
        shop = self.sudo()
        if not shop.use_webhooks:
            shop.use_webhooks = True
        issues = self.env["o2c.issue"]
        with issues._guard(shop, "connection", key="webhooks", retry="action_register_webhooks") as outcome:
            made = shop._register_webhooks()
        if not outcome.ok:
            return self._notification(outcome.issue.message, "danger")
        refused = issues.sudo()._open_issues(shop, "connection", "topics")  # of the shop just worked on
        if refused:
            return self._notification(refused.message, "warning")
        return self._notification(
            self.env._(
                "Shopify tells this Odoo about %(count)s kinds of changes (%(made)s newly).",
                count=len(TOPICS),
                made=made,
            ),
            "success",
        )

    def _register_webhooks(self):
        """Make Shopify's subscriptions of this app equal to what is wanted.

        Shopify deletes a subscription after eight failed deliveries, so this is repeated daily.

        What Shopify refuses is told in an issue; the rest is made all the same.

        :return: number of subscriptions made.
        :raises RefusedError: when it refuses them all.
        """
        self._check_same_database()
        client = self._client()
        registered, stale = self._webhook_subscriptions(client)
        for gid in stale:
            client.mutate(documents.WEBHOOK_DELETE, {"id": gid})
        missing, refused = sorted(set(TOPICS) - registered), {}
        for topic in missing:
            try:
                client.mutate(
                    documents.WEBHOOK_CREATE, {"topic": topic, "subscription": {"uri": self.webhook_url}}
                )
            except (UserErrors, ScopeMissing) as error:
                # Topics with personal data need an approval of their own; the others are not to wait.
                refused[topic] = error
        if len(refused) == len(TOPICS):
            raise RefusedError(next(iter(refused.values())).args[0])
        self._report_refused_topics(refused)
        return len(missing) - len(refused)

    def _o2c_retry_unregister_webhooks(self):
        """Delete at Shopify the subscriptions of shops that do without webhooks, and no others."""
        for shop in self.filtered(lambda shop: not shop.use_webhooks):
            shop = shop._as_odoobot()
            with self.env["o2c.issue"]._guard(
                shop, "connection", key="webhooks", retry="_o2c_retry_unregister_webhooks"
            ):
                shop._unregister_webhooks()

    def _unregister_webhooks(self):
        """Delete this connection's subscriptions.

        :raises UserError: when Shopify does not let it.
        """
        self._check_same_database()
        try:
            client = self._client()
            for node in self._our_subscriptions(client):
                client.mutate(documents.WEBHOOK_DELETE, {"id": node["id"]})
        except O2cError as error:
            if error.temporary:
                raise
            raise UserError(
                self.env._(
                    "Shopify goes on sending webhooks of %(shop)s, for Odoo could not remove them: "
                    "%(reason)s Mend that and retry, or uninstall the app in Shopify.",
                    shop=self.name,
                    reason=in_words(self.env, error),
                )
            ) from error
        self.env["o2c.issue"]._clear(self, "connection", "topics")

    def _report_refused_topics(self, refused):
        """Say once which changes Shopify does not tell of, and why."""
        issues = self.env["o2c.issue"]
        if not refused:
            issues._clear(self, "connection", "topics")
            return
        message = self.env._(
            "Shopify does not tell Odoo at once about %(topics)s: %(reason)s. Changed orders are found "
            "within ten minutes all the same. Ask for access to protected customer data (Dev Dashboard > app "
            "> API access requests) and for the permissions that are missing, then retry.",
            topics=", ".join(topic.lower() for topic in sorted(refused)),
            reason="; ".join(sorted({in_words(self.env, error).rstrip(".") for error in refused.values()})),
        )
        issues._report(self, "connection", message, key="topics", retry="action_register_webhooks")

    def _webhook_subscriptions(self, client):
        """``(topics that Shopify reports here, ids of subscriptions of ours that are of no use)``."""
        registered, stale = set(), []
        for node in self._our_subscriptions(client):
            if node["uri"] == self.webhook_url and node["topic"] in set(TOPICS) - registered:
                registered.add(node["topic"])
            else:
                # Of a key of before, or twice.
                stale.append(node["id"])
        return registered, stale

    def _our_subscriptions(self, client):
        """Shopify's subscriptions that lead here. Those that lead to another Odoo are not ours."""
        door = self.webhook_url.removesuffix(self.webhook_token)
        # The same shop may be connected with another company, which only the program may see.
        others = self.with_context(active_test=False).sudo().search([("id", "!=", self.id)])
        taken = {f"{door}{token}" for token in others.mapped("webhook_token")}
        nodes = client.pages(documents.WEBHOOKS, {"after": None}, ("webhookSubscriptions",))
        return [node for node in nodes if node["uri"].startswith(door) and node["uri"] not in taken]

    @api.model
    def _cron_check_webhooks(self):
        for shop in self.search([("state", "=", "connected")]):
            shop.with_delay(
                channel="root.o2c.shopify",
                identity_key=f"o2c.shopify.webhooks:{shop.id}",
                description=self.env._("Check the connection and the webhooks of %s", shop.name),
            )._check_connection()

    def _check_connection(self):
        """Daily: has Shopify dropped a webhook, a permission or the version of its interface?"""
        self.ensure_one()
        shop = self._as_odoobot()
        with self.env["o2c.issue"]._guard(shop, "connection", retry="action_test_connection") as outcome:
            shop._test_connection()
        if outcome.ok:
            shop._report_health()
            if shop.use_webhooks:
                shop.action_register_webhooks()
            else:
                shop._o2c_retry_unregister_webhooks()
