"""Which stock levels to send."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Shopify takes so many quantities in one call.
CALL = 250


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
        level = node.get("inventoryLevel")
        theirs = None
        if level:
            quantities = {item["name"]: item["quantity"] for item in level["quantities"]}
            theirs = quantities.get("available", 0)
        if (theirs or 0) != wanted[gid]:
            todo.append(Change(gid, location, wanted[gid], theirs))
    return todo


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
