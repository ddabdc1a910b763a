"""Figures of an order that follow from its lines, refunds, transactions and fulfilments."""

from collections import defaultdict
from decimal import Decimal

from sandbox.shopify.money import ZERO, Currencies, amount_of, rounded

OPEN_STATUSES = ("OPEN", "IN_PROGRESS", "ON_HOLD", "SCHEDULED")


def refresh(order, now=None):
    """Compute everything that depends on the order's parts; ``now`` becomes updatedAt."""
    bag = Currencies.of(order).bag
    refunded = _refunded_by_line(order)
    remaining, fulfilled = _fulfilment_by_line(order)
    for line in order["lineItems"]:
        _refresh_line(order, line, bag, refunded[line["id"]], remaining, fulfilled)
    _refresh_current(order, bag, refunded)
    _refresh_payments(order, bag)
    order["displayFulfillmentStatus"] = fulfillment_status(order)
    order["returnStatus"] = return_status(order)
    if now:
        order["updatedAt"] = now
        done = order["displayFulfillmentStatus"] in ("FULFILLED", "FULFILLMENT_NOT_REQUIRED")
        settled = order["displayFinancialStatus"] in ("PAID", "REFUNDED", "PARTIALLY_REFUNDED")
        if (order["cancelledAt"] or (done and settled)) and not order["closedAt"]:
            order["closedAt"] = now
    order["closed"] = bool(order["closedAt"])


def _refunded_by_line(order):
    """Return {line id: [quantity, subtotal, tax]} of all refunds, and of what edits removed."""
    result = defaultdict(lambda: [0, ZERO, ZERO])
    for refund in order["refunds"]:
        for item in refund["refundLineItems"]:
            row = result[item["lineItem"]["id"]]
            row[0] += item["quantity"]
            row[1] += amount_of(item["subtotalSet"])
            row[2] += amount_of(item["totalTaxSet"])
    for line in order["lineItems"]:
        removed = line.get("_removed")
        if removed:
            row = result[line["id"]]
            row[0] += removed["quantity"]
            row[1] += removed["subtotal"]
            row[2] += removed["tax"]
    return result


def _fulfilment_by_line(order):
    remaining, fulfilled = defaultdict(int), defaultdict(int)
    for fulfillment_order in order["fulfillmentOrders"]:
        if fulfillment_order["status"] in OPEN_STATUSES:
            for item in fulfillment_order["lineItems"]:
                remaining[item["lineItem"]["id"]] += item["remainingQuantity"]
    for fulfillment in order["fulfillments"]:
        if fulfillment["status"] != "CANCELLED":
            for item in fulfillment["fulfillmentLineItems"]:
                fulfilled[item["lineItem"]["id"]] += item["quantity"]
    return remaining, fulfilled


def _refresh_line(order, line, bag, refunded, remaining, fulfilled):
    quantity = line["quantity"]
    original = amount_of(line["originalUnitPriceSet"]) * quantity
    all_discounts = ZERO
    line_level = ZERO
    line_codes = ZERO
    for allocation in line["discountAllocations"]:
        amount = amount_of(allocation["allocatedAmountSet"])
        application = allocation["discountApplication"]
        all_discounts += amount
        if is_order_level(application):
            continue
        line_level += amount
        if application["__typename"] == "DiscountCodeApplication":
            line_codes += amount
    left = remaining[line["id"]]
    current = quantity - refunded[0]
    tax = sum((amount_of(row["priceSet"]) for row in line["taxLines"]), ZERO)
    after_all = original - all_discounts - refunded[1]
    if order["taxesIncluded"]:
        after_all -= tax - refunded[2]
    unit = (original - all_discounts) / quantity if quantity else ZERO
    line_unit = (original - line_level + line_codes) / quantity if quantity else ZERO
    line.update(
        currentQuantity=current,
        refundableQuantity=current,
        unfulfilledQuantity=left,
        fulfillableQuantity=left,
        nonFulfillableQuantity=quantity - left - fulfilled[line["id"]],
        fulfillmentStatus=(
            "fulfilled"
            if fulfilled[line["id"]] and not left
            else "partial"
            if fulfilled[line["id"]]
            else "unfulfilled"
        ),
        originalTotalSet=bag(original),
        totalDiscountSet=bag(line_level),
        _discounted=bag(original - line_level + line_codes),
        _discounted_with_codes=bag(original - line_level),
        discountedUnitPriceSet=bag(rounded(line_unit)),
        discountedUnitPriceAfterAllDiscountsSet=bag(rounded(unit)),
        priceAfterAllDiscountsBeforeTaxesSet=bag(after_all),
        unfulfilledOriginalTotalSet=bag(original / quantity * left if quantity else ZERO),
        unfulfilledDiscountedTotalSet=bag(rounded(line_unit * left)),
        restockable=current > 0 and bool(line["variant"]),
        merchantEditable=left > 0,
    )


def is_order_level(application):
    """Say whether a discount is over the whole order and not for certain lines."""
    return application["allocationMethod"] == "ACROSS" and application["targetSelection"] == "ALL"


def _refresh_current(order, bag, refunded):
    subtotal = tax = discounts = order_discounts = ZERO
    taxes = defaultdict(lambda: ZERO)
    weight = 0
    for line in order["lineItems"]:
        quantity, removed, removed_tax = refunded[line["id"]]
        allocated = sum((amount_of(row["allocatedAmountSet"]) for row in line["discountAllocations"]), ZERO)
        original = amount_of(line["originalUnitPriceSet"]) * line["quantity"]
        subtotal += original - allocated - removed
        share = Decimal(line["currentQuantity"]) / line["quantity"] if line["quantity"] else ZERO
        discounts += rounded(allocated * share)
        order_discounts += rounded(
            share
            * sum(
                (
                    amount_of(row["allocatedAmountSet"])
                    for row in line["discountAllocations"]
                    if is_order_level(row["discountApplication"])
                ),
                ZERO,
            )
        )
        line_tax = sum((amount_of(row["priceSet"]) for row in line["taxLines"]), ZERO)
        tax += line_tax - removed_tax
        for row in line["taxLines"]:
            part = amount_of(row["priceSet"])
            taken = removed_tax * part / line_tax if line_tax else ZERO
            taxes[_tax_key(row)] += rounded(part - taken)
        if line["weight"]:
            weight += int(line["weight"]["value"] * line["currentQuantity"])
    shipping, shipping_tax = _current_shipping(order, bag)
    for row, part in shipping_tax:
        tax += part
        taxes[_tax_key(row)] += part
    for line in order["shippingLines"]:
        discounts += sum((amount_of(row["allocatedAmountSet"]) for row in line["discountAllocations"]), ZERO)
    total = subtotal + shipping + (ZERO if order["taxesIncluded"] else tax)
    total += amount_of(order["currentTotalDutiesSet"]) + order.get("_return_fees", ZERO)
    order.update(
        currentSubtotalLineItemsQuantity=sum(row["currentQuantity"] for row in order["lineItems"]),
        currentSubtotalPriceSet=bag(subtotal),
        currentShippingPriceSet=bag(shipping),
        currentTotalTaxSet=bag(tax),
        currentTotalPriceSet=bag(total),
        currentTotalDiscountsSet=bag(discounts),
        currentCartDiscountAmountSet=bag(order_discounts),
        currentTotalWeight=str(weight),
        currentTaxLines=[
            {
                "title": title,
                "rate": rate,
                "ratePercentage": rate * 100,
                "priceSet": bag(amount),
                "channelLiable": False,
                "source": "shopify",
            }
            for (title, rate), amount in taxes.items()
        ],
    )


def _current_shipping(order, bag):
    """Return the shipping price that is left, and [(tax line, amount left)]."""
    price = ZERO
    taxes = []
    for line in order["shippingLines"]:
        refunded = refunded_tax = ZERO
        for refund in order["refunds"]:
            for row in refund["refundShippingLines"]:
                if row["shippingLine"] is line:
                    refunded += amount_of(row["subtotalAmountSet"])
                    refunded_tax += amount_of(row["taxAmountSet"])
        left = amount_of(line["discountedPriceSet"]) - refunded
        price += left
        line["currentDiscountedPriceSet"] = bag(left)
        whole = sum((amount_of(row["priceSet"]) for row in line["taxLines"]), ZERO)
        for row in line["taxLines"]:
            part = amount_of(row["priceSet"])
            taken = refunded_tax * part / whole if whole else ZERO
            taxes.append((row, rounded(part - taken)))
    return price, taxes


def _tax_key(row):
    return row["title"], row["rate"]


def _refresh_payments(order, bag):
    received = refunded = authorized = ZERO
    pending = False
    for row in order["transactions"]:
        amount = amount_of(row["amountSet"])
        if row["status"] == "PENDING":
            pending = True
        if row["status"] != "SUCCESS":
            continue
        if row["kind"] in ("SALE", "CAPTURE"):
            received += amount
        elif row["kind"] == "REFUND":
            refunded += amount
        elif row["kind"] == "AUTHORIZATION":
            authorized += amount
        elif row["kind"] == "VOID":
            authorized = ZERO
    total = amount_of(order["totalPriceSet"])
    current = amount_of(order["currentTotalPriceSet"])
    shipping_refunds = sum(
        (
            amount_of(row["subtotalAmountSet"])
            for refund in order["refunds"]
            for row in refund["refundShippingLines"]
        ),
        ZERO,
    )
    order.update(
        totalReceivedSet=bag(received),
        totalRefundedSet=bag(refunded),
        netPaymentSet=bag(received - refunded),
        totalOutstandingSet=bag(current - (received - refunded)),
        totalCapturableSet=bag(max(ZERO, authorized - received)),
        totalRefundedShippingSet=bag(shipping_refunds),
        displayFinancialStatus=financial_status(order, total, current, received, refunded, authorized),
        capturable=authorized > received,
        refundable=received > refunded,
        restockable=any(line["restockable"] for line in order["lineItems"]),
    )
    order["fullyPaid"] = received >= total
    order["unpaid"] = not order["fullyPaid"] and not pending
    order["canMarkAsPaid"] = order["displayFinancialStatus"] == "PENDING"


def financial_status(order, total, current, received, refunded, authorized):
    """Return the displayFinancialStatus."""
    if refunded:
        return "REFUNDED" if refunded >= received else "PARTIALLY_REFUNDED"
    if received and received >= min(total, current if current > 0 else total):
        return "PAID"
    if received:
        return "PARTIALLY_PAID"
    if order["cancelledAt"]:
        return "VOIDED" if total else "PAID"
    if authorized:
        return "AUTHORIZED"
    return "PENDING" if total else "PAID"


def is_fulfillable(line):
    """Say whether a line waits to be fulfilled: a tip does not, and gift cards Shopify sends itself."""
    return line["requiresShipping"] or not (line["isGiftCard"] or line.get("_tip"))


def fulfillment_status(order):
    """Return the displayFulfillmentStatus."""
    lines = [line for line in order["lineItems"] if is_fulfillable(line)]
    if not lines:
        return "FULFILLMENT_NOT_REQUIRED"
    statuses = [row["status"] for row in order["fulfillmentOrders"] if row["status"] in OPEN_STATUSES]
    left = sum(line["unfulfilledQuantity"] for line in lines)
    done = sum(
        item["quantity"]
        for fulfillment in order["fulfillments"]
        if fulfillment["status"] != "CANCELLED"
        for item in fulfillment["fulfillmentLineItems"]
    )
    if done:
        return "PARTIALLY_FULFILLED" if left else "FULFILLED"
    if "ON_HOLD" in statuses:
        return "ON_HOLD"
    if "SCHEDULED" in statuses:
        return "SCHEDULED"
    if "IN_PROGRESS" in statuses:
        return "IN_PROGRESS"
    return "UNFULFILLED"


def return_status(order):
    """Return the returnStatus."""
    statuses = {row["status"] for row in order["returns"]}
    if not statuses:
        return "NO_RETURN"
    if "REQUESTED" in statuses:
        return "RETURN_REQUESTED"
    if "OPEN" in statuses:
        return "IN_PROGRESS"
    if statuses == {"DECLINED"} or statuses == {"CANCELED"}:
        return "NO_RETURN"
    return "RETURNED"
