"""What happens to an order afterwards: refunds, cancellation, edits."""

from decimal import Decimal

from sandbox.shopify import assemble, checkout, payloads, totals
from sandbox.shopify.garden.taxes import tax_for
from sandbox.shopify.money import ZERO, Currencies, amount_of, rounded
from sandbox.shopify.mutations import fulfillment
from sandbox.shopify.pricing import Cart, CartLine, Discount, tax_amount


def refundable_parent(order):
    """Return the successful payment with the most left to give back, or None."""
    given = {}
    for row in order["transactions"]:
        if row["kind"] == "REFUND" and row["status"] == "SUCCESS" and row["parentTransaction"]:
            key = row["parentTransaction"]["id"]
            given[key] = given.get(key, ZERO) + amount_of(row["amountSet"])
    payments = [
        (amount_of(row["amountSet"]) - given.get(row["id"], ZERO), row)
        for row in order["transactions"]
        if row["kind"] in ("SALE", "CAPTURE") and row["status"] == "SUCCESS"
    ]
    return max(payments, key=lambda pair: pair[0], default=(ZERO, None))


def refund_part(order, line, quantity, pending=()):
    """Return (subtotal, tax) for ``quantity`` more units of a line, exact over all refunds.

    What was refunded of a line adds up to the line, whatever the number of steps. ``pending`` are
    the lines of a refund that is not the order's yet.
    """
    done = taken = taken_tax = 0
    rows = [row for refund in order["refunds"] for row in refund["refundLineItems"]]
    for row in (*rows, *pending):
        if row["lineItem"] is line:
            done += row["quantity"]
            taken += amount_of(row["subtotalSet"])
            taken_tax += amount_of(row["totalTaxSet"])
    whole = amount_of(line["originalUnitPriceSet"]) * line["quantity"] - sum(
        (amount_of(row["allocatedAmountSet"]) for row in line["discountAllocations"]), ZERO
    )
    whole_tax = sum((amount_of(row["priceSet"]) for row in line["taxLines"]), ZERO)
    share = Decimal(done + quantity) / line["quantity"]
    return rounded(whole * share) - taken, rounded(whole_tax * share) - taken_tax


def refund(
    state,
    order,
    *,
    lines=(),
    shipping=None,
    amount=None,
    note=None,
    reason=None,
    repay=True,
    deduct=ZERO,
    of_return=None,
):
    """Give money back; return the Refund.

    ``lines`` are (line item, quantity, restock type); ``shipping`` is an amount with tax if the
    order's prices have it; ``amount`` overrides what is paid back, the difference becoming an
    order adjustment; ``deduct`` (what is exchanged, a fee) lowers what is paid back without one;
    ``repay`` False records the refund without moving money.
    """
    bag = Currencies.of(order).bag
    now = state.now()
    for line, quantity, _restock in lines:
        if not 0 < quantity <= line["refundableQuantity"]:
            raise ValueError(f"Cannot refund {quantity} of {line['name']}.")
    made = state.add(
        "Refund",
        {
            "createdAt": now,
            "processedAt": now,
            "updatedAt": now,
            "duties": [],
            "note": note,
            "order": order,
            "orderAdjustments": [],
            "refundLineItems": [],
            "refundShippingLines": [],
            "return": of_return,
            "transactions": [],
        },
    )
    suggested = ZERO
    for line, quantity, restock in lines:
        subtotal, tax = refund_part(order, line, quantity, made["refundLineItems"])
        suggested += subtotal if order["taxesIncluded"] else subtotal + tax
        made["refundLineItems"].append(
            _refund_line(state, order, line, quantity, restock, bag(subtotal), bag(tax))
        )
    if shipping:
        row = _refund_shipping(state, order, Decimal(shipping), bag)
        made["refundShippingLines"].append(row)
        suggested += amount_of(row["subtotalAmountSet"])
        if not order["taxesIncluded"]:
            suggested += amount_of(row["taxAmountSet"])
    suggested = max(ZERO, suggested - deduct)
    paid_back = suggested if amount is None else Decimal(amount)
    if not repay:
        paid_back = ZERO
    if repay and paid_back != suggested:
        made["orderAdjustments"].append(
            state.add(
                "OrderAdjustment",
                {
                    "amountSet": bag(suggested - paid_back),
                    "taxAmountSet": bag(ZERO),
                    "reason": reason or "REFUND_DISCREPANCY",
                },
                listed=False,
            )
        )
        order["refundDiscrepancySet"] = bag(amount_of(order["refundDiscrepancySet"]) + suggested - paid_back)
    order["refunds"].append(made)
    if paid_back > ZERO:
        _pay_back(state, order, made, paid_back, bag)
    made["totalRefundedSet"] = bag(paid_back)
    totals.refresh(order, now)
    state.notifier.refund(made)
    state.notifier.order("ORDERS_UPDATED", order)
    return made


def _pay_back(state, order, made, paid_back, bag):
    left, parent = refundable_parent(order)
    if parent is None or paid_back > left:
        order["refunds"].remove(made)
        raise ValueError(f"Only {left} can still be refunded on {order['name']}.")
    row = checkout.add_transaction(
        state,
        order,
        "REFUND",
        parent["gateway"],
        bag(paid_back),
        checkout.new_payment_id(state),
        parent=parent,
    )
    mollie_id = parent.get("_mollie_id")
    if mollie_id:
        presentment = Decimal(row["amountSet"]["presentmentMoney"]["amount"])
        given = state.world.mollie.refund(mollie_id, presentment, description=row["paymentId"])
        row["_mollie_refund_id"] = given["id"]
    made["transactions"].append(row)
    state.notifier.transaction(row)


def _refund_line(state, order, line, quantity, restock, subtotal, tax):
    location = None
    if restock in ("CANCEL", "RETURN"):
        location = _restock(state, order, line, quantity, restock)
    return state.add(
        "RefundLineItem",
        {
            "lineItem": line,
            "location": location,
            "priceSet": line["discountedUnitPriceAfterAllDiscountsSet"],
            "quantity": quantity,
            "restockType": restock,
            "restocked": location is not None,
            "subtotalSet": subtotal,
            "totalTaxSet": tax,
        },
        listed=False,
    )


def _restock(state, order, line, quantity, restock):
    """Put goods back: out of what is committed when never sent (CANCEL), else as returned."""
    location = checkout.location_of(state, order, line)
    left = quantity
    if restock == "CANCEL":
        for row in order["fulfillmentOrders"]:
            for item in row["lineItems"]:
                if item["lineItem"] is line and row["status"] in totals.OPEN_STATUSES:
                    taken = min(left, item["remainingQuantity"])
                    item["remainingQuantity"] -= taken
                    item["totalQuantity"] -= taken
                    left -= taken
                    location = row["assignedLocation"]["location"]
            if row["status"] in totals.OPEN_STATUSES and not any(
                item["remainingQuantity"] for item in row["lineItems"]
            ):
                row["status"] = "CLOSED"
    if line["variant"]:
        deltas = {"available": quantity}
        if restock == "CANCEL":
            deltas["committed"] = -(quantity - left)
        checkout.change_level(state, line["variant"]["inventoryItem"], location, **deltas)
    return location


def _refund_shipping(state, order, amount, bag):
    line = order["shippingLine"]
    if line is None:
        raise ValueError(f"{order['name']} has no shipping to refund.")
    if amount > amount_of(line["currentDiscountedPriceSet"]):
        raise ValueError("More shipping would be refunded than was charged.")
    rate = Decimal(str(line["taxLines"][0]["rate"])) if line["taxLines"] else ZERO
    return state.add(
        "RefundShippingLine",
        {
            "shippingLine": line,
            "subtotalAmountSet": bag(amount),
            "taxAmountSet": bag(tax_amount(amount, rate, order["taxesIncluded"])),
        },
        listed=False,
    )


def cancel(state, order, *, reason="CUSTOMER", repay=True, restock=True, staff_note=None):
    """Cancel an order; open fulfilment orders close, money goes back if asked."""
    if order["cancelledAt"]:
        raise ValueError(f"{order['name']} is already cancelled.")
    lines = []
    for line in order["lineItems"]:
        quantity = line["refundableQuantity"]
        if not quantity:
            continue
        # What was sent already is not back on the shelf because the order was cancelled.
        unsent = min(quantity, line["unfulfilledQuantity"]) if restock else 0
        if unsent:
            lines.append((line, unsent, "CANCEL"))
        if quantity > unsent:
            lines.append((line, quantity - unsent, "NO_RESTOCK"))
    now = state.now()
    received = amount_of(order["netPaymentSet"])
    order.update(
        cancelledAt=now,
        cancelReason=reason,
        cancellation={"staffNote": staff_note},
    )
    shipping = amount_of(order["currentShippingPriceSet"])
    if repay and received > ZERO:
        refund(state, order, lines=lines, shipping=shipping or None, amount=received)
    else:
        refund(state, order, lines=lines, repay=False)
    for row in order["transactions"]:
        if row["kind"] == "AUTHORIZATION" and order["capturable"]:
            checkout.add_transaction(
                state,
                order,
                "VOID",
                row["gateway"],
                row["amountSet"],
                checkout.new_payment_id(state),
                parent=row,
            )
            break
    for row in order["fulfillmentOrders"]:
        if row["status"] in totals.OPEN_STATUSES or not any(
            item["totalQuantity"] for item in row["lineItems"]
        ):
            row.update(status="CLOSED", updatedAt=now)
    totals.refresh(order, now)
    state.notifier.order("ORDERS_CANCELLED", order)
    state.notifier.order("ORDERS_UPDATED", order)


def edit(state, order, changes):
    """Edit an order as its owner would in the admin.

    ``changes`` are {"line": index or id, "quantity": new}, {"line": ..., "discount": amount} for the whole
    line, or {"sku": ..., "quantity": ..., "price"?} for an addition. Removing does not move money; what
    is due or owed then shows as outstanding.
    """
    additions, removals = [], []
    for change in changes:
        if "discount" in change:
            discount_line(order, find_line(order, change["line"]), Decimal(str(change["discount"])))
        elif "line" in change:
            line = find_line(order, change["line"])
            delta = int(change["quantity"]) - line["currentQuantity"]
            if delta >= 0:
                raise ValueError("An edit of a line can only reduce it; add a line instead.")
            _remove(state, order, line, -delta)
            removals.append((line, delta))
        else:
            line = add_line(state, order, change)
            additions.append((line, line["quantity"]))
    order["edited"] = True
    now = state.now()
    totals.refresh(order, now)
    state.notifier.send("ORDERS_EDITED", payloads.order_edit(order, additions, removals))
    state.notifier.order("ORDERS_UPDATED", order)


def discount_line(order, line, amount):
    """Take ``amount`` more off a line; its taxes and the order's totals follow."""
    bag = Currencies.of(order).bag
    whole = amount_of(line["originalUnitPriceSet"]) * line["quantity"] - amount
    whole -= sum((amount_of(row["allocatedAmountSet"]) for row in line["discountAllocations"]), ZERO)
    if amount <= ZERO or whole < ZERO:
        raise ValueError(f"{amount} cannot be taken off {line['name']}.")
    discount = Discount("ManualDiscountApplication", "Discount", amount=amount, method="EACH", lines=())
    application = discount.application(len(order["discountApplications"]), order["currencyCode"])
    order["discountApplications"].append(application)
    line["discountAllocations"].append(
        {"allocatedAmountSet": bag(amount), "discountApplication": application}
    )
    taxes = ZERO
    for row in line["taxLines"]:
        before = amount_of(row["priceSet"])
        row["priceSet"] = bag(tax_amount(whole, Decimal(str(row["rate"])), order["taxesIncluded"]))
        taxes += before - amount_of(row["priceSet"])
    for key, less in (
        ("subtotalPriceSet", amount),
        ("totalTaxSet", taxes),
        ("totalPriceSet", amount if order["taxesIncluded"] else amount + taxes),
        ("totalDiscountsSet", -amount),
    ):
        order[key] = bag(amount_of(order[key]) - less)
    order["taxLines"] = assemble.order_tax_lines(order["lineItems"], order["shippingLines"], bag)


def find_line(order, wanted):
    """Return a line by index or id; ValueError if there is none."""
    if isinstance(wanted, int) and 0 <= wanted < len(order["lineItems"]):
        return order["lineItems"][wanted]
    for line in order["lineItems"]:
        if line["id"] == wanted or line["sku"] == wanted:
            return line
    raise ValueError(f"{order['name']} has no line {wanted}.")


def _remove(state, order, line, quantity):
    if quantity > line["unfulfilledQuantity"]:
        raise ValueError("Only what was not sent can be removed.")
    removed = line.setdefault("_removed", {"quantity": 0, "subtotal": ZERO, "tax": ZERO})
    whole = amount_of(line["originalUnitPriceSet"]) * line["quantity"] - sum(
        (amount_of(row["allocatedAmountSet"]) for row in line["discountAllocations"]), ZERO
    )
    whole_tax = sum((amount_of(row["priceSet"]) for row in line["taxLines"]), ZERO)
    removed["quantity"] += quantity
    share = Decimal(removed["quantity"]) / line["quantity"]
    removed["subtotal"] = rounded(whole * share)
    removed["tax"] = rounded(whole_tax * share)
    _restock(state, order, line, quantity, "CANCEL")


def add_line(state, order, change):
    """Add a line to an order, with stock and a fulfilment order of its own; return it."""
    variant = next((row for row in state.all("ProductVariant") if row["sku"] == change["sku"]), None)
    if variant is None:
        raise ValueError(f"There is no SKU {change['sku']}.")
    address = order["shippingAddress"] or order["billingAddress"]
    country = address["countryCodeV2"] if address else "NL"
    tax = None if order["taxExempt"] else tax_for(country, variant["product"]["_tax_class"])
    price = Decimal(str(change.get("price", variant["price"])))
    bag = Currencies.of(order).bag
    cart = Cart(
        [CartLine(price, int(change["quantity"]), tax, variant)],
        taxes_included=order["taxesIncluded"],
    )
    line = assemble.line_item(state, cart, cart.lines[0], bag)
    line["_order"] = order
    order["lineItems"].append(line)
    for key, amount in (
        ("subtotalPriceSet", cart.subtotal),
        ("totalTaxSet", cart.tax_total),
        ("totalPriceSet", cart.total),
    ):
        order[key] = bag(amount_of(order[key]) + amount)
    order["taxLines"] = assemble.order_tax_lines(order["lineItems"], order["shippingLines"], bag)
    order["subtotalLineItemsQuantity"] += line["quantity"]
    location = checkout.location_of(state, order, line)
    if line["requiresShipping"]:
        checkout.change_level(
            state,
            variant["inventoryItem"],
            location,
            available=-line["quantity"],
            committed=line["quantity"],
        )
        checkout.fulfillment_order(state, order, location, [(line, line["quantity"])])
    return line


def ship_all(state, order, tracking=()):
    """Fulfil everything that is left, as the shopkeeper would by hand in the admin."""
    for row in list(order["fulfillmentOrders"]):
        if row["status"] not in fulfillment.OPEN:
            continue
        chosen = [
            (row, line, line["remainingQuantity"]) for line in row["lineItems"] if line["remainingQuantity"]
        ]
        if chosen:
            fulfillment.ship(state, chosen, list(tracking))
