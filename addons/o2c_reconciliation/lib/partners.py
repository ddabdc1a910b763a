"""Strategies that know no reference: who paid, and how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from ...o2c_base.lib.text import joined, texts_of
from .book import Book, Claim, item_scope, line_scope
from .combinations import POOL, exact_combinations
from .names import contained, name_key, name_words
from .records import DOCUMENT_KINDS, BankLine, OpenItem, Rule, names_of
from .unknown import means_another

_lt = texts_of(__name__)

BEFOREHAND = timedelta(days=7)  # an invoice dated later than this after the line was not what it paid
PROPOSALS = 5  # per line
NAMESAKES = 3  # partners of one name that a proposal search looks at
NAMESAKE_POOL = 8  # items of each among which sums are tried: 218 of them; these are proposals only
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
        amounts = [item.residual for item in pool]
        found = exact_combinations(amounts, {line.amount for line in lines})
        book.steps += _tried(len(pool))
        for line in lines:
            yield from _combination_claims(book, line, pool, found[line.amount])
        return
    for line in lines:
        small = _not_larger(pool, line)
        book.steps += len(pool)
        if len(small) <= POOL:
            found = exact_combinations([item.residual for item in small], {line.amount})
            book.steps += _tried(len(small))
            yield from _combination_claims(book, line, small, found[line.amount])


def _tried(count: int) -> int:
    """How many combinations a search among ``count`` items looks at."""
    tried, ways = 0, 1
    for size in range(1, 6):
        ways = ways * (count - size + 1) // size
        tried += max(ways, 0)
    return tried


def _not_larger(pool: list[OpenItem], line: BankLine) -> list[OpenItem]:
    """Items that can be part of the sum: when all point the same way, none exceeds the line."""
    inward = line.amount > 0
    if any((item.residual > 0) != inward for item in pool):
        return pool
    return [item for item in pool if abs(item.residual) <= abs(line.amount)]


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


def propose(book: Book) -> Iterator[Claim]:
    """What an accountant would look at first for the lines that no rule decided."""
    by_amount: dict[tuple, list[OpenItem]] = defaultdict(list)
    for item in book.free_items({*DOCUMENT_KINDS, "transfer"}):
        by_amount[(*item_scope(item), item.residual)].append(item)
    pools = _pools(book)
    for line in book.lines.values():
        scope = line_scope(line)
        words_of_line = name_words(f"{line.partner_name} {line.text}")
        partner = book.partner_of(line)
        for item in by_amount.get((*scope, line.amount), ())[:LOOKED_AT]:
            book.steps += 1
            if item.journal in (0, line.journal):
                yield _same_amount(line, item, words_of_line, partner)
        if partner:
            yield from _same_partner(book, line, pools.get((*scope, partner), ()))
        elif line.partner_name:
            yield from _same_name(book, line, pools)


def _same_amount(line: BankLine, item: OpenItem, words_of_line: frozenset[str], partner: int | None) -> Claim:
    near = max(0, 5 - abs((line.date - item.date).days) // 10)
    if partner and item.partner == partner:
        words = _lt("An open item of the same partner with the same amount: %(item)s.", item=item.name)
        return Claim((line,), (item,), words, 82 + near, exact=False)
    alike = contained(name_words(item.partner_name), words_of_line)
    if alike:
        words = _lt(
            "Same amount as %(item)s, and the name resembles %(partner)s.",
            item=item.name,
            partner=item.partner_name,
        )
    else:
        words = _lt("Same amount as %(item)s.", item=item.name)
    return Claim((line,), (item,), words, 40 + int(36 * alike) + near, exact=False)


def _same_name(book: Book, line: BankLine, pools: dict[tuple, list[OpenItem]]) -> Iterator[Claim]:
    """Several partners bear the payer's name: what each of them would have paid with this sum."""
    for partner in book.bearers.get((line.company, name_key(line.partner_name)), ())[:NAMESAKES]:
        pool = pools.get((*line_scope(line), partner), ())
        pool = _not_larger([item for item in pool if item.journal in (0, line.journal)], line)
        if len(pool) > NAMESAKE_POOL:
            continue
        book.steps += _tried(len(pool))
        for chosen in exact_combinations([item.residual for item in pool], {line.amount})[line.amount]:
            items = tuple(pool[index] for index in chosen)
            names = names_of(items)
            words = _lt(
                "%(partner)s bears the payer's name and owes this sum with %(names)s.",
                partner=items[0].partner_name,
                names=names,
            )
            yield Claim((line,), items, words, 80 - len(items), exact=False)


def _same_partner(book: Book, line: BankLine, pool: list[OpenItem]) -> Iterator[Claim]:
    nearest = sorted(
        (item for item in pool[: 4 * LOOKED_AT] if (item.residual > 0) == (line.amount > 0)),
        key=lambda item: (abs(item.residual - line.amount), item.date, item.id),
    )
    for place, item in enumerate(nearest[:PROPOSALS]):
        book.steps += 1
        words = _lt(
            "An open item of the same partner: %(item)s, %(owed)s against %(amount)s.",
            item=item.name,
            owed=item.residual,
            amount=line.amount,
        )
        yield Claim((line,), (item,), words, 35 - place, exact=False)
