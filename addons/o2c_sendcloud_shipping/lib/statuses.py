"""What a parcel's status at Sendcloud means for a shipment in Odoo.

Sendcloud API v3 reports 35 string codes (``GET /parcels/statuses``); Odoo shows the few states a
person acts upon. ``None`` means "says nothing new": the shipment stays as it is.
"""

from collections.abc import Iterable

STATE_OF_CODE: dict[str, str | None] = {
    "NO_LABEL": "announcing",
    "ANNOUNCING": "announcing",
    "ANNOUNCEMENT_FAILED": "failed",
    "READY_TO_SEND": "announced",
    "ANNOUNCED": "announced",
    "ANNOUNCED_UNCOLLECTED": "announced",
    "TO_SORTING": "in_transit",
    "DELAYED": "in_transit",
    "SORTED": "in_transit",
    "UNSORTED": "in_transit",
    "SORTING": "in_transit",
    "PICKED_UP_BY_DRIVER": "in_transit",
    "SHIPMENT_ON_ROUTE": "in_transit",
    "AT_CUSTOMS": "in_transit",
    "AT_SORTING_CENTRE": "in_transit",
    "DELIVERY_METHOD_CHANGED": "in_transit",
    "DELIVERY_DATE_CHANGED": "in_transit",
    "DELIVERY_ADDRESS_CHANGED": "in_transit",
    "DRIVER_ON_ROUTE": "out_for_delivery",
    "AWAITING_CUSTOMER_PICKUP": "at_service_point",
    "DELIVERED": "delivered",
    "COLLECTED_BY_CUSTOMER": "delivered",
    "DELIVERY_FAILED": "exception",
    "COLLECT_ERROR": "exception",
    "UNDELIVERABLE": "exception",
    "REFUSED_BY_RECIPIENT": "exception",
    "EXCEPTION": "exception",
    "ADDRESS_INVALID": "exception",
    "CANCELLATION_FAILED": "exception",
    "RETURNED_TO_SENDER": "returned",
    "CANCELLING": "cancelling",
    "CANCELLING_UPSTREAM": "cancelling",
    "CANCELLED": "cancelled",
    "CANCELLED_UPSTREAM": "cancelled",
    "UNKNOWN": None,
}

TERMINAL = frozenset({"delivered", "returned", "cancelled"})
MOVING = frozenset({"in_transit", "out_for_delivery", "at_service_point", "exception"})
# States before the carrier has the parcel: a late message must not bring a moving parcel back here.
WAITING = frozenset({"queued", "announcing", "announced", "failed"})

_PROGRESS = (
    "failed",
    "announcing",
    "announced",
    "in_transit",
    "out_for_delivery",
    "at_service_point",
    "delivered",
)


def state_of(code: str) -> str | None:
    """State for a status code, ``None`` for a code that tells nothing (or that is not known)."""
    return STATE_OF_CODE.get((code or "").upper())


def advance(current: str, incoming: str | None) -> str:
    """The state after hearing ``incoming``: terminal states stay, moving parcels never un-ship."""
    if incoming is None or current in TERMINAL:
        return current
    if incoming in WAITING and (current in MOVING or current == "cancelling"):
        # Sendcloud watches a label that is to be cancelled; until then it is still "ready to send".
        return current
    if current == "announced" and incoming == "announcing":
        return current
    return incoming


def combine(states: Iterable[str]) -> str | None:
    """State of a shipment of several parcels.

    A problem with one parcel is a problem of the shipment; otherwise the slowest parcel counts, so
    that "delivered" means that all of it is. Cancelled parcels count only when all are cancelled.
    """
    states = list(states)
    if not states:
        return None
    remaining = [state for state in states if state != "cancelled"]
    if not remaining:
        return "cancelled"
    if len(set(remaining)) == 1:
        return remaining[0]
    for strongest in ("exception", "cancelling"):
        if strongest in remaining:
            return strongest
    if "returned" in remaining:
        return "exception"
    slowest = min(remaining, key=_PROGRESS.index)
    if slowest == "announced" and any(state in MOVING for state in remaining):
        return "in_transit"
    return slowest
