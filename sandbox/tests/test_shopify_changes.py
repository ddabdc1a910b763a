"""What changes an order or the stock: fulfilments, stock levels, refunds, cancellation, edits."""

from decimal import Decimal

import pytest

from sandbox.shopify import admin, aftersales, checkout, executor
from sandbox.shopify.shopper import Shopper
from sandbox.tests.shop import levels, mutate, orders, query, shop_money, world

CREATE = """mutation($input: FulfillmentInput!) {fulfillmentCreate(fulfillment: $input) {
  fulfillment {id status name trackingInfo(first: 9) {company number url}} userErrors {field message}}}"""
SET = """mutation($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup {id reason changes {name delta quantityAfterChange}}
    userErrors {code field message}}}"""


def part(order, index=0, lines=None):
    row = order["fulfillmentOrders"][index]
    data = {"fulfillmentOrderId": row["id"]}
    if lines:
        data["fulfillmentOrderLineItems"] = [
            {"id": row["lineItems"][line]["id"], "quantity": quantity} for line, quantity in lines.items()
        ]
    return data


def quantities(state, sku, quantity, expected, **others):
    variant = next(row for row in state.all("ProductVariant") if row["sku"] == sku)
    row = {
        "inventoryItemId": variant["inventoryItem"]["id"],
        "locationId": state.primary_location()["id"],
        "quantity": quantity,
    }
    if expected != "absent":
        row["changeFromQuantity"] = expected
    return {"name": "available", "reason": "correction", "quantities": [row], **others}


def test_checkout_moves_stock_from_available_to_committed():
    state = world().shopify
    before = {row["sku"]: levels(state, row["sku"]) for row in state.all("ProductVariant")}
    (order,) = orders(state, "multi_line")
    for line in order["lineItems"]:
        now = levels(state, line["sku"])
        assert now["available"] == before[line["sku"]]["available"] - line["quantity"]
        assert now["committed"] == line["quantity"]
        assert now["on_hand"] == before[line["sku"]]["on_hand"]


def test_whole_fulfilment_closes_the_order():
    state = world().shopify
    (order,) = orders(state, "multi_line")
    sku, quantity = order["lineItems"][0]["sku"], order["lineItems"][0]["quantity"]
    before = levels(state, sku)
    tracking = {"company": "PostNL", "numbers": ["3SA", "3SB"], "urls": ["https://t.nl/a", "https://t.nl/b"]}
    data = {"lineItemsByFulfillmentOrder": [part(order)], "trackingInfo": tracking}
    payload = mutate(state, CREATE, input=data)
    assert payload["userErrors"] == []
    assert payload["fulfillment"]["status"] == "SUCCESS"
    assert payload["fulfillment"]["trackingInfo"] == [
        {"company": "PostNL", "number": "3SA", "url": "https://t.nl/a"},
        {"company": "PostNL", "number": "3SB", "url": "https://t.nl/b"},
    ]
    assert order["displayFulfillmentStatus"] == "FULFILLED" and order["closed"]
    after = levels(state, sku)
    assert after["committed"] == before["committed"] - quantity
    assert after["on_hand"] == before["on_hand"] - quantity
    assert after["available"] == before["available"]
    again = mutate(state, CREATE, input=data)
    assert "unfulfillable status= closed" in again["userErrors"][0]["message"]


def test_partial_fulfilment_leaves_the_rest_open():
    state = world().shopify
    (order,) = orders(state, "b2b_domestic")
    data = {"lineItemsByFulfillmentOrder": [part(order, lines={0: 1})]}
    assert mutate(state, CREATE, input=data)["userErrors"] == []
    assert order["displayFulfillmentStatus"] == "PARTIALLY_FULFILLED" and not order["closed"]
    (row,) = order["fulfillmentOrders"]
    assert row["status"] == "IN_PROGRESS"
    assert row["lineItems"][0]["remainingQuantity"] == order["lineItems"][0]["quantity"] - 1
    data["lineItemsByFulfillmentOrder"] = [part(order, lines={0: 999})]
    payload = mutate(state, CREATE, input=data)
    assert payload["userErrors"][0]["message"].startswith("Invalid fulfillment order line item quantity")


def test_tracking_can_change_and_a_fulfilment_can_be_cancelled():
    state = world().shopify
    (order,) = orders(state, "plain")
    sku = order["lineItems"][0]["sku"]
    before = levels(state, sku)
    made = mutate(state, CREATE, input={"lineItemsByFulfillmentOrder": [part(order)]})["fulfillment"]
    payload = mutate(
        state,
        """mutation($id: ID!) {fulfillmentTrackingInfoUpdate(fulfillmentId: $id,
           trackingInfoInput: {company: "DHL", number: "JJD1"}) {
             fulfillment {trackingInfo {number}} userErrors {message}}}""",
        id=made["id"],
    )
    assert payload["fulfillment"]["trackingInfo"] == [{"number": "JJD1"}]
    cancel = "mutation($id: ID!) {fulfillmentCancel(id: $id) {fulfillment {status} userErrors {message}}}"
    assert mutate(state, cancel, id=made["id"])["fulfillment"]["status"] == "CANCELLED"
    assert order["displayFulfillmentStatus"] == "UNFULFILLED" and not order["closed"]
    assert levels(state, sku) == before
    assert mutate(state, cancel, id=made["id"])["userErrors"]


def test_fulfilment_needs_its_scope():
    state = world().shopify
    (order,) = orders(state, "plain")
    state.access.scopes -= {
        "write_merchant_managed_fulfillment_orders",
        "write_assigned_fulfillment_orders",
        "write_third_party_fulfillment_orders",
    }
    answer = executor.run(state, CREATE, {"input": {"lineItemsByFulfillmentOrder": [part(order)]}})
    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert order["fulfillments"] == []


def test_an_order_from_two_locations_has_a_fulfilment_order_for_each():
    state = world().shopify
    (order,) = orders(state, "two_locations")
    here, there = state.all("Location")
    places = {row["assignedLocation"]["location"]["name"]: row for row in order["fulfillmentOrders"]}
    assert set(places) == {here["name"], there["name"]}
    first = order["lineItems"][0]
    assert [row["lineItem"] is first for row in places[there["name"]]["lineItems"]] == [True]
    level = state.level_of(first["variant"]["inventoryItem"], there)["_quantities"]
    assert level["committed"] == first["quantity"] == 40 - level["available"]
    both = {"lineItemsByFulfillmentOrder": [part(order, 0), part(order, 1)]}
    assert "same location" in mutate(state, CREATE, input=both)["userErrors"][0]["message"]
    for index in (0, 1):
        data = {"lineItemsByFulfillmentOrder": [part(order, index)]}
        assert mutate(state, CREATE, input=data)["userErrors"] == []
    assert order["displayFulfillmentStatus"] == "FULFILLED"
    assert level["on_hand"] == 40 - first["quantity"] and level["committed"] == 0


def test_move_and_hold():
    state = world().shopify
    (order,) = orders(state, "plain")
    row = order["fulfillmentOrders"][0]
    place = state.all("Location")[1]
    payload = mutate(
        state,
        """mutation($id: ID!, $to: ID!) {fulfillmentOrderMove(id: $id, newLocationId: $to) {
             movedFulfillmentOrder {status assignedLocation {name}} userErrors {message}}}""",
        id=row["id"],
        to=place["id"],
    )
    assert payload["movedFulfillmentOrder"]["assignedLocation"]["name"] == place["name"]
    assert row["status"] == "CLOSED"
    assert levels(state, order["lineItems"][0]["sku"])["committed"] == 0
    moved = order["fulfillmentOrders"][1]
    mutate(
        state,
        """mutation($id: ID!) {fulfillmentOrderHold(id: $id, fulfillmentHold: {reason: OTHER}) {
             fulfillmentOrder {status} userErrors {message}}}""",
        id=moved["id"],
    )
    assert order["displayFulfillmentStatus"] == "ON_HOLD"
    release = """mutation($id: ID!) {fulfillmentOrderReleaseHold(id: $id) {
        fulfillmentOrder {status} userErrors {message}}}"""
    assert mutate(state, release, id=moved["id"])["fulfillmentOrder"]["status"] == "OPEN"


def test_stock_is_set_and_compared():
    state = world().shopify
    was = levels(state, "GL-1002")["available"]
    payload = mutate(state, SET, input=quantities(state, "GL-1002", 7, was), key="a")
    assert payload["userErrors"] == []
    changes = payload["inventoryAdjustmentGroup"]["changes"]
    assert {row["name"]: row["delta"] for row in changes} == {"available": 7 - was, "on_hand": 7 - was}
    assert levels(state, "GL-1002")["available"] == levels(state, "GL-1002")["on_hand"] == 7
    stale = mutate(state, SET, input=quantities(state, "GL-1002", 9, was), key="b")
    assert stale["userErrors"][0]["code"] == "CHANGE_FROM_QUANTITY_STALE"
    assert levels(state, "GL-1002")["available"] == 7
    assert mutate(state, SET, input=quantities(state, "GL-1002", 9, None), key="c")["userErrors"] == []
    assert levels(state, "GL-1002")["available"] == 9


def test_stock_on_hand_leaves_what_is_committed():
    state = world().shopify
    (order,) = orders(state, "plain")
    line = order["lineItems"][0]
    data = quantities(state, line["sku"], 50, None)
    data["name"] = "on_hand"
    assert mutate(state, SET, input=data, key="a")["userErrors"] == []
    now = levels(state, line["sku"])
    assert now["on_hand"] == 50 and now["available"] == 50 - line["quantity"]


def test_one_stale_row_stops_all():
    state = world().shopify
    data = quantities(state, "GL-1002", 1, None)
    data["quantities"] += quantities(state, "GL-1003", 2, -5)["quantities"]
    before = levels(state, "GL-1002")
    assert mutate(state, SET, input=data, key="a")["userErrors"][0]["field"] == [
        "input",
        "quantities",
        "1",
        "changeFromQuantity",
    ]
    assert levels(state, "GL-1002") == before


def test_compare_quantity_must_be_explicit():
    state = world().shopify
    answer = executor.run(state, SET, {"input": quantities(state, "GL-1002", 1, "absent"), "key": "a"})
    assert "changeFromQuantity" in answer["errors"][0]["message"]


def test_idempotency_is_demanded_and_kept():
    state = world().shopify
    bare = SET.replace(" @idempotent(key: $key)", "").replace(", $key: String!", "")
    answer = executor.run(state, bare, {"input": quantities(state, "GL-1002", 1, None)})
    assert "@idempotent" in answer["errors"][0]["message"]
    first = mutate(state, SET, input=quantities(state, "GL-1002", 1, None), key="k")
    mutate(state, SET, input=quantities(state, "GL-1002", 5, None), key="other")
    again = mutate(state, SET, input=quantities(state, "GL-1002", 1, None), key="k")
    assert again == first
    assert levels(state, "GL-1002")["available"] == 5
    mismatch = mutate(state, SET, input=quantities(state, "GL-1002", 2, None), key="k")
    assert mismatch["userErrors"][0]["code"] == "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": "because"}, "INVALID_REASON"),
        ({"name": "committed"}, "INVALID_NAME"),
        ({"referenceDocumentUri": "SO42"}, "INVALID_REFERENCE_DOCUMENT"),
    ],
)
def test_bad_stock_input(change, code):
    state = world().shopify
    data = {**quantities(state, "GL-1002", 1, None), **change}
    assert mutate(state, SET, input=data, key="a")["userErrors"][0]["code"] == code


def test_not_stocked_until_activated():
    state = world().shopify
    data = quantities(state, "GL-1002", 1, None)
    row = data["quantities"][0]
    row["locationId"] = state.all("Location")[1]["id"]
    assert mutate(state, SET, input=data, key="a")["userErrors"][0]["code"] == "INVALID_LOCATION"
    activate = """mutation($item: ID!, $place: ID!) {
      inventoryActivate(inventoryItemId: $item, locationId: $place, available: 3) @idempotent(key: "x") {
        inventoryLevel {quantities(names: ["available"]) {quantity}} userErrors {message}}}"""
    payload = mutate(state, activate, item=row["inventoryItemId"], place=row["locationId"])
    assert payload["inventoryLevel"]["quantities"] == [{"quantity": 3}]
    assert mutate(state, SET, input=data, key="b")["userErrors"] == []


def test_a_bundle_and_a_closed_location_take_no_level():
    """The field of an error tells which row is to blame; the others are not set either."""
    state = world().shopify
    data = quantities(state, "GL-1002", 1, None)
    data["quantities"] += quantities(state, "GL-1003", 2, None)["quantities"]
    admin.bundle(state, {"sku": "GL-1003"})
    (error,) = mutate(state, SET, input=data, key="a")["userErrors"]
    assert (error["code"], error["field"][2]) == ("NON_MUTABLE_INVENTORY_ITEM", "1")
    admin.bundle(state, {"sku": "GL-1003", "bundle": False})
    admin.location(state, {"location": state.primary_location()["id"], "active": False})
    errors = mutate(state, SET, input=data, key="b")["userErrors"]
    assert [error["code"] for error in errors] == ["INVALID_LOCATION"] * 2
    admin.location(state, {"location": state.primary_location()["id"], "active": True})
    assert mutate(state, SET, input=data, key="c")["userErrors"] == []


def test_refunds_of_a_line_add_up_to_the_line():
    state = world().shopify
    shopper = Shopper(state, 3)
    for _ in range(40):
        order, _payment = shopper.order("b2b_domestic" if _ % 2 else "discount_code")
        line = order["lineItems"][0]
        whole = shop_money(line["originalTotalSet"]) - sum(
            (shop_money(row["allocatedAmountSet"]) for row in line["discountAllocations"]), Decimal(0)
        )
        tax = sum((shop_money(row["priceSet"]) for row in line["taxLines"]), Decimal(0))
        for _unit in range(line["quantity"]):
            aftersales.refund(state, order, lines=[(line, 1, "NO_RESTOCK")])
        rows = [row for refund in order["refunds"] for row in refund["refundLineItems"]]
        assert sum(shop_money(row["subtotalSet"]) for row in rows) == whole
        assert sum(shop_money(row["totalTaxSet"]) for row in rows) == tax
        assert line["currentQuantity"] == 0
        assert shop_money(order["currentTotalPriceSet"]) == shop_money(order["netPaymentSet"])


def test_full_refund_gives_everything_back_through_mollie():
    shop = world()
    state = shop.shopify
    (order,) = orders(state, "multi_line")
    total = shop_money(order["totalPriceSet"])
    made = aftersales.refund(
        state,
        order,
        shipping=shop_money(order["currentShippingPriceSet"]),
        lines=[(line, line["quantity"], "CANCEL") for line in order["lineItems"]],
    )
    assert shop_money(made["totalRefundedSet"]) == total
    assert order["displayFinancialStatus"] == "REFUNDED"
    assert shop_money(order["currentTotalPriceSet"]) == shop_money(order["currentTotalTaxSet"]) == 0
    refund = made["transactions"][0]
    payment = order["transactions"][0]
    assert refund["parentTransaction"] is payment
    assert refund["paymentId"] != payment["paymentId"]
    assert shop.mollie.payment(payment["_mollie_id"]).refunded == total
    for line in order["lineItems"]:
        assert levels(state, line["sku"])["committed"] == 0


def test_partial_amount_becomes_an_order_adjustment():
    state = world().shopify
    (order,) = orders(state, "plain")
    line = order["lineItems"][0]
    suggested = aftersales.refund_part(order, line, 1)[0]
    made = aftersales.refund(state, order, lines=[(line, 1, "RETURN")], amount=suggested - Decimal("1.00"))
    (adjustment,) = made["orderAdjustments"]
    assert shop_money(adjustment["amountSet"]) == 1
    assert order["displayFinancialStatus"] == "PARTIALLY_REFUNDED"
    with pytest.raises(ValueError, match="can still be refunded"):
        aftersales.refund(state, order, amount=Decimal("99999"))


def test_cancelled_order_is_refunded_and_restocked():
    state = world().shopify
    before = {row["sku"]: levels(state, row["sku"]) for row in state.all("ProductVariant")}
    (order,) = orders(state, "free_shipping")
    payload = mutate(
        state,
        """mutation($id: ID!) {orderCancel(orderId: $id, reason: CUSTOMER, refund: true, restock: true) {
             job {done} orderCancelUserErrors {code message}}}""",
        id=order["id"],
    )
    assert payload["orderCancelUserErrors"] == []
    assert order["cancelledAt"] and order["cancelReason"] == "CUSTOMER"
    assert order["displayFinancialStatus"] == "REFUNDED"
    for line in order["lineItems"]:
        assert levels(state, line["sku"]) == before[line["sku"]]
    assert {row["status"] for row in order["fulfillmentOrders"]} == {"CLOSED"}


def test_cancelling_what_was_partly_sent_restocks_only_the_rest():
    state = world().shopify
    (order,) = orders(state, "b2b_domestic")
    line = order["lineItems"][0]
    mutate(state, CREATE, input={"lineItemsByFulfillmentOrder": [part(order, lines={0: 1})]})
    before = levels(state, line["sku"])
    aftersales.cancel(state, order)
    left = line["quantity"] - 1
    after = levels(state, line["sku"])
    assert after["available"] == before["available"] + left
    assert after["committed"] == 0 and after["on_hand"] == before["on_hand"]
    rows = [row for row in order["refunds"][0]["refundLineItems"] if row["lineItem"] is line]
    assert [(row["quantity"], row["restockType"]) for row in rows] == [(left, "CANCEL"), (1, "NO_RESTOCK")]
    assert sum(shop_money(row["subtotalSet"]) for row in rows) == shop_money(line["originalTotalSet"])
    assert shop_money(order["currentTotalPriceSet"]) == 0


def test_cancelled_without_payment_is_voided():
    state = world().shopify
    unpaid, authorized = orders(state, "unpaid", "authorized")
    for order in (unpaid, authorized):
        aftersales.cancel(state, order)
        assert order["displayFinancialStatus"] == "VOIDED"
    assert authorized["transactions"][-1]["kind"] == "VOID"


def test_reduced_line_keeps_only_its_share_of_the_discount():
    """48.00 twice less 20 %, reduced to one: 38.40 is left, not 28.80."""
    state = world().shopify
    from sandbox.shopify import handwritten

    (order,) = handwritten.take(
        state,
        [
            {
                "lineItems": [
                    {
                        "sku": "GL-1002",
                        "quantity": 2,
                        "originalUnitPriceSet": "48.00",
                        "discountAllocations": [{"allocatedAmountSet": "19.20", "index": 0}],
                        "taxLines": [{"title": "BTW", "rate": 0.21, "priceSet": "13.33"}],
                    }
                ],
                "discountApplications": [
                    {
                        "__typename": "DiscountCodeApplication",
                        "code": "TWENTY",
                        "index": 0,
                        "allocationMethod": "ACROSS",
                        "targetSelection": "ALL",
                        "targetType": "LINE_ITEM",
                        "value": {"__typename": "PricingPercentageValue", "percentage": 20.0},
                    }
                ],
                "shippingAddress": {
                    "firstName": "A",
                    "lastName": "B",
                    "address1": "C 1",
                    "zip": "1000 AA",
                    "city": "Delft",
                    "countryCodeV2": "NL",
                },
                "_pay_with": "ideal",
            }
        ],
    )
    aftersales.edit(state, order, [{"line": 0, "quantity": 1}])
    assert order["edited"]
    assert shop_money(order["currentTotalPriceSet"]) == Decimal("38.40")
    assert shop_money(order["totalOutstandingSet"]) == Decimal("-38.40")
    assert order["lineItems"][0]["currentQuantity"] == 1


def test_a_discount_given_later_is_owed():
    state = world().shopify
    (order,) = orders(state, "plain")
    before, tax = shop_money(order["totalPriceSet"]), shop_money(order["totalTaxSet"])
    aftersales.edit(state, order, [{"line": 0, "discount": "1.21"}])
    line = order["lineItems"][0]
    assert shop_money(order["totalPriceSet"]) == shop_money(order["currentTotalPriceSet"])
    assert shop_money(order["totalPriceSet"]) == before - Decimal("1.21")
    assert shop_money(order["totalTaxSet"]) < tax
    assert shop_money(order["totalOutstandingSet"]) == Decimal("-1.21")
    assert shop_money(line["discountAllocations"][-1]["allocatedAmountSet"]) == Decimal("1.21")
    with pytest.raises(ValueError, match="cannot be taken off"):
        aftersales.edit(state, order, [{"line": 0, "discount": "100000"}])


def test_a_plan_and_its_day():
    state = world().shopify
    (order,) = orders(state, "plain")
    admin.schedule(state, {"order": order["id"], "at": "2031-05-01T10:00:00Z"})
    assert order["displayFulfillmentStatus"] == "SCHEDULED"
    admin.schedule(state, {"order": order["id"]})
    assert order["displayFulfillmentStatus"] == "UNFULFILLED"


def test_added_line_is_due():
    state = world().shopify
    (order,) = orders(state, "plain")
    before = shop_money(order["totalPriceSet"])
    aftersales.edit(state, order, [{"sku": "GL-1029", "quantity": 2}])
    assert shop_money(order["totalPriceSet"]) == before + Decimal("6.66")
    assert shop_money(order["originalTotalPriceSet"]) == before
    assert shop_money(order["totalOutstandingSet"]) == Decimal("6.66")
    assert order["displayFinancialStatus"] == "PARTIALLY_PAID"
    checkout.pay_rest(state, order, "ideal")
    assert order["displayFinancialStatus"] == "PAID"


def test_refund_create_is_idempotent():
    state = world().shopify
    (order,) = orders(state, "plain")
    line = order["lineItems"][0]
    text = """mutation($input: RefundInput!) {refundCreate(input: $input) @idempotent(key: "r1") {
      refund {id totalRefundedSet {shopMoney {amount}}} userErrors {message}}}"""
    amount = str(aftersales.refund_part(order, line, 1)[0])
    data = {
        "orderId": order["id"],
        "refundLineItems": [{"lineItemId": line["id"], "quantity": 1, "restockType": "NO_RESTOCK"}],
        "transactions": [
            {
                "orderId": order["id"],
                "amount": amount,
                "gateway": order["transactions"][0]["gateway"],
                "kind": "REFUND",
                "parentId": order["transactions"][0]["id"],
            }
        ],
    }
    first = mutate(state, text, input=data)
    assert first["userErrors"] == []
    assert mutate(state, text, input=data) == first
    assert len(order["refunds"]) == 1


def test_tags():
    state = world().shopify
    (order,) = orders(state, "plain")
    text = "mutation($id: ID!, $tags: [String!]!) {tagsAdd(id: $id, tags: $tags) {userErrors {message}}}"
    query(state, text, id=order["id"], tags=["odoo", "vip"])
    assert order["tags"] == ["odoo", "vip"]


def test_what_needs_no_delivery_has_a_fulfilment_order_of_its_own():
    state = world().shopify
    (order,) = orders(state, "custom_item")
    goods, wrapping = order["fulfillmentOrders"]
    assert [row["deliveryMethod"]["methodType"] for row in (goods, wrapping)] == ["SHIPPING", "NONE"]
    assert [line["requiresShipping"] for line in wrapping["lineItems"]] == [False]
    assert mutate(state, CREATE, input={"lineItemsByFulfillmentOrder": [part(order)]})["userErrors"] == []
    assert order["displayFulfillmentStatus"] == "PARTIALLY_FULFILLED"
    assert mutate(state, CREATE, input={"lineItemsByFulfillmentOrder": [part(order, 1)]})["userErrors"] == []
    assert order["displayFulfillmentStatus"] == "FULFILLED"
    # A tip is nothing to send, and gift cards Shopify sends itself.
    (tipped,) = orders(state, "tip")
    assert all(line["requiresShipping"] for row in tipped["fulfillmentOrders"] for line in row["lineItems"])
    (card,) = orders(state, "gift_card_bought")
    assert card["fulfillmentOrders"] == []
