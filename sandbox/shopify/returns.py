"""Returns and exchanges: asked for, approved, taken back, paid back, closed."""

from decimal import Decimal

from sandbox.shopify import aftersales, payloads, totals
from sandbox.shopify.money import ZERO, Currencies, amount_of, rounded


def request(state, order, lines, *, reason="UNWANTED", note="", approve=True):
    """A customer asks to send goods back; ``lines`` are (line item, quantity).

    Only what was fulfilled can be returned. Returns the Return, open if it is approved at once.
    """
    items = []
    for line, quantity in lines:
        items += _sent_items(order, line, quantity)
    now = state.now()
    made = state.add(
        "Return",
        {
            "closedAt": None,
            "createdAt": now,
            "decline": None,
            "exchangeLineItems": [],
            "name": f"{order['name']}-R{len(order['returns']) + 1}",
            "order": order,
            "refunds": [],
            "requestApprovedAt": now if approve else None,
            "returnLineItems": [],
            "returnShippingFees": [],
            "status": "OPEN" if approve else "REQUESTED",
            "totalQuantity": sum(quantity for _item, quantity in items),
        },
    )
    for item, quantity in items:
        made["returnLineItems"].append(_return_line(state, order, item, quantity, reason, note))
    order["returns"].append(made)
    totals.refresh(order, now)
    state.notifier.send("RETURNS_REQUEST", payloads.return_(made))
    if approve:
        state.notifier.send("RETURNS_APPROVE", payloads.return_(made))
    state.notifier.order("ORDERS_UPDATED", order)
    return made


def _sent_items(order, line, quantity):
    """Return [(fulfilment line item, quantity)] for what was sent of a line and not returned."""
    found, left = [], quantity
    for fulfillment in order["fulfillments"]:
        if fulfillment["status"] == "CANCELLED":
            continue
        for item in fulfillment["fulfillmentLineItems"]:
            if item["lineItem"] is not line:
                continue
            free = item["quantity"] - item.get("_returned", 0)
            taken = min(left, free)
            if taken > 0:
                found.append((item, taken))
                left -= taken
    if left:
        raise ValueError(f"Only {quantity - left} of {line['name']} can be returned.")
    for item, taken in found:
        item["_returned"] = item.get("_returned", 0) + taken
    return found


def _return_line(state, order, item, quantity, reason, note):
    line = item["lineItem"]
    bag = Currencies.of(order).bag
    value = amount_of(line["discountedUnitPriceAfterAllDiscountsSet"]) * quantity
    return state.add(
        "ReturnLineItem",
        {
            "customerNote": note,
            "fulfillmentLineItem": item,
            "processableQuantity": quantity,
            "processedQuantity": 0,
            "quantity": quantity,
            "refundableQuantity": quantity,
            "refundedQuantity": 0,
            "restockingFee": None,
            "returnReason": reason,
            "returnReasonNote": note,
            "unprocessedQuantity": quantity,
            "withCodeDiscountedTotalPriceSet": bag(value),
        },
        listed=False,
    )


def process(state, made, *, restock=True, exchanges=(), fee=None, repay=True):
    """The goods came back: refund them, less what is exchanged and a fee; the return closes.

    ``exchanges`` are {"sku", "quantity", "price"?}; they become lines of the order, to be sent.
    """
    if made["status"] != "OPEN":
        raise ValueError(f"The return {made['name']} is {made['status'].lower()}.")
    order = made["order"]
    bag = Currencies.of(order).bag
    deduct = ZERO
    for change in exchanges:
        line = aftersales.add_line(state, order, change)
        totals.refresh(order)
        deduct += _price_of(order, line)
        made["exchangeLineItems"].append(_exchange_line(state, line))
    if fee:
        amount = rounded(Decimal(str(fee)))
        made["returnShippingFees"].append(
            state.add("ReturnShippingFee", {"amountSet": bag(amount)}, listed=False)
        )
        order["_return_fees"] = order.get("_return_fees", ZERO) + amount
        deduct += amount
    totals.refresh(order)
    kind = "RETURN" if restock else "NO_RESTOCK"
    lines = {}
    for row in made["returnLineItems"]:
        line = row["fulfillmentLineItem"]["lineItem"]
        lines.setdefault(line["id"], [line, 0])[1] += row["quantity"]
        row.update(
            processableQuantity=0,
            processedQuantity=row["quantity"],
            refundableQuantity=0,
            refundedQuantity=row["quantity"],
            unprocessedQuantity=0,
        )
    refund = aftersales.refund(
        state,
        order,
        lines=[(line, quantity, kind) for line, quantity in lines.values()],
        deduct=deduct,
        repay=repay,
        note=f"Return {made['name']}",
        of_return=made,
    )
    made["refunds"].append(refund)
    made.update(status="CLOSED", closedAt=state.now())
    totals.refresh(order, state.now())
    state.notifier.send("RETURNS_CLOSE", payloads.return_closed(made))
    state.notifier.order("ORDERS_UPDATED", order)
    return refund


def _price_of(order, line):
    price = amount_of(line["originalTotalSet"])
    if order["taxesIncluded"]:
        return price
    return price + sum((amount_of(row["priceSet"]) for row in line["taxLines"]), ZERO)


def _exchange_line(state, line):
    variant = line["variant"]
    return state.add(
        "ExchangeLineItem",
        {
            "lineItem": line,
            "lineItems": [line],
            "processableQuantity": 0,
            "processedQuantity": line["quantity"],
            "productId": variant["product"]["id"],
            "quantity": line["quantity"],
            "title": line["title"],
            "unprocessedQuantity": 0,
            "variantId": variant["id"],
            "variantSku": line["sku"],
            "variantTitle": line["variantTitle"],
        },
        listed=False,
    )


def decline(state, made, note=None):
    """The shopkeeper does not take the goods back."""
    if made["status"] != "REQUESTED":
        raise ValueError(f"The return {made['name']} is {made['status'].lower()}.")
    for row in made["returnLineItems"]:
        row["fulfillmentLineItem"]["_returned"] -= row["quantity"]
    made.update(status="DECLINED", decline={"note": note, "reason": "OTHER"})
    totals.refresh(made["order"], state.now())
    state.notifier.send("RETURNS_DECLINE", payloads.return_declined(made))
