"""Strategies that know no reference: who paid, and how much."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal

from ...o2c_base.lib.text import Text, joined, texts_of
from .book import ZERO, Book, Claim, item_scope, line_scope, total
from .certain import UNSURE
from .combinations import POOL, Sums, tried
from .names import contained, name_words
from .records import DOCUMENT_KINDS, BankLine, OpenItem, Rule, discount_taken, names_of
from .unknown import means_another, names_just, names_one_of

_lt = texts_of(__name__)

BEFOREHAND = timedelta(days=7)  # an invoice dated later than this after the line was not what it paid
PROPOSALS = 5  # per line
NAMESAKES = 3  # partners of one name that a proposal search looks at
NAMESAKE_POOL = 8  # items of each among which sums are searched: 218 of them; these are proposals only
LOOKED_AT = 25  # candidates of one amount that a proposal search looks at


class _Pool:
    """Open items of one partner that lines of one journal may pay, in the order in which they are due."""

    def __init__(self, items: Iterable[OpenItem]):
        self.items = sorted(items, key=lambda item: item.sequence)
        self.owed = total(item.residual for item in self.items)
        self._by_size = sorted(self.items, key=lambda item: abs(item.residual))
        self._sizes = [abs(item.residual) for item in self._by_size]
        self._discounted: dict[Decimal, list[OpenItem]] = defaultdict(list)
        for item in self.items:
            if item.discounted is not None:
                self._discounted[item.discounted].append(item)
        # At least what each may cost: its discount may be gone.
        least = {
            item.id: min(abs(item.residual), abs(item.discounted or item.residual)) for item in self.items
        }
        self._by_cost = sorted(self.items, key=lambda item: least[item.id])
        self._costs = [least[item.id] for item in self._by_cost]
        self._last_discount = max(
            (item.discount_until for item in self.items if item.discounted and item.discount_until),
            default=None,
        )
        self._made: dict[int, tuple[list[OpenItem], Sums]] = {}
        self._balances = {
            inward: total(item.residual for item in self.items if (item.residual > 0) == inward)
            for inward in {item.residual > 0 for item in self.items}
        }

    def not_larger(self, amount: Decimal, at_most: int) -> tuple[list[OpenItem], Sums] | None:
        """Items that can be part of a sum: when all point the same way, none exceeds it.

        :return: them and their sums; None when there are more than ``at_most``
        """
        count = self._count(self._sizes, amount)
        if count > at_most:
            return None
        if count not in self._made:
            items = sorted(self._by_size[:count], key=lambda item: item.sequence)
            self._made[count] = items, Sums([item.residual for item in items])
        return self._made[count]

    def _count(self, sizes: list[Decimal], amount: Decimal) -> int:
        if set(self._balances) == {amount > 0}:
            return bisect_right(sizes, abs(amount))
        return len(sizes)

    def less_discount(self, book: Book, line: BankLine) -> bool:
        """Whether the line may also pay several items of which some have an early payment discount."""
        if self._last_discount is None or line.date > self._last_discount:
            return False
        count = self._count(self._costs, line.amount)
        if count > POOL:
            return True
        items = self._by_cost[:count]
        owed = [item.owed_on(line.date) for item in items]
        reduced = {place for place, item in enumerate(items) if item.residual != owed[place]}
        if not reduced:
            return False
        book.steps += 2 * tried(count)
        sums = Sums(owed)
        found = sums.of(line.amount, keep=10_000) + sums.rest_of(line.amount)
        return any(not reduced.isdisjoint(chosen) for chosen in found)

    def discounted(self, line: BankLine) -> list[OpenItem]:
        """Items that the line would settle by the early payment discount which they still have."""
        return [
            item
            for item in self._discounted.get(line.amount, ())[:LOOKED_AT]
            if item.residual != line.amount == item.owed_on(line.date)
        ]

    def falls_short(self, amount: Decimal) -> bool:
        """Whether not even all items that point the amount's way come to it."""
        return abs(self._balances.get(amount > 0, ZERO)) < abs(amount)


class _Pools:
    """The pools of all partners, each made once."""

    def __init__(self, book: Book):
        self._book = book
        self._items: dict[tuple, list[OpenItem]] = defaultdict(list)
        self._made: dict[tuple, _Pool] = {}
        for item in book.free_items(DOCUMENT_KINDS):
            if item.partner:
                self._items[(*item_scope(item), item.partner)].append(item)

    def of(self, line: BankLine, partner: int) -> _Pool:
        place = (*line_scope(line), partner)
        if (pool := self._made.get((*place, line.journal))) is None:
            items = self._items.get(place, ())
            self._book.steps += len(items)
            pool = _Pool(item for item in items if item.journal in (0, line.journal))
            self._made[(*place, line.journal)] = pool
        return pool


def partner_amounts(book: Book, rule: Rule) -> Iterator[Claim]:
    """The line's partner has exactly one combination of open items with this sum."""
    pools = _Pools(book)
    for line in book.free_lines(rule, {""}):
        partner = book.partner_of(line)
        if partner:
            yield from _partner_claims(book, line, pools.of(line, partner))


def _partner_claims(book: Book, line: BankLine, pool: _Pool) -> Iterator[Claim]:
    book.steps += 1
    discounted = pool.discounted(line)
    for item in discounted:
        words = joined([_lt("The partner owes %(item)s.", item=item.name), discount_taken([item])])
        yield Claim((line,), (item,), words, UNSURE, exact=False)
    small = pool.not_larger(line.amount, POOL)
    if small:
        items, sums = small
        found = _combinations(book, sums, line.amount)
        # What the discount would explain as well is not sure.
        sure = bool(found) and not discounted and not pool.less_discount(book, line)
        for claim in _combination_claims(book, line, items, found):
            yield claim if sure else claim._replace(confidence=min(claim.confidence, UNSURE), exact=False)
    elif small is None and pool.owed == line.amount:
        words = _lt("All %(count)s open items of the partner have this sum together.", count=len(pool.items))
        yield Claim((line,), tuple(pool.items), words, UNSURE, exact=False)


def _combinations(book: Book, sums: Sums, amount: Decimal) -> list[tuple[int, ...]]:
    """Positions of one to five items, of all, or of all but one to five, that have a sum; not all of them."""
    book.steps += 2 * tried(sums.count)
    return sums.rest_of(amount) + sums.of(amount)


def _combination_claims(
    book: Book, line: BankLine, pool: list[OpenItem], found: list[tuple[int, ...]]
) -> Iterator[Claim]:
    if len(found) > 1:
        alone = [
            item
            for item in pool
            if item.residual == line.amount and names_one_of(line.text, item.references, book.prefixes)
        ]
        if len(alone) == 1:
            words = _lt("The text has the number of the partner's %(name)s.", name=alone[0].name)
            if names_just(line.text, alone[0].references, book.prefixes):
                yield Claim((line,), tuple(alone), words, 91)
                return
            yield Claim((line,), tuple(alone), words, UNSURE - 1, exact=False)
    for place, chosen in enumerate(found):
        items = tuple(pool[index] for index in chosen)
        names = names_of(items)
        timely = all(item.date - line.date <= BEFOREHAND for item in items)
        if len(found) == 1:
            words = _lt("The partner's only combination of open items with this sum: %(names)s.", names=names)
            references = [reference for item in items for reference in item.references]
            if means_another(line.text, references, book.prefixes):
                words = joined([words, _lt("But the text has another number.")])
                yield Claim((line,), items, words, 82, exact=False, warning=True)
            else:
                yield Claim((line,), items, words, 90 if timely else 75, exact=timely)
        else:
            words = _lt(
                "One of several combinations of the partner's open items with this sum: %(names)s.",
                names=names,
            )
            # The whole balance first, then few items before many.
            size = 0 if len(items) == len(pool) else len(items)
            yield Claim((line,), items, words, 75 - 2 * size - place, exact=False)


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
    pools = _Pools(book)
    for line in book.lines.values():
        partner = book.partner_of(line)
        same = by_amount.get((*line_scope(line), line.amount), ())[:LOOKED_AT]
        if line.unbooked:
            # Left to people, who look for the money in transit and not for what happens to have the amount.
            same = [item for item in same if item.kind == "transfer"]
            yield line, _same_amounts(book, line, same, None)
            continue
        claims = _same_amounts(book, line, same, partner)
        if partner:
            claims += _same_partner(book, line, pools.of(line, partner).items)
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


def _same_name(book: Book, line: BankLine, pools: _Pools) -> Iterator[Claim]:
    """Several partners bear the payer's name: what each of them would have paid with this sum."""
    for partner in book.bearers.get((line.company, book.name_key(line.partner_name)), ())[:NAMESAKES]:
        pool = pools.of(line, partner)
        small = pool.not_larger(line.amount, NAMESAKE_POOL)
        if not small or pool.falls_short(line.amount):
            continue
        items, sums = small
        book.steps += tried(len(items))
        for chosen in sums.of(line.amount):
            yield Claim(
                (line,), tuple(items[at] for at in chosen), _sum_of_namesake, 80 - len(chosen), exact=False
            )


def _sum_of_namesake(claim: Claim) -> Text:
    return _lt(
        "%(partner)s bears the payer's name and owes this sum with %(names)s.",
        partner=claim.items[0].partner_name,
        names=names_of(claim.items),
    )


def _same_partner(book: Book, line: BankLine, pool: list[OpenItem]) -> Iterator[Claim]:
    nearest = sorted(
        (item for item in pool[: 4 * LOOKED_AT] if (item.residual > 0) == (line.amount > 0)),
        key=lambda item: (abs(item.residual - line.amount), item.date, item.id),
    )
    for place, item in enumerate(nearest[:PROPOSALS]):
        book.steps += 1
        # Of a popular price, others may have so many items that the partner's was not looked at before.
        same = item.residual == line.amount
        words, confidence = (_amount_and_partner, 82) if same else (_partner, 35 - place)
        yield Claim((line,), (item,), words, confidence, exact=False)


def _partner(claim: Claim) -> Text:
    (item,), (line,) = claim.items, claim.lines
    return _lt(
        "An open item of the same partner: %(item)s, %(owed)s against %(amount)s.",
        item=item.name,
        owed=item.residual,
        amount=line.amount,
    )
