"""The demonstration of every kind: its deck, what it expects to be told, and the words of payers."""

import pytest

from tools.demo import bank, deck, mending

KINDS = ["plain", "payment_terms", "bank_deposit", "unknown_sku", "test", *deck.ONCE, *deck.SEVERAL_LINES]


class World:
    def get(self, path):
        return {"checkout/kinds": {"kinds": KINDS}}[path]


@pytest.fixture
def cards():
    return deck.deal(World(), 60, 1)


def test_every_kind_is_dealt_and_the_heavy_ones_once(cards):
    assert len(cards) == 60
    assert set(cards) == set(KINDS)
    assert all(cards.count(kind) == 1 for kind in deck.ONCE)


def test_there_are_enough_for_all_that_happens_afterwards(cards):
    assert all(cards.count(kind) >= 3 for kind in deck.SEVERAL_LINES)


def test_a_deck_is_its_seed(cards):
    assert deck.deal(World(), 60, 1) == cards
    assert deck.deal(World(), 60, 2) != cards


MADE = [
    {"gid": "g1", "name": "#1", "kinds": ["unknown_sku"]},
    {"gid": "g2", "name": "#2", "kinds": ["plain"]},
]


def issue(order, kind):
    return {"sale_order_id": [order, ""], "kind": kind}


def test_what_must_be_told_is_told_and_nothing_else():
    gids = {1: "g1", 2: "g2"}
    assert mending.expected(MADE, [issue(1, "product")], gids) == []
    assert mending.expected(MADE, [], gids) == ["#1: nothing said about product"]
    [wrong] = mending.expected(MADE, [issue(1, "product"), issue(2, "amount")], gids)
    assert wrong.startswith("#2: unexpected amount")
    [wrong] = mending.expected(MADE, [issue(1, "product"), {"sale_order_id": False, "kind": "job"}], gids)
    assert "unexpected job" in wrong


def test_only_a_clear_reference_with_the_whole_amount_is_certain():
    for case, text, share, certain in bank.CASES:
        written = text("INV/2026/00012")
        named = "00012" in written and share == 1
        assert certain == named, case
    assert bank.damaged("INV/2026/00012") != "INV/2026/00012"
