"""Edits of an order: what they took off, piece by piece.

https://shopify.dev/docs/apps/build/orders-fulfillment/order-management-apps/edit-orders
"""

from dataclasses import replace
from decimal import Decimal

from .charges import Line
from .money import ZERO, cents, spread
from .refunds import Refund, RefundLine


def edited_off(order):
    """What edits took off that no refund tells of, as removals of one piece each.

    A line's ``currentQuantity`` is its quantity less everything refunded and edited off. A piece
    takes off its share of the line, so that all pieces together come to the whole line.
    The pieces are numbered: an edit that takes off more later adds further removals.
    """
    refunded: dict[str, list[RefundLine]] = {}
    for refund in order.refunds:
        for part in refund.lines:
            refunded.setdefault(part.line_gid, []).append(part)
    for line in order.lines:
        parts = refunded.get(line.gid, [])
        done = sum(part.quantity for part in parts)
        if line.current_quantity is None or order.cancelled_at:
            continue
        gone = line.quantity - line.current_quantity - done
        for number in range(1, gone + 1):
            yield Refund(
                gid=f"{line.gid}#removed-{number}",
                created_at=order.updated_at,
                note="",
                total=ZERO,
                lines=(
                    RefundLine(
                        line_gid=line.gid,
                        quantity=1,
                        subtotal=_piece(line.amount, number, line.quantity),
                        tax=_piece(line.tax, number, line.quantity),
                        restock="CANCEL",
                    ),
                ),
            )


def _piece(amount: Decimal, number: int, quantity: int) -> Decimal:
    return cents(amount * number / quantity) - cents(amount * (number - 1) / quantity)


def reduce_line(line: Line, part: RefundLine) -> Line:
    taxes = spread(part.tax, [tax.amount for tax in line.taxes])
    quantity = line.quantity - part.quantity
    return replace(
        line,
        quantity=quantity,
        amount=line.amount - part.subtotal,
        discount=line.unit_price * quantity - (line.amount - part.subtotal),
        taxes=tuple(
            replace(tax, amount=tax.amount - taken) for tax, taken in zip(line.taxes, taxes, strict=True)
        ),
    )
