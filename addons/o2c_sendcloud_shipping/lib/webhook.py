"""Webhooks of an integration: a hint that something changed, never the truth about it.

The body still has the shape of API v2 (numeric status ids, sometimes wrong ones on test messages), so
only the parcel and the time are taken from it; the state is read from API v3. There is no timestamp
in the signature and deliveries come out of order: the body's own hash tells a repeat.
https://sendcloud.dev/docs/webhooks
"""

import hashlib
import json
from dataclasses import dataclass

SIGNATURE_HEADER = "Sendcloud-Signature"


@dataclass(frozen=True)
class Hint:
    action: str
    parcel_id: str
    shipment_id: str


def delivery_id(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def read_hint(body: str | bytes) -> Hint:
    """Raises ``ValueError`` when the body is no JSON object with an action."""
    data = json.loads(body)
    if not isinstance(data, dict) or not data.get("action"):
        raise ValueError("no action in the webhook")
    parcel = data.get("parcel") if isinstance(data.get("parcel"), dict) else {}
    return Hint(
        action=str(data["action"]),
        parcel_id=str(parcel.get("id") or ""),
        shipment_id=str(parcel.get("shipment_uuid") or ""),
    )
