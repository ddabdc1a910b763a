"""The generated orders: exact sums, the same for the same seed, and Shopify's rounding."""

import json
from decimal import ROUND_HALF_UP, Decimal

import pytest

from sandbox.shopify import checkout, handwritten
from sandbox.shopify.kinds import AUTOMATIC, KINDS
from sandbox.shopify.money import spread
from sandbox.shopify.pricing import Cart, CartLine, CartShipping, Discount
from sandbox.shopify.shopper import Shopper
from sandbox.tests.shop import orders, paid_money, shop_money, world

CENT = Decimal("0.01")


def check_sums(order):
    """Assert that an order's figures follow from its lines, to the cent, in the customer's currency."""
    subtotal = tax = discounts = Decimal(0)
    for line in order["lineItems"]:
        allocated = sum(
            (paid_money(row["allocatedAmountSet"]) for row in line["discountAllocations"]), Decimal(0)
        )
        left = paid_money(line["originalUnitPriceSet"]) * line["quantity"] - allocated
        assert left >= 0
        subtotal += left
        discounts += allocated
        tax += check_tax(order, left, line["taxLines"])
    shipping = Decimal(0)
    for line in order["shippingLines"]:
        given = sum(
            (paid_money(row["allocatedAmountSet"]) for row in line["discountAllocations"]), Decimal(0)
        )
        left = paid_money(line["originalPriceSet"]) - given
        assert left == paid_money(line["discountedPriceSet"]) >= 0
        shipping += left
        discounts += given
        tax += check_tax(order, left, line["taxLines"])
    total = subtotal + shipping + (0 if order["taxesIncluded"] else tax)
    duties = [paid_money(row["price"]) for line in order["lineItems"] for row in line["duties"]]
    if duties:
        assert paid_money(order["currentTotalDutiesSet"]) == sum(duties)
        total += sum(duties)
    assert paid_money(order["subtotalPriceSet"]) == subtotal
    assert paid_money(order["totalShippingPriceSet"]) == shipping
    assert paid_money(order["totalTaxSet"]) == tax
    assert paid_money(order["totalDiscountsSet"]) == discounts
    assert paid_money(order["totalPriceSet"]) == total
    assert sum((paid_money(row["priceSet"]) for row in order["taxLines"]), Decimal(0)) == tax
    for name in ("Price", "Tax", "Discounts"):
        assert paid_money(order[f"currentTotal{name}Set"]) == paid_money(order[f"total{name}Set"])


def check_tax(order, base, rows):
    """Assert that each tax line is its own rounding of the amount it is on; return their sum."""
    total = Decimal(0)
    for row in rows:
        rate = Decimal(str(row["rate"]))
        exact = base * rate / (1 + rate) if order["taxesIncluded"] else base * rate
        assert paid_money(row["priceSet"]) == exact.quantize(CENT, ROUND_HALF_UP)
        total += paid_money(row["priceSet"])
    return total


@pytest.mark.parametrize("first", range(0, 300, 25))
def test_sums_of_300_seeds(first):
    for seed in range(first, first + 25):
        shop = world(seed=seed)
        for order, _payment in Shopper(shop.shopify, seed).orders(len(AUTOMATIC) + 2):
            check_sums(order)


def test_sums_of_every_kind():
    shop = world()
    shopper = Shopper(shop.shopify, 7)
    for kind in KINDS:
        for _ in range(3):
            order, _payment = shopper.order(kind)
            if kind != "many_refunds":
                check_sums(order)


def test_same_seed_gives_same_orders():
    def written(seed):
        shop = world(seed=3)
        made = Shopper(shop.shopify, seed).orders(30)
        text = json.dumps([handwritten.plain(order) for order, _payment in made], default=str)
        return [line for line in text.split('"') if not line.startswith("2026-")]

    first = written(5)
    assert first == written(5)
    assert first != written(6)


def test_default_draw_has_every_automatic_kind():
    shop = world()
    made = Shopper(shop.shopify, 1).orders(20)
    assert {order["_kinds"][0] for order, _payment in made} == set(AUTOMATIC)


def test_paid_orders_are_known_to_mollie_by_the_payment_id():
    shop = world()
    for order, payment in Shopper(shop.shopify, 2).orders(30):
        (row,) = order["transactions"]
        assert row["gateway"].startswith("Mollie - ")
        assert len(row["paymentId"]) == 26 and row["paymentId"].startswith("r")
        assert payment["description"] == row["paymentId"]
        assert Decimal(payment["amount"]["value"]) == shop_money(order["totalPriceSet"])
        assert payment["status"] == "paid"
        assert order["displayFinancialStatus"] == "PAID"


def test_presentment_is_exact_and_shop_money_is_converted_by_itself():
    shop = world()
    shopper = Shopper(shop.shopify, 5)
    differences = set()
    for _ in range(30):
        order, payment = shopper.order("presentment")
        total = order["totalPriceSet"]
        assert total["presentmentMoney"]["currencyCode"] == payment["amount"]["currency"] == "GBP"
        assert total["shopMoney"]["currencyCode"] == "EUR"
        assert Decimal(payment["amount"]["value"]) == paid_money(total)
        parts = shop_money(order["subtotalPriceSet"]) + shop_money(order["totalShippingPriceSet"])
        differences.add(parts - shop_money(total))
        exact = paid_money(total) / Decimal("0.8437")
        assert shop_money(total) == exact.quantize(CENT, ROUND_HALF_UP)
    assert len(differences) > 1 and max(map(abs, differences)) <= CENT


def test_sales_in_the_shop_are_taken_away_at_once():
    shop = world()
    order, _payment = Shopper(shop.shopify, 1).order("pos")
    assert order["displayFulfillmentStatus"] == "FULFILLED" and order["sourceName"] == "pos"
    assert order["retailLocation"]["name"] == "Garden Lane Antwerp"
    level = shop.shopify.level_of(order["lineItems"][0]["variant"]["inventoryItem"], order["retailLocation"])
    assert level["_quantities"]["on_hand"] == 40 - order["lineItems"][0]["quantity"]


def test_long_orders():
    shop = world()
    shopper = Shopper(shop.shopify, 1)
    assert len(shopper.order("many_lines")[0]["lineItems"]) == 260
    assert len(shopper.order("many_transactions")[0]["transactions"]) == 300
    order, _payment = shopper.order("many_refunds")
    assert len(order["refunds"]) == 30 and order["lineItems"][0]["currentQuantity"] == 10
    assert order["displayFinancialStatus"] == "PARTIALLY_REFUNDED"
    assert shop_money(order["currentTotalPriceSet"]) == shop_money(order["netPaymentSet"])


def test_bank_deposit_is_pending_until_it_comes_in():
    shop = world()
    order, payment = Shopper(shop.shopify, 1).order("bank_deposit")
    assert payment is None and order["displayFinancialStatus"] == "PENDING"
    assert order["transactions"][0]["paymentId"] == f"{order['name']}.1"
    checkout.pay_rest(shop.shopify, order, "ideal")
    assert order["displayFinancialStatus"] == "PAID" and len(order["transactions"]) == 1


def test_reverse_charge_has_no_tax_and_a_vat_number():
    shop = world()
    order, _payment = Shopper(shop.shopify, 2).order("b2b_reverse_charge")
    place = order["purchasingEntity"]["location"]
    assert shop_money(order["totalTaxSet"]) == 0
    assert not order["taxesIncluded"]
    assert place["taxSettings"]["taxExemptions"] == ["EU_REVERSE_CHARGE_EXEMPTION_RULE"]
    assert place["taxSettings"]["taxRegistrationId"][:2] == order["billingAddress"]["countryCodeV2"]


def test_destination_decides_the_rate():
    expected = {
        "NL": {0.21, 0.09},
        "BE": {0.21, 0.06},
        "FR": {0.2, 0.1, 0.055},
        "DE": {0.19, 0.07},
    }
    seen = {}
    shop = world()
    shopper = Shopper(shop.shopify, 4)
    for _ in range(60):
        order, _payment = shopper.order("mixed_vat")
        rates = {row["rate"] for row in order["taxLines"]}
        seen.setdefault(order["shippingAddress"]["countryCodeV2"], set()).update(rates)
    assert seen == expected


def test_spread_is_exact_and_uneven():
    assert spread(Decimal("10.00"), [Decimal("3"), Decimal("3"), Decimal("3")]) == [
        Decimal("3.33"),
        Decimal("3.33"),
        Decimal("3.34"),
    ]
    parts = spread(Decimal("0.05"), [Decimal("1"), Decimal("0"), Decimal("2"), Decimal("4")])
    assert sum(parts) == Decimal("0.05")
    assert parts[1] == 0


def test_discounts_stack_in_order_and_leave_shipping_alone():
    cart = Cart(
        [
            CartLine(Decimal("10.00"), 2, ("BTW", Decimal("0.21"))),
            CartLine(Decimal("5.00"), 1, ("BTW", Decimal("0.09"))),
        ],
        CartShipping("Standard", "standard", Decimal("4.95"), ("BTW", Decimal("0.21"))),
        [
            Discount("AutomaticDiscountApplication", "half", Decimal(50), method="EACH", lines=(0,)),
            Discount("DiscountCodeApplication", "TEN", Decimal(10)),
        ],
    )
    cart.apply_discounts()
    assert [line.discounted for line in cart.lines] == [Decimal("9.00"), Decimal("4.50")]
    assert cart.total == Decimal("18.45")
    assert cart.tax_total == Decimal("1.56") + Decimal("0.37") + Decimal("0.86")


def test_what_is_picked_up_is_taxed_where_that_is():
    state = world().shopify
    for seed in range(9):
        (order,) = orders(state, "no_shipping_address", seed=seed)
        (part,) = order["fulfillmentOrders"]
        assert part["deliveryMethod"]["methodType"] == "PICK_UP"
        assert part["assignedLocation"]["countryCode"] == "NL"
        assert {row["rate"] for line in order["lineItems"] for row in line["taxLines"]} <= {0.21, 0.09}
