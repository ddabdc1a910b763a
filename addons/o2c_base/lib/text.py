"""Texts for people, made where no language is known.

A :class:`Text` reads as English and remembers what it was made of, so that it can be said in the reader's
language later: see ``o2c_base/words.py``. A module marks its texts with ``_lt``, the name under which Odoo
finds texts to translate::

    _lt = texts_of(__name__)
    raise RefusedError(_lt("%(shop)s is closed.", shop=name))
"""

from collections.abc import Callable, Iterable


class Text(str):
    """An English text, its template and the values in it.

    A value may be a Text itself, an amount (Decimal) or a date: it is said in the reader's way, too.
    Whatever str's own methods return is English for good; put texts together with :func:`joined`.
    """

    __slots__ = ("addon", "template", "values")

    def __new__(cls, template: str, values: dict, addon: str):
        self = super().__new__(cls, template % values if values else template)
        self.template = template
        self.values = values
        self.addon = addon
        return self

    def __getnewargs__(self):
        return self.template, self.values, self.addon


def texts_of(module: str) -> Callable[..., Text]:
    """What makes the texts of a module in an addon's ``lib``, given the module's ``__name__``.

    Values have names, since their order differs between languages: ``_lt("%(count)s parcels", count=2)``.
    """
    addon = module.partition(".lib.")[0].rpartition(".")[2]

    def text(template: str, **values) -> Text:
        return Text(template, values, addon)

    return text


def joined(parts: Iterable, separator: str = " ") -> Text:
    """Texts in a row: sentences, or a list with ``separator=", "``. Parts may be plain values as well."""
    values = {f"part{number}": part for number, part in enumerate(parts)}
    return Text(separator.join(f"%({name})s" for name in values), values, "o2c_base")
