import copy
import json

import pytest

from o2c_lib.o2c_shopify_connector.lib import documents, returns
from o2c_lib.o2c_shopify_connector.lib.client import Answer, TooExpensive
from o2c_lib.o2c_shopify_connector.lib.fetch import fetch_orders
from o2c_lib.o2c_shopify_connector.lib.history import complete, read_orders
from o2c_lib.o2c_shopify_connector.lib.parse import parse_order
from o2c_lib.o2c_shopify_connector.lib.reading import Unreadable
from o2c_lib.o2c_shopify_connector.lib.tests import nodes


class Shop:
    """Answers documents from orders in memory, with Shopify's small first pages."""

    def __init__(self, *orders, most=50, refunds=()):
        self.orders = {order["id"]: order for order in orders}
        self.refunds = {refund["id"]: refund for refund in refunds}
        self.most = most
        self.calls = []

    def execute(self, document, variables=None):
        self.calls.append((document, variables))
        if document == documents.ORDER_TRANSACTIONS:
            whole = self.orders[variables["id"]]
            order = {"transactions": whole["_transactions"], "refunds": whole["_refunds"]}
            return Answer({"order": order})
        if len(variables["ids"]) > self.most:
            raise TooExpensive("too much")
        source = self.refunds if document == documents.REFUNDS else self.orders
        return Answer({"nodes": [source.get(gid) for gid in variables["ids"]]})

    def pages(self, document, variables, path):
        self.calls.append((document, variables))
        yield from self.orders[variables["id"]][f"_{path[-1]}"]


def _order(number, **values):
    return nodes.order([nodes.line(1)], "10.00", "0", number=number, **values)


def test_fifty_orders_in_one_call():
    orders = [_order(number) for number in range(1, 121)]
    shop = Shop(*orders)
    found, denied = fetch_orders(shop, [order["id"] for order in orders])
    assert len(found) == 120 and not denied
    assert len(shop.calls) == 3


def test_what_is_too_expensive_is_halved():
    orders = [_order(number) for number in range(1, 41)]
    shop = Shop(*orders, most=12)
    found, _denied = fetch_orders(shop, [order["id"] for order in orders])
    assert len(found) == 40


def test_deleted_orders_are_missing():
    found, _denied = fetch_orders(Shop(_order(1)), ["gid://shopify/Order/1", "gid://shopify/Order/2"])
    assert list(found) == ["gid://shopify/Order/1"]


def test_long_orders_come_whole():
    order = _order(1, transactionsCount={"count": 300})
    more = [nodes.line(number) for number in range(2, 261)]
    order["lineItems"] = {
        "nodes": order["lineItems"]["nodes"],
        "pageInfo": {"hasNextPage": True, "endCursor": "c"},
    }
    order["_lineItems"] = more
    refunds = [nodes.refund(number, "0.10", transactions=[number]) for number in range(30)]
    order["_transactions"] = [nodes.transaction(number, "0.10") for number in range(300)]
    order["_refunds"] = [{"id": refund["id"]} for refund in refunds]
    found, _denied = fetch_orders(Shop(order, refunds=refunds), [order["id"]])
    node = found[order["id"]]
    assert len(node["lineItems"]["nodes"]) == 260
    assert (len(node["transactions"]), len(node["refunds"])) == (300, 30)


def test_orders_of_the_past_bring_their_fixed_day_of_payment():
    """A bulk operation does not tell it; those on other terms, or on none, are not asked for."""

    def terms(kind, **values):
        return {"paymentTermsName": kind, "paymentTermsType": kind, "dueInDays": None, **values}

    due = {"paymentSchedules": {"nodes": [{"dueAt": "2026-12-14T23:00:00Z"}]}}
    fixed = [_order(number, paymentTerms=terms("FIXED")) for number in range(1, 61)]
    gone = _order(61, paymentTerms=terms("FIXED"))
    others = [_order(62, paymentTerms=terms("NET")), _order(63)]
    shop = Shop(*({"id": order["id"], "paymentTerms": due} for order in fixed))
    found, _denied = complete(shop, [*fixed, gone, *others])
    assert {str(parse_order(found[order["id"]]).payment_due_at) for order in fixed} == {
        "2026-12-14 23:00:00+00:00"
    }
    assert [parse_order(found[order["id"]]).payment_due_at for order in (gone, *others)] == [None] * 3
    assert [document for document, _variables in shop.calls] == [documents.DUE_DATES] * 2


def test_withheld_people_are_noticed():
    order = _order(1, billingAddress=None, shippingAddress=None)
    order["customer"].update(firstName=None, lastName=None, defaultEmailAddress=None)
    _found, denied = fetch_orders(Shop(order), [order["id"]])
    assert denied == {"names and addresses"}


def _page(*items, more=False):
    return {"nodes": list(items), "pageInfo": {"hasNextPage": more}}


def _return(gid, pieces=(), more=False):
    page = _page(*pieces, more=more)
    return {"id": gid, "returnLineItems": page, "exchangeLineItems": _page(), "refunds": _page()}


def test_a_long_return_comes_whole():
    short, long = _order(1, returnStatus="IN_PROGRESS"), _order(2, returnStatus="IN_PROGRESS")
    shop = Shop(short, long)
    execute = shop.execute

    def answer(document, variables=None):
        whole = document == returns.RETURNS_WHOLE
        if not whole and document != returns.RETURNS:
            return execute(document, variables)
        shop.calls.append((document, variables))
        cut = {
            short["id"]: _return("s", "a"),
            long["id"]: _return("l", range(45 if whole else 20), not whole),
        }
        return Answer({"nodes": [{"id": gid, "returns": _page(cut[gid])} for gid in variables["ids"]]})

    shop.execute = answer
    found, _denied = fetch_orders(shop, [short["id"], long["id"]], with_returns=True)
    counts = [len(found[order["id"]]["returns"][0]["returnLineItems"]["nodes"]) for order in (short, long)]
    assert counts == [1, 45]
    assert shop.calls[-1] == (returns.RETURNS_WHOLE, {"ids": [long["id"]]})
    assert len(shop.calls) == 3


def test_returns_are_asked_only_of_orders_that_have_any():
    quiet, busy = _order(1), _order(2, returnStatus="IN_PROGRESS")
    shop = Shop(quiet, busy)
    execute = shop.execute

    def answer(document, variables=None):
        if document != returns.RETURNS:
            return execute(document, variables)
        shop.calls.append((document, variables))
        return Answer({"nodes": [{"id": gid, "returns": _page(_return("r"))} for gid in variables["ids"]]})

    shop.execute = answer
    found, _denied = fetch_orders(shop, [quiet["id"], busy["id"]])
    assert "returns" not in found[busy["id"]]
    found, _denied = fetch_orders(shop, [quiet["id"], busy["id"]], with_returns=True)
    assert "returns" not in found[quiet["id"]]
    assert [item["id"] for item in found[busy["id"]]["returns"]] == ["r"]
    assert shop.calls[-1][1] == {"ids": [busy["id"]]}


def test_returns_that_do_not_fit_at_all_are_not_taken_for_all_there_are():
    order = _order(1, returnStatus="IN_PROGRESS")
    shop = Shop(order)
    execute = shop.execute

    def answer(document, variables=None):
        if document not in (returns.RETURNS, returns.RETURNS_WHOLE):
            return execute(document, variables)
        return Answer({"nodes": [{"id": order["id"], "returns": _page(_return("r", range(100), more=True))}]})

    shop.execute = answer
    with pytest.raises(Unreadable, match="#1"):
        fetch_orders(shop, [order["id"]], with_returns=True)


def test_an_order_reads_the_same_alone_and_in_bulk():
    """What is compared must not depend on the way, or every order of the past would be news."""
    part = {"status": "OPEN", "assignedLocation": {"location": None}, "deliveryMethod": None}
    terms = {"paymentTermsName": "Net 30", "paymentTermsType": "NET", "dueInDays": 30}
    order = _order(1, paymentTerms={**terms, "paymentSchedules": {"nodes": [{"dueAt": None}]}})
    order["shippingLines"] = {
        "nodes": [nodes.shipping()],
        "pageInfo": {"hasNextPage": False, "endCursor": "b"},
    }
    order["fulfillmentOrders"] = {"nodes": [part]}
    order["refunds"] = [{"id": "gid://shopify/Refund/1"}]
    refund = nodes.refund(1, "1.00")
    root = {key: value for key, value in order.items() if not key.endswith("Lines") and key != "lineItems"}
    root = {**root, "paymentTerms": terms}
    del root["fulfillmentOrders"]
    rows = [
        root,
        *order["lineItems"]["nodes"],
        *order["shippingLines"]["nodes"],
        {**part, "id": "gid://shopify/FulfillmentOrder/1"},
    ]
    rows[1:] = [{**row, "__parentId": order["id"]} for row in rows[1:]]
    file = "".join(json.dumps(row) + "\n" for row in rows).encode()
    alone, _denied = fetch_orders(Shop(copy.deepcopy(order), refunds=[refund]), [order["id"]])
    bulk, _denied = complete(Shop(order, refunds=[refund]), read_orders(file, True, 50)[0])
    assert bulk == alone
