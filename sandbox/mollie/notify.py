"""What Mollie tells others: the classic unsigned hint, and signed events to those who subscribed."""

import hashlib
import hmac
import json
from urllib.parse import urlencode

from . import render


def tell(state, payment, topic, entity_id):
    """Send the classic webhook of a payment (its id, to fetch again) and a signed event per subscription."""
    webhooks = state.world.webhooks
    if payment is not None and payment.webhook_url:
        webhooks.send(
            "mollie",
            topic,
            payment.webhook_url,
            urlencode({"id": payment.id}).encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
    for subscription in state.subscriptions.values():
        if topic in subscription["events"] or "*" in subscription["events"]:
            _send_event(state, subscription, topic, entity_id)


def _send_event(state, subscription, topic, entity_id):
    event_id = state.new_id("event", 22)
    event = {
        "resource": "event",
        "id": event_id,
        "type": topic,
        "entityId": entity_id,
        "createdAt": render.moment(state.now()),
        "_links": {"self": render.link(f"{state.endpoint}/v2/events/{event_id}")},
    }
    state.told.append(event)
    body = json.dumps(event).encode()
    state.world.webhooks.send(
        "mollie",
        topic,
        subscription["url"],
        body,
        {"Content-Type": "application/json", "X-Mollie-Signature": signature(subscription["secret"], body)},
    )


def signature(secret, body):
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
