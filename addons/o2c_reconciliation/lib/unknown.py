"""Numbers in a text that look like ours but are of no open item: last year's invoice, a mistyped one.

Whoever writes such a number means that document and not whichever one happens to have the amount.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .references import (
    DOCUMENT_WORDS,
    MAX_RUNS,
    NUMBER_WORDS,
    ORDER_WORDS,
    PERSON_WORDS,
    WRITTEN_DATE,
    Cut,
    fold,
    is_date,
    runs,
    structured,
    structured_in,
    unpadded,
)

_PREFIX = re.compile(r"([A-Z]+)[^A-Z0-9]*[0-9]")
CENTURY = "20"
GLUED = 8  # digits of a year and a number written as one
MOMENT = 14  # digits of a day and the time of day
NUMBER_SIGN = "#"

A_DATE = " DATE "  # a word, so that what stands behind a date is not taken for what stands before it

# The lengths of bank account numbers, where payers write them into a text.
_IBAN_LENGTHS = dict(
    AT=20, BE=16, CH=21, CZ=24, DE=22, DK=18, ES=24, FI=18, FR=27, GB=22, IE=22, IT=27, LU=20, NL=18, NO=15
) | dict(PL=28, PT=25, SE=24)
_IBAN = re.compile(rf"\b(?:{'|'.join(_IBAN_LENGTHS)})[0-9]{{2}}(?: ?[A-Z0-9])+")


# A number that stands alone, and what tells that it is the payer's number.
_ALONE = re.compile(r"(?<![A-Z0-9])[0-9]{6,}(?![A-Z0-9])")
_PAYER = re.compile(
    rf"\b(?:{'|'.join(sorted(PERSON_WORDS))})[^A-Z0-9]*(?:{'|'.join(sorted(NUMBER_WORDS))})?[^A-Z0-9]*$"
)
_LOOK_BACK = 30  # characters


class Number(NamedTuple):
    """Digits in a text, with what makes them the number of a document: a word, a sign, a known prefix.

    ``sure``: it can be nothing else; "nr" alone may stand before the number of a house or a month.
    """

    mark: str
    prefix: str
    chain: list[str]
    sure: bool


def prefixes(references: Iterable[str]) -> frozenset[str]:
    """The letters before the numbers of these references (``INV`` of ``INV/2026/00042``)."""
    return frozenset(letters for reference in references for letters in _PREFIX.findall(fold(reference)))


def without_accounts(text: str) -> str:
    """A folded text without the numbers of bank accounts; their digits mean nothing else."""
    return _IBAN.sub(_account_left_out, text)


def _account_left_out(found: re.Match) -> str:
    written = found.group()
    length = _IBAN_LENGTHS[written[:2]]
    places = [place for place, sign in enumerate(written) if sign != " "][:length]
    if len(places) < length:
        return written
    compact = "".join(written[place] for place in places)
    right = int("".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])) % 97 == 1
    return " " + written[places[-1] + 1 :] if right else written


def numbers(text: str, known: frozenset[str]) -> Iterator[Number]:
    """Digits behind a document word, ``#`` or one of the ``known`` prefixes, or a year and a number."""
    cut = Cut(WRITTEN_DATE.sub(A_DATE, text))
    for place, run in enumerate(cut.runs):
        if not run.isdigit():
            continue
        mark = cut.mark(place)
        previous = cut.runs[place - 1] if place else ""
        if previous.isdigit() and mark != NUMBER_SIGN:
            continue
        prefix = previous if previous in known else ""
        others = itertools.takewhile(
            lambda at: cut.runs[at].isdigit() and cut.mark(at) != NUMBER_SIGN,
            range(place + 1, min(place + MAX_RUNS, len(cut.runs))),
        )
        chain = [run, *(cut.runs[at] for at in others)]
        if mark or prefix or _begins_with_year(chain):
            yield Number(mark, prefix, chain, sure=bool(prefix) or cut.calls_document(place))


def _begins_with_year(chain: Sequence[str]) -> bool:
    first = chain[0]
    if not first.startswith(CENTURY):
        return False
    if len(first) == len("2026"):
        return len(chain) > 1 and len(chain[1]) > 2
    return len(first) >= GLUED and not is_date(first) and not _is_moment(first)


def _is_moment(digits: str) -> bool:
    """Whether a number begins with a day and the time of day, as the ids do that banks give to transfers."""
    return len(digits) >= MOMENT and is_date(digits[:8])


class _Own:
    """The numbers of some references, in the ways in which payers may shorten them."""

    def __init__(self, references: Iterable[str]):
        self.whole: set[str] = set()
        self.endings: set[str] = set()
        self.endings_behind: dict[str, set[str]] = defaultdict(set)
        self._digits: set[str] = set()
        for reference in references:
            digits = [run for run in runs(reference) if run.isdigit()]
            ends = set().union(*(_written(digits[start:]) for start in range(len(digits))))
            self.whole |= _written(digits)
            self.endings |= ends
            if not structured(reference):
                self._digits.add("".join(digits))
            for prefix in prefixes([reference]):
                self.endings_behind[prefix] |= ends

    def resembles(self, digits: str) -> bool:
        """Whether digits look like one of these numbers: as many, and with a year if it has one."""
        return any(
            len(own) == len(digits) and (not own.startswith(CENTURY) or digits.startswith(CENTURY))
            for own in self._digits
        )

    def has(self, number: Number, *, whole: bool = False) -> bool:
        """Whether a number in a text is one of these; more digits may follow unless it is the ``whole``."""
        shortest = len(number.chain) if whole else 1
        heads = set().union(*(_written(number.chain[:end]) for end in range(shortest, len(number.chain) + 1)))
        if number.prefix and not heads.isdisjoint(self.endings_behind[number.prefix]):
            return True
        if number.prefix and not number.mark:
            return False
        # "Invoice 42" may be INV/2026/00042; "order 42" and "#42" are the order's whole number.
        short = number.mark in DOCUMENT_WORDS - ORDER_WORDS
        return not heads.isdisjoint(self.endings if short else self.whole)


def _written(digits: Sequence[str]) -> set[str]:
    plain = [unpadded(run) for run in digits]
    return {"|".join(plain), "".join(plain), "".join(digits).lstrip("0")} if digits else set()


def names_one_of(text: str, references: Iterable[str], known: frozenset[str]) -> bool:
    """Whether a text has one of these numbers, be it shortened."""
    named = list(numbers(without_accounts(fold(text)), known))
    return bool(named) and any(map(_Own(references).has, named))


def names_just(text: str, references: Iterable[str], known: frozenset[str]) -> bool:
    """Whether one of these numbers is the only one in a text, and is called that of a document."""
    text = without_accounts(fold(text))
    named = list(numbers(text, known))
    if len(named) != 1 or not named[0].sure:
        return False
    (number,) = named
    digits = [run for run in runs(WRITTEN_DATE.sub(A_DATE, text)) if run.isdigit()]
    if digits != number.chain or (len(digits) == 1 and is_date(digits[0])):
        return False
    return _Own(references).has(number, whole=True)


def means_another(text: str, references: Iterable[str], known: frozenset[str]) -> bool:
    """Whether a text names a document that is none of these, by its number or by a structured reference.

    A number that differs from one of these in a digit may be a mistake, or the invoice before it, which was
    paid or has yet to come: nobody but a person can tell.
    """
    references = list(references)
    text = without_accounts(fold(text))
    special = structured_in(text)
    if special:
        return special.isdisjoint(map(structured, references))
    named = list(numbers(text, known))
    own = _Own(references)
    if named:
        return not any(map(own.has, named))
    alone = list(_alone(text))
    return bool(alone) and own.whole.isdisjoint(map(unpadded, alone)) and any(map(own.resembles, alone))


def _alone(text: str) -> Iterator[str]:
    """Long numbers that nothing in a folded text explains: no days, and not who pays."""
    text = WRITTEN_DATE.sub(A_DATE, text)
    for found in _ALONE.finditer(text):
        start = found.start()
        if not is_date(found.group()) and not _PAYER.search(text, max(0, start - _LOOK_BACK), start):
            yield found.group()
