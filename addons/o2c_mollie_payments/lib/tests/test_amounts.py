from datetime import datetime
from decimal import Decimal

import pytest

from o2c_lib.o2c_base.lib.http import UnexpectedShape
from o2c_lib.o2c_mollie_payments.lib.amounts import Money, parse_moment, parse_money, round_to


def test_money_is_exact():
    assert parse_money({"value": "0.1", "currency": "EUR"}, "x") == Money(Decimal("0.1"), "EUR")
    assert parse_money({"value": "86.1000", "currency": "EUR"}, "x").value == Decimal("86.1")


@pytest.mark.parametrize(
    "raw",
    [{"value": "ten", "currency": "EUR"}, {"value": "1.00"}, "1.00", {"value": "NaN", "currency": "EUR"}],
)
def test_what_is_no_amount_is_refused(raw):
    with pytest.raises(UnexpectedShape):
        parse_money(raw, "x")


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2018-04-06T06:00:01.0Z", datetime(2018, 4, 6, 6, 0, 1)),
        ("2024-04-06T09:41:44+00:00", datetime(2024, 4, 6, 9, 41, 44)),
        ("2024-04-06T01:30:00+02:00", datetime(2024, 4, 5, 23, 30)),
        ("2024-04-31T09:41:44+00:00", None),
        (None, None),
        ("soon", None),
    ],
)
def test_moments_in_both_forms(raw, moment):
    assert parse_moment(raw) == moment


def test_rounds_half_away_from_zero():
    assert round_to(Decimal("0.605"), 2) == Decimal("0.61")
    assert round_to(Decimal("-0.605"), 2) == Decimal("-0.61")
