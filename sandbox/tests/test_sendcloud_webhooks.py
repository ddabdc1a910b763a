"""What Sendcloud tells of itself: signed webhooks, repeated, aged and signed wrongly when asked to."""

import hashlib
import hmac
import json

import pytest

from sandbox.tests.merchant import announce
from sandbox.tests.receiver import receiving


@pytest.fixture
def receiver(merchant):
    """The merchant's webhook."""
    with receiving() as hook:
        change = {"webhook_active": True, "webhook_url": hook.url}
        assert merchant.sendcloud("integrations/23452", "PATCH", json=change).status_code == 204
        yield hook


def told(merchant, receiver):
    assert merchant.control("webhooks/flush", {})["left"] == 0
    return [json.loads(body)["parcel"]["status"]["id"] for _headers, body in receiver.received]


def test_every_change_is_told_signed_over_the_raw_body(merchant, receiver):
    made = announce(merchant)
    assert told(merchant, receiver) == [1000]
    merchant.control("sendcloud/scan", {"to": "in_transit", "at": "2026-11-24T09:00:00Z"})
    assert told(merchant, receiver) == [1000, 91]
    merchant.control("sendcloud/scan", {"to": "delivered"})
    assert told(merchant, receiver) == [1000, 91, 11]
    for headers, body in receiver.received:
        assert headers["Sendcloud-Signature"] == hmac.new(b"sandbox-secret", body, hashlib.sha256).hexdigest()
        assert json.loads(body)["parcel"]["shipment_uuid"] == made["id"]
    assert json.loads(receiver.received[1][1])["carrier_status_change_timestamp"] == 1795510800000


def test_webhooks_can_be_repeated_aged_and_signed_wrongly(merchant, receiver):
    parcel = announce(merchant)["parcels"][0]["id"]
    merchant.control("sendcloud/scan", {"to": "delivered"})
    merchant.control("sendcloud/webhook", {"parcel": parcel, "status": "SHIPMENT_ON_ROUTE"})
    merchant.control("sendcloud/webhook", {"parcel": parcel, "signature": "bad"})
    merchant.control("sendcloud/options", {"signature_key": "rotated"})
    merchant.control("sendcloud/webhook", {"parcel": parcel})
    assert sorted(told(merchant, receiver)) == [11, 11, 11, 91, 1000]
    keys = [
        next(
            (
                key
                for key in (b"sandbox-secret", b"rotated")
                if hmac.new(key, body, hashlib.sha256).hexdigest() == headers["Sendcloud-Signature"]
            ),
            None,
        )
        for headers, body in receiver.received
    ]
    assert sorted(map(str, keys)) == sorted(map(str, [b"sandbox-secret"] * 3 + [b"rotated", None]))
