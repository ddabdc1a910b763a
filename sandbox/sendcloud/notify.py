"""Signed webhooks. They still carry the parcel as API v2 showed it, with numbers for statuses."""

import hashlib
import hmac
import json

from .statuses import STATUSES

COUNTRIES = {
    "NL": ("NLD", "Netherlands"),
    "BE": ("BEL", "Belgium"),
    "FR": ("FRA", "France"),
    "DE": ("DEU", "Germany"),
    "LU": ("LUX", "Luxembourg"),
    "CH": ("CHE", "Switzerland"),
    "GB": ("GBR", "United Kingdom"),
    "US": ("USA", "United States of America"),
    "AT": ("AUT", "Austria"),
    "NO": ("NOR", "Norway"),
}


def signature(secret, body):
    """Hex HMAC-SHA256 over the raw body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def status_changed(state, shipment, parcel, when=None):
    """Tell the integration's webhook, if it has one that is active."""
    integration = state.integration
    if integration["webhook_active"] and integration["webhook_url"]:
        send(state, parcel_body(state, shipment, parcel, when))


def send(state, payload, *, secret=None):
    """Send ``payload`` as Sendcloud writes it; another ``secret`` makes the signature wrong."""
    state.told.append(payload)
    body = json.dumps(payload).encode()
    return state.world.webhooks.send(
        "sendcloud",
        payload["action"],
        state.integration["webhook_url"],
        body,
        {
            "Content-Type": "application/json",
            "Sendcloud-Signature": signature(secret or state.secret, body),
        },
    )


def milliseconds(moment):
    return int(moment.timestamp() * 1000)


def parcel_body(state, shipment, parcel, when=None, status=None):
    """A ``parcel_status_changed`` as it is sent now."""
    to = shipment.to_address
    number, message = STATUSES[status or parcel.status]
    iso_3, country = COUNTRIES.get(to["country_code"], (to["country_code"], to["country_code"]))
    house = "".join(sign for sign in to.get("house_number") or "" if sign.isdigit())
    printer = f"{state.world.base_url}/sendcloud/api/v2/labels"
    now = state.world.clock.now()
    return {
        "action": "parcel_status_changed",
        "timestamp": milliseconds(now),
        "carrier_status_change_timestamp": milliseconds(when or now),
        "parcel": {
            "id": parcel.id,
            "name": to["name"],
            "company_name": to.get("company_name") or "",
            "address": " ".join(filter(None, [to["address_line_1"], to.get("house_number")])),
            "address_divided": {"street": to["address_line_1"], "house_number": int(house) if house else 0},
            "city": to["city"],
            "postal_code": to["postal_code"],
            "telephone": to.get("phone_number") or "",
            "email": to.get("email") or "",
            "date_created": parcel.created_at.strftime("%Y-%m-%dT%H:%M:%S"),
            "tracking_number": parcel.tracking_number,
            "weight": f"{parcel.weight:.3f}",
            "label": {
                "normal_printer": [
                    f"{printer}/normal_printer/{parcel.id}?start_from={place}" for place in range(4)
                ],
                "label_printer": f"{printer}/label_printer/{parcel.id}",
            },
            "customs_declaration": {},
            "status": {"id": number, "message": message},
            "data": {},
            "country": {"iso_3": iso_3, "iso_2": to["country_code"], "name": country},
            "shipment": {"id": shipment.contract_id, "name": shipment.option.name},
            "order_number": shipment.order_number or "",
            "shipment_uuid": shipment.id,
            "external_order_id": "",
            "external_shipment_id": "",
        },
    }
