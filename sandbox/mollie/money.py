"""Money as Mollie writes it: an amount is a string with a fixed number of decimals and a currency."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
FINE = Decimal("0.0001")
ZERO = Decimal("0.00")


def cents(value):
    """``value`` as a Decimal of two decimals; ValueError when it is no amount or is finer than that."""
    try:
        amount = Decimal(str(value))
        rounded = amount.quantize(CENT)
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is not an amount") from error
    if rounded != amount:
        raise ValueError(f"{value!r} has more than two decimals")
    return rounded


def nearest_cent(value):
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def fine(value):
    return value.quantize(FINE, rounding=ROUND_HALF_UP)


def up(value):
    """Away from zero: what Mollie deducts at once for a fee that is not a whole number of cents."""
    return value.quantize(CENT, rounding=ROUND_UP)


def down(value):
    """Toward zero: what is paid out of a balance that holds a fraction of a cent."""
    return value.quantize(CENT, rounding=ROUND_DOWN)


def amount(value, currency):
    return {"value": str(value.quantize(CENT, rounding=ROUND_HALF_UP)), "currency": currency}


def fine_amount(value, currency):
    return {"value": str(fine(value)), "currency": currency}
