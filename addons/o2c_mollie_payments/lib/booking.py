"""What the journal lacks of a settlement, given what was posted of it before."""

from collections import Counter
from dataclasses import replace

from .amounts import ZERO
from .statement import PAID_OUT, Line


def payout_target(settlement, returned=False):
    """:return: what the payout has to change on the journal: all of it once paid out and for as
    long as it did not come back, else 0."""
    if settlement.status == PAID_OUT and not returned:
        return -settlement.amount.value
    return ZERO


def base_id(identifier):
    """``stl_1/fee/...~2`` is the second line for ``stl_1/fee/...``."""
    return identifier.split("~", 1)[0]


def lines_to_book(plan, settlement, booked, returned=False):
    """What is missing in the journal, given what it has. Nothing is ever edited: a change becomes
    a line of its own over the difference, and what Mollie took back is reversed.

    :param booked: iterable of (kind, id, amount, vat) of this settlement's lines so far.
    :param returned: the payout came back, whatever the settlement's status says.
    :return: list of Line; empty when the journal is right.
    """
    sums, vats, counts = {}, {}, Counter()
    for kind, identifier, amount, vat in booked:
        # A payout and its return are two sides of one thing.
        key = ("payout" if kind == "payout_return" else kind, base_id(identifier))
        sums[key] = sums.get(key, ZERO) + amount
        vats[key] = vats.get(key, ZERO) + vat
        counts[(kind, base_id(identifier))] += 1
    missing = []
    for line in plan.lines:
        key = (line.kind, line.id)
        delta, vat = line.amount - sums.pop(key, ZERO), line.vat - vats.pop(key, ZERO)
        if delta:
            missing.append(_variant(replace(line, amount=delta, vat=vat), counts[key]))
    payout = payout_target(settlement, returned) - sums.pop(("payout", settlement.id), ZERO)
    for (kind, identifier), amount in sums.items():
        if amount:
            line = Line(
                kind=kind,
                id=identifier,
                amount=-amount,
                vat=-vats[(kind, identifier)],
                label=settlement.reference,
            )
            missing.append(_variant(line, counts[(kind, identifier)]))
    if payout:
        kind = "payout" if payout_target(settlement, returned) else "payout_return"
        line = Line(
            kind=kind,
            id=settlement.id,
            amount=payout,
            label=settlement.reference,
            moment=settlement.settled_at if kind == "payout" else None,
        )
        missing.append(_variant(line, counts[(kind, settlement.id)]))
    return missing


def _variant(line, number):
    return replace(line, id=f"{line.id}~{number + 1}") if number else line
