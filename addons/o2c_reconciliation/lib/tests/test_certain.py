"""What a manual rule is certain of is what it would post, were it automated."""

from collections import Counter, defaultdict
from dataclasses import replace

from hypothesis import given, settings

from o2c_lib.o2c_reconciliation.lib.certain import CERTAIN
from o2c_lib.o2c_reconciliation.lib.matching import STRATEGIES, match_lines

from .common import RULES, item, line
from .test_properties import bank_lines, open_items

MANUAL = [replace(rule, posts=False) for rule in RULES]
KEPT = 3  # proposals that are stored of each line


def certain(lines, items):
    """{line: items} that may be accepted together with others of their kind, as far as proposals tell."""
    by_lines = defaultdict(list)
    for match in match_lines(lines, items, MANUAL):
        by_lines[match.lines].append(match)
    kept = [
        match for group in by_lines.values() for match in sorted(group, key=lambda m: -m.confidence)[:KEPT]
    ]
    claims = Counter(("line", number) for match in kept for number in match.lines)
    claims.update(("item", number) for match in kept for number in match.items)
    refused = {one.id for one in lines if one.refused}
    return {
        match.lines: match.items
        for match in kept
        if len(match.lines) == 1
        and match.lines[0] not in refused
        and not match.residual
        and match.confidence >= CERTAIN.get(match.strategy, 101)
        and claims["line", match.lines[0]] == 1
        and all(claims["item", number] == 1 for number in match.items)
        and (match.strategy != "platform_chargeback" or len(match.items) == 1)
    }


@settings(max_examples=400)
@given(bank_lines(), open_items())
def test_nothing_else_is_taken_for_certain(lines, items):
    posted = {match.lines: match.items for match in match_lines(lines, items, RULES) if match.posts}
    for own, theirs in certain(lines, items).items():
        assert posted.get(own) == theirs


def test_every_strategy_has_its_measure():
    assert set(CERTAIN) == set(STRATEGIES)


def test_what_is_certain_is_found():
    lines = [line(1, 10, "INV/2026/00001"), line(2, 20, partner=7), line(3, 30, "INV/2026/00003")]
    items = [
        item(1, 10, "INV/2026/00001"),
        item(2, 20, "INV/2026/00002", partner=7),
        item(3, 31, "INV/2026/00003"),
    ]
    assert certain(lines, items) == {(1,): (1,), (2,): (2,)}


def test_a_warning_is_no_certainty():
    items = [item(n, amount, f"INV/2026/0000{n}", partner=7) for n, amount in ((1, 10), (2, 20))]
    assert certain([line(1, 30, "thanks", partner=7)], items) == {(1,): (1, 2)}
    assert certain([line(1, 30, "INV/2025/77777", partner=7)], items) == {}
