from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from o2c_lib.o2c_shopify_connector.lib.charges import Line, Tax
from o2c_lib.o2c_shopify_connector.lib.pricing import TaxRecord, part, price


def _line(amount, *taxes, quantity=1):
    return Line(
        "gid",
        "product",
        "Article",
        quantity,
        D(amount),
        tuple(Tax("BTW", D(rate), D(tax)) for rate, tax in taxes),
    )


def test_price_with_tax_inside():
    value = price(_line("24.20", ("21", "4.20"), quantity=2), [TaxRecord(7, True)], taxes_included=True)
    assert (value.unit, value.net, value.taxes) == (12.10, D("20.00"), {7: D("4.20")})


def test_tax_record_without_tax_inside_gets_the_net_price():
    value = price(_line("12.10", ("21", "2.10")), [TaxRecord(7, False)], taxes_included=True)
    assert value.unit == 10.0


def test_two_rates_on_one_tax_are_added_up():
    value = price(
        _line("10.00", ("5", "0.50"), ("7", "0.70")),
        [TaxRecord(1, False), TaxRecord(1, False)],
        taxes_included=False,
    )
    assert value.taxes == {1: D("1.20")}


def test_zero_rate_tax_is_pinned_to_nothing():
    value = price(_line("10.00"), [TaxRecord(3, False)], taxes_included=True)
    assert value.pinned(1)["manual_tax_amounts"] == {
        "3": {"tax_amount_currency": 0.0, "base_amount_currency": 10.0}
    }


def test_no_tax_is_not_pinned():
    assert price(_line("10.00"), [], taxes_included=True).pinned(1) is None


def test_parts_add_up_to_the_whole():
    whole = price(
        _line("10.00", ("21", "1.74"), quantity=3), [TaxRecord(1, True)], taxes_included=True
    ).pinned(1)
    parts = [part(whole, 1, done, 2) for done in (0, 1, 2)]
    nets = [D(str(item["manual_total_excluded_currency"])) for item in parts]
    taxes = [D(str(item["manual_tax_amounts"]["1"]["tax_amount_currency"])) for item in parts]
    assert sum(nets) == D("8.26") and sum(taxes) == D("1.74")
    assert len(set(nets)) > 1


@given(st.integers(1, 100000), st.integers(0, 25), st.lists(st.integers(1, 4), min_size=1, max_size=6))
def test_parts_in_a_currency_without_decimals_are_whole(amount, rate, pieces):
    tax = amount * rate // (100 + rate)
    line = _line(amount, (rate, tax), quantity=sum(pieces))
    whole = price(line, [TaxRecord(1, True)], taxes_included=True).pinned(1)
    parts = [part(whole, count, sum(pieces[:index]), 0) for index, count in enumerate(pieces)]
    nets = [item["manual_total_excluded_currency"] for item in parts]
    taxes = [item["manual_tax_amounts"]["1"]["tax_amount_currency"] for item in parts]
    assert (sum(nets), sum(taxes)) == (amount - tax, tax)
    assert all(value.is_integer() for value in nets + taxes)
