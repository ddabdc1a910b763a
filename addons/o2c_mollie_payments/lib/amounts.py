"""Amounts and moments as Mollie writes them.

An amount is ``{"value": "10.00", "currency": "EUR"}``: the value is a string, so it stays exact.
Settlement periods carry four decimals, everything else the decimals of the currency.
Moments are ISO 8601; two forms are in use (``2018-04-06T06:00:01.0Z`` in older answers,
``2024-04-06T09:41:44+00:00`` today). Both are UTC.
Source: https://docs.mollie.com/reference/common-data-types
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from ...o2c_base.lib.http import UnexpectedShape
from ...o2c_base.lib.text import texts_of

_lt = texts_of(__name__)

MOMENT = re.compile(r"^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?$")
ZERO = Decimal("0")


@dataclass(frozen=True)
class Money:
    """A signed amount of ``currency`` (ISO 4217 code), exact."""

    value: Decimal
    currency: str


def _no_amount(raw, what):
    return UnexpectedShape(
        _lt("Mollie sent an amount that cannot be read (%(what)s): %(raw)s", what=what, raw=repr(raw))
    )


def parse_money(raw, what):
    """:return: Money, or None when Mollie left the amount out.

    :param str what: what the amount belongs to, named in the error.
    :raises UnexpectedShape: the amount is there but is not an amount.
    """
    if raw is None:
        return None
    try:
        value = Decimal(str(raw["value"]))
        currency = raw["currency"]
    except (KeyError, TypeError, InvalidOperation) as error:
        raise _no_amount(raw, what) from error
    if not value.is_finite() or not isinstance(currency, str):
        raise _no_amount(raw, what)
    return Money(value, currency)


def parse_moment(raw):
    """:return: a naive datetime in UTC, or None when there is none or it is no valid moment.

    Published examples hold impossible days (31 April); a date that cannot be read must not stop
    an import whose amounts are right, so it counts as unknown.
    """
    match = MOMENT.match(raw) if isinstance(raw, str) else None
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
    except ValueError:
        return None
    zone = match.group(7)
    if zone and zone != "Z":
        sign = -1 if zone[0] == "-" else 1
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        moment -= sign * offset
    return moment.replace(tzinfo=None)


def round_to(value, decimals):
    """Round half away from zero to ``decimals`` places: how Mollie's invoices round."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
