"""Edits of an order: what they took off, piece by piece.

https://shopify.dev/docs/apps/build/orders-fulfillment/order-management-apps/edit-orders
"""

from dataclasses import replace
from decimal import Decimal

from .charges import Line
from .money import ZERO, cents, spread
from .refunds import Refund, RefundLine


def edited_off(order, known):
    """What edits took off that no refund tells of, as removals of one piece each.

    A line's ``currentQuantity`` is its quantity less everything refunded and edited off. A piece
    takes off its share of the line, so that all pieces together come to the whole line.
    The pieces are numbered: an edit that takes off more later adds further removals.

    :param known: removal gid -> (subtotal, tax) of pieces that were booked already; what happens to the
        line later does not change them.
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
        gids = [f"{line.gid}#removed-{number}" for number in range(1, gone + 1)]
        booked = [known[gid] for gid in gids if gid in known]
        amount = line.amount - sum((subtotal for subtotal, _tax in booked), ZERO)
        tax = line.tax - sum((part_tax for _subtotal, part_tax in booked), ZERO)
        number, left = 0, line.quantity - len(booked)
        for gid in gids:
            figures = known.get(gid)
            if not figures:
                number += 1
                figures = tuple(_piece(whole, number, left, order.places) for whole in (amount, tax))
            yield Refund(
                gid=gid,
                created_at=order.updated_at,
                note="",
                total=ZERO,
                lines=(RefundLine(line.gid, 1, *figures, restock="CANCEL"),),
            )


def keeping(order, known):
    """The order with the figures of pieces that were booked already, at what the customer owes now.

    Where Shopify spreads a discount of today over pieces that were taken off yesterday, too, they seem to
    have been worth less than was booked. The lines take the difference.

    :param known: see :func:`edited_off`.
    """
    refunds, more, more_tax = [], {}, {}
    for refund in order.refunds:
        if refund.gid in known:
            [part] = refund.lines
            subtotal, tax = known[refund.gid]
            more[part.line_gid] = more.get(part.line_gid, ZERO) + subtotal - part.subtotal
            more_tax[part.line_gid] = more_tax.get(part.line_gid, ZERO) + tax - part.tax
            refund = replace(refund, lines=(replace(part, subtotal=subtotal, tax=tax),))
        refunds.append(refund)
    lines = tuple(
        _raised(line, more.get(line.gid, ZERO), more_tax.get(line.gid, ZERO), order.places)
        for line in order.lines
    )
    tax = sum(more_tax.values(), ZERO)
    return replace(
        order,
        refunds=tuple(refunds),
        lines=lines,
        total=order.total + sum(more.values(), ZERO) + (ZERO if order.taxes_included else tax),
        tax_total=order.tax_total + tax,
    )


def _raised(line: Line, amount: Decimal, tax: Decimal, places: int) -> Line:
    shares = spread(tax, [item.amount for item in line.taxes], places)
    return replace(
        line,
        amount=line.amount + amount,
        discount=line.discount - amount,
        taxes=tuple(
            replace(item, amount=item.amount + more) for item, more in zip(line.taxes, shares, strict=True)
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


def _piece(amount: Decimal, number: int, quantity: int, places: int) -> Decimal:
    return cents(amount * number / quantity, places) - cents(amount * (number - 1) / quantity, places)


def reduce_line(line: Line, part: RefundLine, places: int) -> Line:
    taxes = spread(part.tax, [tax.amount for tax in line.taxes], places)
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
