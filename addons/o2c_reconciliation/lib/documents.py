"""Strategies for references that a payer wrote: structured ones and document numbers in free text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from ...o2c_base.lib.text import Text, joined, texts_of
from .book import Book, Claim, line_scope, total
from .records import PAYMENT_KINDS, BankLine, OpenItem, Rule, amounts_differ, names_of
from .references import Hit, ReferenceIndex

_lt = texts_of(__name__)

LINE_KINDS = PAYMENT_KINDS | {"", "refund"}
Words = Callable[[Text], Text]  # the sentence about how documents are named


def structured_references(book: Book, rule: Rule) -> Iterator[Claim]:
    """A structured reference (RF or Belgian) with right check digits, and the amount it explains."""
    yield from _by_text(book, rule, ReferenceIndex.find_structured, _structured)


def document_references(book: Book, rule: Rule) -> Iterator[Claim]:
    """Document numbers in the text; together they must explain the amount to the cent."""
    yield from _by_text(book, rule, ReferenceIndex.find, _plain)


def _by_text(
    book: Book, rule: Rule, find: Callable[[ReferenceIndex, str], list[Hit]], named_by: Words
) -> Iterator[Claim]:
    unexplained: dict[tuple, list[BankLine]] = defaultdict(list)
    for line in book.free_lines(rule, LINE_KINDS):
        index = book.references.get(line_scope(line))
        hits = find(index, line.text) if index else []
        if not hits:
            continue
        # A weak form of a number counts with the right partner and amount; it is no contradiction otherwise.
        for sure in (True,) if all(hit.strong for hit in hits) else (False, True):
            named, certain = _named(book, line, hits, sure=sure)
            explained = _explained(line, book.free_of(line, *named)) if certain and named else None
            if explained:
                yield Claim((line,), explained, _because(named_by, (line,), explained), 96)
                break
        else:
            own = _own(book, line, named)
            if own:
                yield Claim((line,), own, _because(named_by, (line,), own), 95)
            elif named:
                yield from _one_of(book, named_by, line, named)
                unexplained[(*line_scope(line), line.journal, *named)].append(line)
    for (_company, _currency, _journal, *named), group in unexplained.items():
        yield from _together(named_by, tuple(group), book.free_of(group[0], *named))


def _named(book: Book, line: BankLine, hits: list[Hit], *, sure: bool) -> tuple[tuple[str, ...], bool]:
    """The documents that the text names, and whether each reference leads to exactly one of them.

    :param sure: leave out the weak forms of a number, which count for the line's own partner only
    """
    partner = None if sure else book.partner_of(line)
    named: set[str] = set()
    certain = True
    for hit in hits:
        meant: set[str] = set()
        for document in hit.documents:
            book.steps += 1
            items = book.free_of(line, document)
            if not items:
                continue
            if hit.strong or (partner and any(item.partner == partner for item in items)):
                meant.add(document)
        certain = certain and len(meant) < 2
        named |= meant
    return tuple(sorted(named)), certain


def _one_of(book: Book, named_by: Words, line: BankLine, named: tuple[str, ...]) -> Iterator[Claim]:
    """Of several documents named, those that have the amount alone: worth showing first."""
    for document in named if len(named) > 1 else ():
        book.steps += 1
        explained = _explained(line, book.free_of(line, document))
        if explained:
            words = joined([_because(named_by, (line,), explained), _lt("It has other numbers, too.")])
            yield Claim((line,), explained, words, 89, exact=False)


def _own(book: Book, line: BankLine, named: tuple[str, ...]) -> tuple[OpenItem, ...] | None:
    """The payer's own among the documents named, when they explain the amount.

    The other numbers are then the payer's, such as an order number, which here belong to somebody else.
    """
    partner = book.partner_of(line)
    own = [
        name
        for name in (named if partner else ())
        if all(item.partner == partner for item in book.free_of(line, name))
    ]
    if not own or len(own) == len(named):
        return None
    return _explained(line, book.free_of(line, *own))


def _explained(line: BankLine, items: tuple[OpenItem, ...]) -> tuple[OpenItem, ...] | None:
    """All named items, or the first instalments of the one named document, when they add up."""
    if total(item.residual for item in items) == line.amount:
        return items
    if len({item.document for item in items}) == 1:
        due = sorted(items, key=lambda item: item.sequence)
        for count in range(1, len(due)):
            if total(item.residual for item in due[:count]) == line.amount:
                return tuple(due[:count])
    return None


def _together(named_by: Words, lines: tuple[BankLine, ...], items: tuple[OpenItem, ...]) -> Iterator[Claim]:
    """Several lines that name the same documents: together they may explain them."""
    if len(lines) > 1 and total(line.amount for line in lines) == total(item.residual for item in items):
        yield Claim(lines, items, _because(named_by, lines, items), 94)
        return
    for line in lines:
        owed = total(item.residual for item in items)
        words = joined([_because(named_by, (line,), items), amounts_differ(line.amount, owed)])
        confidence = 80 if abs(owed - line.amount) * 5 <= abs(owed) else 70
        yield Claim((line,), items, words, confidence, exact=False)


def _because(named_by: Words, lines: tuple[BankLine, ...], items: tuple[OpenItem, ...]) -> Text:
    names = names_of(items)
    if len(lines) > 1:
        return _lt("%(count)s lines name %(names)s and pay it together.", count=len(lines), names=names)
    return named_by(names)


def _structured(names: Text) -> Text:
    return _lt("The text has the structured reference of %(names)s.", names=names)


def _plain(names: Text) -> Text:
    return _lt("The text has the reference of %(names)s.", names=names)
