"""Numbers in a text that look like ours but are of no open item: last year's invoice, a mistyped one.

Whoever writes such a number means that document and not whichever one happens to have the amount.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from .references import runs

CENTURY = "20"
MIN_DIGITS = 4
GLUED = 8  # digits of a year and a number written as one


def prefixes(references: Iterable[str]) -> frozenset[str]:
    """The letters before the numbers of these references (``INV`` of ``INV/2026/00042``)."""
    found = set()
    for reference in references:
        parts = runs(reference)
        for first, second in zip(parts, parts[1:], strict=False):
            if first.raw.isalpha() and second.raw.isdigit():
                found.add(first.raw)
    return frozenset(found)


def numbers(text: str, known: frozenset[str]) -> set[tuple[str, str]]:
    """Digits behind one of the ``known`` prefixes, or a year and a number: (as written, without padding)."""
    parts = runs(text)
    found = set()
    for place, run in enumerate(parts):
        before = parts[place - 1].raw if place else ""
        if not run.raw.isdigit() or before.isdigit():
            continue
        chain = list(itertools.takewhile(lambda part: part.raw.isdigit(), parts[place : place + 2]))
        written = "".join(part.raw for part in chain)
        year = run.raw.startswith(CENTURY) and (
            len(run.raw) >= GLUED or (len(run.raw) == 4 and len(chain) == 2 and len(chain[1].raw) > 2)
        )
        if year or (before in known and len(written) >= MIN_DIGITS):
            found.add((written, "|".join(part.canonical for part in chain)))
    return found


def means_another(text: str, references: Iterable[str], known: frozenset[str]) -> bool:
    """Whether a text names a number of ours that is none of these references, nor one of them mistyped."""
    named = numbers(text, known)
    if not named:
        return False
    own = {number for reference in references for number in numbers(reference, known)}
    return not any(_alike(one, other) for one in named for other in own)


def _alike(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """The same number, or one with a single other digit behind the same year."""
    if one[1] == other[1]:
        return True
    first, second = one[0], other[0]
    same_year = first[:4] == second[:4]
    return len(first) == len(second) and same_year and sum(map(str.__ne__, first, second)) == 1
