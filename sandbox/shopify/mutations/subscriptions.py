"""Webhook subscriptions made through the API."""

import ipaddress
from urllib.parse import urlsplit

from sandbox.shopify import gid
from sandbox.shopify.errors import user_error
from sandbox.shopify.versions import CURRENT


def create(_root, info, topic, webhookSubscription):  # noqa: N803
    """webhookSubscriptionCreate."""
    state = info.context.state
    data = webhookSubscription
    uri = data.get("uri") or data.get("callbackUrl")
    problem = check(state, topic, uri, data)
    if problem:
        return {"webhookSubscription": None, "userErrors": [problem]}
    now = state.now()
    made = state.add(
        "WebhookSubscription",
        {
            "apiVersion": {"handle": CURRENT, "displayName": f"{CURRENT} (Latest)", "supported": True},
            "createdAt": now,
            "updatedAt": now,
            "filter": data.get("filter"),
            "format": data.get("format") or "JSON",
            "includeFields": data.get("includeFields") or [],
            "metafieldNamespaces": data.get("metafieldNamespaces") or [],
            "name": data.get("name"),
            "topic": topic,
        },
    )
    made["legacyResourceId"] = str(gid.number_of(made["id"]))
    _set_uri(made, uri)
    return {"webhookSubscription": made, "userErrors": []}


def check(state, topic, uri, data, own=None):
    """Return the user error of a subscription, or None."""
    field = ["webhookSubscription", "uri" if data.get("uri") else "callbackUrl"]
    if topic.startswith("CUSTOMERS_") and not state.access.personal_data:
        # https://shopify.dev/docs/apps/launch/protected-customer-data
        message = f"You do not have permission to create or update webhooks with {topic} topic."
        return user_error(["topic"], f"{message} This topic contains protected customer data.")
    if not uri:
        return user_error(field, "Address can't be blank")
    if not acceptable(uri):
        return user_error(field, "Address is not allowed")
    if data.get("format") == "XML":
        return user_error(["webhookSubscription", "format"], "XML is not supported here")
    taken = any(
        row["topic"] == topic and row["uri"] == uri and row is not own
        for row in state.all("WebhookSubscription")
    )
    return user_error(field, "Address for this topic has already been taken") if taken else None


def acceptable(uri):
    """Shopify takes https only; the sandbox takes http for hosts of this machine or network."""
    parts = urlsplit(uri)
    if parts.scheme == "https":
        return bool(parts.hostname)
    if parts.scheme != "http" or not parts.hostname:
        return False
    try:
        return ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return "." not in parts.hostname


def _set_uri(row, uri):
    row["uri"] = uri
    row["callbackUrl"] = uri
    row["endpoint"] = {"__typename": "WebhookHttpEndpoint", "callbackUrl": uri}


def update(_root, info, id, webhookSubscription):  # noqa: A002, N803
    """webhookSubscriptionUpdate."""
    state = info.context.state
    found = state.find(id, "WebhookSubscription")
    if found is None:
        return _missing("webhookSubscription")
    data = webhookSubscription
    uri = data.get("uri") or data.get("callbackUrl") or found["uri"]
    problem = check(state, found["topic"], uri, data, own=found)
    if problem:
        return {"webhookSubscription": None, "userErrors": [problem]}
    _set_uri(found, uri)
    for name in ("filter", "includeFields", "metafieldNamespaces", "name", "format"):
        if name in data:
            found[name] = (
                data[name]
                if data[name] is not None
                else ([] if name in ("includeFields", "metafieldNamespaces") else None)
            )
    found["updatedAt"] = state.now()
    return {"webhookSubscription": found, "userErrors": []}


def delete(_root, info, id):  # noqa: A002
    """webhookSubscriptionDelete."""
    state = info.context.state
    found = state.find(id, "WebhookSubscription")
    if found is None:
        return _missing("deletedWebhookSubscriptionId")
    state.forget(found)
    return {"deletedWebhookSubscriptionId": found["id"], "userErrors": []}


def _missing(payload):
    message = "Webhook subscription does not exist"
    return {payload: None, "userErrors": [user_error(["id"], message)]}


MUTATIONS = {
    "webhookSubscriptionCreate": create,
    "webhookSubscriptionUpdate": update,
    "webhookSubscriptionDelete": delete,
}
