"""The work grows with lines plus items. Steps are counted, so the machine's mood does not matter."""

import random
import sys
from datetime import date, timedelta
from decimal import Decimal

import pytest

from o2c_lib.o2c_reconciliation.lib.matching import BankLine, Meter, OpenItem, match_lines

from .noise import RULES, make_world

DAY = date(2026, 11, 10)


def noisy(size):
    world = make_world(7, size)
    return world.lines, world.items


def guests(size):
    """All sold to one partner, such as the guest of a web shop, and nobody names a number."""
    return _alike(size, "betaling", partner=7)


def frame_contract(size):
    """All invoices have the number of one contract, and the payers write nothing else."""
    return _alike(size, "PO2026001")


def daily_payouts(size):
    """The same sum is paid out every day, and nobody has matched a deposit for years."""
    days = [DAY - timedelta(days=number) for number in range(size)]
    amount = Decimal("100.00")
    items = [
        OpenItem(number, day, amount, "EUR", kind="transfer", document=f"Payout {number}")
        for number, day in enumerate(days, 1)
    ]
    lines = [BankLine(number, day, amount, "EUR", text="Mollie") for number, day in enumerate(days, 1)]
    return lines, items


def _alike(size, text, partner=None):
    amounts = random.Random(1)
    items = [
        OpenItem(
            id=number,
            date=DAY,
            residual=Decimal(amounts.randint(500, 90_000)) / 100,
            currency="EUR",
            document=f"INV/2026/{number:05d}",
            references=(f"INV/2026/{number:05d}", "PO2026001"),
            partner=partner or number,
        )
        for number in range(1, 2 * size + 1)
    ]
    lines = [
        BankLine(item.id, DAY, item.residual, "EUR", text=text, partner=partner) for item in items[:size]
    ]
    return lines, items


def calls(lines, items):
    """How many Python calls the matching makes; its own counting of steps may forget some."""
    count = 0

    def seen(frame, event, _argument):
        nonlocal count
        count += event == "call"

    sys.setprofile(seen)
    try:
        match_lines(lines, items, RULES)
    finally:
        sys.setprofile(None)
    return count


def steps(lines, items):
    meter = Meter()
    match_lines(lines, items, RULES, meter=meter)
    return meter.steps


@pytest.mark.parametrize("work", [steps, calls])
@pytest.mark.parametrize("world", [noisy, guests, frame_contract, daily_payouts])
def test_twice_the_lines_at_most_two_point_two_times_the_work(world, work):
    small, middle, large = (work(*world(size)) for size in (1000, 2000, 4000))
    assert small > 1000
    assert middle <= 2.2 * small
    assert large <= 2.2 * middle
