"""Attempts to move money for an order."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from .money import ZERO, bag
from .reading import moment

PAID_KINDS = frozenset({"SALE", "CAPTURE"})


@dataclass(frozen=True)
class Transaction:
    """An attempt to move money. ``payment_id`` is the payment's name at the payment provider.

    ``amount`` is what changed hands: of cash it contains ``rounding``, where small coins are not in use.
    https://shopify.dev/changelog/new-cash-rounding-on-order-and-order-transaction
    """

    gid: str
    kind: str
    status: str
    gateway: str
    amount: Decimal
    currency: str
    payment_id: str = ""
    parent_gid: str = ""
    parent_payment_id: str = ""
    processed_at: datetime | None = None
    test: bool = False
    error: str = ""
    rounding: Decimal = ZERO

    @property
    def is_paid(self) -> bool:
        """Money came in."""
        return self.status == "SUCCESS" and self.kind in PAID_KINDS

    @property
    def is_refund(self) -> bool:
        """Money went back."""
        return self.status == "SUCCESS" and self.kind == "REFUND"


def parse_transaction(node, presentment):
    money = node["amountSet"]["presentmentMoney" if presentment else "shopMoney"]
    rounding = bag(node.get("amountRoundingSet"), presentment=presentment)
    parent = node.get("parentTransaction") or {}
    return Transaction(
        gid=node["id"],
        kind=node["kind"],
        status=node["status"],
        gateway=node.get("gateway") or node.get("formattedGateway") or "",
        amount=Decimal(str(money["amount"])) + rounding,
        currency=money["currencyCode"],
        payment_id=node.get("paymentId") or "",
        parent_gid=parent.get("id") or "",
        parent_payment_id=parent.get("paymentId") or "",
        processed_at=moment(node.get("processedAt") or node.get("createdAt")),
        test=bool(node.get("test")),
        error=node.get("errorCode") or "",
        rounding=rounding,
    )


def parse_transactions(nodes, presentment: bool) -> tuple[Transaction, ...]:
    """All attempts of an order. A payment in cash is what stays in the till.

    At the till, Shopify records what the customer handed over, and the change as a transaction of
    its own. https://shopify.dev/docs/api/admin-graphql/2026-10/enums/OrderTransactionKind
    """
    found = [parse_transaction(node, presentment) for node in nodes or ()]
    change: dict[str, Decimal] = {}
    for item in found:
        if item.kind == "CHANGE" and item.status == "SUCCESS":
            change[item.parent_gid] = change.get(item.parent_gid, ZERO) + abs(item.amount)
    return tuple(
        replace(item, amount=item.amount - change[item.gid]) if item.gid in change else item for item in found
    )
