"""Refunds as the lines of a credit note."""

from dataclasses import dataclass, replace
from decimal import Decimal

from .money import ZERO
from .refunds import Refund


@dataclass(frozen=True)
class Part:
    """One line of a credit note. ``line_id`` is the sale line it takes back, 0 for none."""

    line_id: int
    name: str
    quantity: int
    net: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """With tax."""
        return self.net + self.tax


def adjustment(refund: Refund, explained: Decimal) -> Part | None:
    """The part of a refund that Shopify gives as an order adjustment.

    An adjustment is a difference between what the lines come to and what was given back: more
    (goodwill, shipping of before) or less (a deduction). Its sign in Shopify's answers depends on
    its kind, so the direction is taken from the figures; its size has to fit them exactly.

    :param explained: what the refund's lines come to, with tax.
    :return: the part, or None when nothing is missing or the adjustments do not explain it.
    """
    missing = refund.total - explained
    if not missing or not refund.adjustments:
        return None
    tax = abs(sum((item.tax for item in refund.adjustments), ZERO))
    amount = abs(sum((item.subtotal for item in refund.adjustments), ZERO))
    sign = 1 if missing > 0 else -1
    for gross in (amount, amount + tax):
        if gross == abs(missing):
            return Part(0, "", 1, sign * (gross - tax), sign * tax)
    return None


def group_refunds(refunds: list[Refund]) -> list[list[Refund]]:
    """Refunds one by one; the pieces that edits took off together as one."""
    single = [[refund] for refund in refunds if not refund.is_removal]
    removed = [refund for refund in refunds if refund.is_removal]
    return ([removed] if removed else []) + single


def merge(parts) -> list[Part]:
    """One part for each line that is taken back."""
    merged: dict[int, Part] = {}
    others = []
    for part in parts:
        known = merged.get(part.line_id)
        if not part.line_id:
            others.append(part)
        elif known:
            merged[part.line_id] = replace(
                known,
                quantity=known.quantity + part.quantity,
                net=known.net + part.net,
                tax=known.tax + part.tax,
            )
        else:
            merged[part.line_id] = part
    return [*merged.values(), *others]
