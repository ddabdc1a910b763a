"""What Mollie's fees come to in whole cents.

A settlement's totals show costs with four decimals, but what leaves the balance is a whole number
of cents for each transaction, rounded up; the surplus comes back with the monthly bill.
Source: https://help.mollie.com/hc/en-us/articles/20392408185234
So the difference between the totals and the money is no mystery: it can be worked out again from
the transactions and the rates, to the cent.
"""

from decimal import ROUND_UP, Decimal

from .amounts import ZERO, round_to

FINE = Decimal("0.0001")
KINDS = ("capture", "chargeback", "refund")
# Mollie charges these on the whole payment, although it settles only a part of it or nothing.
CHARGED_ON_PAYMENT = ("giftcard", "paypal")


def _concerned(method, items):
    if method in KINDS:
        return [item for item in items if item.kind == method]
    return [item for item in items if item.kind in ("payment", "capture") and item.method == method]


def _basis(item):
    if item.settled is None or item.method in CHARGED_ON_PAYMENT:
        return abs(item.amount.value)
    return abs(item.settled.value)


def fee_in_whole_cents(settlement, items, decimals):
    """:return: what was deducted in all (positive, with VAT) when every transaction's fee is
    rounded up; None when it cannot be told for certain, because a rate could belong to several
    transactions or the transactions do not give the totals."""
    total = ZERO
    cent = Decimal(1).scaleb(-decimals)
    by_method = {}
    for row in settlement.costs:
        by_method.setdefault(row.method, []).append(row)
    for method, rows in by_method.items():
        concerned = _concerned(method, items)
        net, vat = sum((row.net for row in rows), ZERO), sum((row.vat for row in rows), ZERO)
        number = sum(row.count for row in rows)
        if len({(row.fixed, row.percentage) for row in rows}) > 1 or len(concerned) != number:
            return None
        percentage = (vat / net * 100).quantize(Decimal("0.1")) if net else ZERO
        fixed, share = rows[0].fixed, rows[0].percentage
        nets = [round_to(fixed + share * _basis(item) / 100, 4) for item in concerned]
        if abs(sum(nets, ZERO) - net) > FINE * number:
            return None
        fees = (fee + round_to(fee * percentage / 100, 4) for fee in nets)
        total += sum((fee.quantize(cent, rounding=ROUND_UP) for fee in fees), ZERO)
    return total
