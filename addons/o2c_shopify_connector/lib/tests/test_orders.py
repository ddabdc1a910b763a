from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_lib.o2c_shopify_connector.lib.address import Address, address_key
from o2c_lib.o2c_shopify_connector.lib.parse import parse_order
from o2c_lib.o2c_shopify_connector.lib.reading import Unreadable, moment
from o2c_lib.o2c_shopify_connector.lib.tests import nodes


def test_amounts_of_a_plain_order():
    order = parse_order(
        nodes.order(
            [nodes.line(1, 2, "12.10", [nodes.tax(21, "4.20")])],
            "29.15",
            "5.06",
            [nodes.shipping(price="4.95", taxes=[nodes.tax(21, "0.86")])],
        )
    )
    assert order.charged_total == D("29.15")
    assert [line.net(True) for line in order.lines] == [D("20.00"), D("4.09")]
    assert order.unexplained == order.unexplained_tax == 0
    assert order.paid == D("29.15")


def test_taxes_on_top_are_part_of_the_total():
    order = parse_order(
        nodes.order([nodes.line(1, 1, "10.00", [nodes.tax(21, "2.10")])], "12.10", "2.10", included=False)
    )
    assert order.unexplained == 0
    assert order.lines[0].net(False) == D("10.00")


def test_a_tax_of_nothing_is_none():
    taxes = [nodes.tax(0, "0.00"), nodes.tax(21, "2.10"), nodes.tax(9, "0.00")]
    order = parse_order(nodes.order([nodes.line(1, 1, "12.10", taxes)], "12.10", "2.10"))
    assert [(tax.rate, tax.amount) for tax in order.lines[0].taxes] == [(D(21), D("2.10")), (D(9), 0)]


def test_discount_is_taken_from_its_allocations():
    order = parse_order(nodes.order([nodes.line(1, 3, "9.99", discounts=["1.33", "2.00"])], "26.64", "0"))
    line = order.lines[0]
    assert (line.amount, line.discount) == (D("26.64"), D("3.33"))
    assert line.discount_names == ("SPRING",)


def test_tip_is_added_only_when_the_total_asks_for_it():
    lines = [nodes.line(1, 1, "10.00")]
    tip = {"totalTipReceivedSet": nodes.money("2.00")}
    added = parse_order(nodes.order(lines, "12.00", "0", **tip))
    assert [line.kind for line in added.lines] == ["product", "tip"]
    other = nodes.line(2, 1, "2.00")
    among = parse_order(nodes.order([*lines, other], "12.00", "0", **tip))
    assert [line.kind for line in among.lines] == ["product", "product"]
    other.update(sku=None, variant=None, product=None, requiresShipping=False)
    among = parse_order(nodes.order([*lines, other], "12.00", "0", **tip))
    assert [line.kind for line in among.lines] == ["product", "tip"]


def test_an_edit_takes_its_share_of_the_discount_along():
    """48.00 twice with 20 % off: one piece taken off leaves 38.40, not 28.80."""
    order = parse_order(
        nodes.order(
            [nodes.line(1, 2, "48.00", discounts=["19.20"])],
            "76.80",
            "0",
            refunds=[nodes.refund(1, "0.00", [(1, 1, "38.40", "0", "CANCEL")])],
        )
    )
    (line,) = order.charged_lines()
    assert (line.quantity, line.amount, line.discount) == (1, D("38.40"), D("9.60"))
    assert order.charged_total == D("38.40")
    assert order.unexplained == 0


def test_an_edit_that_only_the_quantity_tells_of():
    node = nodes.order(
        [nodes.line(1, 3, "10.00", [nodes.tax(21, "5.03")], ["1.00"], currentQuantity=1)],
        "29.00",
        "5.03",
        currentTotalPriceSet=nodes.money("9.67"),
    )
    order = parse_order(node)
    assert [refund.gid.split("#")[1] for refund in order.removals] == ["removed-1", "removed-2"]
    (line,) = order.charged_lines()
    assert (line.quantity, line.amount, line.tax) == (1, D("9.67"), D("1.68"))
    assert order.unexplained == order.unexplained_tax == order.unexplained_current == 0
    assert order.without({order.removals[1].gid}).charged_total == D("19.33")


@given(st.integers(1, 9), st.integers(0, 10000), st.data())
def test_pieces_taken_off_in_a_currency_without_decimals(quantity, amount, data):
    tax = data.draw(st.integers(0, amount))
    other = data.draw(st.integers(0, tax))
    left = data.draw(st.integers(0, quantity))
    taxes = [nodes.tax(21, tax - other), nodes.tax(9, other)]
    line = nodes.line(1, quantity, taxes=taxes, currentQuantity=left)
    line.update(originalTotalSet=nodes.money(amount, "ISK"))
    node = nodes.order([line], amount, tax, currencyCode="ISK", presentmentCurrencyCode="ISK")
    order = parse_order(node, places={"ISK": 0})
    assert len(order.removals) == quantity - left
    assert order.unexplained == order.unexplained_tax == 0
    figures = [order.charged_total, *(part.tax for refund in order.removals for part in refund.lines)]
    figures += [item.amount for line in order.charged_lines() for item in line.taxes]
    assert all(figure == int(figure) for figure in figures)


def test_conversion_into_a_currency_without_decimals_rounds_to_whole_ones():
    node = _pounds(
        [("1760", "10.00", "293", "1.67"), ("3521", "20.00", "587", "3.33")],
        ("5280", "30.00"),
        ("880", "5.00"),
    )
    node["currencyCode"] = "ISK"
    assert parse_order(node).unexplained == -1
    order = parse_order(node, places={"ISK": 0})
    assert order.unexplained == order.unexplained_tax == 0
    assert [line.amount for line in order.lines] == [D(1760), D(3520)]


def test_a_line_taken_off_whole_is_gone():
    order = parse_order(
        nodes.order(
            [nodes.line(1, 1, "10.00"), nodes.line(2, 1, "5.00")],
            "15.00",
            "0",
            refunds=[nodes.refund(1, "0.00", [(2, 1, "5.00", "0", "CANCEL")])],
        )
    )
    assert [line.gid for line in order.charged_lines()] == ["gid://shopify/LineItem/1"]


def test_a_refund_with_money_leaves_the_order_as_it_was():
    order = parse_order(
        nodes.order(
            [nodes.line(1, 2, "10.00")],
            "20.00",
            "0",
            refunds=[nodes.refund(1, "10.00", [(1, 1, "10.00", "0", "RETURN")], transactions=[7])],
        )
    )
    assert order.charged_total == D("20.00")
    assert not order.removals


def test_presentment_currency_is_read_on_demand():
    node = nodes.order([nodes.line(1)], "10.00", "0", presentmentCurrencyCode="USD")
    for holder, key in (
        (node, "totalPriceSet"),
        (node["lineItems"]["nodes"][0], "originalTotalSet"),
    ):
        holder[key] = nodes.money("10.00", presentment="11.50", presentment_currency="USD")
    assert parse_order(node).total == D("10.00")
    order = parse_order(node, presentment=True)
    assert (order.currency, order.total, order.unexplained) == ("USD", D("11.50"), 0)


def _pounds(lines, total, tax):
    """An order whose customer paid in pounds; the first figures are the shop's euros."""

    def both(euro, pound):
        return nodes.money(euro, presentment=pound, presentment_currency="GBP")

    items = []
    for number, (euro, pound, euro_tax, pound_tax) in enumerate(lines, start=1):
        item = nodes.line(number, taxes=[{**nodes.tax(20, 0), "priceSet": both(euro_tax, pound_tax)}])
        item.update(originalTotalSet=both(euro, pound), originalUnitPriceSet=both(euro, pound))
        items.append(item)
    node = nodes.order(items, "0", "0", presentmentCurrencyCode="GBP")
    node.update(totalPriceSet=both(*total), currentTotalPriceSet=both(*total), totalTaxSet=both(*tax))
    return node


def test_conversion_rounds_each_figure_by_itself():
    node = _pounds(
        [("11.77", "10.00", "1.97", "1.67"), ("23.53", "20.00", "3.92", "3.33")],
        ("35.29", "30.00"),
        ("5.88", "5.00"),
    )
    order = parse_order(node)
    assert order.unexplained == order.unexplained_tax == 0
    assert [line.amount for line in order.lines] == [D("11.77"), D("23.52")]
    assert [line.tax for line in order.lines] == [D("1.97"), D("3.91")]


def test_more_than_conversion_is_not_explained_away():
    node = _pounds([("11.77", "10.00", "1.97", "1.67")], ("11.80", "10.00"), ("1.97", "1.67"))
    assert parse_order(node).unexplained == D("0.03")
    node = _pounds([("11.77", "10.00", "1.97", "1.67")], ("11.76", "10.01"), ("1.97", "1.67"))
    assert parse_order(node).unexplained == D("-0.01")


def test_rates_compare_whether_given_as_percentage_or_fraction():
    percent = nodes.tax(21, "2.10")
    fraction = {**percent, "ratePercentage": None, "rate": 0.21}
    order = parse_order(
        nodes.order([nodes.line(1, taxes=[percent]), nodes.line(2, taxes=[fraction])], "20", "4.2")
    )
    assert {tax.rate for line in order.lines for tax in line.taxes} == {D("21")}


def test_hidden_customer_data_do_not_hinder():
    node = nodes.order([nodes.line(1)], "10.00", "0")
    node.update(customer=None, billingAddress=None, shippingAddress=None, email=None)
    order = parse_order(node)
    assert order.customer is None and order.billing.is_empty and order.tax_country == ""


def test_a_strange_shape_is_named():
    node = nodes.order([nodes.line(1)], "10.00", "0")
    del node["totalPriceSet"]
    with pytest.raises(Unreadable, match=node["name"]):
        parse_order(node)


def test_same_address_in_other_letters_has_the_same_key():
    first = Address(first_name="Sanne", last_name="Bakker", street="Oudegracht  12", zip="3511 AA")
    second = replace(first, street="oudegracht 12")
    assert first.key == second.key
    assert first.key == address_key("Sanne Bakker", "", "Oudegracht 12", "", "3511 AA", "", "", "")
    assert first.key != replace(first, phone="1").key


def test_moments_are_utc():
    assert moment("2026-11-20T10:30:00+01:00") == moment("2026-11-20T09:30:00Z")


def test_change_at_the_till_is_not_received():
    """Forty were handed over for 12.10, and 27.90 given back."""
    node = nodes.order([nodes.line(1, 1, "12.10")], "12.10", "0")
    node["transactions"] = [
        nodes.transaction(1, "40.00", gateway="cash"),
        nodes.transaction(
            2,
            "27.90",
            kind="CHANGE",
            gateway="cash",
            parentTransaction={"id": "gid://shopify/OrderTransaction/1"},
        ),
    ]
    order = parse_order(node)
    assert order.paid == D("12.10")
    assert [item.kind for item in order.transactions if item.is_paid] == ["SALE"]


def test_cash_rounding_is_part_of_what_is_paid():
    node = nodes.order([nodes.line(1, 1, "12.12", [nodes.tax(21, "2.10")])], "12.12", "2.10")
    node["totalCashRoundingAdjustment"] = {"paymentSet": nodes.money("-0.02")}
    node["transactions"] = [
        nodes.transaction(1, "12.12", gateway="cash", amountRoundingSet=nodes.money("-0.02"))
    ]
    order = parse_order(node)
    assert (order.charged_total, order.unexplained, order.is_paid) == (D("12.10"), 0, True)
    assert [(line.kind, line.amount) for line in order.lines][-1] == ("rounding", D("-0.02"))


def test_goods_back_without_money_is_no_edit():
    """The shop took the goods back and kept the price: nothing was taken off the order."""
    node = nodes.order(
        [nodes.line(1, 1, "10.00")],
        "10.00",
        "0",
        refunds=[nodes.refund(1, "0.00", [(1, 1, "10.00", "0", "RETURN")], adjustments=[("10.00", "0")])],
    )
    order = parse_order(node)
    assert not order.removals
    assert order.charged_total == D("10.00")


def test_duties_given_back_are_parts_of_a_refund():
    duty = {"id": "gid://shopify/Duty/1", "price": nodes.money("7.35"), "taxLines": []}
    back = nodes.refund(1, "7.35", transactions=[9])
    back["duties"] = [{"originalDuty": {"id": "gid://shopify/Duty/1"}, "amountSet": nodes.money("7.35")}]
    order = parse_order(nodes.order([nodes.line(1, duties=[duty])], "17.35", "0", refunds=[back]))
    (part,) = order.refunds[0].parts
    assert (part.line_gid, part.subtotal) == ("gid://shopify/Duty/1", D("7.35"))
    assert order.unexplained == 0


def test_a_refund_taken_off_instead_of_credited():
    node = nodes.order(
        [nodes.line(1, 3, "12.10")],
        "36.30",
        "0",
        refunds=[nodes.refund(1, "12.10", [(1, 1, "12.10", "0", "CANCEL")], transactions=[7])],
    )
    order = parse_order(node).taking_off({"gid://shopify/Refund/1"})
    (line,) = order.charged_lines()
    assert (line.quantity, order.charged_total, order.unexplained) == (2, D("24.20"), 0)


def test_taxes_over_the_counter_are_those_of_the_shop_around_it():
    place = {"id": "gid://shopify/Location/2", "address": {"countryCode": "BE"}}
    node = nodes.order([nodes.line(1, 1, "10.00")], "10.00", "0", retailLocation=place)
    sent = parse_order(node)
    assert sent.tax_country == sent.shipping.country
    assert parse_order({**node, "shippingAddress": None}).tax_country == "BE"
    assert parse_order({**node, "shippingAddress": None, "billingAddress": None}).tax_country == "BE"


def _discounted_later(total, current, **values):
    lines = [nodes.line(1, 3, "12.10", [nodes.tax(21, "5.67")], discounts=["3.63"])]
    return nodes.order(
        lines,
        total[0],
        total[1],
        edited=True,
        currentTotalPriceSet=nodes.money(current[0]),
        currentTotalTaxSet=nodes.money(current[1]),
        transactions=[nodes.transaction(1, "36.30")],
        **values,
    )


@pytest.mark.parametrize("total", [("32.67", "5.67"), ("36.30", "6.30")])
def test_a_discount_given_later_counts_whichever_total_shows_it(total):
    order = parse_order(_discounted_later(total, ("32.67", "5.67")))
    assert (order.charged_total, order.charged_tax) == (D("32.67"), D("5.67"))
    assert (order.unexplained, order.unexplained_tax, order.unexplained_current) == (0, 0, 0)


@pytest.mark.parametrize(
    "current, values",
    [
        (("32.66", "5.67"), {}),
        (("32.67", "5.66"), {}),
        (("32.67", "5.67"), {"edited": False}),
    ],
)
def test_a_total_that_nothing_confirms_stays_unexplained(current, values):
    order = parse_order({**_discounted_later(("36.30", "6.30"), current), **values})
    assert (order.charged_total, order.unexplained) == (D("36.30"), D("3.63"))


def test_money_alone_gives_back_what_an_edit_made_too_much():
    node = _discounted_later(("32.67", "5.67"), ("32.67", "5.67"))
    refunds = [
        nodes.refund(1, "2.00"),
        nodes.refund(2, "5.00", adjustments=[("-5.00", "0")]),
        nodes.refund(3, "1.63", adjustments=[("-1.63", "0")]),
        nodes.refund(4, "0.01"),
    ]
    order = parse_order({**node, "refunds": refunds})
    assert [order.gives_overpaid_back(refund) for refund in order.refunds] == [True, False, True, False]


_TAKEN = {"gid://shopify/LineItem/1#removed-1": (D("12.10"), D("2.10"))}


def _discounted_after_removal(tax, discount, current, **values):
    """Three of 12.10; one was taken off and credited; then ten percent off what is left."""
    lines = [nodes.line(1, 3, "12.10", [nodes.tax(21, tax)], discounts=[discount], currentQuantity=2)]
    return nodes.order(
        lines,
        "36.30",
        "6.30",
        edited=True,
        currentTotalPriceSet=nodes.money(current[0]),
        currentTotalTaxSet=nodes.money(current[1]),
        **values,
    )


@pytest.mark.parametrize("tax, discount", [("5.88", "2.42"), ("5.67", "3.63")])
def test_a_piece_that_was_credited_keeps_its_worth_when_the_line_gets_a_discount(tax, discount):
    """Whether Shopify counts the discount of the pieces that are left, or of all: its total tells."""
    node = _discounted_after_removal(tax, discount, ("21.78", "3.78"))
    order = parse_order(node, taken_off=_TAKEN)
    [removal] = order.removals
    assert (removal.lines[0].subtotal, removal.lines[0].tax) == (D("12.10"), D("2.10"))
    [line] = order.charged_lines()
    assert (line.quantity, line.amount, line.tax) == (2, D("21.78"), D("3.78"))
    assert order.is_explained
    [whole] = order.without({removal.gid}).charged_lines()
    assert (whole.quantity, whole.amount, whole.tax) == (3, D("33.88"), D("5.88"))


def test_a_piece_taken_off_after_that_has_its_share_of_the_rest():
    node = _discounted_after_removal("5.88", "2.42", ("10.89", "1.89"))
    node["lineItems"]["nodes"][0]["currentQuantity"] = 1
    order = parse_order(node, taken_off=_TAKEN)
    assert [removal.lines[0].subtotal for removal in order.removals] == [D("12.10"), D("10.89")]
    assert order.is_explained


def test_a_discount_spread_over_credited_pieces_without_tax():
    lines = [nodes.line(1, 3, "9.99", [nodes.tax(21, "5.66")], discounts=["3.00"], currentQuantity=2)]
    node = nodes.order(
        lines,
        "36.26",
        "6.29",
        included=False,
        edited=True,
        currentTotalPriceSet=nodes.money("21.75"),
        currentTotalTaxSet=nodes.money("3.77"),
    )
    order = parse_order(node, taken_off={"gid://shopify/LineItem/1#removed-1": (D("9.99"), D("2.10"))})
    [line] = order.charged_lines()
    assert (line.quantity, line.amount, line.tax) == (2, D("17.98"), D("3.77"))
    assert order.is_explained and order.charged_total == D("21.75")


@pytest.mark.parametrize("current", [("21.77", "3.78"), ("21.78", "3.77"), ("24.20", "4.20")])
def test_a_discount_after_removal_that_nothing_confirms_stays_unexplained(current):
    order = parse_order(_discounted_after_removal("5.88", "2.42", current), taken_off=_TAKEN)
    assert not order.is_explained
    assert order.charged_total == D("24.20")
