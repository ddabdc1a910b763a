"""Returns and exchanges."""

from decimal import Decimal

import pytest

from sandbox.shopify import aftersales, returns
from sandbox.tests.shop import levels, orders, query, shop_money, world


def sent_order(state, kind="plain"):
    (order,) = orders(state, kind)
    aftersales.ship_all(state, order)
    return order


def test_returned_goods_are_refunded_and_restocked():
    state = world().shopify
    order = sent_order(state)
    line = order["lineItems"][0]
    before = levels(state, line["sku"])
    made = returns.request(state, order, [(line, 1)], reason="DEFECTIVE", note="Bent")
    assert order["returnStatus"] == "IN_PROGRESS"
    refund = returns.process(state, made)
    assert order["returnStatus"] == "RETURNED" and made["status"] == "CLOSED"
    assert shop_money(refund["totalRefundedSet"]) == aftersales.amount_of(
        refund["refundLineItems"][0]["subtotalSet"]
    )
    assert refund["return"] is made
    after = levels(state, line["sku"])
    assert after["available"] == before["available"] + 1
    assert after["on_hand"] == before["on_hand"] + 1
    data = query(
        state,
        """query($id: ID!) {order(id: $id) {returnStatus returns(first: 5) {nodes {name status totalQuantity
           returnLineItems(first: 5) {nodes {quantity refundedQuantity returnReason
             ... on ReturnLineItem {fulfillmentLineItem {lineItem {sku}}}}}
           refunds(first: 5) {nodes {id}}}}}}""",
        id=order["id"],
    )["order"]
    (row,) = data["returns"]["nodes"]
    assert row["returnLineItems"]["nodes"] == [
        {
            "quantity": 1,
            "refundedQuantity": 1,
            "returnReason": "DEFECTIVE",
            "fulfillmentLineItem": {"lineItem": {"sku": line["sku"]}},
        }
    ]


def test_an_exchange_is_paid_with_what_comes_back():
    state = world().shopify
    order = sent_order(state, "b2b_domestic")
    line = order["lineItems"][0]
    made = returns.request(state, order, [(line, 2)])
    refund = returns.process(state, made, exchanges=[{"sku": "GL-1029", "quantity": 1}])
    subtotal = shop_money(refund["refundLineItems"][0]["subtotalSet"])
    tax = shop_money(refund["refundLineItems"][0]["totalTaxSet"])
    exchanged = Decimal("3.33") + Decimal("0.70")
    assert shop_money(refund["totalRefundedSet"]) == subtotal + tax - exchanged
    assert refund["orderAdjustments"] == []
    assert shop_money(order["totalOutstandingSet"]) == 0
    assert made["exchangeLineItems"][0]["variantSku"] == "GL-1029"
    assert order["displayFulfillmentStatus"] == "PARTIALLY_FULFILLED"


def test_a_fee_is_kept():
    state = world().shopify
    order = sent_order(state)
    made = returns.request(state, order, [(order["lineItems"][0], 1)])
    refund = returns.process(state, made, fee="1.50")
    subtotal = shop_money(refund["refundLineItems"][0]["subtotalSet"])
    assert shop_money(refund["totalRefundedSet"]) == subtotal - Decimal("1.50")
    assert shop_money(order["totalOutstandingSet"]) == 0


def test_a_return_can_be_declined_and_asked_again():
    state = world().shopify
    order = sent_order(state)
    line = order["lineItems"][0]
    made = returns.request(state, order, [(line, line["quantity"])], approve=False)
    assert order["returnStatus"] == "RETURN_REQUESTED"
    returns.decline(state, made, "Used")
    assert order["returnStatus"] == "NO_RETURN"
    returns.request(state, order, [(line, line["quantity"])])


def test_only_what_was_sent_can_be_returned():
    state = world().shopify
    (order,) = orders(state, "plain")
    with pytest.raises(ValueError, match="Only 0 of"):
        returns.request(state, order, [(order["lineItems"][0], 1)])
