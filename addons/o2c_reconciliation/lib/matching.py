"""Match bank lines with open items: pure, deterministic, and right or silent.

``match_lines`` runs the rules in the given order over hash indexes. A match is posted only when its
amounts agree to the cent and nothing else claims the same line or item; all the rest comes back as
ranked proposals.

Work grows with the number of lines plus items: each is read a fixed number of times, and the search
for combinations of one partner's items is bounded (see ``combinations.POOL``).
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence

from . import documents, partners, payouts, platform
from .book import Book, Claim, as_match
from .collector import at_rest
from .records import BankLine, Match, OpenItem, Rule

__all__ = ["STRATEGIES", "BankLine", "Match", "OpenItem", "Rule", "match_lines"]

STRATEGIES: dict[str, Callable[[Book, Rule], Iterator[Claim]]] = {
    "platform_payment": platform.payments,
    "platform_refund": platform.refunds,
    "platform_chargeback": platform.chargebacks,
    "platform_fee": platform.fees,
    "payout_deposit": payouts.payouts,
    "structured_reference": documents.structured_references,
    "document_reference": documents.document_references,
    "partner_amount": partners.partner_amounts,
    "counterpart": partners.counterparts,
}

REFUSED = 20  # the confidence at most of what somebody took apart: below all other proposals


class Meter:
    """Counts the elementary steps of a run, so that its growth can be asserted without a clock."""

    def __init__(self):
        self.steps = 0


def match_lines(
    lines: Iterable[BankLine],
    open_items: Iterable[OpenItem],
    rules: Sequence[Rule],
    *,
    meter: Meter | None = None,
) -> list[Match]:
    """Decide which lines belong to which items.

    :param lines: unmatched bank lines; ids are unique, the order does not matter
    :param open_items: what may be matched; ids are unique and not 0
    :param rules: reconciliation models in the order of their sequence; each strategy's key is in
        ``STRATEGIES``
    :param meter: receives the number of elementary steps taken
    :return: decided matches in the order of the rules (``posts`` says whether the rule acts or only
        proposes), then up to five proposals per remaining line, best first. No line and no item is
        in two decided matches.
    :raises KeyError: a rule names an unknown strategy
    """
    with at_rest():
        book = Book(lines, open_items)
        for rule in rules:
            book.settle(rule, STRATEGIES[rule.strategy](book, rule))
        proposals = list(_proposals(book))
    if meter is not None:
        meter.steps = book.steps + sum(index.steps for index in book.references.values())
    return book.matches + proposals


def _proposals(book: Book) -> Iterator[Match]:
    for line, found in partners.propose(book):
        ranked = []
        for rule, claim in itertools.chain(book.shelf.get(line.id, ()), ((None, claim) for claim in found)):
            items = tuple(item.id for item in claim.items)
            if all(item in book.items for item in items):
                # A booking without items is refused under id 0.
                if not line.refused.isdisjoint(items or (0,)):
                    claim = claim._replace(confidence=min(claim.confidence, REFUSED))
                ranked.append((-claim.confidence, items, rule, claim))
        ranked.sort(key=operator.itemgetter(0, 1))
        warned = {items for _confidence, items, _rule, claim in ranked if claim.warning}
        seen: set[tuple[int, ...]] = set()
        for _confidence, items, rule, claim in ranked:
            if items not in seen and (claim.warning or items not in warned):
                seen.add(items)
                # Several lines claimed an item together: for this one line it is a proposal of its own.
                yield as_match(rule, claim._replace(lines=(line,)), posts=False)
                if len(seen) == partners.PROPOSALS:
                    break
