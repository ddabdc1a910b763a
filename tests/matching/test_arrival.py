"""Where every line has one right answer, the books do not depend on when it arrives."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from o2c_lib.o2c_reconciliation.lib.matching import match_lines

from .noise import RULES, Generator

CERTAIN = (
    ("mollie", 4),
    ("mollie_captures", 2),
    ("mollie_refund", 2),
    ("payout", 1),
    ("reference", 3),
    ("structured", 2),
    ("several", 2),
    ("instalments", 2),
)


class CertainGenerator(Generator):
    CASES = CERTAIN


def arrive(batches):
    """Match batch after batch, as statements and documents come in; what is posted is closed."""
    waiting, open_items, books = [], {}, {}
    for lines, items in batches:
        waiting += lines
        open_items.update({item.id: item for item in items})
        posted = [m for m in match_lines(waiting, open_items.values(), RULES) if m.posts]
        for match in posted:
            for line in match.lines:
                books[line] = match.items
            for item in match.items:
                del open_items[item]
        waiting = [line for line in waiting if line.id not in books]
    return books


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.integers(0, 10_000), batch=st.integers(1, 12))
def test_any_order_of_arrival_gives_the_same_books(seed, order, batch):
    world = CertainGenerator(seed, 40).make()
    lines = list(world.lines)
    random.Random(order).shuffle(lines)
    batches = [lines[start : start + batch] for start in range(0, len(lines), batch)]
    books = arrive([(world.lines, world.items)])
    assert books == arrive([([], world.items), *[(part, []) for part in batches]])
    assert {line: frozenset(items) for line, items in books.items()} == world.truth


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.integers(0, 10_000), batch=st.integers(1, 12))
def test_money_may_arrive_before_its_document(seed, order, batch):
    world = CertainGenerator(seed, 40).make()
    rng = random.Random(order)
    lines, items = list(world.lines), list(world.items)
    rng.shuffle(lines)
    rng.shuffle(items)
    batches = [
        (lines[start : start + batch], items[start : start + batch])
        for start in range(0, max(len(lines), len(items)), batch)
    ]
    assert arrive(batches) == arrive([(world.lines, world.items)])
