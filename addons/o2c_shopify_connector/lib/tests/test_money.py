from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from o2c_lib.o2c_shopify_connector.lib.money import bag, cents, share, spread
from o2c_lib.o2c_shopify_connector.lib.tests import nodes


def amounts(places):
    return st.decimals(min_value=0, max_value=100000, places=places, allow_nan=False)


@given(st.data(), st.sampled_from([0, 2, 3]))
def test_parts_add_up_and_are_whole_coins(data, places):
    total = data.draw(amounts(places))
    parts = spread(total, data.draw(st.lists(amounts(places), min_size=1, max_size=12)), places)
    assert sum(parts) == total
    assert all(part >= 0 and part == cents(part, places) for part in parts)


def test_bag():
    value = nodes.money("1.10", presentment="1.30", presentment_currency="USD")
    assert bag(value) == D("1.10")
    assert bag(value, presentment=True) == D("1.30")
    assert bag(None) == 0


def test_rounding_is_half_up():
    assert cents(D("0.005"), 2) == D("0.01")
    assert cents(D("0.5"), 0) == D("1")
    assert share(D("10.00"), D(1), D(3), 2) == D("3.33")
    assert share(D("10.00"), D(1), D(3), 0) == D("3")
