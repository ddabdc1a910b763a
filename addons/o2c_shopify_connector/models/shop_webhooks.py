import json

from odoo import api, models

from ...o2c_base.lib.errors import RefusedError
from ..lib import documents
from ..lib.customers import CUSTOMERS
from ..lib.hints import COMPLIANCE, SWEEP, TOPICS, fulfilment_order_gids, named

# Orders, or customers, or variants in one transaction; a longer list is worked off by several jobs.
CHUNK = 50
# Hints that one job looks at. Many of them are about the same orders, which are then read once.
HINTS = 250
# Shopify takes so many ids in one question.
# https://shopify.dev/docs/api/usage/limits#input-arguments
IDS = 250


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    # === Subscriptions === #

    def action_register_webhooks(self):
        """Subscribe to everything the connector listens to; mend what is missing or wrong."""
        self.ensure_one()
        self.check_access("write")
        # Whoever may configure the shop may do this without seeing its keys.
        shop = self.sudo()
        issues = self.env["o2c.issue"]
        with issues._guard(shop, "connection", key="webhooks", retry="action_register_webhooks") as outcome:
            made = shop._register_webhooks()
        if not outcome.ok:
            return self._notification(outcome.issue.message, "danger")
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

        :return: number of subscriptions made.
        """
        self._check_same_database()
        client = self._client()
        registered, stale = self._webhook_subscriptions(client)
        for gid in stale:
            client.mutate(documents.WEBHOOK_DELETE, {"id": gid})
        missing = sorted(set(TOPICS) - registered)
        for topic in missing:
            client.mutate(
                documents.WEBHOOK_CREATE, {"topic": topic, "subscription": {"uri": self.webhook_url}}
            )
        return len(missing)

    def _webhook_subscriptions(self, client):
        """``(topics that Shopify reports here, ids of subscriptions of ours that are of no use)``."""
        registered, stale = set(), []
        for node in client.pages(documents.WEBHOOKS, {"after": None}, ("webhookSubscriptions",)):
            if node["uri"] == self.webhook_url and node["topic"] in set(TOPICS) - registered:
                registered.add(node["topic"])
            elif "/o2c/shopify/webhook/" in node["uri"]:
                # Ours under an address of before, or twice.
                stale.append(node["id"])
        return registered, stale

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
            shop.action_register_webhooks()

    # === Processing === #

    def _process_inbox(self, limit=HINTS):
        """Take over what Shopify reported. All hints about one order are one look at it."""
        self.ensure_one()
        shop = self._as_odoobot()
        inbox = shop.env["o2c.inbox.event"]
        events = inbox._take_new(shop, limit=limit)
        found = {"orders": {}, "customers": {}, "variants": {}}
        parts, levels, taken, more = {}, [], inbox.browse(), False
        for event in events:
            try:
                body = json.loads(event.body or "{}")
            except ValueError as error:
                event._mark("failed", str(error))
                continue
            if event.topic == "inventory_levels/update":
                levels.append(body)
                taken |= event
                continue
            hint = named(event.topic, body)
            if hint is None:
                shop._process_other(event, body)
                continue
            kind, records = hint
            if found[kind] and len(found[kind].keys() | set(records)) > CHUNK:
                more = True
                continue
            found[kind].update(dict.fromkeys(records))
            parts.update(dict.fromkeys(fulfilment_order_gids(event.topic, body)))
            taken |= event
        read = shop._read_reported(found, list(parts))
        if read is False:
            shop._set_refused_aside(taken)
        if not read:
            # Nothing was lost: the events stay new and are taken up again.
            return
        # Orders first: what they took is not a change that somebody made by hand.
        shop._compare_levels(levels)
        taken._mark("done")
        if more or len(events) == limit:
            inbox._enqueue(shop)

    def _read_reported(self, found, parts):
        """Read what hints are about; returns what :meth:`_import_orders` does."""
        waiting, outcome = self._orders_of_parts(parts)
        if outcome and not outcome.ok:
            return False if isinstance(outcome.error, RefusedError) else None
        gids = list(dict.fromkeys([*found["orders"], *waiting]))
        read = not gids or self._import_orders(gids)
        if read:
            self._send_waiting(waiting)
            read = not found["customers"] or self._import_customers(list(found["customers"]))
        if read and found["variants"]:
            self._import_products(list(found["variants"]))
        return read

    def _set_refused_aside(self, events):
        """One of these hints makes Shopify refuse the question: find it, so that the others go on."""
        if len(events) > 1:
            self._process_inbox(limit=len(events) // 2)
            return
        with self.env["o2c.issue"]._guard(self, "connection", retry="action_test_connection") as outcome:
            client = self._client()
            for question in (documents.ORDERS, documents.ORDERS_OF_FULFILLMENT_ORDERS, CUSTOMERS):
                client.execute(question, {"ids": []})
        if not outcome.ok:
            # Shopify refuses the question whatever it is about.
            return
        orders = named(events.topic, json.loads(events.body))[1] if events.topic == SWEEP else []
        if len(orders) > 1:
            for gid in orders:
                self._queue_orders([gid])
            events._mark("done")
            return
        message = self.env._(
            "Shopify reported something (%s) and then refused to say more about it, so it was set aside. "
            "You find it among the received webhooks, where “Process Again” tries once more.",
            events.topic,
        )
        self.env["o2c.issue"]._report(self, "data", message, key=f"hint-{events.external_id}")
        events._mark("failed", message)
        self.env["o2c.inbox.event"]._enqueue(self)

    def _orders_of_parts(self, parts):
        """``(gids of the orders that these fulfilment orders belong to, outcome of the question)``."""
        if not parts:
            return [], None
        found = {}
        with self.env["o2c.issue"]._guard(self, "connection", retry="action_test_connection") as outcome:
            client = self._client()
            for start in range(0, len(parts), IDS):
                ids = parts[start : start + IDS]
                answer = client.execute(documents.ORDERS_OF_FULFILLMENT_ORDERS, {"ids": ids})
                found.update({node["orderId"]: True for node in answer.data["nodes"] if node})
        return list(found), outcome

    def _send_waiting(self, gids):
        """A hold was released or goods were moved: send what Shopify would not take before."""
        if gids:
            self.env["o2c.shopify.fulfillment"].search(
                [
                    ("shop_id", "=", self.id),
                    ("sale_order_id.shopify_gid", "in", gids),
                    ("state", "=", "pending"),
                ]
            )._enqueue()

    def _process_other(self, event, body):
        """Deal with a hint that is not about an order."""
        handler = {
            "app/uninstalled": self._on_uninstalled,
            "app/scopes_update": self._on_scopes_update,
            "products/delete": self._on_product_delete,
            "customers/merge": self._on_customer_merge,
            "customers/redact": self._on_customer_redact,
            "customers/data_request": self._on_data_request,
            "shop/redact": self._on_shop_redact,
        }.get(event.topic)
        if handler is None:
            event._mark("ignored")
            return
        handler(body)
        # A request about personal data must not itself keep them.
        values = {"state": "done"}
        if event.topic in COMPLIANCE:
            values["body"] = False
        event.write(values)

    def _on_uninstalled(self, _body):
        message = self.env._(
            "The app was removed from the shop %s. Install it again in Shopify and press “Test connection”.",
            self.domain,
        )
        self.write({"state": "error", "last_error": message, "token_expires_at": False})
        self.env["o2c.issue"]._report(self, "connection", message, key="uninstalled")

    def _on_scopes_update(self, _body):
        with self.env["o2c.issue"]._guard(self, "connection", key="scopes") as outcome:
            self._test_connection()
        if outcome.ok:
            self._report_health()

    # === Personal data === #

    def _on_customer_redact(self, body):
        """Forget a person, as far as the books allow: https://shopify.dev/docs/apps/build/privacy-law-compliance"""
        partners = self._partners_of_person(body)
        self.env["o2c.shopify.customer"].search([("partner_id", "in", partners.ids)]).shopify_values = None
        used = self.env["account.move"].search(
            [("commercial_partner_id", "in", partners.commercial_partner_id.ids)], limit=1
        )
        if partners and used:
            # Invoices must be kept by law: a person decides what may go.
            self.env["o2c.issue"]._report(
                self,
                "data",
                self.env._(
                    "Shopify asks to erase the customer %s, who has invoices that must be kept. "
                    "Remove what the law lets you remove, and close this issue.",
                    ", ".join(partners.mapped("display_name")),
                ),
                key=f"redact-{partners[:1].id}",
            )
        elif partners:
            contacts = partners | partners.child_ids
            contacts.with_context(tracking_disable=True).write(
                {
                    "name": self.env._("Erased customer"),
                    "company_name": False,
                    "email": False,
                    "phone": False,
                    "street": False,
                    "street2": False,
                    "zip": False,
                    "city": False,
                    "vat": False,
                    "comment": False,
                    "active": False,
                }
            )

    def _on_data_request(self, body):
        partners = self._partners_of_person(body)
        self.env["o2c.issue"]._report(
            self,
            "data",
            self.env._(
                "A customer asks through Shopify which data you keep (request %(request)s). Send "
                "what Odoo holds about %(names)s within 30 days, and close this issue.",
                request=(body.get("data_request") or {}).get("id") or "?",
                names=", ".join(partners.mapped("display_name")) or self.env._("a person unknown here"),
            ),
            key=f"data-request-{(body.get('data_request') or {}).get('id')}",
        )

    def _on_shop_redact(self, _body):
        self.env["o2c.issue"]._report(
            self,
            "data",
            self.env._(
                "Shopify asks to erase what was taken over from %s, 48 hours after the app was "
                "removed. Keep orders with invoices, remove the rest, and close this issue.",
                self.domain,
            ),
            key="shop-redact",
        )

    def _partners_of_person(self, body):
        customer = body.get("customer") or {}
        return (
            self.env["o2c.shopify.customer"]
            .search(
                [
                    ("shop_id", "=", self.id),
                    ("gid", "=", f"gid://shopify/Customer/{customer.get('id')}"),
                ]
            )
            .partner_id
        )
