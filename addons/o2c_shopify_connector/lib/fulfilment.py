"""Which pieces of which fulfilment order a delivery fulfils.

``fulfillmentCreate`` cannot be repeated safely: every decision starts from what Shopify says now.
https://shopify.dev/docs/apps/build/orders-fulfillment/order-management-apps/build-fulfillment-solutions
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

# Only these can be fulfilled: https://shopify.dev/docs/api/admin-graphql/2026-10/enums/FulfillmentOrderStatus
OPEN = frozenset({"OPEN", "IN_PROGRESS"})
# Nothing of these is ever to leave.
SHUT = frozenset({"CLOSED", "CANCELLED"})
# A fulfilment in one of these states sent nothing.
VOID = frozenset({"CANCELLED", "ERROR", "FAILURE"})
# Shopify takes so many lines in one fulfilment.
MOST_LINES = 512


@dataclass(frozen=True)
class Delivery:
    """What Odoo knows of a delivery that Shopify is to be told of.

    ``wanted``: line item gid -> pieces that left. ``numbers``: its tracking numbers. ``locations``:
    gids of the locations that it left from. ``known``: gids of the fulfilments that Shopify made of it;
    ``others``: those of other deliveries; ``other_numbers``: their tracking numbers. ``since``: when it
    was decided to tell Shopify, by Shopify's clock; nothing of ours can be older. ``back``: line item
    gid -> pieces that are on the shelf again, so that there is nothing to tell of them.
    """

    wanted: dict[str, int]
    numbers: Collection[str] = ()
    locations: Collection[str] = ()
    known: Collection[str] = ()
    others: Collection[str] = ()
    other_numbers: Collection[str] = ()
    since: datetime | None = None
    back: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What to do: ``groups`` are inputs of ``fulfillmentCreate``, one for each location.

    ``missing``: line gid -> pieces that no open fulfilment order has left.
    ``held``: reasons of holds that keep pieces back. ``planned``: when Shopify lets pieces go that are
    planned for later (empty text: no day is set). ``incomplete``: a fulfilment service gave pieces up.
    ``unknown``: states that keep pieces back and that Shopify had not when this was written.
    ``adopted``: fulfilments that are ours already, the known ones and those of an attempt whose answer
    was lost; ``untold``: those of them that carry other tracking numbers than the delivery.
    """

    groups: tuple[tuple[dict, ...], ...] = ()
    missing: tuple[tuple[str, int], ...] = ()
    held: tuple[str, ...] = ()
    planned: tuple[str, ...] = ()
    incomplete: bool = False
    unknown: tuple[str, ...] = ()
    adopted: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()


def plan(order: dict, delivery: Delivery) -> Plan:
    """Distribute what was delivered over the open fulfilment orders.

    Pieces of an earlier attempt are not sent again; what that attempt did not get to still is.

    :param order: answer of ``documents.FULFILLMENT_ORDERS``, complete.
    """
    left = {gid: quantity for gid, quantity in delivery.wanted.items() if quantity > 0}
    ours = _take_ours(order["fulfillments"], delivery, left)
    for gid, quantity in delivery.back.items():
        left[gid] = max(0, left.get(gid, 0) - quantity)
    held: list[str] = []
    planned: list[str] = []
    unknown: list[str] = []
    incomplete = False
    chosen: dict[str, list[tuple[str, dict]]] = {}
    for fulfilment_order in _nearest_first(order["fulfillmentOrders"]["nodes"], delivery.locations):
        for item in fulfilment_order["lineItems"]["nodes"]:
            gid = item["lineItem"]["id"]
            take = min(left.get(gid, 0), item["remainingQuantity"])
            if take <= 0:
                continue
            status = fulfilment_order["status"]
            if status in OPEN:
                left[gid] -= take
                line = {"id": item["id"], "quantity": take}
                chosen.setdefault(_place(fulfilment_order), []).append((fulfilment_order["id"], line))
            elif status == "ON_HOLD":
                held += [
                    hold.get("displayReason") or hold["reason"]
                    for hold in fulfilment_order["fulfillmentHolds"]
                ]
            elif status == "SCHEDULED":
                planned.append(fulfilment_order.get("fulfillAt") or "")
            elif status == "INCOMPLETE":
                incomplete = True
            elif status not in SHUT:
                unknown.append(status)
    numbers = {number for number in delivery.numbers if number}
    return Plan(
        groups=tuple(group for lines in chosen.values() for group in _groups(lines)),
        missing=tuple((gid, quantity) for gid, quantity in left.items() if quantity),
        held=tuple(dict.fromkeys(held)),
        planned=tuple(planned),
        incomplete=incomplete,
        unknown=tuple(dict.fromkeys(unknown)),
        adopted=tuple(fulfilment["id"] for fulfilment in ours),
        untold=tuple(
            fulfilment["id"]
            for fulfilment in ours
            if (numbers or fulfilment["id"] in delivery.known) and _numbers(fulfilment) != numbers
        ),
    )


def services(order: dict, wanted: Collection[str]) -> tuple[tuple[dict, ...], ...]:
    """Inputs of ``fulfillmentCreate`` for lines that need no shipping, as far as they are still open.

    Shopify keeps them in fulfilment orders of their own (``DeliveryMethodType`` NONE).

    :param order: as for :func:`plan`; ``wanted``: line item gids.
    """
    chosen: dict[str, list[tuple[str, dict]]] = {}
    for fulfilment_order in order["fulfillmentOrders"]["nodes"]:
        for item in fulfilment_order["lineItems"]["nodes"]:
            open_ = fulfilment_order["status"] in OPEN and item["remainingQuantity"] > 0
            if open_ and not item["requiresShipping"] and item["lineItem"]["id"] in wanted:
                line = {"id": item["id"], "quantity": item["remainingQuantity"]}
                chosen.setdefault(_place(fulfilment_order), []).append((fulfilment_order["id"], line))
    return tuple(group for lines in chosen.values() for group in _groups(lines))


def _place(fulfilment_order):
    return (fulfilment_order["assignedLocation"]["location"] or {}).get("id") or ""


def _nearest_first(fulfilment_orders, locations):
    """What may leave comes first; among these, the goods count for the location that they left from."""
    return sorted(
        fulfilment_orders, key=lambda item: (item["status"] not in OPEN, _place(item) not in locations)
    )


def _groups(lines):
    """Inputs of fulfillmentCreate for ``[(fulfilment order, line)]`` of one location."""
    for start in range(0, len(lines), MOST_LINES):
        by_order: dict[str, list[dict]] = {}
        for fulfilment_order, line in lines[start : start + MOST_LINES]:
            by_order.setdefault(fulfilment_order, []).append(line)
        yield tuple(
            {"fulfillmentOrderId": gid, "fulfillmentOrderLineItems": items} for gid, items in by_order.items()
        )


def _take_ours(fulfillments, delivery, left):
    """The fulfilments that Shopify made of this delivery; what they sent is taken off ``left``."""
    ours = []
    # What is known leaves less to be guessed.
    for fulfilment in sorted(fulfillments, key=lambda item: item["id"] not in delivery.known):
        if not _is_ours(fulfilment, delivery, left):
            continue
        ours.append(fulfilment)
        for gid, quantity in _pieces(fulfilment).items():
            left[gid] = max(0, left.get(gid, 0) - quantity)
    return ours


def _is_ours(fulfilment, delivery, left):
    """Whether this was made for the delivery, be it without that Odoo ever heard of it.

    Then it is no other delivery's, and sends nothing that did not leave with this one. A tracking
    number tells the rest; without one, the time must do: it is younger than the wish to tell Shopify.
    """
    if fulfilment["status"] in VOID:
        return False
    if fulfilment["id"] in delivery.known:
        return True
    pieces = _pieces(fulfilment)
    if (
        fulfilment["id"] in delivery.others
        or not pieces
        or any(quantity > left.get(gid, 0) for gid, quantity in pieces.items())
    ):
        return False
    numbers = _numbers(fulfilment)
    if numbers & set(delivery.numbers):
        return True
    if numbers & set(delivery.other_numbers) or delivery.since is None:
        return False
    return moment(fulfilment["createdAt"]) >= delivery.since


def _numbers(fulfilment):
    return {info["number"] for info in fulfilment["trackingInfo"] if info["number"]}


def _pieces(fulfilment):
    pieces: dict[str, int] = {}
    for node in fulfilment["fulfillmentLineItems"]["nodes"]:
        gid = node["lineItem"]["id"]
        pieces[gid] = pieces.get(gid, 0) + (node["quantity"] or 0)
    return pieces


def moment(text: str) -> datetime:
    """A date and time as Shopify writes it (ISO 8601, UTC), as an aware datetime."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def carries(fulfilment: dict, tracking: dict) -> bool:
    """Whether a fulfilment shows the customer this tracking already."""
    rows = [info for info in fulfilment["trackingInfo"] if info["number"]]
    return (
        [info["number"] for info in rows] == tracking["numbers"]
        and all(info["company"] == tracking["company"] for info in rows if "company" in tracking)
        and (not tracking.get("urls") or [info["url"] for info in rows] == tracking["urls"])
    )


# What Shopify is told when a number was taken away.
NO_TRACKING = {"numbers": [], "urls": []}


def tracking_input(parcels: list[dict]) -> dict | None:
    """Shopify's tracking input for parcels as given by ``stock.picking._o2c_tracking``."""
    parcels = [parcel for parcel in parcels if parcel.get("number")]
    if not parcels:
        return None
    result: dict = {"numbers": [parcel["number"] for parcel in parcels]}
    company = next((parcel["company"] for parcel in parcels if parcel.get("company")), None)
    if company:
        result["company"] = company
    urls = [parcel["url"] for parcel in parcels if parcel.get("url")]
    # Numbers and links are paired by position: a gap would give a parcel another's link.
    if len(urls) == len(parcels):
        result["urls"] = urls
    return result
