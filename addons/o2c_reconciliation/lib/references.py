"""Document references inside the free text of a bank line.

A text is cut into runs of letters and runs of digits. A reference is looked up as a chain of such
runs, so that ``INV/2026/00042``, ``inv 2026-42`` and ``INV202600042`` are the same thing while
``INV/2026/0004`` is not. Every lookup is a dictionary access; the cost of a text is its number of
runs times the (bounded) length of a reference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

_RUN = re.compile(r"[A-Z]+|[0-9]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_LETTERS = re.compile(r"[A-Z]*")
_DATE = re.compile(r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_MONTHS = "JAN|FEB|FEV|MRT|MAR|MAA|APR|AVR|MEI|MAI|MAY|JUN|JUI|JUL|AUG|AOU|SEP|OKT|OCT|NOV|DEC|DEZ"
_DAY = "(?:0?[1-9]|[12][0-9]|3[01])"
# A day as people write it; not what stands behind letters or digits and a separator.
WRITTEN_DATE = re.compile(
    rf"(?<![A-Z0-9][-/.])\b(?:20[0-9]{{2}}[-/.](?:0?[1-9]|1[0-2])[-/.]{_DAY}"
    rf"|{_DAY}[-/.](?:0?[1-9]|1[0-2])[-/.](?:20)?[0-9]{{2}}|{_DAY}[. ]{{1,2}}(?:{_MONTHS})[A-Z]*)\b"
)
_GLUE = frozenset({"", "/", "-", ".", "_"})
# Letters that Unicode does not take apart into a plain one and an accent.
_PLAIN = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D"}
    | {"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss", "ẞ": "SS", "þ": "th", "Þ": "TH"}
)
MAX_RUNS = 12
LONGEST = 27  # characters of a structured reference
MIN_BARE = 5
MIN_BARE_DIGITS = 8
MIN_PLAIN_DIGITS = 6

MANY = 20  # a reference of more documents than this names none of them

# Words after which a short bare number is meant as the number of a document.
ORDER_WORDS = frozenset(
    "ORDER ORDERS ORDERNR ORDERNUMMER BESTELLING BESTELLINGEN BESTELNR BESTELNUMMER BESTELLUNG BESTELLNR "
    "BESTELLNUMMER AUFTRAG AUFTRAGSNR AUFTRAGSNUMMER COMMANDE COMMANDES CMD CDE".split()
)
NUMBER_WORDS = frozenset("NR NO N NUMMER NUMBER NUMERO REF REFERENCE REFERENTIE REFERENZ".split())
DOCUMENT_WORDS = (
    frozenset(
        "INVOICE INVOICES INV FACTUUR FACTUREN FACTUURNR FACTUURNUMMER FACT FAKTUUR FACTURE FACTURES "
        "RECHNUNG RECHNUNGEN RECHNUNGSNR RECHNUNGSNUMMER RG NOTA CREDITNOTA GUTSCHRIFT AVOIR "
        "KENMERK BETALINGSKENMERK".split()
    )
    | ORDER_WORDS
    | NUMBER_WORDS
)
# A number that follows one of these and "number" tells who pays, not what.
PERSON_WORDS = frozenset("KLANT KD KUNDE KUNDEN KUND CLIENT CUSTOMER RELATIE LID DEBITEUR DEBITOR".split())


def fold(text: str) -> str:
    """Upper case without accents, so that texts of any bank compare equal."""
    if text.isascii():
        return text.upper()
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text.translate(_PLAIN))).upper()


def runs(text: str) -> list[str]:
    """Cut a text into runs of letters and of digits, in order, folded."""
    return _RUN.findall(fold(text))


def unpadded(run: str) -> str:
    """A run without zero padding."""
    return run.lstrip("0") or "0"


def forms_of(reference: str) -> tuple[str, str]:
    """A whole reference as an index keeps it: written as one, and in its runs without zero padding."""
    parts = runs(reference)
    return "".join(parts), "|".join(map(unpadded, parts))


def bare_forms_of(parts: list[str]) -> set[str]:
    """A number without its letters, with and without zero padding, as far as that tells enough."""
    digits = [run for run in parts if run.isdigit()]
    if len(digits) == len(parts):
        return set()
    return {form for form in ("".join(digits), "|".join(map(unpadded, digits))) if len(form) >= MIN_BARE}


def all_forms_of(reference: str) -> set[str]:
    """Every form by which an index knows a reference."""
    compact, canonical = forms_of(reference)
    special = _structured(compact)
    return {special} if special else {compact, canonical, *bare_forms_of(runs(reference))}


class Cut:
    """A text cut into runs. What stands before a run is looked up only when a number is found there."""

    def __init__(self, text: str):
        self._folded = fold(text)
        self.runs: list[str] = _RUN.findall(self._folded)

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        return [found.span() for found in _RUN.finditer(self._folded)]

    @cached_property
    def dated(self) -> frozenset[int]:
        """Which runs belong to a day."""
        places = {start: place for place, (start, _end) in enumerate(self._places)}
        days = (day.span() for day in WRITTEN_DATE.finditer(self._folded))
        return frozenset(places[run.start()] for day in days for run in _RUN.finditer(self._folded, *day))

    def is_day(self, place: int, length: int) -> bool:
        """Whether all digits of a chain are those of a day."""
        chain = range(place, place + length)
        return all(at in self.dated for at in chain if self.runs[at].isdigit())

    def between(self, place: int, other: int) -> str:
        """What stands between two runs, folded."""
        return self._folded[self._places[place][1] : self._places[other][0]]

    def before(self, place: int) -> tuple[str, str]:
        """The run before this one, and what stands between the two; empty at the beginning."""
        previous, end = (self.runs[place - 1], self._places[place - 1][1]) if place else ("", 0)
        return previous, self._folded[end : self._places[place][0]]

    def mark(self, place: int) -> str:
        """The document word or the number sign that stands before a run; empty when there is none."""
        previous, between = self.before(place)
        if between.rstrip(" ").endswith("#"):
            return "#"
        if previous not in DOCUMENT_WORDS or (previous == "N" and "\N{DEGREE SIGN}" not in between):
            return ""
        personal = previous in NUMBER_WORDS and place > 1 and self.runs[place - 2] in PERSON_WORDS
        return "" if personal else previous

    def calls_document(self, place: int) -> bool:
        """Whether what stands before a run says that it is of a document; "nr" may be that of a house."""
        mark = self.mark(place)
        before = self.runs[place - 2] if place > 1 else ""
        return bool(mark) and (mark not in NUMBER_WORDS or before in DOCUMENT_WORDS - NUMBER_WORDS)

    def broken_after(self, place: int) -> bool:
        """Whether white space stands behind a run."""
        return any(map(str.isspace, self.before(place + 1)[1]))

    def prefixed(self, place: int, known: set[str]) -> bool:
        """Whether letters belong to a number: those before it are a known prefix, or nothing but a
        separator such as a slash is between them."""
        previous, between = self.before(place)
        return previous.isalpha() and (between in _GLUE or previous in known)


def is_belgian(digits: str) -> bool:
    """Whether 12 digits are a Belgian structured communication (the last two are the rest modulo 97)."""
    if len(digits) != 12 or not digits.isdigit():
        return False
    return (int(digits[:10]) % 97 or 97) == int(digits[10:])


_SWISS = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)


def is_swiss(digits: str) -> bool:
    """Whether 27 digits are the reference of a Swiss QR bill (the last one is their recursive modulo 10)."""
    if len(digits) != 27 or not digits.isdigit():
        return False
    carried = 0
    for digit in digits[:-1]:
        carried = _SWISS[(carried + int(digit)) % 10]
    return (10 - carried) % 10 == int(digits[-1])


def is_rf(compact: str) -> bool:
    """Whether a string is a creditor reference of ISO 11649 (RF, two check digits, 1 to 21 characters)."""
    if not re.fullmatch(r"RF[0-9]{2}[A-Z0-9]{1,21}", compact):
        return False
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def structured(reference: str) -> str | None:
    """The canonical form of a structured reference, or None when its check digits are wrong.

    Zero padding after the check digits of an RF reference does not change them, so it is dropped.
    """
    return _structured("".join(_RUN.findall(fold(reference))))


def _structured(compact: str) -> str | None:
    if compact.startswith("RF"):
        return compact[:4] + compact[4:].lstrip("0") if is_rf(compact) else None
    return compact if is_belgian(compact) or is_swiss(compact) else None


def structured_in(text: str) -> set[str]:
    """The canonical forms of all structured references in a text, whichever documents they are of."""
    return {form for chain in _chains(text) if (form := _structured(chain))}


def _chains(text: str) -> Iterator[str]:
    """What could be a structured reference in a text: its runs written as one, from each number or RF on."""
    parts = runs(text)
    for start, first in enumerate(parts):
        if first == "RF" or first.isdigit():
            chain = ""
            for run in parts[start : start + MAX_RUNS]:
                chain += run
                if len(chain) > LONGEST:
                    break
                yield chain


@dataclass(frozen=True, slots=True)
class Hit:
    """A reference found in a text: the documents it names, and whether it can stand alone.

    ``full``: it has its own letters or check digits, so that hardly anybody else's number looks like it.
    """

    form: str
    documents: frozenset[str]
    strong: bool
    full: bool = False


class _Forms:
    """Documents by one way to write their references.

    Nearly every form is of one document. A set for each would be an object that Python's garbage collection
    visits again and again; a string is none.
    """

    def __init__(self):
        self.first: dict[str, str] = {}
        self._several: dict[str, set[str]] = {}

    def put(self, form: str, document: str) -> None:
        first = self.first.setdefault(form, document)
        if first != document:
            several = self._several.setdefault(form, {first})
            if len(several) <= MANY:
                several.add(document)

    def of(self, form: str) -> frozenset[str]:
        """The documents of a form; when they are very many, so many that it tells nothing."""
        if form in self._several:
            return frozenset(self._several[form])
        return frozenset((self.first[form],)) if form in self.first else frozenset()


class ReferenceIndex:
    """Documents by every form in which their references may be written."""

    def __init__(self):
        self._strong, self._weak, self._bare, self._structured = _Forms(), _Forms(), _Forms(), _Forms()
        self._prefixes: set[str] = set()
        self._beginnings: set[str] = set()
        self._longest = 1
        self.steps = 0

    def add(self, reference: str, document: str) -> None:
        """Make ``document`` findable under ``reference``; one without a digit is ignored."""
        parts = runs(reference)
        digits = [run for run in parts if run.isdigit()]
        if not digits or len(parts) > MAX_RUNS:
            return
        self._longest = max(self._longest, len(parts))
        compact, canonical = forms_of(reference)
        special = _structured(compact)
        if special:
            self._structured.put(special, document)
            return
        self._begin(compact)
        lettered = len(digits) < len(parts)
        long_enough = len(compact) >= (5 if lettered else MIN_PLAIN_DIGITS)
        self._put(compact, document, strong=long_enough)
        significant = sum(len(unpadded(run)) for run in digits)
        letters = sum(len(run) for run in parts if not run.isdigit())
        self._put(canonical, document, strong=letters >= 2 and significant >= 3)
        self._prefixes.update(run for run in parts if not run.isdigit())
        for form in bare_forms_of(parts):
            self._bare.put(form, document)

    def _begin(self, compact: str) -> None:
        """Remember with which letters a chain may begin; they may be broken up, too."""
        letters = _LETTERS.match(compact).group()
        if letters not in self._beginnings:
            self._beginnings.update(letters[:end] for end in range(1, len(letters) + 1))

    def _put(self, form: str, document: str, *, strong: bool) -> None:
        (self._strong if strong else self._weak).put(form, document)

    def find_structured(self, text: str) -> list[Hit]:
        """The structured references of known documents that stand in a text, check digits verified."""
        if not self._structured.first:
            return []
        hits: dict[str, Hit] = {}
        for chain in _chains(text):
            self.steps += 1
            form = _structured(chain)
            if form in self._structured.first:
                hits[form] = Hit(form, self._structured.of(form), strong=True, full=True)
        return list(hits.values())

    def find(self, text: str) -> list[Hit]:
        """The references of known documents in a text: at each place the longest, each document form once."""
        hits: dict[str, Hit] = {}
        for _position, _length, hit in self.places(Cut(text)):
            known = hits.get(hit.form)
            if known is None or (hit.strong and not known.strong):
                hits[hit.form] = hit
        return list(hits.values())

    def places(self, cut: Cut) -> Iterator[tuple[int, int, Hit]]:
        """(position of the first run, how many runs, what they name)"""
        position = 0
        while position < len(cut.runs):
            self.steps += 1
            hit, length = None, 1
            # Most words of a text begin no reference at all.
            if cut.runs[position].isdigit() or cut.runs[position] in self._beginnings:
                hit, length = self._longest_at(cut, position)
            if hit:
                yield position, length, hit
            position += length

    def named_by(self, parts: list[str], cut: Cut, position: int) -> Hit | None:
        """What these runs would name if they stood at this position."""
        self.steps += 1
        return self._looked_up("".join(parts), "|".join(map(unpadded, parts)), cut, position)

    def _longest_at(self, cut: Cut, position: int) -> tuple[Hit | None, int]:
        best, best_length, best_spelled = None, 1, False
        compact = canonical = ""
        # A number may be broken up by spaces, so a chain can be longer than the reference it spells.
        for length, run in enumerate(cut.runs[position : position + self._longest + 3], 1):
            self.steps += 1
            compact += run
            canonical = f"{canonical}|{unpadded(run)}" if canonical else unpadded(run)
            hit = self._at(compact, canonical, cut, position, length)
            if hit:
                if best_spelled and cut.broken_after(position + best_length - 1):
                    # "F2026-4 2 chairs" is not sure to be F2026-42.
                    hit = replace(hit, documents=hit.documents | best.documents)
                best, best_length, best_spelled = hit, length, hit.form == compact
        return best, best_length

    def _at(self, compact: str, canonical: str, cut: Cut, position: int, length: int) -> Hit | None:
        hit = self._looked_up(compact, canonical, cut, position)
        if hit and cut.is_day(position, length):
            return None
        # Eight digits may be a day, too: a number only if they are all of it and stand behind a word for it.
        if hit and length in (1, 3) and is_date(compact):
            known = compact in self._strong.first or compact in self._weak.first
            return hit if known and cut.mark(position) else None
        return hit

    def _looked_up(self, compact: str, canonical: str, cut: Cut, position: int) -> Hit | None:
        for form in (compact, canonical):
            if form in self._strong.first:
                full = not form.replace("|", "").isdigit()
                return Hit(form, self._strong.of(form) | self._bare.of(form), strong=True, full=full)
            if form in self._weak.first:
                documents = self._weak.of(form) | self._bare.of(form)
                return Hit(form, documents, strong=bool(cut.mark(position)))
        for form in (compact, canonical):
            if form in self._bare.first:
                # Behind the prefix of another kind of document the same number means another document.
                if cut.prefixed(position, self._prefixes):
                    return None
                long_enough = form == compact and len(form) >= MIN_BARE_DIGITS and not is_date(form)
                return Hit(form, self._bare.of(form), strong=long_enough or bool(cut.mark(position)))
        return None


def is_date(digits: str) -> bool:
    """Whether eight digits are a day of this century: year, month, day."""
    return bool(_DATE.fullmatch(digits))
