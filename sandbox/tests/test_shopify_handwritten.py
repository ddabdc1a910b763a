"""Orders written by hand, and the world files."""

import json
from decimal import Decimal

import pytest

from sandbox.shopify import handwritten
from sandbox.tests.shop import query, shop_money, world
from sandbox.tests.test_shopify_orders import check_sums

FILES = sorted(path.stem for path in handwritten.WORLDS.glob("*.json"))


@pytest.mark.parametrize("name", FILES)
def test_world_files_add_up(name):
    shop = world()
    made = handwritten.take(shop.shopify, name)
    assert len(made) == len(handwritten.load(name))
    for order in made:
        check_sums(order)
        paid = [row for row in order["transactions"] if row["status"] == "SUCCESS"]
        assert sum(shop_money(row["amountSet"]) for row in paid) == shop_money(order["totalPriceSet"])
        for row in paid:
            payment = shop.mollie.payment(row["_mollie_id"])
            assert payment.description == row["paymentId"]
            assert payment.amount == shop_money(row["amountSet"])


def test_written_figures_are_not_corrected():
    """An order whose total does not follow from its lines stays as it was written."""
    shop = world()
    (order,) = handwritten.take(
        shop.shopify,
        [
            {
                "lineItems": [{"sku": "GL-1002", "originalUnitPriceSet": "14.50"}],
                "totalPriceSet": "14.51",
                "_pay_with": "ideal",
            }
        ],
    )
    assert shop_money(order["totalPriceSet"]) == Decimal("14.51")
    assert shop_money(order["subtotalPriceSet"]) == Decimal("14.50")


def test_an_answer_of_shopify_can_be_fed_back():
    """What the API answers about an order is accepted as an order, connections and all."""
    one, two = world(), world()
    handwritten.take(one.shopify, "edges")
    bag = "{shopMoney {amount currencyCode} presentmentMoney {amount currencyCode}}"
    taxes = f"taxLines {{title rate priceSet {bag}}}"
    allocations = f"discountAllocations {{allocatedAmountSet {bag} discountApplication {{index}}}}"
    address = "{firstName lastName company address1 address2 zip city countryCodeV2 phone}"
    text = f"""{{orders(first: 50) {{nodes {{
      email taxesIncluded taxExempt note poNumber customAttributes {{key value}}
      customer {{firstName lastName email}} billingAddress {address} shippingAddress {address}
      discountApplications(first: 9) {{edges {{node {{__typename index allocationMethod targetSelection
        targetType value {{__typename ... on PricingPercentageValue {{percentage}}
                           ... on MoneyV2 {{amount currencyCode}}}}
        ... on DiscountCodeApplication {{code}} ... on AutomaticDiscountApplication {{title}}}}}}}}
      lineItems(first: 50) {{nodes {{sku title quantity requiresShipping taxable
        variant {{id}} originalUnitPriceSet {bag} {taxes} {allocations}}}}}
      shippingLines(first: 5) {{nodes {{title code originalPriceSet {bag} {taxes} {allocations}}}}}
      transactions {{kind status gateway paymentId amountSet {bag}}}
      totalPriceSet {bag} totalTaxSet {bag}}}}}}}"""
    one.shopify.bucket.set_plan(10**6, 1)
    answered = query(one.shopify, text)["orders"]["nodes"]
    assert "edges" in json.dumps(answered)
    for before, after in zip(answered, handwritten.take(two.shopify, answered), strict=True):
        check_sums(after)
        assert before["totalPriceSet"] == after["totalPriceSet"]
        assert before["totalTaxSet"] == after["totalTaxSet"]


@pytest.mark.parametrize(
    "orders",
    [
        [],
        {},
        "nowhere",
        [{}],
        [{"lineItems": []}],
        [{"lineItems": [{"sku": "GL-1002"}], "purchasingEntity": {"company": {"name": "Nobody"}}}],
    ],
)
def test_bad_orders_are_refused(orders):
    with pytest.raises(ValueError):
        handwritten.take(world().shopify, orders)
