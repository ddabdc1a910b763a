"""Exact amounts: Decimal in, Decimal out. Floats are made only at the border to Odoo's fields.

``places``: the decimals of the currency, as Odoo keeps them. The króna and the yen have none.
"""

from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)


def parse(amount) -> Decimal:
    """Shopify's amount, a decimal string, in the currency it stands beside. None counts as zero."""
    return Decimal(str(amount)) if amount is not None else ZERO


def bag(value: dict | None, *, presentment: bool = False) -> Decimal:
    """The amount of a ``MoneyBag`` in the shop's currency, or in the one the customer saw."""
    if not value:
        return ZERO
    return parse(value["presentmentMoney" if presentment else "shopMoney"]["amount"])


def cents(amount: Decimal, places: int) -> Decimal:
    """Rounded half up to ``places`` decimals, as invoices are."""
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def share(total: Decimal, part: Decimal, whole: Decimal, places: int) -> Decimal:
    """``part`` / ``whole`` of ``total``, rounded; everything when ``whole`` is zero."""
    if not whole:
        return total
    return cents(total * part / whole, places)


def spread(total: Decimal, weights: list[Decimal], places: int) -> list[Decimal]:
    """``total`` divided in proportion to ``weights`` so that the parts add up to it exactly."""
    if not weights:
        return []
    whole = sum(weights, ZERO)
    parts, used_weight, used = [], ZERO, ZERO
    for index, weight in enumerate(weights):
        used_weight += weight
        if index == len(weights) - 1:
            upto = total
        elif whole:
            upto = cents(total * used_weight / whole, places)
        else:
            upto = cents(total * (index + 1) / len(weights), places)
        parts.append(upto - used)
        used = upto
    return parts
