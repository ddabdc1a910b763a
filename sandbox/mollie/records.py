"""The things Mollie keeps. Amounts are Decimal in the currency beside them, dates are aware and in UTC."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(slots=True)
class Payment:
    id: str
    amount: Decimal
    currency: str
    description: str
    method: str | None
    status: str
    created_at: datetime
    profile_id: str
    metadata: object = None
    details: dict | None = None
    paid_at: datetime | None = None
    webhook_url: str | None = None
    redirect_url: str | None = None
    capture_mode: str = "automatic"
    balance_id: str | None = None
    rate: Decimal = Decimal(1)
    settled: Decimal | None = None
    """What Mollie owes for it, gross, in the balance's currency; None when another party pays the
    merchant.
    """
    settlement_id: str | None = None
    refunded: Decimal = Decimal("0.00")
    charged_back: Decimal = Decimal("0.00")
    captured: Decimal = Decimal("0.00")


@dataclass(slots=True)
class Capture:
    id: str
    payment: Payment
    amount: Decimal
    created_at: datetime
    settled: Decimal
    description: str = ""
    settlement_id: str | None = None


@dataclass(slots=True)
class Refund:
    id: str
    payment: Payment
    amount: Decimal
    created_at: datetime
    status: str
    description: str
    settled: Decimal
    metadata: object = None
    settlement_id: str | None = None


@dataclass(slots=True)
class Chargeback:
    id: str
    payment: Payment
    amount: Decimal
    created_at: datetime
    settled: Decimal
    reason: dict | None = None
    reversed_at: datetime | None = None
    settlement_id: str | None = None


@dataclass(slots=True)
class Movement:
    """A balance transaction: ``initial`` is signed, ``fee`` is what was deducted (positive, with VAT).

    ``source`` is the record it comes from; None where Mollie has no list for it (a correction, a reserve).
    ``fee_net`` is the fee without VAT at four decimals, before it was rounded to what was deducted.
    """

    id: str
    type: str
    initial: Decimal
    fee: Decimal
    fee_net: Decimal
    created_at: datetime
    context: dict
    source: object = None
    rate: object = None
    description: str = ""
    settlement_id: str | None = None

    @property
    def result(self):
        return self.initial - self.fee


@dataclass(slots=True)
class Settlement:
    id: str
    reference: str
    balance_id: str
    status: str
    amount: Decimal
    created_at: datetime
    settled_at: datetime | None = None
    movements: list = field(default_factory=list)
    lists: dict = field(default_factory=dict)
    invoice_id: str | None = None
    misreported: Decimal = Decimal("0.00")
    """What is added to the amount that is told, so that it no longer equals the lists (see ``unbalance``)."""
    hidden: set = field(default_factory=set)
    transfer_id: str | None = None
    """The payout that carries it to the bank, once it was handed over."""


@dataclass(frozen=True, slots=True)
class Payout:
    """The transfer of a settlement to the merchant's bank."""

    id: str
    settlement: Settlement


@dataclass(slots=True)
class Invoice:
    id: str
    reference: str
    period: str
    status: str
    issued_at: datetime
    lines: list
    net: Decimal
    vat: Decimal
    currency: str
    paid_at: datetime | None = None
