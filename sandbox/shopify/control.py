"""Control routes of the shop: what shoppers and the shopkeeper do."""

import json
from decimal import Decimal

from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.control import read_json
from sandbox.shopify import aftersales, checkout, handwritten, payloads, totals
from sandbox.shopify.access import SCOPES
from sandbox.shopify.mutations import fulfillment
from sandbox.shopify.shopper import KINDS, Shopper
from sandbox.shopify.state import order_summary

FORGED_SECRET = "shpss_somebody_else"


def control_routes(get_world):
    """Return the routes under /{world}/control."""

    async def place_orders(request):
        data = await read_json(request)
        state = get_world(request).shopify
        count = data.get("count", 1)
        if not isinstance(count, int) or not 0 < count <= 5000:
            raise ValueError("count must be a whole number from 1 to 5000")
        shopper = Shopper(state, data.get("seed", state.world.seed))
        made = shopper.orders(count, data.get("kinds"))
        return JSONResponse({"orders": [placed(order) for order, _payment in made]}, 201)

    async def kinds(_request):
        return JSONResponse({"kinds": list(KINDS)})

    async def write_orders(request):
        data = await read_json(request)
        state = get_world(request).shopify
        made = handwritten.take(state, data.get("orders"))
        return JSONResponse({"orders": [placed(order) for order in made]}, 201)

    async def refund(request):
        data = await read_json(request)
        state = get_world(request).shopify
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
            shipping = order["currentShippingPriceSet"]["shopMoney"]["amount"]
        if shipping is True:
            shipping = order["currentShippingPriceSet"]["shopMoney"]["amount"]
        amount = data.get("amount")
        made = aftersales.refund(
            state, order, lines=lines,
            shipping=Decimal(str(shipping)) if shipping and Decimal(str(shipping)) else None,
            amount=None if amount is None else Decimal(str(amount)), note=data.get("note"),
            repay=data.get("repay", True),
        )
        return JSONResponse(
            {
                "refund": made["id"],
                "amount": made["totalRefundedSet"]["shopMoney"]["amount"],
                "order": order_summary(order),
            }
        )

    async def cancel(request):
        data = await read_json(request)
        state = get_world(request).shopify
        order = find_order(state, data)
        aftersales.cancel(
            state, order, reason=data.get("reason", "CUSTOMER").upper(),
            repay=data.get("refund", True), restock=data.get("restock", True),
            staff_note=data.get("note"),
        )
        return JSONResponse({"order": order_summary(order)})

    async def edit(request):
        data = await read_json(request)
        state = get_world(request).shopify
        order = find_order(state, data)
        aftersales.edit(state, order, data["changes"])
        return JSONResponse({"order": order_summary(order)})

    async def pay(request):
        """The customer pays what is still due (an unpaid order), or an authorisation is captured."""
        data = await read_json(request)
        state = get_world(request).shopify
        order = find_order(state, data)
        checkout.pay_rest(state, order, data.get("method", "ideal"))
        return JSONResponse({"order": placed(order)})

    async def ship(request):
        """The shopkeeper fulfils in the admin, without Odoo."""
        data = await read_json(request)
        state = get_world(request).shopify
        order = find_order(state, data)
        tracking = fulfillment.tracking_of(data.get("tracking"))
        aftersales.ship_all(state, order, tracking)
        return JSONResponse({"order": order_summary(order)})

    async def hold(request):
        data = await read_json(request)
        state = get_world(request).shopify
        order = find_order(state, data)
        for row in order["fulfillmentOrders"]:
            if row["status"] in fulfillment.OPEN:
                fulfillment.put_on_hold(state, row, data.get("reason", "OTHER"))
        return JSONResponse({"order": order_summary(order)})

    async def move(request):
        """The shopkeeper moves what is left of an order to another location."""
        data = await read_json(request)
        state = get_world(request).shopify
        order = find_order(state, data)
        place = find_location(state, data["location"])
        for row in list(order["fulfillmentOrders"]):
            if row["status"] in fulfillment.OPEN:
                wanted = [(line, line["remainingQuantity"]) for line in row["lineItems"]]
                fulfillment.move_lines(state, row, place, wanted)
        return JSONResponse({"order": order_summary(order)})

    async def touch(request):
        """Change note, tags or addresses of an order, as the shopkeeper may at any time."""
        data = await read_json(request)
        state = get_world(request).shopify
        order = find_order(state, data)
        for key in ("note", "tags", "poNumber", "email"):
            if key in data:
                order[key] = data[key]
        for key in ("shippingAddress", "billingAddress"):
            if key in data:
                order[key] = {**(order[key] or {}), **data[key]}
        totals.refresh(order, state.now())
        if data.get("notify", True):
            state.notifier.order("ORDERS_UPDATED", order)
        return JSONResponse({"order": order_summary(order)})

    async def delete(request):
        data = await read_json(request)
        state = get_world(request).shopify
        order = find_order(state, data)
        state.forget(order)
        state.notifier.send("ORDERS_DELETE", {"id": payloads.number(order)})
        return JSONResponse({"order": order["id"]})

    async def stock(request):
        """Somebody changes stock in Shopify's admin."""
        data = await read_json(request)
        state = get_world(request).shopify
        place = find_location(state, data.get("location"))
        variant = find_variant(state, data["sku"])
        level = state.level_of(variant["inventoryItem"], place)
        if level is None:
            from sandbox.shopify.garden.build import stock_level

            level = stock_level(state, variant["inventoryItem"], place, 0)
        delta = int(data["available"]) - level["_quantities"]["available"]
        checkout.change_level(state, variant["inventoryItem"], place, available=delta)
        return JSONResponse({"sku": variant["sku"], "available": level["_quantities"]["available"]})

    async def access(request):
        """Change what the app may do: scopes, personal data, secret, installation."""
        data = await read_json(request)
        state = get_world(request).shopify
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
        if data.get("install"):
            granted.static_token_valid = True
        return JSONResponse(
            {
                "scopes": sorted(granted.scopes),
                "personal_data": granted.personal_data,
                "installed": granted.static_token_valid,
            }
        )

    async def plan(request):
        """Change the size of the bucket of cost points."""
        data = await read_json(request)
        bucket = get_world(request).shopify.bucket
        bucket.set_plan(data.get("maximum", 4000), data.get("restore", 200))
        return JSONResponse(bucket.status())

    async def resend(request):
        """Send a webhook again: {"topic": "orders/updated", "order": ..., "forge": true?}."""
        data = await read_json(request)
        state = get_world(request).shopify
        topic = str(data["topic"]).upper().replace("/", "_")
        if "payload" in data:
            payload = data["payload"]
        elif topic == "INVENTORY_LEVELS_UPDATE":
            item = find_variant(state, data["sku"])["inventoryItem"]
            place = find_location(state, data.get("location"))
            payload = payloads.inventory_level(state.level_of(item, place))
        elif topic == "APP_UNINSTALLED":
            payload = payloads.shop(state.all("Shop")[0])
        else:
            payload = payloads.order(find_order(state, data))
        secret = FORGED_SECRET if data.get("forge") else data.get("secret")
        sent = state.notifier.send(
            topic, payload, secret=secret, webhook_id=data.get("webhook_id")
        )
        return JSONResponse({"sent": sent})

    async def show(request):
        """Return one order whole, in GraphQL shape (without what points back to it)."""
        state = get_world(request).shopify
        order = find_order(state, {"order": request.query_params["order"]})
        return JSONResponse(json.loads(json.dumps(handwritten.plain(order), default=str)))

    post = {"methods": ["POST"]}
    return [
        Route("/checkout", place_orders, **post),
        Route("/checkout/kinds", kinds, methods=["GET"]),
        Route("/orders", write_orders, **post),
        Route("/shopify/order", show, methods=["GET"]),
        Route("/shopify/refund", refund, **post),
        Route("/shopify/cancel", cancel, **post),
        Route("/shopify/edit", edit, **post),
        Route("/shopify/pay", pay, **post),
        Route("/shopify/ship", ship, **post),
        Route("/shopify/hold", hold, **post),
        Route("/shopify/move", move, **post),
        Route("/shopify/update", touch, **post),
        Route("/shopify/delete", delete, **post),
        Route("/shopify/stock", stock, **post),
        Route("/shopify/access", access, **post),
        Route("/shopify/plan", plan, **post),
        Route("/webhooks/send", resend, **post),
    ]


def placed(order):
    """Return what the control API answers about an order that was checked out."""
    paid = [
        row for row in order["transactions"]
        if row["kind"] in ("SALE", "CAPTURE") and row["status"] == "SUCCESS" and row["paymentId"]
    ]
    last = paid[-1] if paid else None
    return {
        **order_summary(order),
        "payment_id": last["paymentId"] if last else None,
        "mollie_payment": last.get("_mollie_id") if last else None,
    }


def find_order(state, data):
    """Return the order that a control request names by "order": name or gid."""
    wanted = data.get("order") or data.get("gid") or data.get("name")
    for order in state.all("Order"):
        if wanted in (order["id"], order["name"], order["name"].lstrip("#")):
            return order
    raise ValueError(f"There is no order {wanted}.")


def find_location(state, name=None):
    """Return a location by name or gid; the warehouse without one."""
    if not name:
        return state.primary_location()
    for place in state.all("Location"):
        if name in (place["id"], place["name"]):
            return place
    raise ValueError(f"There is no location {name}.")


def find_variant(state, sku):
    """Return a variant by SKU."""
    for variant in state.all("ProductVariant"):
        if variant["sku"] == sku:
            return variant
    raise ValueError(f"There is no SKU {sku}.")
