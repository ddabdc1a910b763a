"""All orders since a day, by one bulk operation: the question, and its answer piece by piece.

Shopify writes the result into a file of JSON lines, which may be large. With grouped objects, what belongs
to an order follows it, so that the file can be read from any order on.
https://shopify.dev/docs/api/usage/bulk-operations/queries
"""

import json
import re
from datetime import datetime, timezone
from decimal import Decimal

from . import documents as pieces
from .fetch import add_due_dates, add_refunds, add_returns, settle

_SPREAD = re.compile(r"\.\.\.(?!\s*on\b)\s*([A-Za-z]+)")
_SINCE = "1970-01-01T00:00:00Z"


def _inlined(document: str) -> str:
    """The document without fragments, which a bulk operation does not take."""
    bodies = {}
    for name in pieces.FRAGMENTS:
        text = getattr(pieces, name).strip()
        title = text.split(None, 2)[1]
        bodies[title] = text[text.index("{") + 1 : text.rindex("}")]
    while found := _SPREAD.search(document):
        document = document.replace(found.group(0), bodies[found.group(1)])
    return document


# Connections stand at most two deep and are at most five; lists come whole.
ORDERS_BULK = _inlined(
    """
query o2cOrdersBulk {
  orders(query: "created_at:>='1970-01-01T00:00:00Z'", sortKey: CREATED_AT) {
    edges {
      node {
        ...Head
        transactions { ...Transaction }
        refunds { id }
        lineItems { edges { node { ...Line } } }
        shippingLines { edges { node { ...Shipping } } }
        fulfillmentOrders { edges { node { id ...Part } } }
      }
    }
  }
}
"""
)

BULK_RUN = """
mutation o2cBulkRun($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: true) {
    bulkOperation { id status }
    userErrors { code field message }
  }
}
"""

BULK_STATUS = """
query o2cBulkStatus($id: ID!) {
  bulkOperation(id: $id) { id status errorCode rootObjectCount fileSize url partialDataUrl }
}
"""

BULK_CANCEL = """
mutation o2cBulkCancel($id: ID!) {
  bulkOperationCancel(id: $id) { bulkOperation { id status } userErrors { field message } }
}
"""


def documents() -> dict[str, str]:
    """Name -> text of every document in this module."""
    return {
        "ORDERS_BULK": ORDERS_BULK,
        "BULK_RUN": BULK_RUN,
        "BULK_STATUS": BULK_STATUS,
        "BULK_CANCEL": BULK_CANCEL,
    }


def orders_since(since: datetime) -> str:
    """The question for a bulk operation. ``since`` is an aware moment, or a naive one in UTC."""
    moment = since if since.tzinfo else since.replace(tzinfo=timezone.utc)
    return ORDERS_BULK.replace(_SINCE, moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"))


def read_orders(window: bytes, last: bool, most: int) -> tuple[list[dict], int]:
    """Whole orders from the beginning of a part of the file.

    :param last: nothing follows this part; otherwise its last order may not be complete.
    :param most: no more orders than this.
    :return: (orders as ``documents.ORDERS`` would answer them, number of bytes they take)
    """
    orders: list[dict] = []
    ends: list[int] = []
    position = 0
    for raw in window.splitlines(keepends=True):
        whole = raw.endswith(b"\n") or last
        if not whole:
            break
        if raw.strip():
            item = json.loads(raw, parse_float=Decimal)
            if "__parentId" not in item:
                if len(orders) > most:
                    break
                orders.append(_empty(item))
                ends.append(position)
            elif orders:
                _adopt(orders[-1], item)
        position += len(raw)
    if last and len(orders) <= most:
        return orders, position
    # The next order's beginning shows that the one before it is complete.
    return orders[:-1], ends[-1] if ends else 0


def _empty(order):
    for name in ("lineItems", "shippingLines", "fulfillmentOrders"):
        order[name] = {"nodes": []}
    return order


def _adopt(order, item):
    # Only the file needs to say whose it is.
    del item["__parentId"]
    if "isRemoved" in item:
        name = "shippingLines"
    elif "assignedLocation" in item:
        name = "fulfillmentOrders"
        del item["id"]
    else:
        name = "lineItems"
    order[name]["nodes"].append(item)


def complete(client, orders: list[dict], *, with_returns: bool = False) -> tuple[dict[str, dict], set[str]]:
    """What a bulk operation cannot answer: the refunds' own lines, fixed days of payment, and returns."""
    found = {order["id"]: order for order in orders}
    denied: set[str] = set()
    add_refunds(client, found, denied)
    add_due_dates(client, found, denied)
    if with_returns:
        add_returns(client, found, denied)
    settle(found)
    return found, denied
