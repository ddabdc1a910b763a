"""What Mollie answers, as frozen dataclasses.

Unknown fields are ignored and unknown kinds are kept under their own name, so that something new
at Mollie is imported and not lost.
Sources: https://docs.mollie.com/reference/settlements-api and
https://docs.mollie.com/reference/balances-api
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ...o2c_base.lib.http import UnexpectedShape
from ...o2c_base.lib.text import joined, texts_of
from .amounts import Money, parse_moment, parse_money

_lt = texts_of(__name__)

# In the order in which a settlement's lists are read.
LISTS = {
    "payments": "payment",
    "captures": "capture",
    "refunds": "refund",
    "chargebacks": "chargeback",
}
NAMES = {
    "payment": _lt("payment"),
    "capture": _lt("capture"),
    "refund": _lt("refund"),
    "chargeback": _lt("chargeback"),
}


@dataclass(frozen=True)
class PeriodRow:
    """One row of a settlement's totals.

    ``net``, ``vat`` and ``gross`` have up to four decimals and carry Mollie's own sign: revenue is
    added (refunds are negative), costs are subtracted (costs are positive). A cost's rate, without
    VAT, is ``fixed`` in the balance's currency per transaction plus ``percentage`` of its amount.
    """

    period: str
    description: str
    method: str
    count: int
    net: Decimal
    vat: Decimal
    gross: Decimal
    fixed: Decimal
    percentage: Decimal

    @property
    def rate(self):
        """The rate in words: ``0.32 + 1.8%``; empty when there is none."""
        parts = [f"{self.fixed.normalize():f}"] if self.fixed else []
        parts += [f"{self.percentage.normalize():f}%"] if self.percentage else []
        return " + ".join(parts)


@dataclass(frozen=True)
class Settlement:
    """One payout of a balance: what it consists of in totals, and how far it has come.

    ``amount`` is what is paid to the bank account; moments are UTC.
    """

    id: str
    reference: str
    status: str
    amount: Money
    balance_id: str
    created_at: datetime | None
    settled_at: datetime | None
    revenue: tuple[PeriodRow, ...]
    costs: tuple[PeriodRow, ...]
    invoice_ids: tuple[str, ...]
    raw: dict

    @property
    def content(self):
        """Fingerprint of what the statement's lines are made of (all but the payout)."""
        return _fingerprint(self.raw, ("amount", "periods"))

    @property
    def fingerprint(self):
        """Changes whenever something changes that matters for the books."""
        return _fingerprint(self.raw, ("amount", "periods", "status", "settledAt"))


@dataclass(frozen=True)
class Item:
    """A payment, capture, refund or chargeback of a settlement.

    ``settled`` is what it changed on the balance, signed, in the balance's currency. It is None
    for what Mollie does not settle itself (PayPal, gift cards). ``amount`` is what the customer
    paid or got back, in the customer's currency. ``description`` is the description of the
    *payment* concerned, also for a refund: that is how the shop knows it.
    """

    kind: str
    id: str
    payment_id: str
    amount: Money
    settled: Money | None
    created_at: datetime | None
    description: str
    own_description: str
    method: str
    consumer: str
    profile_id: str
    reason: str


@dataclass(frozen=True)
class LedgerEntry:
    """A movement of a balance. ``result`` = ``initial`` + ``deductions``, each signed."""

    id: str
    type: str
    result: Money
    initial: Money
    deductions: Decimal
    created_at: datetime | None
    context: dict[str, str]


@dataclass(frozen=True)
class Balance:
    """A balance at Mollie: one currency, one bank account it is paid out to."""

    id: str
    currency: str
    status: str
    available: Decimal
    pending: Decimal
    bank_account: str


@dataclass(frozen=True)
class InvoiceLine:
    """A line of Mollie's own bill; ``net`` is without VAT, ``vat_percentage`` in percent."""

    description: str
    period: str
    count: int
    vat_percentage: Decimal
    net: Decimal


@dataclass(frozen=True)
class Invoice:
    """Mollie's bill to the merchant. Dates are the bill's own, without a time zone."""

    id: str
    reference: str
    status: str
    issued_on: date | None
    due_on: date | None
    net: Money
    vat: Money
    gross: Money
    lines: tuple[InvoiceLine, ...]
    pdf_url: str


def _fingerprint(raw, keys):
    told = json.dumps({key: raw.get(key) for key in keys}, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _text(raw, key):
    value = raw.get(key)
    return value if isinstance(value, str) else ""


def _required(raw, key, what):
    value = raw.get(key) if isinstance(raw, dict) else None
    if not isinstance(value, str) or not value:
        raise UnexpectedShape(_lt("In Mollie's answer “%(key)s” is missing (%(what)s).", key=key, what=what))
    return value


def _required_money(raw, key, what):
    money = parse_money(raw.get(key), what)
    if money is None:
        raise UnexpectedShape(_lt("In Mollie's answer “%(key)s” is missing (%(what)s).", key=key, what=what))
    return money


def _row(raw, period, what):
    gross = parse_money(raw.get("amountGross"), what)
    net = parse_money(raw.get("amountNet"), what) or gross
    if net is None:
        raise UnexpectedShape(_lt("In Mollie's answer the amount is missing (%(what)s).", what=what))
    vat = parse_money(raw.get("amountVat"), what)
    vat_value = vat.value if vat else Decimal(0)
    rate = raw.get("rate") or {}
    fixed = parse_money(rate.get("fixed"), what)
    return PeriodRow(
        period=period,
        description=_text(raw, "description"),
        method=_text(raw, "method"),
        count=int(raw.get("count") or 0),
        net=net.value,
        vat=vat_value,
        # An older example shows a refund's gross without its sign; net and VAT agree everywhere.
        gross=net.value + vat_value,
        fixed=fixed.value if fixed else Decimal(0),
        percentage=Decimal(str(rate.get("percentage") or 0)),
    )


def parse_settlement(raw):
    """:raises UnexpectedShape: it has no id or no amount."""
    what = _lt("settlement")
    identifier = _required(raw, "id", what)
    what = joined([what, identifier])
    revenue, costs, invoices = [], [], []
    for year, months in sorted((raw.get("periods") or {}).items()):
        for month, totals in sorted((months or {}).items(), key=lambda pair: int(pair[0])):
            period = f"{year}-{int(month):02}"
            revenue += [_row(row, period, what) for row in totals.get("revenue") or ()]
            costs += [_row(row, period, what) for row in totals.get("costs") or ()]
            if totals.get("invoiceId"):
                invoices.append(totals["invoiceId"])
    settled_at = parse_moment(raw.get("settledAt"))
    return Settlement(
        id=identifier,
        reference=_text(raw, "reference"),
        # Older answers leave the status out.
        status=_text(raw, "status") or ("paidout" if settled_at else "open"),
        amount=_required_money(raw, "amount", what),
        balance_id=_text(raw, "balanceId"),
        created_at=parse_moment(raw.get("createdAt")),
        settled_at=settled_at,
        revenue=tuple(revenue),
        costs=tuple(costs),
        invoice_ids=tuple(dict.fromkeys(invoices)),
        raw={key: value for key, value in raw.items() if key not in ("_links", "_embedded")},
    )


def _consumer(details):
    for key in ("consumerName", "cardHolder", "billingName"):
        if isinstance(details.get(key), str) and details[key]:
            return details[key]
    return ""


def parse_item(kind, raw):
    """:param str kind: one of the values of :data:`LISTS`.

    :raises UnexpectedShape: it has no id or no amount.
    """
    what = NAMES[kind]
    identifier = _required(raw, "id", what)
    what = joined([what, identifier])
    payment = raw if kind == "payment" else (raw.get("_embedded") or {}).get("payment") or {}
    settled = parse_money(raw.get("settlementAmount"), what)
    if settled and kind in ("refund", "chargeback") and settled.value > 0:
        # Money that goes back always lowers the balance; older answers leave the sign out.
        settled = Money(-settled.value, settled.currency)
    reason = raw.get("reason") or {}
    return Item(
        kind=kind,
        id=identifier,
        payment_id=identifier if kind == "payment" else _text(raw, "paymentId"),
        amount=_required_money(raw, "amount", what),
        settled=settled,
        created_at=parse_moment(raw.get("createdAt")),
        description=_text(payment, "description"),
        own_description=_text(raw, "description"),
        method=_text(payment, "method"),
        consumer=_consumer(payment.get("details") or {}),
        profile_id=_text(payment, "profileId"),
        reason=_text(reason, "description") if isinstance(reason, dict) else "",
    )


def _context(raw):
    """Two shapes are in use: ``{"paymentId": ...}`` and ``{"payment": {"paymentId": ...}}``."""
    flat = {}
    for key, value in (raw or {}).items():
        if isinstance(value, dict):
            flat.update({name: text for name, text in value.items() if isinstance(text, str)})
        elif isinstance(value, str):
            flat[key] = value
    return flat


def parse_ledger_entry(raw):
    """:raises UnexpectedShape: it has no id or no amount."""
    what = _lt("balance transaction")
    identifier = _required(raw, "id", what)
    what = joined([what, identifier])
    result = _required_money(raw, "resultAmount", what)
    initial = parse_money(raw.get("initialAmount"), what) or result
    deductions = parse_money(raw.get("deductions"), what)
    return LedgerEntry(
        id=identifier,
        type=_text(raw, "type"),
        result=result,
        initial=initial,
        deductions=deductions.value if deductions else result.value - initial.value,
        created_at=parse_moment(raw.get("createdAt")),
        context=_context(raw.get("context")),
    )


def parse_balance(raw):
    """:raises UnexpectedShape: it has no id or no available amount."""
    what = _lt("balance")
    identifier = _required(raw, "id", what)
    what = joined([what, identifier])
    available = _required_money(raw, "availableAmount", what)
    pending = parse_money(raw.get("pendingAmount"), what)
    return Balance(
        id=identifier,
        currency=_text(raw, "currency") or available.currency,
        status=_text(raw, "status"),
        available=available.value,
        pending=pending.value if pending else Decimal(0),
        bank_account=_text(raw.get("transferDestination") or {}, "bankAccount"),
    )


def _day(raw):
    try:
        return date.fromisoformat(raw[:10]) if isinstance(raw, str) else None
    except ValueError:
        return None


def parse_invoice(raw):
    """:raises UnexpectedShape: it has no id or no amounts."""
    what = _lt("invoice")
    identifier = _required(raw, "id", what)
    what = joined([what, identifier])
    lines = []
    for line in raw.get("lines") or ():
        lines.append(
            InvoiceLine(
                description=_text(line, "description"),
                period=_text(line, "period"),
                count=int(line.get("count") or 0),
                vat_percentage=Decimal(str(line.get("vatPercentage") or 0)),
                net=_required_money(line, "amount", what).value,
            )
        )
    pdf = (raw.get("_links") or {}).get("pdf") or {}
    return Invoice(
        id=identifier,
        reference=_text(raw, "reference"),
        status=_text(raw, "status"),
        issued_on=_day(raw.get("issuedAt")),
        due_on=_day(raw.get("dueAt")),
        net=_required_money(raw, "netAmount", what),
        vat=_required_money(raw, "vatAmount", what),
        gross=_required_money(raw, "grossAmount", what),
        lines=tuple(lines),
        pdf_url=_text(pdf, "href"),
    )
