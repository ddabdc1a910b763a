"""Webhooks of Shopify: who subscribed, what is sent, how it is signed."""

import base64
import hashlib
import hmac
import json

from sandbox.shopify import payloads

TOPIC_NAMES = {
    "APP_UNINSTALLED": "app/uninstalled",
    "CUSTOMERS_DATA_REQUEST": "customers/data_request",
    "APP_SCOPES_UPDATE": "app/scopes_update",
    "BULK_OPERATIONS_FINISH": "bulk_operations/finish",
    "FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE": "fulfillment_orders/order_routing_complete",
    "FULFILLMENT_ORDERS_PLACED_ON_HOLD": "fulfillment_orders/placed_on_hold",
    "FULFILLMENT_ORDERS_HOLD_RELEASED": "fulfillment_orders/hold_released",
    "FULFILLMENT_ORDERS_CANCELLED": "fulfillment_orders/cancelled",
    "FULFILLMENT_ORDERS_MOVED": "fulfillment_orders/moved",
    "INVENTORY_LEVELS_UPDATE": "inventory_levels/update",
    "INVENTORY_LEVELS_CONNECT": "inventory_levels/connect",
    "INVENTORY_ITEMS_UPDATE": "inventory_items/update",
    "ORDER_TRANSACTIONS_CREATE": "order_transactions/create",
    "TENDER_TRANSACTIONS_CREATE": "tender_transactions/create",
    "ORDERS_PARTIALLY_FULFILLED": "orders/partially_fulfilled",
    "ORDERS_RISK_ASSESSMENT_CHANGED": "orders/risk_assessment_changed",
}


def topic_name(topic):
    """Write a topic as the header does: ORDERS_CREATE is orders/create."""
    if topic in TOPIC_NAMES:
        return TOPIC_NAMES[topic]
    words, _sep, last = topic.lower().rpartition("_")
    return f"{words}/{last}"


def sign(secret, body):
    """Return the base64 HMAC-SHA256 of the raw body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


class Notifier:
    """Sends webhooks of one shop to those who subscribed to them."""

    def __init__(self, state):
        self._state = state

    def order(self, topic, order):
        if order.get("_placed") or topic == "ORDERS_CREATE":
            self.send(topic, payloads.order(order))

    def transaction(self, row):
        self.send("ORDER_TRANSACTIONS_CREATE", payloads.transaction(row))

    def refund(self, refund):
        self.send("REFUNDS_CREATE", payloads.refund(refund))

    def customer(self, topic, customer):
        self.send(topic, payloads.customer(customer))

    def fulfillment(self, topic, fulfillment):
        self.send(topic, payloads.fulfillment(fulfillment))

    def fulfillment_order(self, topic, row):
        self.send(topic, payloads.fulfillment_order(row))

    def inventory_level(self, level):
        self.send("INVENTORY_LEVELS_UPDATE", payloads.inventory_level(level))

    def product(self, topic, product):
        self.send(topic, payloads.product(product))

    def send(self, topic, payload, *, secret=None, only=None, webhook_id=None):
        """Send ``payload`` to every subscription of ``topic``; return how many.

        ``secret`` signs with another secret than the app's (a forged or rotated one); ``only`` is
        the id of the one subscription to send to; ``webhook_id`` repeats a delivery's id.
        """
        state = self._state
        event_id = state.world.ids.token("event", 32, "0123456789abcdef")
        sent = 0
        for subscription in list(state.all("WebhookSubscription")):
            if subscription["topic"] != topic or (only and subscription["id"] != only):
                continue
            data = payload
            if subscription["includeFields"]:
                data = {key: payload[key] for key in subscription["includeFields"] if key in payload}
            self._deliver(subscription, topic, data, event_id, secret, webhook_id)
            sent += 1
        return sent

    def send_to(self, uri, topic, payload, *, secret=None):
        """Send ``payload`` to an address that the app's configuration names."""
        address = {"uri": uri, "name": None, "apiVersion": {"handle": "2026-10"}, "id": None}
        event_id = self._state.world.ids.token("event", 32, "0123456789abcdef")
        self._deliver(address, topic, payload, event_id, secret, None)

    def _deliver(self, subscription, topic, payload, event_id, secret, webhook_id):
        state = self._state
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Shopify-Captain-Hook",
            "X-Shopify-Topic": topic_name(topic),
            "X-Shopify-Shop-Domain": state.domain,
            "X-Shopify-Hmac-Sha256": sign(secret or state.access.client_secret, body),
            "X-Shopify-Webhook-Id": webhook_id or state.world.ids.token("webhook", 32, "0123456789abcdef"),
            "X-Shopify-Event-Id": event_id,
            "X-Shopify-Triggered-At": state.now(),
            "X-Shopify-API-Version": subscription["apiVersion"]["handle"],
        }
        if subscription["name"]:
            headers["X-Shopify-Name"] = subscription["name"]
        state.world.webhooks.send(
            "shopify",
            topic_name(topic),
            subscription["uri"],
            body,
            headers,
            on_done=lambda delivery: self._done(subscription, delivery),
        )

    def _done(self, subscription, delivery):
        """Shopify deletes an API-made subscription after eight failed deliveries in a row."""
        if delivery.state == "delivered":
            subscription["_failures"] = 0
            return
        subscription["_failures"] = subscription.get("_failures", 0) + 1
        if subscription["_failures"] >= 8 and subscription["id"] in self._state.objects:
            self._state.forget(subscription)
