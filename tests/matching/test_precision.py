from decimal import Decimal

import pytest

from .measure import measure
from .noise import make_world


@pytest.fixture(scope="module")
def result():
    return measure(range(1, 9), 1500)


def test_what_is_posted_is_right(result):
    assert result.posted > 6000
    assert result.precision >= Decimal("0.999"), result.wrong


def test_most_of_what_can_be_known_is_posted(result):
    assert result.recall >= Decimal("0.94"), result.missed


@pytest.mark.parametrize(
    "kind",
    [
        "mollie payment",
        "mollie capture",
        "mollie refund",
        "payout",
        "structured",
        "shop order",
        "shared order",
        "vendor bill",
    ],
)
def test_kinds_with_one_right_answer_are_all_posted(result, kind):
    assert result.seen[kind] > 50
    assert result.missed[kind] == 0


def test_a_world_is_its_seed():
    assert make_world(3, 200) == make_world(3, 200)
    assert make_world(3, 200) != make_world(4, 200)
