"""The ``periods`` of a settlement: revenue and costs by month, method and rate, at four decimals."""

from zoneinfo import ZoneInfo

from .money import ZERO, fine_amount
from .records import Capture, Chargeback, Payment, Refund
from .tariff import METHOD_NAMES

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
# Fees in one sum; the rows of costs say what they are for.
PREPAYMENT = "fee-prepayment"
# How periods name what no list shows; all else has no method.
LISTLESS = {
    "application-fee": "applicationfee",
    "rolling-reserve-hold": "rollingreserve",
    "rolling-reserve-release": "rollingreserve",
}


def month_of(movement):
    """Year and month, as ("2026", "04"), in which the transaction took place in Amsterdam."""
    moment = movement.source.created_at if movement.source is not None else movement.created_at
    local = moment.astimezone(AMSTERDAM)
    return f"{local.year:04d}", f"{local.month:02d}"


def labels(movement):
    """Method and description under which Mollie totals a movement; no method where there is no list for
    it.
    """
    source = movement.source
    if isinstance(source, Payment | Capture):
        payment = source if isinstance(source, Payment) else source.payment
        return payment.method, METHOD_NAMES[payment.method]
    if isinstance(source, Refund):
        return "refund", f"Refunds {METHOD_NAMES[source.payment.method]}"
    if isinstance(source, Chargeback):
        return "chargeback", f"Chargebacks {METHOD_NAMES[source.payment.method]}"
    return LISTLESS.get(movement.type), movement.description


def periods(balance, settlement, invoices=()):
    """The JSON of ``periods``. Revenue minus costs is the amount, but for what rounding took per fee."""
    months = {}
    for movement in settlement.movements:
        months.setdefault(month_of(movement), []).append(movement)
    issued = {invoice.period: invoice for invoice in invoices}
    result = {}
    for (year, month), movements in sorted(months.items()):
        entry = {"revenue": _revenue(balance, movements), "costs": _costs(balance, movements)}
        invoice = issued.get(f"{year}-{month}")
        entry["invoiceId"] = invoice.id if invoice else None
        entry["invoiceReference"] = invoice.reference if invoice else None
        result.setdefault(year, {})[month] = entry
    return result


def _revenue(balance, movements):
    groups = {}
    for movement in movements:
        if movement.type == PREPAYMENT:
            continue
        if isinstance(movement.source, Payment) and movement.source.settled is None:
            continue
        count, total = groups.get(labels(movement), (0, ZERO))
        groups[labels(movement)] = count + 1, total + movement.initial
    return [
        {
            "description": description,
            "method": method,
            "count": count,
            "amountNet": fine_amount(total, balance.currency),
            "amountVat": None,
            "amountGross": fine_amount(total, balance.currency),
        }
        for (method, description), (count, total) in groups.items()
    ]


def _costs(balance, movements):
    groups = {}
    for movement in movements:
        if movement.rate is None:
            continue
        method, description = labels(movement)
        count, net, vat = groups.get((method, description, movement.rate), (0, ZERO, ZERO))
        groups[method, description, movement.rate] = (
            count + 1,
            net + movement.fee_net,
            vat + balance.vat(movement.fee_net),
        )
    return [
        {
            "description": description,
            "method": method,
            "count": count,
            "rate": {
                "fixed": fine_amount(rate.fixed, balance.currency),
                "percentage": str(rate.percentage) if rate.percentage else None,
            },
            "amountNet": fine_amount(net, balance.currency),
            "amountVat": fine_amount(vat, balance.currency) if vat else None,
            "amountGross": fine_amount(net + vat, balance.currency),
        }
        for (method, description, rate), (count, net, vat) in groups.items()
    ]
