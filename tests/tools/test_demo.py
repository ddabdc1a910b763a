"""The demonstration of every kind: its deck, what it expects to be told, and the words of payers."""

import pytest

from tools.cli import parser
from tools.console import Failure
from tools.demo import bank, command, deck, mending, thorough

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


def asked(*arguments):
    return command.asked_orders(parser().parse_args(["demo", *arguments]))


def test_as_many_orders_as_what_is_shown_needs():
    assert asked() == 20
    assert asked("--orders", "1") == 1
    assert asked("--every-kind") == 60
    assert asked("--every-kind", "--orders", "200") == 200
    with pytest.raises(Failure, match="60 orders or more, not 40"):
        asked("--every-kind", "--orders", "40")
    with pytest.raises(Failure, match="1 orders or more, not 0"):
        asked("--orders", "0")


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


class Books:
    """What an Odoo says of bank line 1, which pays order g1, and of 2 and 3, which pay invoices 20 and 30."""

    def __init__(self, applied=(), proposed=()):
        self.rows = {
            "account.bank.statement.line": [{"id": 1, "mollie_description": "r1"}],
            "account.move.line": [{"id": 10, "payment_id": [100, ""]}, {"id": 11, "payment_id": [101, ""]}],
            "o2c.shopify.transaction": [
                {"payment_id": [100, ""], "sale_order_id": [5, ""]},
                {"payment_id": [101, ""], "sale_order_id": [6, ""]},
            ],
            "sale.order": [{"id": 5, "shopify_gid": "g1"}, {"id": 6, "shopify_gid": "g2"}],
        }
        self.matches = {"applied": applied, "proposed": proposed}

    def search_read(self, model, domain, _fields, **_options):
        if model == "o2c.match":
            return list(self.matches[dict((name, value) for name, _sign, value in domain)["state"]])
        return [row for row in self.rows[model] if domain[0][0] != "id" or row["id"] in domain[0][2]]


def match(line, move, item=0):
    return {"line_ids": [line], "move_ids": [move], "item_ids": [item] if item else [], "residual": 0}


ORDERS = {
    "g1": {
        "presentment_currency": "EUR",
        "currency": "EUR",
        "transactions": [{"paymentId": "r1", "status": "SUCCESS"}],
    }
}
TRANSFERS = [bank.Transfer(2, 20, True, "reference"), bank.Transfer(3, 30, False, "deduction")]
RIGHT = (match(1, 7, 10), match(2, 20))


def figures(applied, proposed):
    return [
        (proof["odoo"], proof["holds"])
        for proof in thorough.matching(Books(applied, proposed), ORDERS, TRANSFERS)
    ]


def test_the_figures_of_matching_are_those_of_the_truth():
    well = (match(3, 30), match(3, 20))
    assert figures(RIGHT, well) == [(2, True), (0, True), (100, True)]
    # Not matched by itself; matched with another order; proposed, but not first; nothing proposed.
    assert figures(RIGHT[:1], well) == [(1, False), (0, True), (100, True)]
    assert figures((match(1, 7, 11), RIGHT[1]), well) == [(1, False), (1, False), (100, True)]
    assert figures((*RIGHT, match(3, 20)), ()) == [(2, True), (1, False), (0, False)]
    assert figures(RIGHT, well[::-1]) == [(2, True), (0, True), (0, False)]
    assert figures(RIGHT, ()) == [(2, True), (0, True), (0, False)]
