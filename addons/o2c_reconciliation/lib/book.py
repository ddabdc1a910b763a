"""The working state of one matching run: what is still free, and who claims what.

A strategy never takes a line or an item; it *claims* them. When all claims of a rule are in,
``settle`` accepts those that nobody contests. Lines and items of contested claims become disputed:
later, weaker rules may propose them but not post them. So the answer does not depend on the order
of the input.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import cache, cached_property
from typing import NamedTuple

from ...o2c_base.lib.text import Text
from .names import name_key, name_words
from .records import DOCUMENT_KINDS, BankLine, Match, OpenItem, Rule
from .references import MANY, ReferenceIndex
from .unknown import prefixes

ZERO = Decimal(0)
# Rules that look for names and ids, and the one that knows neither.
NAMING = frozenset({"platform_payment", "platform_refund", "structured_reference", "document_reference"})
BY_AMOUNT = "partner_amount"


class Claim(NamedTuple):
    """A strategy's finding: these lines are these items. ``exact`` False: worth showing, never posted.

    ``warning``: something speaks against it; no other finding of these items may hide that.
    ``explanation`` may be what makes the words of a claim: of many proposals only the best are shown.
    """

    lines: tuple[BankLine, ...]
    items: tuple[OpenItem, ...]
    explanation: Text | Callable[[Claim], Text]
    confidence: int
    exact: bool = True
    warning: bool = False

    @property
    def residual(self) -> Decimal:
        return total(line.amount for line in self.lines) - total(i.residual for i in self.items)

    @property
    def words(self) -> Text:
        return self.explanation if isinstance(self.explanation, Text) else self.explanation(self)


def total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def line_scope(line: BankLine) -> tuple[int, str]:
    return line.company, line.currency


def item_scope(item: OpenItem) -> tuple[int, str]:
    return item.company, item.currency


class Book:
    """Free lines and items, with the indexes that strategies share."""

    def __init__(self, lines: Iterable[BankLine], items: Iterable[OpenItem]):
        by_line = {line.id: line for line in lines if line.amount}
        by_item = {item.id: item for item in items if item.residual}
        self.lines: dict[int, BankLine] = dict(sorted(by_line.items()))
        self.items: dict[int, OpenItem] = dict(sorted(by_item.items()))
        self.disputed_lines: set[int] = set()
        self.disputed_items: set[int] = set()
        self.named_items: set[int] = set()
        self.matches: list[Match] = []
        self.shelf: dict[int, list[tuple[Rule | None, Claim]]] = defaultdict(list)
        self.steps = 0
        # Many items share a partner's name.
        self.name_words = cache(name_words)
        self.name_key = cache(name_key)

    # Reading

    def free_lines(self, rule: Rule, kinds: Iterable[str]) -> list[BankLine]:
        """Undecided lines of these kinds that the rule accepts and that are not disputed."""
        wanted = frozenset(kinds)
        self.steps += len(self.lines)
        return [
            line
            for line in self.lines.values()
            if line.kind in wanted and line.id not in self.disputed_lines and rule.accepts(line)
        ]

    def free_items(self, kinds: Iterable[str]) -> list[OpenItem]:
        """Items of these kinds that no accepted match has used."""
        wanted = frozenset(kinds)
        self.steps += len(self.items)
        return [item for item in self.items.values() if item.kind in wanted]

    @cached_property
    def partner_names(self) -> dict[tuple[int, str], int | None]:
        """(company, name key) -> the only partner of that name among the open items, None when several."""
        known: dict[tuple[int, str], int | None] = {}
        for item in self.items.values():
            key = self.name_key(item.partner_name)
            if not key or item.partner is None:
                continue
            place = (item.company, key)
            if place in known and known[place] != item.partner:
                known[place] = None
            else:
                known[place] = item.partner
        return known

    @cached_property
    def bearers(self) -> dict[tuple[int, str], list[int]]:
        """(company, name key) -> all partners of that name among the open items."""
        known: dict[tuple[int, str], set[int]] = defaultdict(set)
        for item in self.items.values():
            if item.partner is not None and item.partner_name:
                known[item.company, self.name_key(item.partner_name)].add(item.partner)
        return {place: sorted(partners) for place, partners in known.items()}

    @cached_property
    def documents(self) -> dict[tuple[int, str, str], list[OpenItem]]:
        """(company, currency, document) -> its items, also those that a rule has used since."""
        documents: dict[tuple[int, str, str], list[OpenItem]] = defaultdict(list)
        for item in self.free_items(DOCUMENT_KINDS):
            documents[(*item_scope(item), item.document_key)].append(item)
        return documents

    @cached_property
    def shared(self) -> dict[tuple[int, str, str], dict[int | None, list[OpenItem]]]:
        """The documents of several partners, such as an opening entry or one of wages: the items of each."""
        shared: dict[tuple[int, str, str], dict[int | None, list[OpenItem]]] = {}
        for place, items in self.documents.items():
            if len({item.partner for item in items}) > 1:
                shared[place] = defaultdict(list)
                for item in items:
                    shared[place][item.partner].append(item)
        return shared

    def free_of(self, line: BankLine, *documents: str) -> tuple[OpenItem, ...]:
        """The items of these documents that a line may be for and that no accepted match has used.

        Of a document of several partners, those of the line's own; of very many others none.
        """
        return tuple(
            item
            for document in documents
            for item in self._of(line, document)
            if item.id in self.items and item.journal in (0, line.journal)
        )

    def _of(self, line: BankLine, document: str) -> Sequence[OpenItem]:
        place = (*line_scope(line), document)
        items = self.documents.get(place, ())
        if place in self.shared:
            own = self.shared[place].get(self.partner_of(line) or 0, ())
            return own or (items if len(items) <= MANY else ())
        return items

    def is_shared(self, line: BankLine, document: str) -> bool:
        """Whether a document is one of several partners, none of whom is the line's."""
        partners = self.shared.get((*line_scope(line), document), ())
        return bool(partners) and (self.partner_of(line) or 0) not in partners

    @cached_property
    def references(self) -> dict[tuple[int, str], ReferenceIndex]:
        """Scope -> the documents under the references by which a payer may name them.

        It keeps those that a rule has used since: their number in a text still means them.
        """
        indexes: dict[tuple[int, str], ReferenceIndex] = defaultdict(ReferenceIndex)
        for (company, currency, document), items in self.documents.items():
            for reference in dict.fromkeys(reference for item in items for reference in item.references):
                indexes[company, currency].add(reference, document)
        return indexes

    @cached_property
    def prefixes(self) -> frozenset[str]:
        """The letters with which numbers of open documents begin."""
        return prefixes(reference for item in self.items.values() for reference in item.references)

    def partner_of(self, line: BankLine) -> int | None:
        """The line's partner; else the only one with open items whose name it bears."""
        if line.partner is not None or not line.partner_name or line.namesakes:
            return line.partner
        return self.partner_names.get((line.company, self.name_key(line.partner_name)))

    # Deciding

    def settle(self, rule: Rule, claims: Iterable[Claim]) -> None:
        """Accept the claims of one rule that are exact, uncontested and not taken back before."""
        claims = list(claims)
        exact = [claim for claim in claims if claim.exact]
        lines = Counter(line.id for claim in exact for line in claim.lines)
        items = Counter(item.id for claim in exact for item in claim.items)
        for claim in claims:
            self.steps += 1
            if not claim.exact:
                self._shelve(rule, claim)
                self.disputed_lines.update(line.id for line in claim.lines)
                if rule.strategy in NAMING:
                    payers = {self.partner_of(line) for line in claim.lines}
                    self.named_items.update(i.id for i in claim.items if payers & {None, i.partner})
            elif self._contested(rule, claim, lines, items) or self._refused(claim):
                self._shelve(rule, claim)
                self.disputed_lines.update(line.id for line in claim.lines)
                self.disputed_items.update(item.id for item in claim.items)
            else:
                self._accept(rule, claim)

    def _contested(self, rule: Rule, claim: Claim, lines: Counter, items: Counter) -> bool:
        return (
            any(lines[line.id] > 1 for line in claim.lines)
            or any(items[item.id] > 1 for item in claim.items)
            or any(item.id in self.disputed_items for item in claim.items)
            # Another line names it, though not with its amount: what has the amount alone may be anything.
            or (rule.strategy == BY_AMOUNT and any(item.id in self.named_items for item in claim.items))
        )

    @staticmethod
    def _refused(claim: Claim) -> bool:
        return any(item.id in line.refused for line in claim.lines for item in claim.items) or (
            # A booking without items is refused under id 0.
            not claim.items and any(0 in line.refused for line in claim.lines)
        )

    def _accept(self, rule: Rule, claim: Claim) -> None:
        for line in claim.lines:
            self.lines.pop(line.id, None)
        for item in claim.items:
            self.items.pop(item.id, None)
        self.matches.append(as_match(rule, claim, posts=rule.posts))

    def _shelve(self, rule: Rule | None, claim: Claim) -> None:
        for line in claim.lines:
            self.shelf[line.id].append((rule, claim))


def as_match(rule: Rule | None, claim: Claim, *, posts: bool) -> Match:
    return Match(
        lines=tuple(line.id for line in claim.lines),
        items=tuple(item.id for item in claim.items),
        rule=rule.id if rule else 0,
        strategy=rule.strategy if rule else "proposal",
        explanation=claim.words,
        residual=claim.residual if claim.items else ZERO,
        confidence=claim.confidence,
        posts=posts,
    )
