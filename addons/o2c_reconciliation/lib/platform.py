"""Strategies for lines that a payment platform reports, joined by the platform's own ids.

Mollie names a payment by its id (``tr_...``) and carries the shop's name for it as description; a
refund and a chargeback carry the id of the payment they concern. Fees are known as such from the
settlement: they are never guessed from a difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal

from ...o2c_base.lib.text import Text, joined, texts_of
from .book import Book, Claim, item_scope, line_scope, total
from .records import (
    CHARGEBACK_KINDS,
    PAYMENT_KINDS,
    RETURNED_KIND,
    REVERSAL_KIND,
    BankLine,
    OpenItem,
    Rule,
    amounts_differ,
    names_of,
)

_lt = texts_of(__name__)

Keys = Callable[[OpenItem], frozenset[str]]


PAYMENT = _lt("Mollie payment")
REFUND = _lt("Mollie refund")


def own_keys(item: OpenItem) -> frozenset[str]:
    return item.platform_ids | item.platform_references


def parent_keys(item: OpenItem) -> frozenset[str]:
    return item.parent_references


def line_keys(line: BankLine) -> frozenset[str]:
    return line.platform_ids | line.platform_references


def payments(book: Book, rule: Rule) -> Iterator[Claim]:
    """A payment or capture of the platform and the payment (or invoice) registered under the same id."""
    lines = [line for line in book.free_lines(rule, PAYMENT_KINDS) if line.amount > 0]
    items = [i for i in book.free_items({"payment", "invoice"}) if i.residual > 0]
    yield from _join(book, lines, items, own_keys, PAYMENT)


def refunds(book: Book, rule: Rule) -> Iterator[Claim]:
    """A refund of the platform and the refund registered under its id, or under that of its payment.

    A refund that could not be paid out comes back: it takes back the one refund of that payment and amount.
    """
    lines = [line for line in book.free_lines(rule, {"refund"}) if line.amount < 0]
    items = [i for i in book.free_items({"payment", "invoice"}) if i.residual < 0]
    taken: set[int] = set()
    for keys in (own_keys, parent_keys):
        left = [line for line in lines if line.id not in taken]
        for claim in _join(book, left, items, keys, REFUND):
            taken.update(line.id for line in claim.lines)
            yield claim
    returned = [line for line in book.free_lines(rule, {RETURNED_KIND}) if line.amount > 0]
    given = [i for i in book.free_items({"given"}) if i.residual > 0]
    yield from _join(book, returned, given, own_keys, _lt("Mollie returned refund"))


def chargebacks(book: Book, rule: Rule) -> Iterator[Claim]:
    """A chargeback and the one received payment it takes back, in whole or in part.

    The reversal of a chargeback pays the invoice that the chargeback had opened again.
    """
    lines = [line for line in book.free_lines(rule, CHARGEBACK_KINDS) if line.amount < 0]
    items = [i for i in book.free_items({"received"}) if i.residual < 0]
    for taken, candidates in _groups(book, lines, items, own_keys):
        exact = len(candidates) == 1 and total(line.amount for line in taken) >= total(
            item.residual for item in candidates
        )
        yield Claim(taken, candidates, _because(_lt("Mollie chargeback"), taken, candidates), 98, exact)
    returned = [line for line in book.free_lines(rule, {REVERSAL_KIND}) if line.amount > 0]
    opened = [i for i in book.free_items({"invoice"}) if i.residual > 0]
    yield from _join(book, returned, opened, own_keys, _lt("Mollie chargeback reversal"))


def fees(book: Book, rule: Rule) -> Iterator[Claim]:
    """A fee that the platform withheld, booked on the accounts of the rule."""
    if not rule.counterpart:
        return
    for line in book.free_lines(rule, {"fee"}):
        words = _lt("The settlement reports this line as a fee; booked as “%(rule)s” says.", rule=rule.name)
        yield Claim((line,), (), words, 98)


def _join(
    book: Book, lines: list[BankLine], items: list[OpenItem], keys: Keys, noun: Text
) -> Iterator[Claim]:
    for taken, candidates in _groups(book, lines, items, keys):
        pairs = list(explained_pairs(taken, candidates))
        done: set[int] = set()
        used: set[int] = set()
        for pair_lines, pair_items in pairs:
            done.update(line.id for line in pair_lines)
            used.update(item.id for item in pair_items)
            yield Claim(pair_lines, pair_items, _because(noun, pair_lines, pair_items), 99)
        rest = tuple(item for item in candidates if item.id not in used) or candidates
        for line in taken:
            if line.id in done:
                continue
            for item in rest:
                words = _because(noun, (line,), (item,))
                if line.amount == item.residual:
                    words = joined([words, _lt("Another one has the same amount.")])
                    yield Claim((line,), (item,), words, 95, exact=False)
                else:
                    words = joined([words, amounts_differ(line.amount, item.residual)])
                    yield Claim((line,), (item,), words, 85, exact=False)


def _groups(
    book: Book, lines: list[BankLine], items: list[OpenItem], keys: Keys
) -> Iterator[tuple[tuple[BankLine, ...], tuple[OpenItem, ...]]]:
    """Lines that lead to the same items by their ids, with these items."""
    index: dict[tuple, list[OpenItem]] = defaultdict(list)
    for item in items:
        for key in keys(item):
            book.steps += 1
            index[(*item_scope(item), key)].append(item)
    groups: dict[tuple[int, ...], list[BankLine]] = defaultdict(list)
    found: dict[int, OpenItem] = {}
    for line in lines:
        candidates: set[int] = set()
        for key in line_keys(line):
            for item in index.get((*line_scope(line), key), ()):
                book.steps += 1
                if item.journal in (0, line.journal):
                    candidates.add(item.id)
                    found[item.id] = item
        if candidates:
            groups[tuple(sorted(candidates))].append(line)
    for item_ids, group in groups.items():
        yield tuple(group), tuple(found[item_id] for item_id in item_ids)


def explained_pairs(
    lines: tuple[BankLine, ...], items: tuple[OpenItem, ...]
) -> Iterator[tuple[tuple[BankLine, ...], tuple[OpenItem, ...]]]:
    """The parts of a group whose amounts agree to the cent.

    One line against several items or the reverse when the sums agree. Otherwise equal amounts, when as many
    lines as items have that amount: which of them belong together does not change the books, so
    they are paired by date.
    """
    if 1 in (len(lines), len(items)) and total(line.amount for line in lines) == total(
        item.residual for item in items
    ):
        yield lines, items
        return
    by_amount: dict[Decimal, tuple[list, list]] = defaultdict(lambda: ([], []))
    for line in lines:
        by_amount[line.amount][0].append(line)
    for item in items:
        by_amount[item.residual][1].append(item)
    for same_lines, same_items in by_amount.values():
        if same_lines and len(same_lines) == len(same_items):
            same_lines.sort(key=lambda line: (line.date, line.id))
            same_items.sort(key=lambda item: item.sequence)
            for line, item in zip(same_lines, same_items, strict=True):
                yield (line,), (item,)


def _because(noun: Text, lines: tuple[BankLine, ...], items: tuple[OpenItem, ...]) -> Text:
    line = lines[0]
    keys = own_keys(items[0]) | parent_keys(items[0])
    shared = sorted(line_keys(line) & keys)
    platform_id = next(iter(sorted(line.platform_ids)), "")
    references = [key for key in shared if key not in line.platform_ids]
    name = noun
    if platform_id:
        # A payment's id is its own; the others carry the id of the payment that they concern.
        name = (
            joined([noun, platform_id])
            if noun is PAYMENT
            else _lt("%(what)s of %(id)s", what=noun, id=platform_id)
        )
    if len(lines) > 1:
        name = _lt("%(what)s (%(count)s lines together)", what=name, count=len(lines))
    documents = names_of(items)
    if references:
        return _lt(
            "%(what)s has description %(reference)s, which is %(documents)s.",
            what=name,
            reference=references[0],
            documents=documents,
        )
    return _lt("%(what)s bears the id of %(documents)s.", what=name, documents=documents)
