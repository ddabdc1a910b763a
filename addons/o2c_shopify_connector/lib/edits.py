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


def total_of_lines(order):
    """The order with the total that its lines have, where an edit made them cheaper.

    A discount that is added later is among the line's discounts; whether ``totalPriceSet`` follows it is
    nowhere said. Where Shopify's present figures, amount and tax, fall short of the first ones by
    exactly what the lines do, the lines are right.
    """
    missing, tax = order.unexplained, order.unexplained_tax
    if not (order.edited and missing > 0 and tax >= 0):
        return order
    if (order.unexplained_current, order.unexplained_current_tax) != (-missing, -tax):
        return order
    return replace(order, total=order.total - missing, tax_total=order.tax_total - tax)


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
