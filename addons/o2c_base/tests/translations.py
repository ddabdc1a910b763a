"""Help for the tests of the addons: every text has its German, French and Dutch translation."""

import io
import re

import polib

from odoo.modules import get_module_path
from odoo.tools.translate import trans_export

LANGUAGES = ("de", "fr", "nl")
# What a translation must keep: values that are filled in, and mark-up.
KEPT = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}|</?\w+|\\n")


class TranslationMixin:
    """Set ``addon``; the files are brought up to date by ``./o2c translations``."""

    addon = ""

    def test_template_has_the_texts_of_the_code(self):
        exported = io.BytesIO()
        trans_export(None, [self.addon], exported, "po", self.env)
        texts = {entry.msgid for entry in polib.pofile(exported.getvalue().decode())}
        committed = {entry.msgid for entry in self._file(f"{self.addon}.pot")}
        self.assertFalse(texts ^ committed, "Run ./o2c translations: these texts came or went.")

    def test_every_text_is_translated(self):
        template = {entry.msgid for entry in self._file(f"{self.addon}.pot")}
        for language in LANGUAGES:
            with self.subTest(language):
                entries = self._file(f"{language}.po")
                self.assertEqual({entry.msgid for entry in entries}, template)
                self.assertFalse([entry.msgid for entry in entries if not entry.translated()])

    def test_translations_keep_values_and_markup(self):
        for language in LANGUAGES:
            wrong = [
                (entry.msgid, entry.msgstr)
                for entry in self._file(f"{language}.po")
                if sorted(KEPT.findall(entry.msgid)) != sorted(KEPT.findall(entry.msgstr))
            ]
            self.assertFalse(wrong, language)

    def _file(self, name):
        return polib.pofile(f"{get_module_path(self.addon)}/i18n/{name}")
