"""Short ways to write lines, items and rules."""

from datetime import date
from decimal import Decimal

from o2c_lib.o2c_reconciliation.lib.matching import BankLine, OpenItem, Rule, match_lines

DAY = date(2026, 11, 10)
ORDER = (
    "platform_payment",
    "platform_refund",
    "platform_chargeback",
    "platform_fee",
    "payout_deposit",
    "structured_reference",
    "document_reference",
    "partner_amount",
)
RULES = [
    Rule(id=number, strategy=strategy, name=strategy, counterpart=strategy == "platform_fee")
    for number, strategy in enumerate(ORDER, 1)
]


def line(number, amount, text="", **values):
    for key in ("platform_ids", "platform_references", "refused"):
        if key in values:
            values[key] = frozenset(values[key])
    values.setdefault("date", DAY)
    return BankLine(number, amount=Decimal(str(amount)), currency="EUR", text=text, **values)


def item(number, residual, document="", **values):
    for key in ("platform_ids", "platform_references", "parent_references"):
        if key in values:
            values[key] = frozenset(values[key])
    values.setdefault("date", DAY)
    if document:
        values.setdefault("references", (document,))
    return OpenItem(number, residual=Decimal(str(residual)), currency="EUR", document=document, **values)


def posted(lines, items, rules=RULES):
    """{lines: items} of what was posted."""
    return {m.lines: m.items for m in match_lines(lines, items, rules) if m.posts}


def proposed(lines, items, rules=RULES):
    """Items of the proposals, best first."""
    return [m.items for m in match_lines(lines, items, rules) if not m.posts]
