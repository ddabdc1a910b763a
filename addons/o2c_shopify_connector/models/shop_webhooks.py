import json
import logging

from psycopg2 import OperationalError

from odoo import models

from odoo.addons.queue_job.exception import RetryableJobError

from ...o2c_base.words import in_words
from ..lib import documents
from ..lib.hints import COMPLIANCE, fulfilment_order_gids, named

_logger = logging.getLogger(__name__)

# Orders, or customers, or variants in one transaction; a longer list is worked off by several jobs.
CHUNK = 50
# Hints that one job looks at. Many of them are about the same orders, which are then read once.
HINTS = 250


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    # === Processing === #

    def _process_inbox(self):
        """Take over what Shopify reported. All hints about one order are one look at it."""
        self.ensure_one()
        shop = self._as_odoobot()
        inbox = shop.env["o2c.inbox.event"]
        events = inbox._take_new(shop, limit=HINTS)
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
        gids = found["orders"]
        waiting = shop._orders_of_parts(list(parts))
        gids.update(dict.fromkeys(waiting or ()))
        if waiting is None or (gids and not shop._import_orders(list(gids))):
            # Nothing was lost: the events stay new and are taken up again.
            return
        shop._send_waiting(waiting)
        if found["customers"] and not shop._import_customers(list(found["customers"])):
            return
        if found["variants"]:
            shop._import_products(list(found["variants"]))
        # Orders first: what they took is not a change that somebody made by hand.
        shop._compare_levels(levels)
        taken._mark("done")
        if more or len(events) == HINTS:
            inbox._enqueue(shop)

    def _orders_of_parts(self, parts):
        """Gids of the orders that these fulfilment orders belong to; None when Shopify could not be asked."""
        if not parts:
            return []
        with self.env["o2c.issue"]._guard(self, "connection", retry="action_test_connection") as outcome:
            answer = self._client().execute(documents.ORDERS_OF_FULFILLMENT_ORDERS, {"ids": parts})
            found = {node["orderId"]: True for node in answer.data["nodes"] if node}
        return list(found) if outcome.ok else None

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
