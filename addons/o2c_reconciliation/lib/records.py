"""What matching reads and what it answers: four frozen records.

Signs follow the bank: an amount is positive when money comes in. The residual of an open item carries
the sign of the bank line that would clear it, which is the sign of a journal item's balance (an open customer
invoice is positive, a credit note or a vendor bill negative). Amounts are ``Decimal`` in the record's own
currency and are never rounded here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ...o2c_base.lib.text import Text, joined, texts_of

_lt = texts_of(__name__)

# Lines that a payment platform reports about one customer's money.
PAYMENT_KINDS = frozenset({"payment", "capture"})
# Items that a payer may name or add up: customers' and vendors' documents, and payments registered for them.
DOCUMENT_KINDS = frozenset({"invoice", "payment"})
CHARGEBACK_KINDS = frozenset({"chargeback", "failed_payment"})
REVERSAL_KIND = "chargeback_reversal"
RETURNED_KIND = "returned_refund"


@dataclass(frozen=True, slots=True)
class BankLine:
    """One unmatched line of a bank statement.

    ``namesakes`` tells that several known partners bear the payer's name, so that it says nothing.
    ``kind`` is empty for an ordinary bank line and tells what a platform's line is (``payment``, ``refund``,
    ``chargeback``, ``fee``, ``payout``). ``platform_ids`` are ids such as Mollie's ``tr_...``;
    ``platform_references`` what the platform calls the payment (Mollie's description).
    ``unbooked``: the company leaves such payouts to people.
    ``refused`` holds ids of items from which somebody took this line away: never posted again by itself.
    """

    id: int
    date: date
    amount: Decimal
    currency: str
    company: int = 0
    journal: int = 0
    text: str = ""
    partner: int | None = None
    partner_name: str = ""
    namesakes: bool = False
    kind: str = ""
    unbooked: bool = False
    platform_ids: frozenset[str] = frozenset()
    platform_references: frozenset[str] = frozenset()
    refused: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One journal item that waits for money.

    ``kind``: ``invoice`` (receivable or payable), ``payment`` (a registered payment not yet seen at
    the bank), ``transfer`` (money between two own banks), ``received`` (a payment that a chargeback
    would take back) or ``given`` (a refund that may come back). ``document`` names the document for
    people and groups its instalments. ``references`` are the numbers under which a payer may mention it;
    ``foreign_references`` those of them that are the partner's own or that several partners share.
    ``parent_references`` name the payment that a refund gives back. ``journal`` restricts the item
    to lines of that journal; 0 means any. ``account`` is that of the ledger. ``due`` orders instalments.
    ``discounted`` is what settles the whole of it until ``discount_until``: its early payment discount.
    """

    id: int
    date: date
    residual: Decimal
    currency: str
    kind: str = "invoice"
    company: int = 0
    journal: int = 0
    account: int = 0
    document: str = ""
    order: str = ""
    references: tuple[str, ...] = ()
    foreign_references: tuple[str, ...] = ()
    partner: int | None = None
    partner_name: str = ""
    platform_ids: frozenset[str] = frozenset()
    platform_references: frozenset[str] = frozenset()
    parent_references: frozenset[str] = frozenset()
    due: date | None = None
    discounted: Decimal | None = None
    discount_until: date | None = None

    @property
    def sequence(self) -> tuple:
        """Order in which items of one document or partner are paid."""
        return self.due or self.date, self.id

    def owed_on(self, day: date) -> Decimal:
        """What settles the item on a day, less its early payment discount."""
        if self.discounted is None or self.discount_until is None or day > self.discount_until:
            return self.residual
        return self.discounted

    @property
    def document_key(self) -> str:
        """What the instalments of one document have in common; the item's own id without a document."""
        return self.document or str(self.id)

    @property
    def name(self) -> str:
        """The document as people know it."""
        if not self.order:
            return self.document
        return _lt("%(document)s (order %(order)s)", document=self.document, order=self.order)


@dataclass(frozen=True, slots=True)
class Rule:
    """A reconciliation model, as far as matching needs it.

    ``strategy`` is a key of ``matching.STRATEGIES``. ``posts`` False: the rule finds, a person decides.
    ``days`` is the date window of strategies that compare dates. ``counterpart`` tells that the model
    has accounts of its own on which a line can be booked.
    """

    id: int
    strategy: str
    name: str = ""
    posts: bool = True
    journals: frozenset[int] = frozenset()
    partners: frozenset[int] = frozenset()
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    label_test: str = ""
    label: str = ""
    days: int = 7
    counterpart: bool = False
    _pattern: re.Pattern | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self):
        if self.label_test == "match_regex":
            object.__setattr__(self, "_pattern", re.compile(self.label, re.IGNORECASE))

    @property
    def conditional(self) -> bool:
        """Whether anything narrows the rule down, other than the journal."""
        return bool(
            self.label_test or self.partners or self.amount_min is not None or self.amount_max is not None
        )

    def accepts(self, line: BankLine) -> bool:
        """Tell whether the conditions of the rule hold for this line."""
        if self.journals and line.journal not in self.journals:
            return False
        if self.partners and line.partner not in self.partners:
            return False
        size = abs(line.amount)
        if self.amount_min is not None and size < self.amount_min:
            return False
        if self.amount_max is not None and size > self.amount_max:
            return False
        return self._label_holds(line.text)

    def _label_holds(self, text: str) -> bool:
        if not self.label_test:
            return True
        if self._pattern is not None:
            return bool(self._pattern.search(text))
        found = self.label.casefold() in text.casefold()
        return found if self.label_test == "contains" else not found


@dataclass(frozen=True, slots=True)
class Match:
    """Which lines belong to which items, and why.

    ``residual`` is the lines' amount minus the items' residual; zero when everything is explained.
    ``posts`` False makes it a proposal. ``confidence`` (0-100) ranks the proposals of one line; it is no
    probability. ``rule`` is 0 for a proposal that no rule made. A match without items books the lines on the
    accounts of its rule.
    """

    lines: tuple[int, ...]
    items: tuple[int, ...]
    rule: int
    strategy: str
    explanation: Text | str
    residual: Decimal
    confidence: int
    posts: bool


def names_of(items: Iterable[OpenItem]) -> Text | str:
    """The documents of these items, each once."""
    names = list(dict.fromkeys(item.name for item in items))
    return names[0] if len(names) == 1 else joined(names, separator=", ")


def discount_taken(items: Iterable[OpenItem]) -> Text:
    until = min(item.discount_until for item in items if item.discount_until)
    return _lt("It is the sum less the early payment discount until %(date)s.", date=until.isoformat())


def amounts_differ(paid: Decimal, owed: Decimal) -> Text:
    return _lt("The amounts differ: %(paid)s against %(owed)s.", paid=paid, owed=owed)
