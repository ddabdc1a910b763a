"""Strategies that know no reference: who paid, and how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta

from ...o2c_base.lib.text import Text, joined, texts_of
from .book import Book, Claim, item_scope, line_scope, total
from .combinations import POOL, exact_combinations, tried
from .names import contained, name_words
from .records import DOCUMENT_KINDS, BankLine, OpenItem, Rule, names_of
from .unknown import means_another

_lt = texts_of(__name__)

BEFOREHAND = timedelta(days=7)  # an invoice dated later than this after the line was not what it paid
PROPOSALS = 5  # per line
NAMESAKES = 3  # partners of one name that a proposal search looks at
NAMESAKE_POOL = 8  # items of each among which sums are searched: 218 of them; these are proposals only
LOOKED_AT = 25  # candidates of one amount that a proposal search looks at


def partner_amounts(book: Book, rule: Rule) -> Iterator[Claim]:
    """The line's partner has exactly one combination of 1 to 5 open items with this sum."""
    by_partner: dict[tuple, list[BankLine]] = defaultdict(list)
    for line in book.free_lines(rule, {""}):
        partner = book.partner_of(line)
        if partner:
            by_partner[(*line_scope(line), partner, line.journal)].append(line)
    pools = _pools(book)
    for (*scope, partner, journal), lines in by_partner.items():
        pool = [i for i in pools.get((*scope, partner), ()) if i.journal in (0, journal)]
        yield from _partner_claims(book, lines, pool)


def _pools(book: Book) -> dict[tuple, list[OpenItem]]:
    pools: dict[tuple, list[OpenItem]] = defaultdict(list)
    for item in book.free_items(DOCUMENT_KINDS):
        if item.partner:
            pools[(*item_scope(item), item.partner)].append(item)
    return pools


def _partner_claims(book: Book, lines: list[BankLine], pool: list[OpenItem]) -> Iterator[Claim]:
    pool = sorted(pool, key=lambda item: item.sequence)
    if len(pool) <= POOL:
        found = exact_combinations([item.residual for item in pool], {line.amount for line in lines})
        book.steps += tried(len(pool)) * len(found)
        for line in lines:
            yield from _combination_claims(book, line, pool, found[line.amount])
        return
    for line in lines:
        small = _not_larger(pool, line)
        book.steps += len(pool)
        if len(small) <= POOL:
            found = exact_combinations([item.residual for item in small], {line.amount})
            book.steps += tried(len(small))
            yield from _combination_claims(book, line, small, found[line.amount])


def _not_larger(pool: list[OpenItem], line: BankLine) -> list[OpenItem]:
    """Items that can be part of the sum: when all point the same way, none exceeds the line."""
    inward = line.amount > 0
    if any((item.residual > 0) != inward for item in pool):
        return pool
    return [item for item in pool if abs(item.residual) <= abs(line.amount)]


def _falls_short(pool: list[OpenItem], line: BankLine) -> bool:
    """Whether not even all items that point the line's way come to its amount."""
    inward = line.amount > 0
    return abs(total(i.residual for i in pool if (i.residual > 0) == inward)) < abs(line.amount)


def _combination_claims(
    book: Book, line: BankLine, pool: list[OpenItem], found: list[tuple[int, ...]]
) -> Iterator[Claim]:
    for place, chosen in enumerate(found):
        items = tuple(pool[index] for index in chosen)
        names = names_of(items)
        timely = all(item.date - line.date <= BEFOREHAND for item in items)
        if len(found) == 1:
            words = _lt("The partner's only combination of open items with this sum: %(names)s.", names=names)
            references = [reference for item in items for reference in item.references]
            if means_another(line.text, references, book.prefixes):
                words = joined([words, _lt("But the text has another number.")])
                yield Claim((line,), items, words, 74, exact=False)
            else:
                yield Claim((line,), items, words, 90 if timely else 75, exact=timely)
        else:
            words = _lt(
                "One of several combinations of the partner's open items with this sum: %(names)s.",
                names=names,
            )
            yield Claim((line,), items, words, 75 - 2 * len(items) - place, exact=False)


def counterparts(book: Book, rule: Rule) -> Iterator[Claim]:
    """Lines that satisfy the rule's conditions, booked on its accounts (bank charges, interest, ...)."""
    if rule.counterpart and rule.conditional:
        for line in book.free_lines(rule, {""}):
            words = _lt("The line satisfies the conditions of “%(rule)s”.", rule=rule.name)
            yield Claim((line,), (), words, 88)


def propose(book: Book) -> Iterator[tuple[BankLine, list[Claim]]]:
    """What an accountant would look at first for each line that no rule decided."""
    by_amount: dict[tuple, list[OpenItem]] = defaultdict(list)
    for item in book.free_items({*DOCUMENT_KINDS, "transfer"}):
        by_amount[(*item_scope(item), item.residual)].append(item)
    pools = _pools(book)
    for line in book.lines.values():
        scope = line_scope(line)
        partner = book.partner_of(line)
        claims = _same_amounts(book, line, by_amount.get((*scope, line.amount), ())[:LOOKED_AT], partner)
        if partner:
            claims += _same_partner(book, line, pools.get((*scope, partner), ()))
        elif line.partner_name:
            claims += _same_name(book, line, pools)
        yield line, claims


def _same_amounts(book: Book, line: BankLine, items: Iterable[OpenItem], partner: int | None) -> list[Claim]:
    words_of_line = name_words(f"{line.partner_name} {line.text}") if items else frozenset()
    claims = []
    for item in items:
        book.steps += 1
        if item.journal not in (0, line.journal):
            continue
        near = max(0, 5 - abs((line.date - item.date).days) // 10)
        if partner and item.partner == partner:
            words, confidence = _amount_and_partner, 82
        else:
            alike = contained(book.name_words(item.partner_name), words_of_line)
            words, confidence = _amount_and_name if alike else _amount, 40 + int(36 * alike)
        claims.append(Claim((line,), (item,), words, confidence + near, exact=False))
    return claims


def _amount_and_partner(claim: Claim) -> Text:
    return _lt("An open item of the same partner with the same amount: %(item)s.", item=claim.items[0].name)


def _amount_and_name(claim: Claim) -> Text:
    (item,) = claim.items
    return _lt(
        "Same amount as %(item)s, and the name resembles %(partner)s.",
        item=item.name,
        partner=item.partner_name,
    )


def _amount(claim: Claim) -> Text:
    return _lt("Same amount as %(item)s.", item=claim.items[0].name)


def _same_name(book: Book, line: BankLine, pools: dict[tuple, list[OpenItem]]) -> Iterator[Claim]:
    """Several partners bear the payer's name: what each of them would have paid with this sum."""
    for partner in book.bearers.get((line.company, book.name_key(line.partner_name)), ())[:NAMESAKES]:
        pool = pools.get((*line_scope(line), partner), ())
        pool = _not_larger([item for item in pool if item.journal in (0, line.journal)], line)
        if len(pool) > NAMESAKE_POOL or _falls_short(pool, line):
            continue
        book.steps += tried(len(pool))
        for chosen in exact_combinations([item.residual for item in pool], {line.amount})[line.amount]:
            items = tuple(pool[index] for index in chosen)
            yield Claim((line,), items, _sum_of_namesake, 80 - len(items), exact=False)


def _sum_of_namesake(claim: Claim) -> Text:
    return _lt(
        "%(partner)s bears the payer's name and owes this sum with %(names)s.",
        partner=claim.items[0].partner_name,
        names=names_of(claim.items),
    )


def _same_partner(book: Book, line: BankLine, pool: list[OpenItem]) -> Iterator[Claim]:
    nearest = sorted(
        (
            item
            for item in pool[: 4 * LOOKED_AT]
            if (item.residual > 0) == (line.amount > 0) and item.journal in (0, line.journal)
        ),
        key=lambda item: (abs(item.residual - line.amount), item.date, item.id),
    )
    for place, item in enumerate(nearest[:PROPOSALS]):
        book.steps += 1
        yield Claim((line,), (item,), _partner, 35 - place, exact=False)


def _partner(claim: Claim) -> Text:
    (item,), (line,) = claim.items, claim.lines
    return _lt(
        "An open item of the same partner: %(item)s, %(owed)s against %(amount)s.",
        item=item.name,
        owed=item.residual,
        amount=line.amount,
    )
