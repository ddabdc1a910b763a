"""What the shopkeeper does in Shopify's admin, and what happens to the app.

Each function takes the shop and the JSON of a control request, and returns the JSON to answer.
"""

from decimal import Decimal

from sandbox.clock import parse_moment, utc_text
from sandbox.shopify import aftersales, assemble, checkout, payloads, returns, totals
from sandbox.shopify.access import SCOPES
from sandbox.shopify.garden import build
from sandbox.shopify.lookup import find_location, find_order, find_variant, placed
from sandbox.shopify.money import amount_of
from sandbox.shopify.mutations import fulfillment
from sandbox.shopify.schema import NewerValue
from sandbox.shopify.state import order_summary


def refund(state, data):
    """The shopkeeper gives money back."""
    order = find_order(state, data)
    lines = [
        (
            aftersales.find_line(order, row["line"]),
            int(row["quantity"]),
            row.get("restock", "NO_RESTOCK").upper(),
        )
        for row in data.get("lines", ())
    ]
    if data.get("full"):
        lines = [
            (line, line["refundableQuantity"], data.get("restock", "NO_RESTOCK").upper())
            for line in order["lineItems"]
            if line["refundableQuantity"]
        ]
    shipping = data.get("shipping")
    if data.get("full") and shipping is None:
        shipping = amount_of(order["currentShippingPriceSet"])
    if shipping is True:
        shipping = amount_of(order["currentShippingPriceSet"])
    amount = data.get("amount")
    made = aftersales.refund(
        state,
        order,
        lines=lines,
        shipping=Decimal(str(shipping)) if shipping and Decimal(str(shipping)) else None,
        amount=None if amount is None else Decimal(str(amount)),
        note=data.get("note"),
        repay=data.get("repay", True),
    )
    return {
        "refund": made["id"],
        "amount": f"{amount_of(made['totalRefundedSet']):.2f}",
        "order": order_summary(order),
    }


def cancel(state, data):
    """The shopkeeper cancels."""
    order = find_order(state, data)
    aftersales.cancel(
        state,
        order,
        reason=data.get("reason", "CUSTOMER").upper(),
        repay=data.get("refund", True),
        restock=data.get("restock", True),
        staff_note=data.get("note"),
    )
    return {"order": order_summary(order)}


def edit(state, data):
    """The shopkeeper edits an order."""
    order = find_order(state, data)
    aftersales.edit(state, order, data["changes"])
    return {"order": order_summary(order)}


def pay(state, data):
    """The customer pays what is still due (an unpaid order), or an authorisation is captured."""
    order = find_order(state, data)
    checkout.pay_rest(state, order, data.get("method", "ideal"))
    return {"order": placed(order)}


def ship(state, data):
    """The shopkeeper fulfils in the admin, without Odoo; "at" is when, if not now."""
    order = find_order(state, data)
    known = len(order["fulfillments"])
    tracking = fulfillment.tracking_of(data.get("tracking"))
    aftersales.ship_all(state, order, tracking)
    if "at" in data:
        for made in order["fulfillments"][known:]:
            made["createdAt"] = utc_text(parse_moment(data["at"]))
    return {"order": order_summary(order)}


def hold(state, data):
    """The shopkeeper puts what is open on hold."""
    order = find_order(state, data)
    for row in order["fulfillmentOrders"]:
        if row["status"] in fulfillment.OPEN:
            fulfillment.put_on_hold(state, row, data.get("reason", "OTHER"))
    return {"order": order_summary(order)}


def schedule(state, data):
    """What is open is planned for ``at``; without it, what was planned has become due."""
    order = find_order(state, data)
    for row in order["fulfillmentOrders"]:
        if data.get("at") and row["status"] in fulfillment.OPEN:
            row.update(status="SCHEDULED", fulfillAt=data["at"], updatedAt=state.now())
            state.notifier.fulfillment_order("FULFILLMENT_ORDERS_RESCHEDULED", row)
        elif not data.get("at") and row["status"] == "SCHEDULED":
            row.update(status="OPEN", updatedAt=state.now())
            state.notifier.fulfillment_order("FULFILLMENT_ORDERS_SCHEDULED_FULFILLMENT_ORDER_READY", row)
    totals.refresh(order, state.now())
    return {"order": order_summary(order)}


def restate(state, data):
    """What is open gets the state ``status``: one that a newer Shopify might have."""
    order = find_order(state, data)
    for row in order["fulfillmentOrders"]:
        if row["status"] in fulfillment.OPEN:
            row.update(status=NewerValue(data["status"]), updatedAt=state.now())
    return {"order": order_summary(order)}


def move(state, data):
    """The shopkeeper moves what is left of an order to another location."""
    order = find_order(state, data)
    place = find_location(state, data["location"])
    for row in list(order["fulfillmentOrders"]):
        if row["status"] in fulfillment.OPEN:
            wanted = [(line, line["remainingQuantity"]) for line in row["lineItems"]]
            fulfillment.move_lines(state, row, place, wanted)
    return {"order": order_summary(order)}


def touch(state, data):
    """Change note, tags or addresses of an order, as the shopkeeper may at any time.

    ``raw`` sets any field that the order has to any value: what a newer Shopify might answer.
    """
    order = find_order(state, data)
    for key in ("note", "tags", "poNumber", "email"):
        if key in data:
            order[key] = data[key]
    for key in ("shippingAddress", "billingAddress"):
        if key in data:
            order[key] = {**(order[key] or {}), **data[key]}
    totals.refresh(order, state.now())
    for key, value in data.get("raw", {}).items():
        if key not in order or key.startswith("_"):
            raise ValueError(f"An order has no field {key}.")
        order[key] = NewerValue(value) if isinstance(value, str) else value
    if data.get("notify", True):
        state.notifier.order("ORDERS_UPDATED", order)
    return {"order": order_summary(order)}


def delete(state, data):
    """The shopkeeper deletes an order."""
    order = find_order(state, data)
    state.forget(order)
    state.notifier.send("ORDERS_DELETE", {"id": payloads.number(order)})
    return {"order": order["id"]}


def stock(state, data):
    """Somebody changes stock in Shopify's admin."""
    place = find_location(state, data.get("location"))
    variant = find_variant(state, data["sku"])
    level = state.level_of(variant["inventoryItem"], place)
    if level is None:
        level = build.stock_level(state, variant["inventoryItem"], place, 0)
    delta = int(data["available"]) - level["_quantities"]["available"]
    checkout.change_level(state, variant["inventoryItem"], place, available=delta)
    return {"sku": variant["sku"], "available": level["_quantities"]["available"]}


def location(state, data):
    """The shopkeeper closes a location, or opens it again: {"location", "active"}."""
    place = find_location(state, data["location"])
    place["isActive"] = bool(data["active"])
    return {"location": place["id"], "active": place["isActive"]}


def bundle(state, data):
    """A variant becomes a bundle of Shopify's own, with the stock of its components: {"sku", "bundle"?}."""
    variant = find_variant(state, data["sku"])
    variant["requiresComponents"] = bool(data.get("bundle", True))
    state.notifier.product("PRODUCTS_UPDATE", variant["product"])
    return {"variant": variant["id"], "bundle": variant["requiresComponents"]}


def access(state, data):
    """Change what the app may do: scopes, personal data, secret, installation."""
    granted = state.access
    if "scopes" in data:
        unknown = set(data["scopes"]) - set(SCOPES)
        if unknown:
            raise ValueError(f"Unknown scopes: {', '.join(sorted(unknown))}")
        previous = sorted(granted.scopes)
        granted.scopes = set(data["scopes"])
        state.notifier.send(
            "APP_SCOPES_UPDATE",
            {
                "id": 61000002,
                "previous": previous,
                "current": sorted(granted.scopes),
                "updated_at": payloads.local_time(state.now()),
            },
        )
    if "revoke_scopes" in data:
        granted.scopes -= set(data["revoke_scopes"])
    if "personal_data" in data:
        granted.personal_data = bool(data["personal_data"])
    if "client_secret" in data:
        granted.client_secret = str(data["client_secret"])
    if data.get("uninstall"):
        state.notifier.send("APP_UNINSTALLED", payloads.shop(state.all("Shop")[0]))
        granted.revoke()
        # Subscriptions go with the app.
        for subscription in list(state.all("WebhookSubscription")):
            state.forget(subscription)
    if data.get("install"):
        granted.static_token_valid = True
    return {
        "scopes": sorted(granted.scopes),
        "personal_data": granted.personal_data,
        "installed": granted.static_token_valid,
    }


def bulk(state, data):
    """The next bulk operation breaks off half-way: {"fail": "TIMEOUT"}."""
    failure = str(data["fail"]).upper()
    if failure not in ("TIMEOUT", "INTERNAL_SERVER_ERROR", "ACCESS_DENIED"):
        raise ValueError("fail must be TIMEOUT, INTERNAL_SERVER_ERROR or ACCESS_DENIED")
    state.bulk_failures.append(failure)
    return {"failures": state.bulk_failures}


def plan(state, data):
    """Change the size of the bucket of cost points."""
    bucket = state.bucket
    bucket.set_plan(data.get("maximum", 4000), data.get("restore", 200))
    return bucket.status()


def ask_return(state, data):
    """A customer asks to return {"lines": [{"line", "quantity"}]}; "approve" False only asks."""
    order = find_order(state, data)
    lines = [(aftersales.find_line(order, row["line"]), int(row["quantity"])) for row in data["lines"]]
    made = returns.request(
        state,
        order,
        lines,
        reason=data.get("reason", "UNWANTED").upper(),
        note=data.get("note", ""),
        approve=data.get("approve", True),
    )
    return {"return": made["id"], "name": made["name"], "order": order_summary(order)}


def process_return(state, data):
    """The goods of a return came back: {"return", "exchanges"?, "fee"?, "restock"?, "repay"?}."""
    made = state.find(str(data["return"]), "Return")
    if made is None:
        raise ValueError(f"There is no return {data['return']}.")
    if data.get("decline"):
        returns.decline(state, made, data.get("note"))
        return {"return": made["id"], "order": order_summary(made["order"])}
    refunded = returns.process(
        state,
        made,
        restock=data.get("restock", True),
        exchanges=data.get("exchanges", ()),
        fee=data.get("fee"),
        repay=data.get("repay", True),
    )
    return {
        "return": made["id"],
        "refund": refunded["id"],
        "amount": f"{amount_of(refunded['totalRefundedSet']):.2f}",
        "order": order_summary(made["order"]),
    }


def risk(state, data):
    """The assessment of an order changes: {"order", "level": "HIGH"}."""
    order = find_order(state, data)
    order["risk"] = assemble.risk(str(data["level"]).upper())
    totals.refresh(order, state.now())
    payload = {
        "provider_id": None,
        "provider_title": None,
        "risk_level": str(data["level"]).lower(),
        "created_at": payloads.local_time(state.now()),
        "order_id": payloads.number(order),
        "admin_graphql_api_order_id": order["id"],
    }
    state.notifier.send("ORDERS_RISK_ASSESSMENT_CHANGED", payload)
    return {"order": order_summary(order)}


def customer(state, data):
    """A customer changes: {"email", "changes": {...}, "address"?: {...}}."""
    found = next((row for row in state.all("Customer") if row["email"] == data["email"]), None)
    if found is None:
        raise ValueError(f"There is no customer {data['email']}.")
    known = ("firstName", "lastName", "email", "phone", "note", "tags", "taxExempt", "locale")
    unknown = set(data.get("changes", {})) - set(known)
    if unknown:
        raise ValueError(f"Cannot change {', '.join(sorted(unknown))}.")
    found.update(data.get("changes", {}))
    found["displayName"] = f"{found['firstName']} {found['lastName']}"
    if "address" in data:
        found["defaultAddress"].update(data["address"])
    found["updatedAt"] = state.now()
    state.notifier.customer("CUSTOMERS_UPDATE", found)
    return {"customer": found["id"]}


def product(state, data):
    """A new product: {"handle", "title", "sku", "price", "tax"?: "plants", "grams"?, "stock"?}."""
    row = (
        data["handle"],
        data["title"],
        data.get("type", "Tools"),
        data.get("vendor", "Kastanje"),
        data.get("tax", "standard"),
        "820190",
        "NL",
        None,
        [(None, data["sku"], f"{Decimal(str(data['price'])):.2f}", int(data.get("grams", 500)))],
    )
    made = build.product(state, row, len(state.all("Product")))
    made["createdAt"] = made["updatedAt"] = state.now()
    if "stock" in data:
        stock(state, {"sku": data["sku"], "available": data["stock"]})
    state.notifier.product("PRODUCTS_CREATE", made)
    return {"product": made["id"], "variant": made["variants"][0]["id"]}


ACTIONS = {
    "/shopify/return": ask_return,
    "/shopify/return/process": process_return,
    "/shopify/risk": risk,
    "/shopify/customer": customer,
    "/shopify/product": product,
    "/shopify/refund": refund,
    "/shopify/cancel": cancel,
    "/shopify/edit": edit,
    "/shopify/pay": pay,
    "/shopify/ship": ship,
    "/shopify/hold": hold,
    "/shopify/schedule": schedule,
    "/shopify/restate": restate,
    "/shopify/move": move,
    "/shopify/update": touch,
    "/shopify/delete": delete,
    "/shopify/stock": stock,
    "/shopify/location": location,
    "/shopify/bundle": bundle,
    "/shopify/access": access,
    "/shopify/plan": plan,
    "/shopify/bulk": bulk,
}
