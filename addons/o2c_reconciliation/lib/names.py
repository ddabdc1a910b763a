"""Names of people and companies, made comparable.

Only what carries no meaning is removed: accents, case, punctuation, word order, legal forms and forms of
address. Two names with different words stay different, and an initial is a word; nothing is guessed.
"""

from __future__ import annotations

import re

from .references import fold

_WORD = re.compile(r"[A-Z0-9]+")
_DOTTED = re.compile(r"\b[A-Z](?:\. ?[A-Z])+\b\.?")
# Two letters at the beginning are initials rather than a legal form: "S.A. Jansen".
_SHORT_FORMS = frozenset("BV NV SA AG KG EK CO CV UG".split())
_LONG_FORMS = frozenset("SARL SPRL SRL BVBA GMBH OHG EURL SAS SASU LTD LIMITED LLC INC PLC VOF".split())
_FORMS = _SHORT_FORMS | _LONG_FORMS
_NOISE = _LONG_FORMS | frozenset(
    "HR MR MW MEVR DHR MEVROUW MENEER HEER DE HERR FRAU MME MLLE MS MRS EO EN AND UND ET".split()
)


def name_words(name: str) -> frozenset[str]:
    """The words of a name that tell it from others."""
    words = _WORD.findall(_DOTTED.sub(_joined, fold(name)))
    telling = frozenset(
        word
        for place, word in enumerate(words)
        if word not in _NOISE and not (place and word in _SHORT_FORMS)
    )
    return telling or frozenset(words)


def _joined(found: re.Match) -> str:
    """``B.V.`` as one word; initials stay what they are."""
    word = "".join(_WORD.findall(found.group()))
    return f"{word} " if word in (_FORMS if found.start() else _LONG_FORMS) else found.group()


def name_key(name: str) -> str:
    """One spelling for all variants of a name; empty when there is nothing to compare."""
    return " ".join(sorted(name_words(name)))


def contained(name: frozenset[str], words: frozenset[str]) -> float:
    """The share of the words of ``name`` that are among ``words``, 0 to 1."""
    return len(name & words) / len(name) if name else 0.0
