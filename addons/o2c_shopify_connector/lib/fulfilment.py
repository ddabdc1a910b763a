"""Which pieces of which fulfilment order a delivery fulfils.

``fulfillmentCreate`` cannot be repeated safely: every decision starts from what Shopify says now.
https://shopify.dev/docs/apps/build/orders-fulfillment/order-management-apps/build-fulfillment-solutions
"""

from dataclasses import dataclass

OPEN = frozenset({"OPEN", "IN_PROGRESS", "SCHEDULED", "INCOMPLETE"})


@dataclass(frozen=True)
class Plan:
    """What to do: ``groups`` are inputs of ``fulfillmentCreate``, one for each location.

    ``missing``: line gid -> pieces that no open fulfilment order has left.
    ``held``: reasons of holds that keep pieces back. ``adopted``: fulfilments that turn out to be
    ours already (an earlier attempt whose answer was lost).
    """

    groups: tuple[tuple[dict, ...], ...] = ()
    missing: tuple[tuple[str, int], ...] = ()
    held: tuple[str, ...] = ()
    adopted: tuple[str, ...] = ()


def plan(order: dict, wanted: dict[str, int], numbers: list[str], known: set[str]) -> Plan:
    """Distribute delivered pieces over the open fulfilment orders.

    :param order: answer of ``documents.FULFILLMENT_ORDERS``, complete.
    :param wanted: line item gid -> pieces delivered.
    :param numbers: tracking numbers of the delivery.
    :param known: gids of fulfilments that belong to other deliveries.
    """
    adopted = _already_there(order, numbers, known)
    if adopted:
        return Plan(adopted=adopted)
    left = {gid: quantity for gid, quantity in wanted.items() if quantity > 0}
    by_location: dict[str, list[dict]] = {}
    held: list[str] = []
    for fulfilment_order in order["fulfillmentOrders"]["nodes"]:
        lines = []
        for item in fulfilment_order["lineItems"]["nodes"]:
            gid = item["lineItem"]["id"]
            take = min(left.get(gid, 0), item["remainingQuantity"])
            if take <= 0:
                continue
            if fulfilment_order["status"] == "ON_HOLD":
                held += [hold["reason"] for hold in fulfilment_order["fulfillmentHolds"]]
                continue
            if fulfilment_order["status"] not in OPEN:
                continue
            lines.append({"id": item["id"], "quantity": take})
            left[gid] -= take
        if lines:
            location = (fulfilment_order["assignedLocation"]["location"] or {}).get("id") or ""
            by_location.setdefault(location, []).append(
                {
                    "fulfillmentOrderId": fulfilment_order["id"],
                    "fulfillmentOrderLineItems": lines,
                }
            )
    return Plan(
        groups=tuple(tuple(group) for group in by_location.values()),
        missing=tuple((gid, quantity) for gid, quantity in left.items() if quantity),
        held=tuple(dict.fromkeys(held)),
    )


def _already_there(order, numbers, known):
    """Fulfilments that carry one of our tracking numbers and are not another delivery's."""
    ours = {number for number in numbers if number}
    return tuple(
        fulfilment["id"]
        for fulfilment in order["fulfillments"]
        if fulfilment["status"] != "CANCELLED"
        and fulfilment["id"] not in known
        and ours & {info["number"] for info in fulfilment["trackingInfo"]}
    )


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
