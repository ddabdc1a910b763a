"""Names of people and companies, made comparable.

Only what carries no meaning is removed: accents, case, punctuation, word order, legal forms and forms of
address. Two names with different words stay different; nothing is guessed.
"""

from __future__ import annotations

import re

from .references import fold

_WORD = re.compile(r"[A-Z0-9]+")
_NOISE = frozenset(
    "BV B V NV N SA S A SARL SPRL SRL BVBA GMBH UG "
    "AG KG OHG EK EURL SAS SASU LTD LIMITED LLC INC PLC CO VOF CV "
    "HR MR MW MEVR DHR MEVROUW MENEER HEER DE HERR FRAU MME MLLE MS MRS EO EN AND UND ET".split()
)


def name_words(name: str) -> frozenset[str]:
    """The words of a name that tell it from others."""
    words = _WORD.findall(fold(name))
    telling = frozenset(word for word in words if word not in _NOISE)
    return telling or frozenset(words)


def name_key(name: str) -> str:
    """One spelling for all variants of a name; empty when there is nothing to compare."""
    return " ".join(sorted(name_words(name)))


def contained(name: frozenset[str], words: frozenset[str]) -> float:
    """The share of the words of ``name`` that are among ``words``, 0 to 1."""
    return len(name & words) / len(name) if name else 0.0
