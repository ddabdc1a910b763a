import json
import logging

from psycopg2 import OperationalError

from odoo import models

from odoo.addons.queue_job.exception import RetryableJobError

from ...o2c_base.lib.errors import RefusedError
from ...o2c_base.words import in_words
from ..lib import documents
from ..lib.customers import CUSTOMERS
from ..lib.hints import COMPLIANCE, SWEEP, fulfilment_order_gids, named

_logger = logging.getLogger(__name__)

# Orders, or customers, or variants in one transaction; a longer list is worked off by several jobs.
CHUNK = 50
# Hints that one job looks at. Many of them are about the same orders, which are then read once.
HINTS = 250
# Shopify takes so many ids in one question.
# https://shopify.dev/docs/api/usage/limits#input-arguments
IDS = 250


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

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
                hint = named(event.topic, body)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                event._mark("failed", str(error))
                continue
            if event.topic == "inventory_levels/update":
                levels.append(body)
                taken |= event
                continue
            if hint is None:
                shop._process_alone(event, body)
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

    def _process_alone(self, event, body):
        """Deal with a hint that is not about an order, so that whatever goes wrong stops no other hint."""
        try:
            with self.env.cr.savepoint():
                self._process_other(event, body)
        except (OperationalError, RetryableJobError):
            raise
        except Exception as error:
            _logger.exception("A webhook could not be dealt with: %s", event.topic)
            event._mark("failed", in_words(self.env, error))
            self.env["o2c.issue"]._report(
                self,
                "data",
                self.env._(
                    "What Shopify told of “%(topic)s” could not be dealt with: %(reason)s. Put right what "
                    "stands in the way and retry, or do by hand what was asked and close this issue.",
                    topic=event.topic,
                    reason=in_words(self.env, error),
                ),
                key=f"event-{event.id}",
                detail=repr(error),
                retry="_o2c_retry_event",
            )

    def _o2c_retry_event(self):
        """Take up again the webhook that an issue is about."""
        self.ensure_one()
        number = self.env.context["o2c_issue_key"].removeprefix("event-")
        event = self.env["o2c.inbox.event"].browse(int(number)).exists()
        if event:
            event._mark("new")
            event._enqueue_waiting()

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
