"""What was given back, or taken off the order by an edit."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from .money import ZERO, bag
from .reading import moment


@dataclass(frozen=True)
class RefundLine:
    """Pieces taken back. ``subtotal`` follows the order: tax included if its prices are."""

    line_gid: str
    quantity: int
    subtotal: Decimal
    tax: Decimal
    restock: str = "NO_RESTOCK"

    @property
    def key(self) -> str:
        """Tells this part from the others of its refund: Shopify lists pieces by line and what becomes of
        them."""
        return f"{self.line_gid} {self.restock}"


@dataclass(frozen=True)
class Refund:
    """A refund, or what an edit took off the order (then no money moves with it)."""

    gid: str
    created_at: datetime | None
    note: str
    total: Decimal
    lines: tuple[RefundLine, ...] = ()
    shipping: tuple[RefundLine, ...] = ()
    duties: tuple[RefundLine, ...] = ()
    adjustments: tuple[RefundLine, ...] = ()
    transaction_gids: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[RefundLine, ...]:
        """What the refund takes back of the order's lines: pieces, shipping, duties."""
        return self.lines + self.shipping + self.duties

    @property
    def is_worked_out(self) -> bool:
        """A piece that an edit took off: only the quantity tells of it, see ``edits.edited_off``."""
        return "#removed-" in self.gid

    @property
    def is_removal(self) -> bool:
        """Lines were taken off without money moving: an edit before anything was given back.

        Where an adjustment says why no money moves (the goods came back, the shop keeps the
        price), nothing was taken off what the customer has to pay.
        """
        return not (self.transaction_gids or self.total or self.adjustments) and bool(self.parts)

    def split(self, keys, *, taxes_included: bool) -> tuple["Refund", "Refund"]:
        """(these parts as an edit that took them off, the others with the money that they come to).

        :param keys: :attr:`RefundLine.key` of the parts.
        """
        halves = []
        for inside in (True, False):
            parts = {
                name: tuple(part for part in getattr(self, name) if (part.key in keys) is inside)
                for name in ("lines", "shipping", "duties")
            }
            halves.append(replace(self, **parts))
        off, rest = halves
        worth = sum((part.subtotal + (ZERO if taxes_included else part.tax) for part in off.parts), ZERO)
        return (
            replace(off, gid=f"{self.gid}#off", total=ZERO, adjustments=(), transaction_gids=()),
            replace(rest, total=self.total - worth),
        )


def parse_refund(node, presentment):
    return Refund(
        gid=node["id"],
        created_at=moment(node.get("processedAt") or node.get("createdAt")),
        note=node.get("note") or "",
        total=bag(node["totalRefundedSet"], presentment=presentment),
        lines=tuple(
            RefundLine(
                line_gid=item["lineItem"]["id"],
                quantity=item["quantity"],
                subtotal=bag(item["subtotalSet"], presentment=presentment),
                tax=bag(item["totalTaxSet"], presentment=presentment),
                restock=item.get("restockType") or "NO_RESTOCK",
            )
            for item in node["refundLineItems"]["nodes"]
        ),
        shipping=tuple(
            RefundLine(
                line_gid=item["shippingLine"]["id"] or "",
                quantity=0,
                subtotal=bag(item["subtotalAmountSet"], presentment=presentment),
                tax=bag(item["taxAmountSet"], presentment=presentment),
            )
            for item in node["refundShippingLines"]["nodes"]
        ),
        duties=tuple(
            RefundLine(
                line_gid=item["originalDuty"]["id"],
                quantity=0,
                subtotal=bag(item["amountSet"], presentment=presentment),
                tax=ZERO,
            )
            for item in node.get("duties") or ()
            if item.get("originalDuty")
        ),
        adjustments=tuple(
            RefundLine(
                line_gid=item["id"],
                quantity=0,
                subtotal=bag(item["amountSet"], presentment=presentment),
                tax=bag(item["taxAmountSet"], presentment=presentment),
                restock=item.get("reason") or "",
            )
            for item in node["orderAdjustments"]["nodes"]
        ),
        transaction_gids=tuple(item["id"] for item in node["transactions"]["nodes"]),
    )
