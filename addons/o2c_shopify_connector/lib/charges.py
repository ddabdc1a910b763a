"""Everything an order charges, line by line: goods, shipping, duties, fees, and their taxes.

Field meanings: https://shopify.dev/docs/api/admin-graphql/2026-10/objects/LineItem
"""

from dataclasses import dataclass
from decimal import Decimal

from ...o2c_base.lib.text import texts_of
from .money import ZERO, bag

_lt = texts_of(__name__)


@dataclass(frozen=True)
class Tax:
    """One tax on one line. ``rate`` is in percent; ``amount`` what was charged for the line.

    ``channel_liable``: the sales channel, a marketplace, pays it to the tax office itself.
    """

    title: str
    rate: Decimal
    amount: Decimal
    channel_liable: bool = False


@dataclass(frozen=True)
class Line:
    """One thing charged.

    ``kind``: product, gift_card, shipping, tip, duty, fee or rounding.
    ``amount``: for the whole line after every discount, tax included if the order says so.
    ``unit_price``: of one piece before discounts, for display.
    ``quantity`` is as ordered, ``current_quantity`` what is left after edits and refunds, ``sent``
    how many pieces Shopify knows to have left.
    ``attributes``: (name, value) of what the customer wrote for the line, such as an engraving.
    """

    gid: str
    kind: str
    title: str
    quantity: int
    amount: Decimal
    taxes: tuple[Tax, ...] = ()
    sku: str = ""
    variant_gid: str = ""
    product_gid: str = ""
    unit_price: Decimal = ZERO
    discount: Decimal = ZERO
    discount_names: tuple[str, ...] = ()
    requires_shipping: bool = False
    current_quantity: int | None = None
    sent: int = 0
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def tax(self) -> Decimal:
        """All taxes of the line."""
        return sum((tax.amount for tax in self.taxes), ZERO)

    def net(self, taxes_included: bool) -> Decimal:
        """What the line is worth without tax."""
        return self.amount - self.tax if taxes_included else self.amount


def _taxes(nodes, presentment):
    """The taxes of a line. One of nothing at zero percent is none: what to book then, Odoo knows."""
    taxes = (
        Tax(
            title=node["title"],
            rate=_rate(node),
            amount=bag(node["priceSet"], presentment=presentment),
            channel_liable=bool(node.get("channelLiable")),
        )
        for node in nodes or ()
    )
    return tuple(tax for tax in taxes if tax.rate or tax.amount)


def _rate(node) -> Decimal:
    if node.get("ratePercentage") is not None:
        return Decimal(str(node["ratePercentage"])).normalize() + ZERO
    return (Decimal(str(node.get("rate") or 0)) * 100).normalize() + ZERO


def parse_line(node, presentment):
    discounts = node.get("discountAllocations") or []
    off = sum((bag(item["allocatedAmountSet"], presentment=presentment) for item in discounts), ZERO)
    title = node["title"]
    if node.get("variantTitle") and node["variantTitle"] != "Default Title":
        title = f"{title} - {node['variantTitle']}"
    return Line(
        gid=node["id"],
        kind="gift_card" if node.get("isGiftCard") else "product",
        title=title,
        quantity=node["quantity"],
        amount=bag(node["originalTotalSet"], presentment=presentment) - off,
        taxes=_taxes(node.get("taxLines"), presentment),
        sku=(node.get("sku") or "").strip(),
        variant_gid=(node.get("variant") or {}).get("id") or "",
        product_gid=(node.get("product") or {}).get("id") or "",
        unit_price=bag(node["originalUnitPriceSet"], presentment=presentment),
        discount=off,
        discount_names=tuple(
            dict.fromkeys(
                name
                for item in discounts
                for name in [
                    (item.get("discountApplication") or {}).get("code")
                    or (item.get("discountApplication") or {}).get("title")
                ]
                if name
            )
        ),
        requires_shipping=bool(node.get("requiresShipping")),
        current_quantity=node.get("currentQuantity"),
        sent=max(0, (node.get("currentQuantity") or 0) - node.get("unfulfilledQuantity", node["quantity"])),
        attributes=parse_attributes(node),
    )


def parse_attributes(node) -> tuple[tuple[str, str], ...]:
    """What the customer, or the shop's theme, wrote on an order or a line."""
    return tuple((item["key"], item["value"] or "") for item in node.get("customAttributes") or ())


def shown(attributes) -> list[tuple[str, str]]:
    """Those that people are meant to see: a name with an underscore is the theme's own, as Shopify has it.
    https://shopify.dev/docs/api/liquid/objects/line_item#line_item-properties"""
    return [(name, value) for name, value in attributes if value and not name.startswith("_")]


def parse_shipping_line(node, presentment):
    price = bag(node["originalPriceSet"], presentment=presentment)
    amount = bag(node["discountedPriceSet"], presentment=presentment)
    return Line(
        gid=node["id"] or "",
        kind="shipping",
        title=node["title"],
        quantity=1,
        amount=amount,
        taxes=_taxes(node.get("taxLines"), presentment),
        sku=node.get("code") or "",
        unit_price=price,
        discount=price - amount,
    )


def parse_duties(node, presentment):
    """Import duties charged at checkout, one line per duty. They carry their own tax lines."""
    if node.get("dutiesIncluded"):
        return []
    return [
        Line(
            gid=duty["id"],
            kind="duty",
            title=_lt("Import duties"),
            quantity=1,
            amount=bag(duty["price"], presentment=presentment),
            taxes=_taxes(duty.get("taxLines"), presentment),
            unit_price=bag(duty["price"], presentment=presentment),
        )
        for item in node["lineItems"]["nodes"]
        for duty in item.get("duties") or []
    ]


def parse_fee(node, presentment):
    price = bag(node["price"], presentment=presentment)
    return Line(
        gid=node["id"],
        kind="fee",
        title=node["name"],
        quantity=1,
        amount=price,
        taxes=_taxes(node.get("taxLines"), presentment),
        unit_price=price,
    )


def cash_rounding(order_gid: str, amount: Decimal) -> Line:
    """What the till rounded a payment in cash by, up or down; Shopify's total is without it.

    https://shopify.dev/docs/api/admin-graphql/2026-10/objects/CashRoundingAdjustment
    """
    return Line(f"{order_gid}#rounding", "rounding", _lt("Cash rounding"), 1, amount, unit_price=amount)
