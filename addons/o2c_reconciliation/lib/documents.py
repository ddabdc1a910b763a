"""Strategies for references that a payer wrote: structured ones and document numbers in free text."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ...o2c_base.lib.text import Text, joined, texts_of
from .book import Book, Claim, line_scope, total
from .certain import UNSURE
from .combinations import LARGEST, POOL, Sums, tried
from .listed import listed
from .records import PAYMENT_KINDS, BankLine, OpenItem, Rule, amounts_differ, discount_taken, names_of
from .references import MANY, Hit, ReferenceIndex, all_forms_of, structured

_lt = texts_of(__name__)

LINE_KINDS = PAYMENT_KINDS | {"", "refund"}
Words = Callable[[Text], Text]  # the sentence about how documents are named
INSTALMENTS = 60  # of one document, at most


class _Naming(NamedTuple):
    """What the references in a text lead to: for each of them the documents that it may mean.

    ``doubtful``: the number might be somebody else's, or the document is one of several partners.
    """

    meant: tuple[frozenset[str], ...]
    doubtful: bool

    @property
    def documents(self) -> tuple[str, ...]:
        return tuple(sorted(set().union(*self.meant)))

    @property
    def certain(self) -> bool:
        return all(len(documents) == 1 for documents in self.meant)


def structured_references(book: Book, rule: Rule) -> Iterator[Claim]:
    """A structured reference (RF, Belgian or Swiss) with right check digits, and the amount it explains."""
    for claim in _by_text(book, rule, ReferenceIndex.find_structured, _structured):
        if claim.exact and any(_names_others(book, line, claim.items) for line in claim.lines):
            words = joined([claim.words, _lt("It has other numbers, too.")])
            claim = claim._replace(explanation=words, confidence=UNSURE, exact=False, warning=True)
        yield claim


def document_references(book: Book, rule: Rule) -> Iterator[Claim]:
    """Document numbers in the text; together they must explain the amount to the cent."""
    yield from _by_text(book, rule, ReferenceIndex.find, _plain)


def _by_text(
    book: Book, rule: Rule, find: Callable[[ReferenceIndex, str], list[Hit]], named_by: Words
) -> Iterator[Claim]:
    for claim in _found(book, rule, find, named_by):
        if any(line.kind for line in claim.lines):
            # A platform is joined by its ids: what it calls a payment may be another shop's number.
            claim = claim._replace(confidence=min(claim.confidence, UNSURE), exact=False)
        yield claim


def _found(
    book: Book, rule: Rule, find: Callable[[ReferenceIndex, str], list[Hit]], named_by: Words
) -> Iterator[Claim]:
    unexplained: dict[tuple[int, ...], list[tuple[BankLine, _Naming]]] = defaultdict(list)
    for line in book.free_lines(rule, LINE_KINDS):
        index = book.references.get(line_scope(line))
        hits = _telling(find(index, line.text)) if index else []
        if not hits:
            continue
        # A weak form of a number counts with the right partner and amount; it is no contradiction otherwise.
        for sure in (True,) if all(hit.strong for hit in hits) else (False, True):
            naming = _named(book, line, hits, sure=sure)
            explained = _meant(book, line, naming)
            if explained:
                yield Claim((line,), explained, _because(named_by, (line,), explained), 96)
                break
        else:
            own = _own(book, line, naming.documents)
            if not own and find is ReferenceIndex.find:
                own = _listed(book, line, hits)
            if own:
                yield Claim((line,), own, _because(named_by, (line,), own), 95)
            elif naming.meant:
                yield from _one_of(book, named_by, line, naming)
                items = book.free_of(line, *naming.documents)
                unexplained[tuple(item.id for item in items)].append((line, naming))
    for group in unexplained.values():
        lines = tuple(line for line, _naming in group)
        items = book.free_of(lines[0], *group[0][1].documents)
        yield from _together(book, named_by, lines, items, [naming for _line, naming in group])


def _telling(hits: list[Hit]) -> list[Hit]:
    """Without the references of very many documents, such as the number of a frame contract."""
    return [hit for hit in hits if len(hit.documents) <= MANY]


def _named(book: Book, line: BankLine, hits: list[Hit], *, sure: bool) -> _Naming:
    """The documents that the text names.

    :param sure: leave out the weak forms of a number, which count for the line's own partner only
    """
    partner = book.partner_of(line)
    naming: list[frozenset[str]] = []
    trusted: set[str] = set()
    for hit in hits:
        meant = set()
        for document in hit.documents:
            book.steps += 1
            items = book.free_of(line, document)
            own = bool(partner) and any(item.partner == partner for item in items)
            if items and (hit.strong or (own and not sure)):
                meant.add(document)
                if own or (not book.is_shared(line, document) and _ours(hit, items, known=bool(partner))):
                    trusted.add(document)
        if meant:
            naming.append(frozenset(meant))
    return _Naming(tuple(naming), doubtful=any(not documents <= trusted for documents in naming))


def _ours(hit: Hit, items: tuple[OpenItem, ...], *, known: bool) -> bool:
    """Whether a number is so much our own that somebody else than the debtor may pay by it.

    Customers' and vendors' numbers are theirs: two of them may well use the same.

    :param known: the payer is known to be somebody else, so that only a full number is enough
    """
    for item in items:
        if item.foreign_references:
            foreign = {number for number in item.foreign_references if not structured(number)}
            own = set(item.references) - foreign
        elif not known or item.partner is None:
            continue
        elif item.residual > 0:
            own = None
        else:
            own = {item.document, *filter(structured, item.references)}
        if known and item.partner is not None and not hit.full:
            return False
        if own is not None and not any(hit.form in all_forms_of(reference) for reference in own):
            return False
    return True


def _meant(book: Book, line: BankLine, naming: _Naming) -> tuple[OpenItem, ...] | None:
    """What the line pays of the documents named, if only one answer is possible.

    A reference of several documents of one partner, such as an order of several invoices, may mean all of
    them or the one that has the amount.
    """
    if naming.doubtful or not naming.meant:
        return None
    documents = naming.documents
    items = book.free_of(line, *documents)
    if naming.certain:
        return _explained(book, line, items)
    if len(documents) > POOL or _partners(items) != 1:
        return None
    parts = [book.free_of(line, document) for document in documents]
    sums = [total(item.residual for item in part) for part in parts]
    readings = Sums(sums).of(line.amount, keep=2)
    book.steps += tried(len(parts))
    if len(parts) > LARGEST and total(sums) == line.amount:
        readings.append(tuple(range(len(parts))))
    if len(readings) != 1 or len(readings[0]) not in (1, len(parts)):
        return None
    chosen = {documents[place] for place in readings[0]}
    if any(chosen.isdisjoint(meant) for meant in naming.meant):
        return None
    return tuple(item for place in readings[0] for item in parts[place])


def _partners(items: tuple[OpenItem, ...]) -> int:
    """How many partners these items have; without one they may be anybody's."""
    partners = {item.partner for item in items}
    return len(items) if None in partners else len(partners)


def _names_others(book: Book, line: BankLine, items: tuple[OpenItem, ...]) -> bool:
    """Whether the text also has the number of another document, which is not the payer's own numbering."""
    paid = {item.document_key for item in items}
    partner = book.partner_of(line)
    for hit in _telling(book.references[line_scope(line)].find(line.text)):
        if not hit.strong or not paid.isdisjoint(hit.documents):
            continue
        others = book.free_of(line, *hit.documents)
        if any(not partner or item.partner == partner for item in others):
            return True
    return False


def _one_of(book: Book, named_by: Words, line: BankLine, naming: _Naming) -> Iterator[Claim]:
    """Of several documents named, those that have the amount alone: worth showing first."""
    others = (
        _lt("It has other numbers, too.")
        if len(naming.meant) > 1
        else _lt("It may mean other documents, too.")
    )
    for document in naming.documents if len(naming.documents) > 1 else ():
        book.steps += 1
        explained = _explained(book, line, book.free_of(line, document))
        if explained:
            words = joined([_because(named_by, (line,), explained), others])
            yield Claim((line,), explained, words, UNSURE, exact=False)


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
    return _explained(book, line, book.free_of(line, *own))


def _listed(book: Book, line: BankLine, hits: list[Hit]) -> tuple[OpenItem, ...] | None:
    """All that the text names, with the numbers that it shortens, when one reading explains the amount."""
    answers = set()
    for more in listed(book.references[line_scope(line)], line.text):
        naming = _named(book, line, [*hits, *more], sure=True)
        items = book.free_of(line, *naming.documents)
        if (
            naming.certain
            and not naming.doubtful
            and {d for hit in more for d in hit.documents} <= {item.document_key for item in items}
        ):
            book.steps += len(items)
            if _partners(items) == 1 and total(item.residual for item in items) == line.amount:
                answers.add(items)
    return answers.pop() if len(answers) == 1 else None


def _explained(book: Book, line: BankLine, items: tuple[OpenItem, ...]) -> tuple[OpenItem, ...] | None:
    """All named items, or the first instalments or a part of the one named document, when they add up."""
    book.steps += len(items)
    if total(item.residual for item in items) == line.amount:
        return items
    # Entries about several partners, such as wages, are no instalments, nor is what nobody owes.
    debts = {(item.document, item.partner, item.account) for item in items}
    if len(debts) == 1 and items[0].partner is not None and len(items) <= INSTALMENTS:
        due = sorted(items, key=lambda item: item.sequence)
        for count, paid in enumerate(itertools.accumulate(item.residual for item in due[:-1]), 1):
            if paid == line.amount:
                return tuple(due[:count])
    if len({(item.document, item.partner) for item in items}) == 1 and items[0].partner is not None:
        return _part(line, items)
    return None


def _part(line: BankLine, items: tuple[OpenItem, ...]) -> tuple[OpenItem, ...] | None:
    """A payment registered for a document, or what it has open besides: the only one with the amount."""
    payments = [item for item in items if item.kind == "payment"]
    besides = tuple(item for item in items if item.kind != "payment")
    parts = [(payment,) for payment in payments] + [besides] if payments and besides else []
    found = [part for part in parts if total(item.residual for item in part) == line.amount]
    return found[0] if len(found) == 1 else None


def _together(
    book: Book,
    named_by: Words,
    lines: tuple[BankLine, ...],
    items: tuple[OpenItem, ...],
    namings: list[_Naming],
) -> Iterator[Claim]:
    """Lines that name the same documents: together they may explain them."""
    owed = total(item.residual for item in items)
    one_debt = len({item.account for item in items}) == 1 and (
        all(naming.certain for naming in namings) or _partners(items) == 1
    )
    doubtful = any(naming.doubtful for naming in namings)
    if len(lines) > 1 and total(line.amount for line in lines) == owed and one_debt and not doubtful:
        yield Claim(lines, items, _because(named_by, lines, items), 94)
        return
    for line, naming in zip(lines, namings, strict=True):
        words = [_because(named_by, (line,), items)]
        other_payer = naming.doubtful and book.partner_of(line) is not None
        if other_payer:
            words.append(_lt("But the payer seems to be somebody else."))
        if line.amount != owed:
            words.append(amounts_differ(line.amount, owed))
        confidence = 80 if abs(owed - line.amount) * 5 <= abs(owed) else 70
        if line.amount == owed:
            confidence = 88
        elif line.amount == total(item.owed_on(line.date) for item in items):
            words.append(discount_taken(items))
            confidence = 93
        yield Claim((line,), items, joined(words), confidence, exact=False, warning=other_payer)


def _because(named_by: Words, lines: tuple[BankLine, ...], items: tuple[OpenItem, ...]) -> Text:
    names = names_of(items)
    if len(lines) > 1:
        return _lt("%(count)s lines name %(names)s and pay it together.", count=len(lines), names=names)
    return named_by(names)


def _structured(names: Text) -> Text:
    return _lt("The text has the structured reference of %(names)s.", names=names)


def _plain(names: Text) -> Text:
    return _lt("The text has the reference of %(names)s.", names=names)
