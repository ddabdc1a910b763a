"""Shopify's webhooks: who gets them, what they carry, how they are signed."""

import base64
import hashlib
import hmac
import json

import pytest
import requests

from sandbox.shopify.notify import topic_name
from sandbox.tests.receiver import receiving

PATH = "shopify/garden-lane.myshopify.com/admin/api/2026-10/graphql.json"
TOPICS = (
    "ORDERS_CREATE",
    "ORDERS_UPDATED",
    "ORDERS_PAID",
    "ORDERS_CANCELLED",
    "ORDERS_EDITED",
    "ORDERS_FULFILLED",
    "REFUNDS_CREATE",
    "ORDER_TRANSACTIONS_CREATE",
    "INVENTORY_LEVELS_UPDATE",
    "FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE",
    "APP_UNINSTALLED",
    "APP_SCOPES_UPDATE",
    "FULFILLMENTS_CREATE",
    "CUSTOMERS_CREATE",
)
CREATE = """mutation($topic: WebhookSubscriptionTopic!, $hook: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $hook) {
    webhookSubscription {id uri topic name includeFields apiVersion {handle}}
    userErrors {field message}}}"""


@pytest.fixture
def shop(root):
    with receiving() as receiver:
        yield Shop(root, receiver)


class Shop:
    def __init__(self, root, receiver):
        options = {"webhook_backoff": [0.02]}
        self.base = requests.post(f"{root}/worlds", json=options, timeout=5).json()["base_url"]
        self.receiver = receiver

    def ask(self, text, **variables):
        answer = requests.post(
            f"{self.base}/{PATH}",
            json={"query": text, "variables": variables},
            timeout=10,
            headers={"X-Shopify-Access-Token": "shpat_sandbox_garden"},
        ).json()
        assert "errors" not in answer, answer
        (payload,) = answer["data"].values()
        return payload

    def subscribe(self, *topics, **hook):
        for topic in topics:
            payload = self.ask(CREATE, topic=topic, hook={"uri": self.receiver.url, **hook})
            assert payload["userErrors"] == []
        return payload["webhookSubscription"]

    def control(self, path, **data):
        answer = requests.post(f"{self.base}/control/{path}", json=data, timeout=10)
        assert answer.ok, answer.text
        requests.post(f"{self.base}/control/webhooks/flush", json={}, timeout=20)
        return answer.json()

    def taken(self, topic):
        return [
            (headers, body) for headers, body in self.receiver.received if headers["X-Shopify-Topic"] == topic
        ]


def signature(secret, body):
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def test_checkout_sends_what_was_subscribed(shop):
    shop.subscribe("ORDERS_CREATE", "ORDERS_PAID", "ORDER_TRANSACTIONS_CREATE")
    (order,) = shop.control("checkout", count=1)["orders"]
    assert sorted(shop.receiver.topics()) == [
        "order_transactions/create",
        "orders/create",
        "orders/paid",
    ]
    for headers, body in shop.receiver.received:
        assert headers["X-Shopify-Shop-Domain"] == "garden-lane.myshopify.com"
        assert headers["X-Shopify-Hmac-Sha256"] == signature("shpss_sandbox_secret", body)
        assert headers["X-Shopify-API-Version"] == "2026-10"
        assert headers["X-Shopify-Webhook-Id"] and headers["X-Shopify-Event-Id"]
        assert headers["X-Shopify-Triggered-At"].endswith("Z")
    ((_headers, body),) = shop.taken("orders/create")
    data = json.loads(body)
    assert data["admin_graphql_api_id"] == order["gid"]
    assert data["total_price"] == order["total"] and data["name"] == order["name"]
    assert data["created_at"].endswith(("+01:00", "+02:00"))
    ((_headers, body),) = shop.taken("order_transactions/create")
    assert json.loads(body)["payment_id"] == order["payment_id"]


def test_everything_that_happens_is_told(shop):
    shop.subscribe(*TOPICS)
    shop.control("checkout", count=4, kinds=["plain"])
    shop.control("shopify/refund", order="#1001", lines=[{"line": 0, "quantity": 1}])
    shop.control("shopify/cancel", order="#1002")
    shop.control("shopify/edit", order="#1003", changes=[{"sku": "GL-1029", "quantity": 1}])
    shop.control("shopify/ship", order="#1004")
    shop.control("shopify/stock", sku="GL-1002", available=3)
    shop.control("checkout", count=6, kinds=["guest"])
    shop.control("shopify/access", scopes=["read_orders"])
    shop.control("shopify/access", uninstall=True)
    assert set(shop.receiver.topics()) == {topic_name(topic) for topic in TOPICS}


def test_names_of_topics():
    assert topic_name("ORDERS_CREATE") == "orders/create"
    assert topic_name("ORDER_TRANSACTIONS_CREATE") == "order_transactions/create"
    assert topic_name("CUSTOMERS_UPDATE") == "customers/update"
    assert topic_name("APP_UNINSTALLED") == "app/uninstalled"


def test_include_fields_and_name(shop):
    made = shop.subscribe("ORDERS_CREATE", includeFields=["id", "updated_at"], name="odoo-orders")
    assert made["name"] == "odoo-orders"
    shop.control("checkout", count=1)
    ((headers, body),) = shop.receiver.received
    assert headers["X-Shopify-Name"] == "odoo-orders"
    assert set(json.loads(body)) == {"id", "updated_at"}


def test_same_address_twice_is_refused(shop):
    shop.subscribe("ORDERS_CREATE")
    payload = shop.ask(CREATE, topic="ORDERS_CREATE", hook={"uri": shop.receiver.url})
    assert payload["userErrors"][0]["message"] == "Address for this topic has already been taken"


@pytest.mark.parametrize("uri", ["http://shop.example.com/hook", "ftp://127.0.0.1/x", ""])
def test_address_must_be_safe(shop, uri):
    payload = shop.ask(CREATE, topic="ORDERS_CREATE", hook={"uri": uri})
    assert payload["userErrors"] and payload["webhookSubscription"] is None


def test_topics_with_personal_data_need_an_approval(shop):
    requests.post(f"{shop.base}/control/shopify/access", json={"personal_data": False}, timeout=5)
    hook = {"uri": shop.receiver.url}
    refused = shop.ask(CREATE, topic="CUSTOMERS_CREATE", hook=hook)
    assert "protected customer data" in refused["userErrors"][0]["message"]
    assert not shop.ask(CREATE, topic="PRODUCTS_UPDATE", hook=hook)["userErrors"]


def test_subscriptions_are_listed_changed_and_deleted(shop):
    made = shop.subscribe("ORDERS_CREATE")
    listing = "{webhookSubscriptions(first: 9, topics: [ORDERS_CREATE]) {nodes {id uri topic}}}"
    assert [row["id"] for row in shop.ask(listing)["nodes"]] == [made["id"]]
    changed = shop.ask(
        """mutation($id: ID!, $hook: WebhookSubscriptionInput!) {
             webhookSubscriptionUpdate(id: $id, webhookSubscription: $hook) {
               webhookSubscription {uri} userErrors {message}}}""",
        id=made["id"],
        hook={"uri": shop.receiver.url + "/new"},
    )
    assert changed["webhookSubscription"]["uri"].endswith("/new")
    delete = """mutation($id: ID!) {webhookSubscriptionDelete(id: $id) {
        deletedWebhookSubscriptionId userErrors {message}}}"""
    assert shop.ask(delete, id=made["id"])["deletedWebhookSubscriptionId"] == made["id"]
    assert shop.ask(delete, id=made["id"])["userErrors"]
    assert shop.ask(listing)["nodes"] == []


def test_eight_failures_in_a_row_delete_the_subscription(shop):
    shop.subscribe("ORDERS_CREATE")
    shop.receiver.statuses = [500] * 16
    shop.control("checkout", count=8)
    listing = "{webhookSubscriptions(first: 9) {nodes {id}}}"
    assert shop.ask(listing)["nodes"] == []


def test_resent_forged_and_rotated_signatures(shop):
    shop.subscribe("ORDERS_UPDATED")
    shop.control("checkout", count=1)
    shop.receiver.received.clear()
    shop.control("webhooks/send", topic="orders/updated", order="#1001")
    shop.control("webhooks/send", topic="orders/updated", order="#1001", forge=True)
    shop.control("shopify/access", client_secret="shpss_new")
    shop.control("webhooks/send", topic="orders/updated", order="#1001")
    secrets = ("shpss_sandbox_secret", "shpss_somebody_else", "shpss_new")
    for (headers, body), secret in zip(shop.receiver.received, secrets, strict=True):
        assert headers["X-Shopify-Hmac-Sha256"] == signature(secret, body)
