"""Reads what Shopify knows of an order's parcels, whole."""

from . import documents

# As many fulfilments as the first question asks for.
FIRST = 50


def read_order(client, gid: str) -> tuple[dict | None, object]:
    """``(the order with all its fulfilments and fulfilment orders, Shopify's time)``.

    The order is None when it was deleted.
    """
    answer = client.execute(documents.FULFILLMENT_ORDERS, {"id": gid, "after": None})
    order = answer.data["order"]
    if not order:
        return None, answer.at
    if len(order["fulfillments"]) >= FIRST:
        order["fulfillments"] = client.execute(documents.FULFILLMENTS, {"id": gid}).data["order"][
            "fulfillments"
        ]
    connection = order["fulfillmentOrders"]
    _read_on(client, documents.FULFILLMENT_ORDERS, gid, ("order", "fulfillmentOrders"), connection)
    for node in connection["nodes"]:
        path = ("fulfillmentOrder", "lineItems")
        _read_on(client, documents.FULFILLMENT_ORDER_LINES_PAGE, node["id"], path, node["lineItems"])
    for node in order["fulfillments"]:
        path = ("fulfillment", "fulfillmentLineItems")
        _read_on(client, documents.FULFILLMENT_PIECES_PAGE, node["id"], path, node["fulfillmentLineItems"])
    return order, answer.at


def _read_on(client, document, gid, path, connection):
    """Read what did not fit on the first page of a connection."""
    page = connection["pageInfo"]
    if page["hasNextPage"]:
        connection["nodes"] += client.pages(document, {"id": gid, "after": page["endCursor"]}, path)
