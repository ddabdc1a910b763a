"""Shopify's order as frozen values, and the sums that decide whether it is understood.

Amounts are Decimals in one currency: the shop's, or the one the customer paid in, chosen when the
order is read. Times are aware datetimes in UTC. Field meanings:
https://shopify.dev/docs/api/admin-graphql/2026-10/objects/Order
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from decimal import Decimal

from .money import ZERO, bag, cents, spread

PAID_KINDS = frozenset({"SALE", "CAPTURE"})


class Unreadable(ValueError):
    """The order lacks something that every order has; it cannot be imported as it is."""


def moment(value: str | None) -> datetime | None:
    """An ISO 8601 time of Shopify as an aware datetime in UTC."""
    if not value:
        return None
    return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(timezone.utc)


@dataclass(frozen=True)
class Tax:
    """One tax on one line. ``rate`` is in percent; ``amount`` what was charged for the line."""

    title: str
    rate: Decimal
    amount: Decimal
    channel_liable: bool = False


@dataclass(frozen=True)
class Address:
    """A postal address as the customer typed it. ``country`` is an ISO 3166 code."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    street: str = ""
    street2: str = ""
    zip: str = ""
    city: str = ""
    province: str = ""
    country: str = ""
    phone: str = ""

    @property
    def name(self) -> str:
        """The person's name, or the company's when no person is named."""
        return " ".join(part for part in (self.first_name, self.last_name) if part) or self.company

    @property
    def is_empty(self) -> bool:
        """Nothing to send a parcel to: the order had none, or Shopify hides it."""
        return not (self.street or self.city or self.zip)

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two addresses the same: content without case and superfluous blanks."""
        return address_key(
            self.name,
            self.company,
            self.street,
            self.street2,
            self.zip,
            self.city,
            self.country,
            self.phone,
        )


def address_key(*parts: str | None) -> tuple[str, ...]:
    """Address parts in the form in which they are compared."""
    return tuple(" ".join((part or "").casefold().split()) for part in parts)


@dataclass(frozen=True)
class Customer:
    """The person who ordered; every field but ``gid`` may be hidden by Shopify."""

    gid: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    locale: str = ""

    @property
    def name(self) -> str:
        """Full name, empty when Shopify does not tell it."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass(frozen=True)
class Company:
    """The business that bought (B2B), with the location it bought for."""

    gid: str
    name: str
    external_id: str = ""
    location_gid: str = ""
    location_name: str = ""
    vat: str = ""
    tax_exempt: bool = False


@dataclass(frozen=True)
class Line:
    """One thing charged.

    ``kind``: product, gift_card, shipping, tip, duty or fee.
    ``amount``: for the whole line after every discount, tax included if the order says so.
    ``unit_price``: of one piece before discounts, for display.
    ``quantity`` is as ordered, ``current_quantity`` what is left after edits and refunds.
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

    @property
    def tax(self) -> Decimal:
        """All taxes of the line."""
        return sum((tax.amount for tax in self.taxes), ZERO)

    def net(self, taxes_included: bool) -> Decimal:
        """What the line is worth without tax."""
        return self.amount - self.tax if taxes_included else self.amount


@dataclass(frozen=True)
class Transaction:
    """An attempt to move money. ``payment_id`` is the payment's name at the payment provider."""

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

    @property
    def is_paid(self) -> bool:
        """Money came in."""
        return self.status == "SUCCESS" and self.kind in PAID_KINDS

    @property
    def is_refund(self) -> bool:
        """Money went back."""
        return self.status == "SUCCESS" and self.kind == "REFUND"


@dataclass(frozen=True)
class RefundLine:
    """Pieces taken back. ``subtotal`` follows the order: tax included if its prices are."""

    line_gid: str
    quantity: int
    subtotal: Decimal
    tax: Decimal
    restock: str = "NO_RESTOCK"


@dataclass(frozen=True)
class Refund:
    """A refund, or what an edit took off the order (then no money moves with it)."""

    gid: str
    created_at: datetime | None
    note: str
    total: Decimal
    lines: tuple[RefundLine, ...] = ()
    shipping: tuple[RefundLine, ...] = ()
    adjustments: tuple[RefundLine, ...] = ()
    transaction_gids: tuple[str, ...] = ()

    @property
    def is_removal(self) -> bool:
        """Lines were taken off without money moving: an edit before anything was given back."""
        return not self.transaction_gids and not self.total and bool(self.lines or self.shipping)


@dataclass(frozen=True)
class Order:
    """An order of a shop in the chosen currency; see the module's docstring for units."""

    gid: str
    name: str
    created_at: datetime
    processed_at: datetime
    updated_at: datetime
    currency: str
    taxes_included: bool
    total: Decimal
    tax_total: Decimal
    current_total: Decimal
    current_tax: Decimal
    cancelled_at: datetime | None = None
    cancel_reason: str = ""
    test: bool = False
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
    customer: Customer | None = None
    company: Company | None = None
    billing: Address = field(default_factory=Address)
    shipping: Address = field(default_factory=Address)
    lines: tuple[Line, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    refunds: tuple[Refund, ...] = ()

    @property
    def tax_country(self) -> str:
        """Country whose taxes apply: where the goods go, else where the bill goes."""
        return self.shipping.country or self.billing.country

    @property
    def paid(self) -> Decimal:
        """Sum of the payments that succeeded, refunds not deducted."""
        return sum((line.amount for line in self.transactions if line.is_paid), ZERO)

    def without(self, gids) -> "Order":
        """The order as if these refunds and removals had not happened."""
        return replace(self, refunds=tuple(refund for refund in self.refunds if refund.gid not in gids))

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
            for part in refund.lines + refund.shipping:
                removed.setdefault(part.line_gid, []).append(part)
        result = []
        for line in self.lines:
            for part in removed.get(line.gid, ()):
                line = _reduce(line, part)
            if line.quantity or line.amount:
                result.append(line)
        return tuple(result)

    @property
    def charged_total(self) -> Decimal:
        """What the customer has to pay in all, after edits and before refunds."""
        total = self.total
        for refund in self.removals:
            for part in refund.lines + refund.shipping:
                total -= part.subtotal + (ZERO if self.taxes_included else part.tax)
        return total

    @property
    def charged_tax(self) -> Decimal:
        """The tax in :attr:`charged_total`."""
        return self.tax_total - sum(
            (part.tax for refund in self.removals for part in refund.lines + refund.shipping), ZERO
        )

    @property
    def unexplained(self) -> Decimal:
        """Shopify's total minus the sum of everything we know to be in it. Must be zero."""
        return self.charged_total - self._sum(self.charged_lines())

    @property
    def unexplained_current(self) -> Decimal:
        """Shopify's total after everything, minus ours less what refunds took back. Must be zero
        where edits were worked out from quantities (:func:`edited_off`)."""
        taken = ZERO
        for refund in self.refunds:
            if not refund.is_removal:
                for part in refund.lines + refund.shipping:
                    taken += part.subtotal + (ZERO if self.taxes_included else part.tax)
        return self.current_total - (self.charged_total - taken)

    @property
    def unexplained_tax(self) -> Decimal:
        """Shopify's tax minus the sum of the lines' taxes. Must be zero."""
        return self.charged_tax - sum((line.tax for line in self.charged_lines()), ZERO)

    def _sum(self, lines) -> Decimal:
        total = sum((line.amount for line in lines), ZERO)
        return total if self.taxes_included else total + sum((line.tax for line in lines), ZERO)


def edited_off(order: Order):
    """What edits took off that no refund tells of, as removals of one piece each.

    A line's ``currentQuantity`` is its quantity less everything refunded and edited off. A piece
    takes off its share of the line, so that all pieces together come to the whole line.
    The pieces are numbered: an edit that takes off more later adds further removals.
    """
    refunded: dict[str, list[RefundLine]] = {}
    for refund in order.refunds:
        for part in refund.lines:
            refunded.setdefault(part.line_gid, []).append(part)
    for line in order.lines:
        parts = refunded.get(line.gid, [])
        done = sum(part.quantity for part in parts)
        if line.current_quantity is None or order.cancelled_at:
            continue
        gone = line.quantity - line.current_quantity - done
        for number in range(1, gone + 1):
            yield Refund(
                gid=f"{line.gid}#removed-{number}",
                created_at=order.updated_at,
                note="",
                total=ZERO,
                lines=(
                    RefundLine(
                        line_gid=line.gid,
                        quantity=1,
                        subtotal=_piece(line.amount, number, line.quantity),
                        tax=_piece(line.tax, number, line.quantity),
                        restock="CANCEL",
                    ),
                ),
            )


def _piece(amount: Decimal, number: int, quantity: int) -> Decimal:
    return cents(amount * number / quantity) - cents(amount * (number - 1) / quantity)


def _reduce(line: Line, part: RefundLine) -> Line:
    taxes = spread(part.tax, [tax.amount for tax in line.taxes])
    quantity = line.quantity - part.quantity
    return replace(
        line,
        quantity=quantity,
        amount=line.amount - part.subtotal,
        discount=line.unit_price * quantity - (line.amount - part.subtotal),
        taxes=tuple(
            replace(tax, amount=tax.amount - taken) for tax, taken in zip(line.taxes, taxes, strict=True)
        ),
    )


def parse_order(node: dict, *, presentment: bool = False) -> Order:
    """Read Shopify's answer.

    :param node: an order as asked by ``documents.ORDERS`` with every page merged in.
    :param presentment: amounts in the currency the customer saw instead of the shop's.
    :raises Unreadable: when a field that every order has is missing.
    """
    try:
        return _parse_order(node, True) if presentment else _in_shop_money(node)
    except (KeyError, TypeError, AttributeError, ArithmeticError, ValueError) as error:
        name = node.get("name") or node.get("id") or "?"
        raise Unreadable(f"Order {name} has a shape we do not know: {error!r}") from error


def _parse_order(node, presentment):
    lines = [_line(item, presentment) for item in node["lineItems"]["nodes"]]
    lines += [
        _shipping_line(item, presentment) for item in node["shippingLines"]["nodes"] if not item["isRemoved"]
    ]
    lines += _duties(node, presentment)
    lines += [_fee(item, presentment) for item in node.get("additionalFees") or []]
    order = Order(
        gid=node["id"],
        name=node["name"],
        created_at=moment(node["createdAt"]),
        processed_at=moment(node["processedAt"]),
        updated_at=moment(node["updatedAt"]),
        cancelled_at=moment(node.get("cancelledAt")),
        cancel_reason=node.get("cancelReason") or "",
        test=bool(node.get("test")),
        currency=node["presentmentCurrencyCode"] if presentment else node["currencyCode"],
        taxes_included=node["taxesIncluded"],
        total=bag(node["totalPriceSet"], presentment=presentment),
        tax_total=bag(node.get("totalTaxSet"), presentment=presentment),
        current_total=bag(node["currentTotalPriceSet"], presentment=presentment),
        current_tax=bag(node.get("currentTotalTaxSet"), presentment=presentment),
        financial_status=node.get("displayFinancialStatus") or "",
        fulfillment_status=node.get("displayFulfillmentStatus") or "",
        source=node.get("sourceName") or "",
        email=(node.get("email") or "").strip(),
        phone=node.get("phone") or "",
        note=node.get("note") or "",
        po_number=node.get("poNumber") or "",
        locale=node.get("customerLocale") or "",
        tags=tuple(node.get("tags") or ()),
        risk=(node.get("risk") or {}).get("recommendation") or "",
        payment_terms=(node.get("paymentTerms") or {}).get("paymentTermsName") or "",
        payment_terms_days=(node.get("paymentTerms") or {}).get("dueInDays"),
        customer=_customer(node.get("customer")),
        company=_company(node.get("purchasingEntity")),
        billing=parse_address(node.get("billingAddress")),
        shipping=parse_address(node.get("shippingAddress")),
        lines=tuple(lines),
        transactions=tuple(_transaction(item, presentment) for item in node.get("transactions") or []),
        refunds=tuple(_refund(item, presentment) for item in node.get("refunds") or []),
    )
    order = replace(order, refunds=order.refunds + tuple(edited_off(order)))
    return _with_tip(order, bag(node.get("totalTipReceivedSet"), presentment=presentment))


def _with_tip(order: Order, tip: Decimal) -> Order:
    """A tip may be among the lines (at checkout) or only in the total (at the till)."""
    if not tip:
        return order
    if order.unexplained == tip:
        line = Line(f"{order.gid}#tip", "tip", "Tip", 1, tip, unit_price=tip)
        return replace(order, lines=order.lines + (line,))
    among = [
        line
        for line in order.lines
        if line.kind == "product"
        and not (line.sku or line.variant_gid or line.product_gid or line.requires_shipping)
    ]
    if sum((line.amount for line in among), ZERO) == tip:
        gids = {line.gid for line in among}
        lines = tuple(replace(line, kind="tip") if line.gid in gids else line for line in order.lines)
        return replace(order, lines=lines)
    return order


def _in_shop_money(node: dict) -> Order:
    """The order in the shop's currency.

    Where the customer paid in another one, Shopify converts and rounds every figure by itself, so
    that converted lines may miss the converted total by cents. Where the customer's own figures add
    up exactly and what is missing is no more than that rounding, the largest line takes it.
    """
    order = _parse_order(node, False)
    if node["currencyCode"] == node["presentmentCurrencyCode"]:
        return order
    missing, missing_tax = order.unexplained, order.unexplained_tax
    if not missing and not missing_tax:
        return order
    paid = _parse_order(node, True)
    lines = order.charged_lines()
    bound = Decimal("0.005") * (len(lines) + 1)
    if paid.unexplained or paid.unexplained_tax or not lines:
        return order
    if abs(missing) > bound or abs(missing_tax) > bound + bound:
        return order
    largest = max(lines, key=lambda line: (bool(line.taxes), line.amount))
    return replace(
        order,
        lines=tuple(
            _shifted(line, missing, missing_tax, order.taxes_included) if line.gid == largest.gid else line
            for line in order.lines
        ),
    )


def _shifted(line: Line, amount: Decimal, tax: Decimal, taxes_included: bool) -> Line:
    taxes = line.taxes
    if taxes:
        taxes = (replace(taxes[0], amount=taxes[0].amount + tax), *taxes[1:])
    # On top of the price, the tax is part of what is missing in the total.
    return replace(line, amount=line.amount + (amount if taxes_included else amount - tax), taxes=taxes)


def parse_address(node: dict | None) -> Address:
    """A ``MailingAddress``; an empty :class:`Address` for None."""
    node = node or {}
    return Address(
        *(
            (node.get(key) or "").strip()
            for key in (
                "firstName",
                "lastName",
                "company",
                "address1",
                "address2",
                "zip",
                "city",
                "provinceCode",
                "countryCodeV2",
                "phone",
            )
        )
    )


def _customer(node):
    if not node:
        return None
    return Customer(
        gid=node["id"],
        first_name=(node.get("firstName") or "").strip(),
        last_name=(node.get("lastName") or "").strip(),
        email=((node.get("defaultEmailAddress") or {}).get("emailAddress") or "").strip(),
        phone=(node.get("defaultPhoneNumber") or {}).get("phoneNumber") or "",
        locale=node.get("locale") or "",
    )


def _company(node):
    company = (node or {}).get("company")
    if not company:
        return None
    location = node.get("location") or {}
    settings = location.get("taxSettings") or {}
    return Company(
        gid=company["id"],
        name=company["name"],
        external_id=company.get("externalId") or "",
        location_gid=location.get("id") or "",
        location_name=location.get("name") or "",
        vat=(settings.get("taxRegistrationId") or "").replace(" ", ""),
        tax_exempt=bool(settings.get("taxExempt")),
    )


def _taxes(nodes, presentment):
    return tuple(
        Tax(
            title=node["title"],
            rate=_rate(node),
            amount=bag(node["priceSet"], presentment=presentment),
            channel_liable=bool(node.get("channelLiable")),
        )
        for node in nodes or ()
    )


def _rate(node) -> Decimal:
    if node.get("ratePercentage") is not None:
        return Decimal(str(node["ratePercentage"])).normalize() + ZERO
    return (Decimal(str(node.get("rate") or 0)) * 100).normalize() + ZERO


def _line(node, presentment):
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
    )


def _shipping_line(node, presentment):
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


def _duties(node, presentment):
    """Import duties charged at checkout, one line per duty. They carry their own tax lines."""
    if node.get("dutiesIncluded"):
        return []
    return [
        Line(
            gid=duty["id"],
            kind="duty",
            title="Import duties",
            quantity=1,
            amount=bag(duty["price"], presentment=presentment),
            taxes=_taxes(duty.get("taxLines"), presentment),
            unit_price=bag(duty["price"], presentment=presentment),
        )
        for item in node["lineItems"]["nodes"]
        for duty in item.get("duties") or []
    ]


def _fee(node, presentment):
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


def _transaction(node, presentment):
    money = node["amountSet"]["presentmentMoney" if presentment else "shopMoney"]
    parent = node.get("parentTransaction") or {}
    return Transaction(
        gid=node["id"],
        kind=node["kind"],
        status=node["status"],
        gateway=node.get("gateway") or node.get("formattedGateway") or "",
        amount=Decimal(str(money["amount"])),
        currency=money["currencyCode"],
        payment_id=node.get("paymentId") or "",
        parent_gid=parent.get("id") or "",
        parent_payment_id=parent.get("paymentId") or "",
        processed_at=moment(node.get("processedAt") or node.get("createdAt")),
        test=bool(node.get("test")),
        error=node.get("errorCode") or "",
    )


def _refund(node, presentment):
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
