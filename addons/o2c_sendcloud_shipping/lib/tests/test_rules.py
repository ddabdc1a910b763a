from decimal import Decimal

import pytest

from o2c_lib.o2c_sendcloud_shipping.lib.rules import Consignment, Rule, first_fit, fits

DUTCH = Consignment("NL", Decimal("2"), Decimal("50"), ("Standard delivery",))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule(1), True),
        (Rule(1, countries=frozenset({"NL", "BE"})), True),
        (Rule(1, countries=frozenset({"DE"})), False),
        (Rule(1, titles=("STANDARD",)), True),
        (Rule(1, titles=("express", "pickup")), False),
        (Rule(1, max_weight=Decimal("2")), True),
        (Rule(1, max_weight=Decimal("1.9")), False),
        (Rule(1, min_weight=Decimal("2.1")), False),
        (Rule(1, min_value=Decimal("50")), True),
        (Rule(1, min_value=Decimal("51")), False),
        (Rule(1, max_value=Decimal("49.99")), False),
    ],
)
def test_fits(rule, expected):
    assert fits(rule, DUTCH) is expected


def test_a_rule_on_titles_needs_a_title():
    assert not fits(Rule(1, titles=("standard",)), Consignment("NL", Decimal(1), Decimal(1)))


def test_the_first_rule_wins():
    rules = [Rule(1, countries=frozenset({"DE"})), Rule(2), Rule(3)]
    assert first_fit(rules, DUTCH).key == 2
    assert first_fit(rules[:1], DUTCH) is None
