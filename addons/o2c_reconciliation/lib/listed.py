"""Numbers that stand shortened behind a whole one: ``INV/2026/00041, 42`` and ``INV/2026/00041-43``."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from .references import MANY, Cut, Hit, ReferenceIndex

_AND = frozenset("EN ET UND AND E Y U".split())
_UNTIL = frozenset("TM TEM TOT TOTENMET BIS TO THRU THROUGH AU A".split())
_LIST_SIGNS = frozenset(",;+&/")
_DASHES = frozenset("-\N{EN DASH}\N{EM DASH}")
_WORDS = 3  # "tot en met"


class _Next(NamedTuple):
    """A shortened number: what joins it to the one before it (``,``, ``-`` or ``...``), and its digits."""

    sign: str
    digits: str


def listed(index: ReferenceIndex, text: str) -> Iterator[list[Hit]]:
    """What the shortened numbers in a text may name: one list for each way to read them.

    "43" behind 00141 may be 00143 or 00043, and "41-43" all from 41 to 43 or these two. A reading counts
    only if each of its numbers is that of one known document.
    """
    cut = Cut(text)
    followed = []
    for position, length, hit in index.places(cut):
        whole = cut.runs[position : position + length]
        if hit.strong and whole[-1].isdigit() and (rest := list(_following(cut, position, length))):
            followed.append((position, whole, rest))
    seen: set[tuple[tuple[int, ...], ...]] = set()
    for endings, spans in itertools.product((True, False), repeat=2) if followed else ():
        values = [_values(whole[-1], rest, endings=endings, spans=spans) for _at, whole, rest in followed]
        if not all(values) or tuple(values) in seen:
            continue
        seen.add(tuple(values))
        hits = [
            index.named_by([*whole[:-1], str(value).zfill(len(whole[-1]))], cut, position)
            for (position, whole, _rest), found in zip(followed, values, strict=True)
            for value in found
        ]
        if all(hit and hit.strong and len(hit.documents) == 1 for hit in hits):
            yield hits


def _following(cut: Cut, position: int, length: int) -> Iterator[_Next]:
    """The numbers behind a whole one, be they shortened or written in full again."""
    whole = cut.runs[position : position + length]
    middle = [run for run in whole[:-1] if run.isdigit()]
    last = position + length - 1
    while True:
        digits = range(last + 1, min(last + _WORDS + 3, len(cut.runs)))
        place = next((at for at in digits if cut.runs[at].isdigit()), None)
        if place is None or place in cut.dated:
            return
        begin = place - 1 if place - 1 > last and cut.runs[place - 1] == whole[0] else place
        sign = _sign(cut.between(last, begin))
        end = place + len(middle)
        if cut.runs[place:end] == middle and end < len(cut.runs) and cut.runs[end].isdigit():
            place = end
        elif begin < place:
            return
        if not sign:
            return
        yield _Next(sign, cut.runs[place])
        last = place


def _sign(between: str) -> str:
    word = "".join(re.findall("[A-Z]+", between))
    if word:
        return "," if word in _AND else "..." if word in _UNTIL else ""
    sign = between.strip()
    return "," if sign in _LIST_SIGNS else "-" if sign in _DASHES else ""


def _values(whole: str, rest: list[_Next], *, endings: bool, spans: bool) -> tuple[int, ...]:
    """The numbers meant, without the whole one; empty when they cannot be read like this.

    :param endings: a shorter number replaces the end of the whole one
    :param spans: a dash means all numbers between, too
    """
    found = [int(whole)]
    for sign, digits in rest:
        short = endings and len(digits) < len(whole)
        value = int(whole[: -len(digits)] + digits if short else digits)
        if sign == "..." or (sign == "-" and spans):
            if not 0 < value - found[-1] <= MANY:
                return ()
            found += range(found[-1] + 1, value + 1)
        else:
            found.append(value)
    return tuple(found[1:]) if len(set(found)) == len(found) <= MANY else ()
