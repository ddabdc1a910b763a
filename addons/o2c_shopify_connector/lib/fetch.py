"""Reads whole orders: many ids in one call, and the rest of what did not fit, page by page."""

from ...o2c_base.lib.text import texts_of
from . import documents, returns
from .client import ShopifyClient, TooExpensive
from .reading import Unreadable

_lt = texts_of(__name__)

BATCH = 50
# Fulfilment orders that documents.ORDERS asks for.
FIRST_PARTS = 5


def fetch_orders(
    client: ShopifyClient, gids: list[str], *, with_returns: bool = False
) -> tuple[dict[str, dict], set[str]]:
    """The complete orders with these ids, and the paths of fields that Shopify kept from us.

    At most 50 orders go into one call; a call that Shopify finds too expensive is halved.
    An order that was deleted is missing in the answer.

    :param with_returns: read returns, too, of the orders that have any; the app may (``read_returns``).
    """
    found: dict[str, dict] = {}
    denied: set[str] = set()
    for start in range(0, len(gids), BATCH):
        for node in _nodes(client, documents.ORDERS, gids[start : start + BATCH], denied):
            found[node["id"]] = node
    for node in found.values():
        _complete(client, node)
    add_refunds(client, found, denied)
    if with_returns:
        add_returns(client, found, denied)
    settle(found)
    if any(_is_hidden(node) for node in found.values()):
        denied.add(_lt("names and addresses"))
    return found, denied


def _is_hidden(node) -> bool:
    """Whether Shopify withholds who ordered: protected data come back empty, without an error."""
    customer = node.get("customer")
    seen = [customer or {}, node.get("billingAddress") or {}, node.get("shippingAddress") or {}]
    return bool(customer) and not any(
        part.get(name)
        for part in seen
        for name in ("firstName", "lastName", "address1", "city", "defaultEmailAddress")
    )


def _nodes(client, document, gids, denied):
    if not gids:
        return []
    try:
        answer = client.execute(document, {"ids": gids})
    except TooExpensive:
        if len(gids) == 1:
            raise
        half = len(gids) // 2
        return _nodes(client, document, gids[:half], denied) + _nodes(client, document, gids[half:], denied)
    # "nodes.3.customer.email" says the same for every order: the position is left out.
    for path in answer.denied:
        denied.add(".".join(step for step in path.split(".") if not step.isdigit()))
    return [node for node in answer.data["nodes"] if node]


def _complete(client, node):
    for field, document in (
        ("lineItems", documents.ORDER_LINES_PAGE),
        ("shippingLines", documents.ORDER_SHIPPING_PAGE),
    ):
        page = node[field]["pageInfo"]
        if page["hasNextPage"]:
            node[field]["nodes"] += client.pages(
                document, {"id": node["id"], "after": page["endCursor"]}, ("order", field)
            )
    count = (node.get("transactionsCount") or {}).get("count") or 0
    if count > len(node["transactions"]) or len(node["refunds"]) >= 10:
        order = client.execute(documents.ORDER_TRANSACTIONS, {"id": node["id"]}).data["order"]
        node["transactions"] = order["transactions"]
        node["refunds"] = order["refunds"]


def add_refunds(client, found, denied):
    """Replace the ids of refunds on these orders by the whole refunds, many in one call."""
    gids = [refund["id"] for node in found.values() for refund in node["refunds"]]
    refunds = {}
    for start in range(0, len(gids), BATCH):
        for refund in _nodes(client, documents.REFUNDS, gids[start : start + BATCH], denied):
            page = refund["refundLineItems"]["pageInfo"]
            if page["hasNextPage"]:
                refund["refundLineItems"]["nodes"] += client.pages(
                    documents.REFUND_LINES_PAGE,
                    {"id": refund["id"], "after": page["endCursor"]},
                    ("refund", "refundLineItems"),
                )
            refunds[refund["id"]] = refund
    for node in found.values():
        node["refunds"] = [refunds[refund["id"]] for refund in node["refunds"] if refund["id"] in refunds]


def add_due_dates(client, found, denied):
    """Put the day on the terms of those of these orders that are due on a fixed day, many in one call."""
    gids = [
        gid
        for gid, node in found.items()
        if (node.get("paymentTerms") or {}).get("paymentTermsType") == "FIXED"
    ]
    for start in range(0, len(gids), BATCH):
        for node in _nodes(client, documents.DUE_DATES, gids[start : start + BATCH], denied):
            found[node["id"]]["paymentTerms"].update(node.get("paymentTerms") or {})


def add_returns(client, found, denied):
    """Put the returns on those of these orders that have any, many in one call."""
    gids = [gid for gid, node in found.items() if (node.get("returnStatus") or "NO_RETURN") != "NO_RETURN"]
    answers = {}
    for start in range(0, len(gids), BATCH):
        for node in _nodes(client, returns.RETURNS, gids[start : start + BATCH], denied):
            answers[node["id"]] = node.get("returns")
    for gid, answer in answers.items():
        if answer and returns.is_cut_off(answer):
            [node] = _nodes(client, returns.RETURNS_WHOLE, [gid], denied)
            answer = node["returns"]
            if returns.is_cut_off(answer):
                # A part of them would say less comes back than does.
                name = found[gid].get("name") or gid
                raise Unreadable(_lt("Order %(name)s has more returns than can be read at once.", name=name))
        found[gid]["returns"] = answer["nodes"] if answer else []


def settle(found):
    """Leave of these orders what says the same whichever way they were read, one by one or in bulk."""
    for gid, node in found.items():
        terms = node.get("paymentTerms")
        if terms and terms.get("paymentTermsType") != "FIXED":
            terms = {key: value for key, value in terms.items() if key != "paymentSchedules"}
        found[gid] = {
            **node,
            "paymentTerms": terms,
            "lineItems": {"nodes": node["lineItems"]["nodes"]},
            "shippingLines": {"nodes": node["shippingLines"]["nodes"]},
            "fulfillmentOrders": {"nodes": node["fulfillmentOrders"]["nodes"][:FIRST_PARTS]},
        }
