"""Numbers in a text that look like ours but are of no open item: last year's invoice, a mistyped one.

Whoever writes such a number means that document and not whichever one happens to have the amount.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

from .references import fold, runs, structured, structured_in, unpadded

_PREFIX = re.compile(r"([A-Z]+)[^A-Z0-9]*[0-9]")
CENTURY = "20"
MIN_DIGITS = 4
GLUED = 8  # digits of a year and a number written as one


def prefixes(references: Iterable[str]) -> frozenset[str]:
    """The letters before the numbers of these references (``INV`` of ``INV/2026/00042``)."""
    return frozenset(letters for reference in references for letters in _PREFIX.findall(fold(reference)))


def numbers(text: str, known: frozenset[str]) -> set[str]:
    """Digits behind one of the ``known`` prefixes, or a year and a number, without zero padding."""
    parts = runs(text)
    found = set()
    for place, run in enumerate(parts):
        before = parts[place - 1] if place else ""
        if not run.isdigit() or before.isdigit():
            continue
        chain = list(itertools.takewhile(str.isdigit, parts[place : place + 2]))
        written = "".join(chain)
        year = run.startswith(CENTURY) and (
            len(run) >= GLUED or (len(run) == 4 and len(chain) == 2 and len(chain[1]) > 2)
        )
        if year or (before in known and len(written) >= MIN_DIGITS):
            found.add("|".join(map(unpadded, chain)))
    return found


def means_another(text: str, references: Iterable[str], known: frozenset[str]) -> bool:
    """Whether a text names a document that is none of these, by its number or by a structured reference.

    A number that differs from one of these in a digit may be a mistake, or the invoice before it, which was
    paid or has yet to come: nobody but a person can tell.
    """
    references = list(references)
    special = structured_in(text)
    if special:
        return special.isdisjoint(map(structured, references))
    own = {number for reference in references for number in numbers(reference, known)}
    named = numbers(text, known)
    return bool(named) and named.isdisjoint(own)
