"""Shopify's order as frozen values, and the sums that decide whether it is understood.

Amounts are Decimals in one currency: the shop's, or the one the customer paid in, chosen when the
order is read. Times are aware datetimes in UTC. Field meanings:
https://shopify.dev/docs/api/admin-graphql/2026-10/objects/Order
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from .address import Address
from .buyer import Company, Customer
from .charges import Line
from .edits import reduce_line
from .money import ZERO
from .refunds import Refund, RefundLine
from .returns import Return
from .transactions import Transaction

# A transaction that may still succeed or fail:
# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/OrderTransactionStatus
UNDER_WAY = frozenset({"PENDING", "AWAITING_RESPONSE", "UNKNOWN"})
# What Shopify gives as the reason of an adjustment while money is on its way back:
# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/OrderAdjustmentDiscrepancyReason
PENDING = "PENDING_REFUND_DISCREPANCY"


@dataclass(frozen=True)
class Order:
    """An order of a shop in the chosen currency; see the module's docstring for units.

    ``places``: the decimals of that currency.
    """

    gid: str
    name: str
    created_at: datetime
    processed_at: datetime
    updated_at: datetime
    currency: str
    places: int
    taxes_included: bool
    total: Decimal
    tax_total: Decimal
    current_total: Decimal
    current_tax: Decimal
    cancelled_at: datetime | None = None
    cancel_reason: str = ""
    test: bool = False
    edited: bool = False
    financial_status: str = ""
    fulfillment_status: str = ""
    source: str = ""
    email: str = ""
    phone: str = ""
    note: str = ""
    po_number: str = ""
    locale: str = ""
    tags: tuple[str, ...] = ()
    risk: str = ""
    payment_terms: str = ""
    payment_terms_days: int | None = None
    payment_due_at: datetime | None = None
    customer: Customer | None = None
    company: Company | None = None
    billing: Address = field(default_factory=Address)
    shipping: Address = field(default_factory=Address)
    lines: tuple[Line, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    refunds: tuple[Refund, ...] = ()
    returns: tuple[Return, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    location_gid: str = ""
    till_country: str = ""

    @property
    def tax_country(self) -> str:
        """Country whose taxes apply: where the goods go, else where they were handed over the counter,
        else where the bill goes."""
        return self.shipping.country or self.till_country or self.billing.country

    @property
    def paid(self) -> Decimal:
        """Sum of the payments that succeeded, refunds not deducted."""
        return sum((line.amount for line in self.transactions if line.is_paid), ZERO)

    @property
    def is_paid(self) -> bool:
        """All of it came in, whatever was given back since.

        What was given back in goods, and not in money, pays for what was taken in exchange.
        """
        owed = self.charged_total
        received = self.paid
        for refund in self.refunds:
            if not refund.is_removal:
                owed -= max(refund.total, self._worth(refund))
                received -= refund.total
        return received >= owed

    def is_under_way(self, refund: Refund) -> bool:
        """Whether the money of a refund has not gone back yet: its figures are not final."""
        status = {line.gid: line.status for line in self.transactions}
        states = {status[gid] for gid in refund.transaction_gids if gid in status}
        if states:
            return not states.isdisjoint(UNDER_WAY)
        return any(item.restock == PENDING for item in refund.adjustments)

    def till_rounding(self, refund: Refund) -> Decimal:
        """By how much the cash that went back was rounded; negative when it was less than the refund."""
        return sum((line.rounding for line in self.transactions if line.gid in refund.transaction_gids), ZERO)

    def gives_overpaid_back(self, refund: Refund) -> bool:
        """Whether a refund is money alone that was paid for more than edits have left of the order.

        Shopify may call it a difference of the refund, as it does with goodwill.
        """
        left = self.paid - self.charged_total
        for other in self.refunds:
            if other.parts or not 0 < other.total <= left:
                continue
            if other.gid == refund.gid:
                return True
            left -= other.total
        return False

    def _worth(self, refund: Refund) -> Decimal:
        return sum(
            (part.subtotal + (ZERO if self.taxes_included else part.tax) for part in refund.parts), ZERO
        )

    def without(self, gids) -> "Order":
        """The order as if these refunds and removals had not happened."""
        return replace(self, refunds=tuple(refund for refund in self.refunds if refund.gid not in gids))

    def taking_off(self, gids, parts=None) -> "Order":
        """The order as if these refunds were edits: their pieces were never to be paid.

        :param parts: refund gid -> keys of the parts of a refund of which only these are.
        """
        refunds = []
        for refund in self.refunds:
            keys = (parts or {}).get(refund.gid)
            if keys:
                refunds += refund.split(keys, taxes_included=self.taxes_included)
            elif refund.gid in gids:
                refunds.append(replace(refund, total=ZERO, transaction_gids=()))
            else:
                refunds.append(refund)
        return replace(self, refunds=tuple(refunds))

    @property
    def removals(self) -> tuple[Refund, ...]:
        """What edits took off the order."""
        return tuple(refund for refund in self.refunds if refund.is_removal)

    def charged_lines(self) -> tuple[Line, ...]:
        """The lines as they stand after edits, by Shopify's own figures of what was removed.

        A piece taken off takes its own share of the discount with it, as Shopify computed it;
        nothing is recomputed here from the original price.
        """
        removed: dict[str, list[RefundLine]] = {}
        for refund in self.removals:
            for part in refund.parts:
                removed.setdefault(part.line_gid, []).append(part)
        result = []
        for line in self.lines:
            for part in removed.get(line.gid, ()):
                line = reduce_line(line, part, self.places)
            if line.quantity or line.amount:
                result.append(line)
        return tuple(result)

    @property
    def charged_total(self) -> Decimal:
        """What the customer has to pay in all, after edits and before refunds."""
        total = self.total
        for refund in self.removals:
            for part in refund.parts:
                total -= part.subtotal + (ZERO if self.taxes_included else part.tax)
        return total

    @property
    def charged_tax(self) -> Decimal:
        """The tax in :attr:`charged_total`."""
        return self.tax_total - sum((part.tax for refund in self.removals for part in refund.parts), ZERO)

    @property
    def unexplained(self) -> Decimal:
        """Shopify's total minus the sum of everything we know to be in it. Must be zero."""
        return self.charged_total - self._sum(self.charged_lines())

    @property
    def unexplained_current(self) -> Decimal:
        """Shopify's total after everything, minus ours less what refunds took back. Must be zero
        where edits were worked out from quantities (:func:`edited_off`)."""
        taken = sum((self._worth(refund) for refund in self.refunds if not refund.is_removal), ZERO)
        return self.current_total - (self.charged_total - taken)

    @property
    def unexplained_current_tax(self) -> Decimal:
        """The same for the tax."""
        taken = (part.tax for refund in self.refunds if not refund.is_removal for part in refund.parts)
        return self.current_tax - (self.charged_tax - sum(taken, ZERO))

    @property
    def unexplained_tax(self) -> Decimal:
        """Shopify's tax minus the sum of the lines' taxes. Must be zero."""
        return self.charged_tax - sum((line.tax for line in self.charged_lines()), ZERO)

    @property
    def is_explained(self) -> bool:
        """Both totals, the first and the present one, and their taxes are what the lines come to."""
        return not (
            self.unexplained
            or self.unexplained_tax
            or self.unexplained_current
            or self.unexplained_current_tax
        )

    def _sum(self, lines) -> Decimal:
        total = sum((line.amount for line in lines), ZERO)
        return total if self.taxes_included else total + sum((line.tax for line in lines), ZERO)
