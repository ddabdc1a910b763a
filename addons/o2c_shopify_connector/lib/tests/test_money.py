from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from o2c_lib.o2c_shopify_connector.lib.money import bag, cents, share, spread
from o2c_lib.o2c_shopify_connector.lib.tests import nodes

amounts = st.decimals(min_value=0, max_value=100000, places=2, allow_nan=False)


@given(amounts, st.lists(amounts, min_size=1, max_size=12))
def test_parts_add_up(total, weights):
    parts = spread(total, weights)
    assert sum(parts) == total
    assert all(part >= 0 for part in parts)


def test_bag():
    value = nodes.money("1.10", presentment="1.30", presentment_currency="USD")
    assert bag(value) == D("1.10")
    assert bag(value, presentment=True) == D("1.30")
    assert bag(None) == 0


def test_rounding_is_half_up():
    assert cents(D("0.005")) == D("0.01")
    assert share(D("10.00"), D(1), D(3)) == D("3.33")
