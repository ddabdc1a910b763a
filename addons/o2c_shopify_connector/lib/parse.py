"""From Shopify's answer to an :class:`~.order.Order`."""

from dataclasses import replace
from decimal import Decimal

from ...o2c_base.lib.text import texts_of
from .address import parse_address
from .buyer import parse_company, parse_customer
from .charges import (
    Line,
    cash_rounding,
    parse_attributes,
    parse_duties,
    parse_fee,
    parse_line,
    parse_shipping_line,
)
from .edits import edited_off, keeping, total_of_lines
from .money import ZERO, bag
from .order import Order
from .reading import Unreadable, moment
from .refunds import parse_refund
from .returns import parse_return
from .transactions import parse_transactions

_lt = texts_of(__name__)

PICK_UP = "PICK_UP"


def parse_order(
    node: dict,
    *,
    presentment: bool = False,
    taken_off: dict | None = None,
    places: dict[str, int] | None = None,
) -> Order:
    """Read Shopify's answer.

    :param node: an order as asked by ``documents.ORDERS`` with every page merged in.
    :param presentment: amounts in the currency the customer saw instead of the shop's.
    :param taken_off: removal gid -> (subtotal, tax) of pieces that edits took off and that were booked.
    :param places: currency code -> its decimals; of one that is not among them, two.
    :raises Unreadable: when a field that every order has is missing.
    """
    try:
        known, places = taken_off or {}, places or {}
        if presentment:
            return _parse_order(node, True, known, places)
        return _in_shop_money(node, known, places)
    except (KeyError, TypeError, AttributeError, ArithmeticError, ValueError) as error:
        name = node.get("name") or node.get("id") or "?"
        raise Unreadable(
            _lt("Order %(name)s has a shape we do not know: %(reason)s", name=name, reason=repr(error))
        ) from error


def _parse_order(node, presentment, known, places):
    currency = node["presentmentCurrencyCode" if presentment else "currencyCode"]
    lines = [parse_line(item, presentment) for item in node["lineItems"]["nodes"]]
    lines += [
        parse_shipping_line(item, presentment)
        for item in node["shippingLines"]["nodes"]
        if not item["isRemoved"]
    ]
    lines += parse_duties(node, presentment)
    lines += [parse_fee(item, presentment) for item in node.get("additionalFees") or []]
    rounding = bag((node.get("totalCashRoundingAdjustment") or {}).get("paymentSet"), presentment=presentment)
    if rounding:
        lines.append(cash_rounding(node["id"], rounding))
    order = Order(
        gid=node["id"],
        name=node["name"],
        created_at=moment(node["createdAt"]),
        processed_at=moment(node["processedAt"]),
        updated_at=moment(node["updatedAt"]),
        cancelled_at=moment(node.get("cancelledAt")),
        cancel_reason=node.get("cancelReason") or "",
        test=bool(node.get("test")),
        edited=bool(node.get("edited")),
        currency=currency,
        places=places.get(currency, 2),
        taxes_included=node["taxesIncluded"],
        total=bag(node["totalPriceSet"], presentment=presentment) + rounding,
        tax_total=bag(node.get("totalTaxSet"), presentment=presentment),
        current_total=bag(node["currentTotalPriceSet"], presentment=presentment) + rounding,
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
        payment_due_at=_due_at(node.get("paymentTerms") or {}),
        customer=parse_customer(node.get("customer")),
        company=parse_company(node.get("purchasingEntity")),
        billing=parse_address(node.get("billingAddress")),
        shipping=parse_address(node.get("shippingAddress")),
        lines=tuple(lines),
        transactions=parse_transactions(node.get("transactions"), presentment),
        location_gid=_location(node),
        till_country=_till_country(node),
        returns=tuple(parse_return(item, presentment) for item in node.get("returns") or ()),
        attributes=parse_attributes(node),
        refunds=tuple(parse_refund(item, presentment) for item in node.get("refunds") or []),
    )
    return _with_edits(order, bag(node.get("totalTipReceivedSet"), presentment=presentment), known)


def _with_edits(order, tip, known):
    """The order with what edits took off. Of two readings, Shopify's present total tells the right one:
    its discounts are those of the pieces that are left, or those of the pieces taken off, too."""

    def read(booked):
        whole = replace(order, refunds=order.refunds + tuple(edited_off(order, booked)))
        return total_of_lines(_with_tip(whole, tip))

    found = read(known)
    if known and not found.is_explained:
        afresh = read({})
        if afresh.is_explained:
            return keeping(afresh, known)
    return found


def _due_at(terms):
    """When an order is due that was sold on terms with a fixed day; others count days."""
    schedules = (terms.get("paymentSchedules") or {}).get("nodes") or []
    if terms.get("paymentTermsType") != "FIXED" or not schedules:
        return None
    return moment(schedules[0].get("dueAt"))


def _location(node) -> str:
    """Where the order was sold over the counter, or else where it is to be sent from."""
    if node.get("retailLocation"):
        return node["retailLocation"]["id"]
    places = (node.get("fulfillmentOrders") or {}).get("nodes") or []
    waiting = [place for place in places if place.get("status") not in ("CLOSED", "CANCELLED")]
    for place in waiting + places:
        location = (place.get("assignedLocation") or {}).get("location")
        if location:
            return location["id"]
    return ""


def _till_country(node) -> str:
    """Country of the shop where the order was sold over the counter, or is picked up by the customer."""
    place = node.get("retailLocation") or {}
    country = (place.get("address") or {}).get("countryCode")
    if country:
        return country
    for part in (node.get("fulfillmentOrders") or {}).get("nodes") or []:
        if (part.get("deliveryMethod") or {}).get("methodType") == PICK_UP:
            return (part.get("assignedLocation") or {}).get("countryCode") or ""
    return ""


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


def _in_shop_money(node: dict, known: dict, places: dict) -> Order:
    """The order in the shop's currency.

    Where the customer paid in another one, Shopify converts and rounds every figure by itself, so
    that converted lines may miss the converted total by a few cents, or whole krónur. Where the
    customer's own figures add up exactly and what is missing is no more than that rounding, the
    largest line takes it.
    """
    order = _parse_order(node, False, known, places)
    if node["currencyCode"] == node["presentmentCurrencyCode"]:
        return order
    missing, missing_tax = order.unexplained, order.unexplained_tax
    if not missing and not missing_tax:
        return order
    paid = _parse_order(node, True, {}, places)
    lines = order.charged_lines()
    bound = Decimal(5).scaleb(-order.places - 1) * (len(lines) + 1)
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
