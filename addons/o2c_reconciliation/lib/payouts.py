"""Strategy for the two ends of a payout: the platform's line and the deposit on the real bank account."""

from __future__ import annotations

import operator
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from ...o2c_base.lib.text import joined, texts_of
from .book import Book, Claim, item_scope, line_scope
from .names import name_words
from .records import BankLine, OpenItem, Rule, amounts_differ
from .references import ReferenceIndex, fold

_lt = texts_of(__name__)

PLATFORM_WORD = "MOLLIE"  # the sender of the deposit is "Stichting Mollie Payments"
# What its name may consist of, also cut off.
_SENDER = "STICHTING STG MOLLIE PAYMENTS PAYOUTS SETTLEMENTS UITBETALING AUSZAHLUNG NL UK".split()


def payouts(book: Book, rule: Rule) -> Iterator[Claim]:
    """Book a payout in transit, and match a deposit with it by settlement reference or amount and date.

    A payout line that is still unbooked goes to the internal transfer account. A deposit that names the
    settlement (digits only are compared) must have its amount; without a reference it must come from the
    platform, within the rule's days after the payout, with an amount that only one of each has.
    """
    for line in book.free_lines(rule, {"payout"}):
        if not line.unbooked:
            words = _lt("The settlement reports this line as its payout; booked as money in transit.")
            yield Claim((line,), (), words, 98)
    transfers = book.free_items({"transfer"})
    lines = book.free_lines(rule, {""})
    if not transfers or not lines:
        return
    named: set[int] = set()
    for claim in _by_reference(book, lines, transfers):
        named.update(line.id for line in claim.lines)
        yield claim
    yield from _by_amount(book, rule, [line for line in lines if line.id not in named], transfers)


def _by_reference(book: Book, lines: list[BankLine], transfers: list[OpenItem]) -> Iterator[Claim]:
    index = ReferenceIndex()
    by_document: dict[tuple, list[OpenItem]] = defaultdict(list)
    for item in transfers:
        for reference in item.references:
            by_document[(*item_scope(item), reference)].append(item)
            index.add(reference, reference)
    for line in lines:
        for hit in index.find(line.text):
            if not hit.strong:
                continue
            items = [
                item
                for document in sorted(hit.documents)
                for item in by_document.get((*line_scope(line), document), ())
                if item.journal in (0, line.journal)
            ]
            for item in items:
                exact = item.residual == line.amount and len(items) == 1
                words = _lt(
                    "The text names settlement %(reference)s, whose payout is in transit.",
                    reference=item.references[0],
                )
                if item.residual != line.amount:
                    words = joined([words, amounts_differ(line.amount, item.residual)])
                yield Claim((line,), (item,), words, 97 if exact else 80, exact)
    book.steps += index.steps


def _by_amount(book: Book, rule: Rule, lines: list[BankLine], transfers: list[OpenItem]) -> Iterator[Claim]:
    by_amount: dict[tuple, list[OpenItem]] = defaultdict(list)
    for item in transfers:
        by_amount[(*item_scope(item), item.residual)].append(item)
    date_of = operator.attrgetter("date")
    for items in by_amount.values():
        items.sort(key=date_of)
    for line in lines:
        items = by_amount.get((*line_scope(line), line.amount), ())
        # A shop may pay out the same sum every day for years.
        earliest = bisect_left(items, line.date - timedelta(days=rule.days), key=date_of)
        for item in items[earliest : bisect_right(items, line.date, key=date_of)]:
            book.steps += 1
            if item.journal not in (0, line.journal):
                continue
            if _from_platform(line):
                words = _lt(
                    "A deposit of Mollie with the exact amount of %(item)s; days after the payout: %(days)s.",
                    item=item.name,
                    days=(line.date - item.date).days,
                )
                yield Claim((line,), (item,), words, 92)


def _from_platform(line: BankLine) -> bool:
    """Whether the platform sent a deposit; where the sender is told, the text does not count.

    Customers write that a payment by Mollie failed, and some bear the name.
    """
    if not line.partner_name:
        return PLATFORM_WORD in fold(line.text)
    words = name_words(line.partner_name)
    return PLATFORM_WORD in words and all(
        word.isdigit() or any(known.startswith(word) for known in _SENDER) for word in words
    )
