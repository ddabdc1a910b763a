"""Which stock levels to send."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...o2c_base.lib.text import texts_of

_lt = texts_of(__name__)

# Shopify takes so many quantities in one call.
CALL = 250
STALE = "CHANGE_FROM_QUANTITY_STALE"
# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/InventorySetQuantitiesUserErrorCode
REASONS = {
    "INVALID_INVENTORY_ITEM": _lt("Shopify no longer has this product."),
    "INVALID_LOCATION": _lt("the product is not stocked at this location in Shopify."),
    "NON_MUTABLE_INVENTORY_ITEM": _lt(
        "Shopify counts this product by itself, as it does with a bundle whose stock is that of its parts."
    ),
}


@dataclass(frozen=True)
class Change:
    """A level to be set: ``theirs`` is what Shopify has, ``ours`` what it is to have (pieces).

    ``theirs`` is None where the item is not stocked at the location yet.
    """

    item: str
    location: str
    ours: int
    theirs: int | None


def changes(nodes: list[dict], location: str, wanted: dict[str, int]) -> list[Change]:
    """What has to change at a location to bring Shopify's levels to ours.

    :param nodes: answer of ``documents.INVENTORY``.
    :param wanted: inventory item gid -> pieces for sale.
    :return: nothing about items that are gone in Shopify, or not counted there.
    """
    todo = []
    for node in nodes:
        if not node or not node.get("tracked"):
            continue
        gid = node["id"]
        theirs = quantity(node, "available")
        if (theirs or 0) != wanted[gid]:
            todo.append(Change(gid, location, wanted[gid], theirs))
    return todo


def quantity(node: dict, name: str) -> int | None:
    """The pieces of a kind that an item has at the location; None where it is not stocked."""
    level = node.get("inventoryLevel")
    if not level:
        return None
    return {item["name"]: item["quantity"] for item in level["quantities"]}.get(name, 0)


def unaccounted(sold: dict, known: dict) -> dict:
    """Pieces of a product that were sold in each place and are in no order we know.

    Where an order leaves from, both sides may see differently: over all places, never more than is missing.

    :param sold: place -> pieces that Shopify has promised to somebody.
    :param known: place -> pieces in orders that we know; also of places that Shopify was not asked about.
    """
    left = max(0, sum(sold.values()) - sum(known.values()))
    found = {}
    for place, pieces in sold.items():
        found[place] = min(left, max(0, pieces - known.get(place, 0)))
        left -= found[place]
    return found


def calls(todo: Iterable[Change]) -> Iterator[list[Change]]:
    """As few calls as possible."""
    todo = list(todo)
    for start in range(0, len(todo), CALL):
        yield todo[start : start + CALL]


def set_input(todo: list[Change]) -> dict:
    """Input of ``inventorySetQuantities``; it is refused whole if one level is no longer what we read."""
    return {
        "name": "available",
        "reason": "correction",
        "quantities": [
            {
                "inventoryItemId": change.item,
                "locationId": change.location,
                "quantity": change.ours,
                "changeFromQuantity": change.theirs or 0,
            }
            for change in todo
        ],
    }


def culprits(errors: list[dict]) -> dict[int, dict]:
    """Row of ``set_input`` -> the error that Shopify has about it, of the call that was refused whole.

    :return: nothing about errors that are not about one row.
    """
    found = {}
    for error in errors:
        row = next((int(part) for part in error.get("field") or () if str(part).isdigit()), None)
        # What is wrong with a row for good counts more than that somebody was quicker.
        if row is not None and (row not in found or found[row].get("code") == STALE):
            found[row] = error
    return found


def reason(error: dict):
    """Why Shopify does not take a level, for the shopkeeper."""
    return REASONS.get(error.get("code")) or error.get("message") or "?"


def open_pieces(order) -> dict[str, int]:
    """Line -> pieces of an order that Shopify has promised to the customer and not seen leaving."""
    if order.cancelled_at:
        return {}
    return {
        line.gid: (line.quantity if line.current_quantity is None else line.current_quantity) - line.sent
        for line in order.lines
        if line.kind == "product"
    }
