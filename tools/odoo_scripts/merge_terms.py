"""Brings addons/*/i18n up to date with exported templates: merge_terms.py FOLDER ADDONS_FOLDER.

New texts come in untranslated, texts that are gone go, and translations stay. Prints what is untranslated.
"""

import sys
from pathlib import Path

import polib

LANGUAGES = ("de", "fr", "nl")
METADATA = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}


def main(folder: Path, addons: Path) -> None:
    for template in sorted(folder.glob("*.pot")):
        addon = template.stem
        terms = polib.pofile(str(template), wrapwidth=110)
        i18n = addons / addon / "i18n"
        i18n.mkdir(exist_ok=True)
        _save(terms, i18n / template.name)
        for language in LANGUAGES:
            path = i18n / f"{language}.po"
            before = polib.pofile(str(path)) if path.exists() else []
            known = {entry.msgid: entry.msgstr for entry in before}
            merged = polib.pofile(str(template), wrapwidth=110)
            for entry in merged:
                entry.msgstr = known.get(entry.msgid, "")
            _save(merged, path, Language=language)
            missing = sum(not entry.msgstr for entry in merged)
            print(f"{addon} {language}: {len(merged)} texts, {missing} untranslated")


def _save(terms: polib.POFile, path: Path, **more: str) -> None:
    """Write without what differs at every run: dates and program versions."""
    terms.header = f"Order to Cash: the texts of {path.parent.parent.name}."
    terms.metadata = METADATA | more
    terms.save(str(path))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
