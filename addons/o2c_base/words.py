"""Where texts of ``lib`` become words in somebody's language."""

from datetime import date
from decimal import Decimal

from odoo.tools import format_date, formatLang
from odoo.tools.translate import get_translation

from .lib.text import Text


def in_words(env, text):
    """What ``text`` says in the language of ``env``.

    :param text: a Text of ``lib``, an exception whose message may be one, or any value that a Text may have.
    """
    if isinstance(text, Exception):
        text = text.args[0] if text.args and isinstance(text.args[0], str) else str(text)
    if isinstance(text, Text):
        values = {name: in_words(env, value) for name, value in text.values.items()}
        return get_translation(text.addon, env.lang or "en_US", text.template, values)
    if isinstance(text, Decimal):
        return formatLang(env, float(text), digits=max(0, -text.as_tuple().exponent))
    if isinstance(text, date):
        return format_date(env, text)
    return str(text)
