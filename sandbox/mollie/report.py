"""The balance report: opening, what came and went, closing; days in Amsterdam, ``until`` not included."""

from .money import ZERO, amount
from .periods import AMSTERDAM

CATEGORIES = {
    "payment": "payments",
    "capture": "payments",
    "refund": "refunds",
    "returned-refund": "refunds",
    "chargeback": "chargebacks",
    "chargeback-reversal": "chargebacks",
    "outgoing-transfer": "transfers",
    "incoming-transfer": "transfers",
    "returned-transfer": "transfers",
}
TOTALS = ("payments", "refunds", "capital", "chargebacks", "transfers", "corrections")


def _day(movement):
    return movement.created_at.astimezone(AMSTERDAM).date()


def report(state, balance, start, until):
    """Grouped by transaction category. What is pending is told as it stands now."""
    currency = balance.currency
    before = sum((item.result for item in balance.movements if _day(item) < start), ZERO)
    inside = [item for item in balance.movements if start <= _day(item) < until]
    totals = {}
    for category in TOTALS:
        items = [item for item in inside if CATEGORIES.get(item.type, "corrections") == category]
        totals[category] = _category(items, currency)
    fees = -sum((item.fee for item in inside), ZERO)
    totals["fee-prepayments"] = {
        "pending": _subtotal(ZERO, currency),
        "movedToAvailable": _subtotal(ZERO, currency),
        "immediatelyAvailable": _subtotal(fees, currency),
    }
    after = before + sum((item.result for item in inside), ZERO)
    return {
        "resource": "balance-report",
        "balanceId": balance.id,
        "timeZone": "Europe/Amsterdam",
        "from": start.isoformat(),
        "until": until.isoformat(),
        "grouping": "transaction-categories",
        "totals": {
            "open": _stand(before, ZERO, currency),
            **totals,
            "close": _stand(after, balance.pending_amount, currency),
        },
        "_links": {
            "self": {
                "href": f"{state.endpoint}/v2/balances/{balance.id}/report",
                "type": "application/hal+json",
            },
            "documentation": {
                "href": "https://docs.mollie.com/reference/get-balance-report",
                "type": "text/html",
            },
        },
    }


def _subtotal(value, currency, subtotals=()):
    return {"amount": amount(value, currency), "subtotals": list(subtotals)}


def _stand(available, pending, currency):
    return {
        "available": {"amount": amount(available, currency)},
        "pending": {"amount": amount(pending, currency)},
    }


def _category(items, currency):
    by_type = {}
    for item in items:
        by_type.setdefault(item.type, []).append(item.initial)
    subtotals = [
        {"transactionType": kind, "count": len(values), "amount": amount(sum(values), currency)}
        for kind, values in by_type.items()
    ]
    return {
        "pending": _subtotal(ZERO, currency),
        "movedToAvailable": _subtotal(sum((item.initial for item in items), ZERO), currency, subtotals),
        "immediatelyAvailable": _subtotal(ZERO, currency),
    }
