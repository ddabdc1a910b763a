"""What happens when a check-out is completed: stock, fulfilment orders, payment, webhooks."""

from decimal import Decimal

from sandbox.shopify import totals
from sandbox.shopify.money import Currencies, amount_of

PAYMENT_ID_LENGTH = 25


def place(state, order, *, pay_with=None):
    """Take an order that was just made into the shop.

    ``pay_with`` is the name of Mollie's method ("ideal", ...); None leaves the order unpaid.
    Returns the Mollie payment, or None.
    """
    commit_stock(state, order)
    make_fulfillment_orders(state, order)
    payment = pay(state, order, pay_with) if pay_with else None
    totals.refresh(order)
    order["_placed"] = True
    notify = state.notifier.order
    notify("ORDERS_CREATE", order)
    for row in order["transactions"]:
        state.notifier.transaction(row)
    if order["displayFinancialStatus"] == "PAID":
        notify("ORDERS_PAID", order)
    for row in order["fulfillmentOrders"]:
        state.notifier.fulfillment_order("FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE", row)
    return payment


def new_payment_id(state):
    """Return a payment id as Shopify makes them: r and 25 more characters."""
    return "r" + state.world.ids.token("payment", PAYMENT_ID_LENGTH)


GATEWAYS = {
    "ideal": "Mollie - iDEAL",
    "bancontact": "Mollie - Bancontact",
    "creditcard": "Mollie - Credit Card",
    "klarna": "Mollie - Klarna",
    "paypal": "Mollie - PayPal",
    "in3": "Mollie - in3",
}


def pay(state, order, method, bag=None, kind="SALE", parent=None):
    """The shopper pays ``bag`` (the whole order by default) through Mollie.

    Returns the Mollie payment, or None when there is nothing to pay.
    """
    if method not in GATEWAYS:
        raise ValueError(f"The shop does not take {method}, but {', '.join(GATEWAYS)}.")
    gateway = GATEWAYS[method]
    payment_id = new_payment_id(state)
    bag = bag or order["totalPriceSet"]
    presentment = bag["presentmentMoney"]
    address = order["billingAddress"] or order["shippingAddress"]
    amount = Decimal(presentment["amount"])
    if not amount:
        return None
    payment = state.world.mollie.pay(
        amount,
        presentment["currencyCode"],
        payment_id,
        method,
        paid_at=state.world.clock.now(),
        country=address["countryCodeV2"] if address else "NL",
    )
    row = add_transaction(state, order, kind, gateway, bag, payment_id, parent)
    row["_mollie_id"] = payment["id"]
    return payment


def pay_rest(state, order, method):
    """The customer pays what is still due, or the shopkeeper captures an authorisation."""
    due = amount_of(order["totalOutstandingSet"])
    if due <= 0:
        raise ValueError(f"Nothing is due on {order['name']}.")
    waiting = next((row for row in order["transactions"] if row["status"] == "PENDING"), None)
    if waiting is not None:
        # A bank deposit has come in: the shopkeeper marks the order as paid.
        waiting.update(status="SUCCESS", processedAt=state.now())
        return _paid(state, order, waiting)
    held = next((row for row in order["transactions"] if row["kind"] == "AUTHORIZATION"), None)
    bag = Currencies.of(order).bag(due)
    if held is not None:
        method = "creditcard"
    pay(state, order, method, bag, "CAPTURE" if held else "SALE", held)
    return _paid(state, order, order["transactions"][-1])


def _paid(state, order, row):
    totals.refresh(order, state.now())
    state.notifier.transaction(row)
    if order["displayFinancialStatus"] == "PAID":
        state.notifier.order("ORDERS_PAID", order)
    state.notifier.order("ORDERS_UPDATED", order)


def add_transaction(state, order, kind, gateway, bag, payment_id, parent=None, status="SUCCESS"):
    """Record an attempt to move money; return the OrderTransaction."""
    now = state.now()
    row = state.add(
        "OrderTransaction",
        {
            "accountNumber": None,
            "amountRoundingSet": None,
            "amountSet": bag,
            "authorizationCode": payment_id,
            "authorizationExpiresAt": None,
            "createdAt": now,
            "errorCode": "GENERIC_ERROR" if status in ("FAILURE", "ERROR") else None,
            "fees": [],
            "formattedGateway": gateway,
            "gateway": gateway,
            "kind": kind,
            "location": None,
            "manualPaymentGateway": gateway in ("manual", "Bank Deposit", "Cash on Delivery (COD)"),
            "manuallyCapturable": kind == "AUTHORIZATION",
            "maximumRefundableV2": None,
            "multiCapturable": False,
            "order": order,
            "parentTransaction": parent,
            "paymentDetails": None,
            "paymentId": payment_id,
            "processedAt": now,
            "receiptJson": "{}",
            "settlementCurrency": None,
            "settlementCurrencyRate": None,
            "status": status,
            "test": order["test"],
            "totalUnsettledSet": None,
        },
    )
    order["transactions"].append(row)
    if gateway not in order["paymentGatewayNames"]:
        order["paymentGatewayNames"].append(gateway)
    if status == "SUCCESS" and kind in ("SALE", "CAPTURE", "REFUND") and amount_of(bag):
        sign = -1 if kind == "REFUND" else 1
        state.add(
            "TenderTransaction",
            {
                "amount": {
                    "amount": f"{sign * Decimal(bag['shopMoney']['amount']):f}",
                    "currencyCode": bag["shopMoney"]["currencyCode"],
                },
                "order": order,
                "paymentMethod": "other",
                "processedAt": now,
                "remoteReference": payment_id,
                "test": order["test"],
            },
        )
    return row


def commit_stock(state, order):
    """Take the goods out of what is available and into what is committed."""
    for line in order["lineItems"]:
        if line["variant"] and line["requiresShipping"]:
            change_level(
                state,
                line["variant"]["inventoryItem"],
                location_of(state, order, line),
                available=-line["quantity"],
                committed=line["quantity"],
            )


def location_of(state, order, line):
    """Return where a line is fulfilled from: the warehouse, unless it was said otherwise."""
    return line.get("_location") or order.get("_location") or state.primary_location()


def change_level(state, item, place_, notify=True, **deltas):
    """Change quantities of an item at a location; on_hand follows from the others."""
    level = state.level_of(item, place_)
    if level is None or not item["tracked"]:
        return None
    quantities = level["_quantities"]
    for name, delta in deltas.items():
        quantities[name] += delta
    quantities["on_hand"] = sum(
        quantities[name]
        for name in ("available", "committed", "damaged", "quality_control", "reserved", "safety_stock")
    )
    level["updatedAt"] = item["updatedAt"] = state.now()
    if notify and deltas.get("available"):
        state.notifier.inventory_level(level)
    return level


def make_fulfillment_orders(state, order):
    """Route the lines to locations: those to ship, and apart from them those that need no delivery."""
    if order["fulfillmentOrders"]:
        return
    places = {}
    for line in order["lineItems"]:
        if totals.is_fulfillable(line):
            place_ = location_of(state, order, line)
            key = (not line["requiresShipping"], place_["id"])
            places.setdefault(key, (place_, []))[1].append((line, line["quantity"]))
    for _key, (place_, routed) in sorted(places.items(), key=lambda item: item[0][0]):
        fulfillment_order(state, order, place_, routed)


def fulfillment_order(state, order, location, lines):
    """Make one fulfilment order; ``lines`` are (line item, quantity)."""
    now = state.now()
    address = location["address"]
    ship_to = order["shippingAddress"]
    destination = None
    if ship_to:
        destination = {
            "__typename": "FulfillmentOrderDestination",
            "id": state.new_id("FulfillmentOrderDestination"),
            "address1": ship_to["address1"],
            "address2": ship_to["address2"],
            "city": ship_to["city"],
            "company": ship_to["company"],
            "countryCode": ship_to["countryCodeV2"],
            "email": order["email"],
            "firstName": ship_to["firstName"],
            "lastName": ship_to["lastName"],
            "location": None,
            "phone": ship_to["phone"],
            "province": ship_to["province"],
            "zip": ship_to["zip"],
        }
    shipping = order["shippingLine"]
    made = state.add(
        "FulfillmentOrder",
        {
            "assignedLocation": {
                "address1": address["address1"],
                "address2": address["address2"],
                "city": address["city"],
                "countryCode": address["countryCode"],
                "location": location,
                "name": location["name"],
                "phone": address["phone"],
                "province": address["province"],
                "zip": address["zip"],
            },
            "createdAt": now,
            "updatedAt": now,
            "deliveryMethod": {
                "__typename": "DeliveryMethod",
                "id": state.new_id("DeliveryMethod"),
                "maxDeliveryDateTime": None,
                "methodType": _method(order, lines),
                "minDeliveryDateTime": None,
                "presentedName": shipping["title"] if shipping else None,
                "serviceCode": shipping["code"] if shipping else None,
                "sourceReference": None,
            },
            "destination": destination,
            "fulfillAt": now,
            "fulfillBy": None,
            "fulfillmentHolds": [],
            "fulfillments": [],
            "lineItems": [],
            "order": order,
            "requestStatus": "UNSUBMITTED",
            "status": "OPEN",
        },
    )
    for line, quantity in lines:
        made["lineItems"].append(fulfillment_order_line(state, line, quantity))
    order["fulfillmentOrders"].append(made)
    return made


def _method(order, lines):
    if not lines[0][0]["requiresShipping"]:
        return "NONE"
    if order["retailLocation"]:
        return "RETAIL"
    return "SHIPPING" if order["shippingAddress"] else "PICK_UP"


def fulfillment_order_line(state, line, quantity):
    """Make one line of a fulfilment order."""
    return state.add(
        "FulfillmentOrderLineItem",
        {
            "image": line["image"],
            "lineItem": line,
            "productTitle": line["title"],
            "remainingQuantity": quantity,
            "requiresShipping": line["requiresShipping"],
            "shippingLine": None,
            "sku": line["sku"],
            "totalQuantity": quantity,
            "variant": line["variant"],
            "variantTitle": line["variantTitle"],
            "vendor": line["vendor"],
            "weight": line["weight"],
        },
        listed=False,
    )
