"""The shape of a request, declared; ``check`` tells what differs, with a pointer to the place."""

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

REQUIRED = "required", "This field is required."


def number_of(value):
    """A finite Decimal, or None when ``value`` is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@dataclass(frozen=True)
class Text:
    shortest: int = 0
    longest: int | None = None
    choices: tuple = ()
    pattern: str = ""
    null: bool = False
    wrong: str = "Not a valid string."

    def check(self, value, pointer, add):
        if value is None and self.null:
            return
        if value is None:
            add(pointer, "null", "Field may not be null.")
        elif not isinstance(value, str):
            add(pointer, "invalid", "Not a valid string.")
        elif self.choices and value not in self.choices:
            add(pointer, "invalid_choice", f"Must be one of: {', '.join(self.choices)}.")
        elif len(value) < self.shortest:
            add(pointer, *REQUIRED)
        elif self.longest and len(value) > self.longest:
            add(pointer, "invalid", f"Ensure this field has no more than {self.longest} characters.")
        elif self.pattern and value and not re.fullmatch(self.pattern, value):
            add(pointer, "invalid", self.wrong)


@dataclass(frozen=True)
class Number:
    """``text``: written as a string, as Sendcloud writes most numbers. ``whole``: an integer."""

    text: bool = False
    whole: bool = False
    more_than: int | None = None
    choices: tuple = ()
    null: bool = False

    def check(self, value, pointer, add):
        if value is None and self.null:
            return
        kinds = str if self.text else int if self.whole else int | float
        number = number_of(value)
        if isinstance(value, bool) or not isinstance(value, kinds) or number is None:
            add(pointer, "invalid", "Not a valid string." if self.text else "Not a valid number.")
        elif self.choices and value not in self.choices:
            add(pointer, "invalid_choice", f"Must be one of: {', '.join(map(str, self.choices))}.")
        elif self.more_than is not None and number <= self.more_than:
            add(pointer, "min_value", f"Must be greater than {self.more_than}.")


@dataclass(frozen=True)
class Flag:
    def check(self, value, pointer, add):
        if not isinstance(value, bool):
            add(pointer, "invalid", "Must be a valid boolean.")


@dataclass(frozen=True)
class Object:
    """``required`` names must be there; others than ``fields`` are refused only when ``closed``."""

    fields: dict
    required: tuple = ()
    closed: bool = False
    null: bool = False

    def check(self, value, pointer, add):
        if value is None and self.null:
            return
        if not isinstance(value, dict):
            add(pointer, "invalid", "Not a valid object.")
            return
        for name in self.required:
            if value.get(name) is None:
                add(f"{pointer}/{name}", *REQUIRED)
        for name, part in value.items():
            shape = self.fields.get(name)
            if shape is None:
                if self.closed:
                    add(f"{pointer}/{name}", "unknown_field", "Unknown field.")
            elif part is not None or name not in self.required:
                shape.check(part, f"{pointer}/{name}", add)


@dataclass(frozen=True)
class ListOf:
    shape: object
    fewest: int = 0
    most: int | None = None

    def check(self, value, pointer, add):
        if not isinstance(value, list):
            add(pointer, "not_a_list", "Expected a list of items.")
            return
        if len(value) < self.fewest:
            add(pointer, *REQUIRED)
        if self.most and len(value) > self.most:
            add(pointer, "invalid", f"Ensure this field has no more than {self.most} elements.")
            return
        for place, item in enumerate(value):
            self.shape.check(item, f"{pointer}/{place}", add)


@dataclass(frozen=True)
class Either:
    """The shape whose ``key`` is in the value; without a match the first one."""

    shapes: dict = field(default_factory=dict)

    def check(self, value, pointer, add):
        keys = [key for key in self.shapes if isinstance(value, dict) and key in value]
        self.shapes[(keys or list(self.shapes))[0]].check(value, pointer, add)
