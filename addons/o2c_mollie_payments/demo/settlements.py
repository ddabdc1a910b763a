"""Settlements as Mollie would answer them, made of payments; no platform is asked."""

from decimal import Decimal

from ..lib.objects import parse_item

# Method: how Mollie calls it, fixed part of its fee, percentage of the amount.
METHODS = {
    "ideal": ("iDEAL", Decimal("0.32"), Decimal("0")),
    "bancontact": ("Bancontact", Decimal("0.39"), Decimal("0")),
    "creditcard": ("Credit card", Decimal("0.25"), Decimal("1.8")),
    "klarna": ("Klarna", Decimal("0.35"), Decimal("2.99")),
}
CENT = Decimal("0.01")


def money(value, currency):
    return {"value": f"{value:.2f}", "currency": currency}


def payment(number, reference, amount, method, consumer, moment, currency):
    """A payment as a settlement's list shows it."""
    return {
        "resource": "payment",
        "id": f"tr_demo{number:04}",
        "createdAt": f"{moment.isoformat()}+00:00",
        "description": reference,
        "method": method,
        "amount": money(amount, currency),
        "settlementAmount": money(amount, currency),
        "details": {"consumerName": consumer},
    }


def settlement(number, payments, made, paid_out, currency, *, lacking=Decimal(0)):
    """The settlement of these payments; ``lacking`` is paid out and explained by nothing."""
    revenue, costs, total = [], [], Decimal(0)
    for method, (label, fixed, percentage) in METHODS.items():
        amounts = [Decimal(item["amount"]["value"]) for item in payments if item["method"] == method]
        if not amounts:
            continue
        gross = sum(amounts)
        net = sum(((fixed + amount * percentage / 100).quantize(CENT) for amount in amounts), Decimal(0))
        total += gross - net
        revenue.append(
            {
                "description": label,
                "method": method,
                "count": len(amounts),
                "amountNet": money(gross, currency),
                "amountVat": None,
                "amountGross": money(gross, currency),
            }
        )
        costs.append(
            {
                "description": label,
                "method": method,
                "count": len(amounts),
                "rate": {"fixed": money(fixed, currency), "percentage": str(percentage)},
                "amountNet": money(net, currency),
                "amountVat": None,
                "amountGross": money(net, currency),
            }
        )
    return {
        "resource": "settlement",
        "id": f"stl_demo{number:04}",
        "reference": f"9000001.{made:%y%m}.{number:02}",
        "createdAt": f"{made.isoformat()}+00:00",
        "settledAt": paid_out and f"{paid_out.isoformat()}+00:00",
        "status": "paidout" if paid_out else "pending",
        "amount": money(total + lacking, currency),
        "periods": {str(made.year): {str(made.month): {"revenue": revenue, "costs": costs}}},
    }


class Answers:
    """Stands where the client of Mollie's API stands when settlements are read."""

    def __init__(self):
        self._payments = {}

    def keep(self, identifier, payments):
        self._payments[identifier] = payments

    def settlement_items(self, identifier, name):
        if name != "payments":
            return []
        return [parse_item("payment", raw) for raw in self._payments[identifier]]

    def ledger(self, balance_id):
        return []
