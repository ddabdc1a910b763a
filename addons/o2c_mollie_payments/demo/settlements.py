"""Settlements as Mollie would answer them, made of payments; no platform is asked."""

from decimal import Decimal

from ..lib.objects import LISTS, parse_item

# Method, or what goes back: how Mollie calls it, fixed part of its fee, percentage of the amount.
METHODS = {
    "ideal": ("iDEAL", Decimal("0.32"), Decimal("0")),
    "bancontact": ("Bancontact", Decimal("0.39"), Decimal("0")),
    "creditcard": ("Credit card", Decimal("0.25"), Decimal("1.8")),
    "klarna": ("Klarna", Decimal("0.35"), Decimal("2.99")),
    "refund": ("Refunds", Decimal("0.25"), Decimal("0")),
    "chargeback": ("Chargebacks", Decimal("15"), Decimal("0")),
}
CENT = Decimal("0.01")


def money(value, currency):
    return {"value": f"{value:.2f}", "currency": currency}


def payment_id(number):
    return f"tr_demo{number:04}"


def payment(number, reference, amount, method, consumer, moment, currency):
    """A payment as a settlement's list shows it."""
    return {
        "resource": "payment",
        "id": payment_id(number),
        "createdAt": f"{moment.isoformat()}+00:00",
        "description": reference,
        "method": method,
        "amount": money(amount, currency),
        "settlementAmount": money(amount, currency),
        "details": {"consumerName": consumer},
    }


def _going_back(kind, identifier, day, paid, **more):
    value = f"-{paid['amount']['value']}"
    return {
        "resource": kind,
        "id": identifier,
        "paymentId": paid["id"],
        "createdAt": f"{day.isoformat()}T10:00:00+00:00",
        "amount": paid["amount"],
        "settlementAmount": {**paid["amount"], "value": value},
        "_embedded": {"payment": paid},
        **more,
    }


def refund(identifier, day, paid):
    """All of the payment ``paid`` given back, as a settlement's list shows it."""
    return _going_back("refund", identifier, day, paid)


def chargeback(identifier, day, paid):
    """The payment ``paid`` taken back by the customer's bank, as a settlement's list shows it."""
    return _going_back("chargeback", identifier, day, paid, reason={"description": "Goods not received"})


def _row(description, method, count, amount, currency, **more):
    """A row of a settlement's totals, without VAT."""
    return {
        "description": description,
        "method": method,
        "count": count,
        "amountNet": money(amount, currency),
        "amountVat": None,
        "amountGross": money(amount, currency),
        **more,
    }


def settlement(number, items, made, paid_out, currency, *, lacking=Decimal(0)):
    """The settlement of these payments, refunds and chargebacks.

    :param lacking: is paid out and explained by nothing
    """
    revenue, costs, total = [], [], Decimal(0)
    groups = {}
    for item in items:
        groups.setdefault(item.get("method") or item["resource"], []).append(item)
    for method, group in groups.items():
        label, fixed, percentage = METHODS[method]
        amounts = [Decimal(item["settlementAmount"]["value"]) for item in group]
        gross, count = sum(amounts), len(amounts)
        net = sum(((fixed + abs(amount) * percentage / 100).quantize(CENT) for amount in amounts), Decimal(0))
        total += gross - net
        revenue.append(_row(label, method, count, gross, currency))
        rate = {"fixed": money(fixed, currency), "percentage": str(percentage)}
        costs.append(_row(label, method, count, net, currency, rate=rate))
    return {
        "resource": "settlement",
        "id": f"stl_demo{number:04}",
        "reference": f"9000001.{made:%y%m}.{number:02}",
        "createdAt": f"{made.isoformat()}+00:00",
        "settledAt": paid_out and f"{paid_out.isoformat()}+00:00",
        "status": "paidout" if paid_out else "pending",
        "amount": money(total + lacking, currency),
        "periods": {str(made.year): {f"{made.month:02}": {"revenue": revenue, "costs": costs}}},
    }


def bill(period, issued, rows, currency):
    """Mollie's bill for a month.

    :param period: as in ``2026-04``
    :param rows: ``{description: (count, amount)}``; without VAT, as in the settlements here
    """
    total = money(sum(amount for _count, amount in rows.values()), currency)
    return {
        "resource": "invoice",
        "id": f"inv_demo{period.replace('-', '')}",
        "reference": f"{period[:4]}.9{period[5:]}001",
        "status": "paid",
        "issuedAt": issued.isoformat(),
        "dueAt": issued.isoformat(),
        "netAmount": total,
        "vatAmount": money(0, currency),
        "grossAmount": total,
        "lines": [
            {
                "period": period,
                "description": description,
                "count": count,
                "vatPercentage": 0,
                "amount": money(amount, currency),
            }
            for description, (count, amount) in rows.items()
        ],
    }


class Answers:
    """Stands where the client of Mollie's API stands when settlements and bills are read."""

    def __init__(self):
        self._items = {}

    def keep(self, identifier, items):
        self._items[identifier] = items

    def settlement_items(self, identifier, name):
        kind = LISTS[name]
        return [parse_item(kind, raw) for raw in self._items[identifier] if raw["resource"] == kind]

    def ledger(self, balance_id):
        return []

    def invoice_pdf(self, invoice):
        return None
