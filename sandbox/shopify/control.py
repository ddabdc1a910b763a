"""Control routes of the shop: what shoppers do, and webhooks once more."""

import json

from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.control import read_json
from sandbox.shopify import admin, handwritten, payloads
from sandbox.shopify.kinds import KINDS
from sandbox.shopify.lookup import find_location, find_order, find_variant, placed
from sandbox.shopify.shopper import Shopper

FORGED_SECRET = "shpss_somebody_else"


def place_orders(state, data):
    """Shoppers check out and pay."""
    count = data.get("count", 1)
    if not isinstance(count, int) or not 0 < count <= 5000:
        raise ValueError("count must be a whole number from 1 to 5000")
    # Without a seed the next shoppers differ from those before, and yet are the same in every run.
    seed = data.get("seed", f"{state.world.seed}/{len(state.all('Order'))}")
    shopper = Shopper(state, seed)
    made = shopper.orders(count, data.get("kinds"))
    return {"orders": [placed(order) for order, _payment in made]}, 201


def kinds(_state, _data):
    """Return the kinds of orders that shoppers can check out."""
    return {"kinds": list(KINDS)}


def write_orders(state, data):
    """Orders that were written by hand come in."""
    made = handwritten.take(state, data.get("orders"))
    return {"orders": [placed(order) for order in made]}, 201


def show(state, data):
    """Return one order whole, in GraphQL shape (without what points back to it)."""
    order = find_order(state, data)
    return json.loads(json.dumps(handwritten.plain(order), default=str))


def resend(state, data):
    """Send a webhook again: {"topic": "orders/updated", "order": ..., "forge": true?}."""
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
    if "uri" in data:
        # Compliance topics have no subscription: their address is in the app's configuration.
        state.notifier.send_to(str(data["uri"]), topic, payload, secret=secret)
        return {"sent": 1}
    sent = state.notifier.send(topic, payload, secret=secret, webhook_id=data.get("webhook_id"))
    return {"sent": sent}


READS = {"/checkout/kinds": kinds, "/shopify/order": show}
WRITES = {
    "/checkout": place_orders,
    "/orders": write_orders,
    "/webhooks/send": resend,
    **admin.ACTIONS,
}


def control_routes(get_world):
    """Return the routes under /{world}/control."""

    def serve(action):
        async def endpoint(request):
            data = await read_json(request)
            data.update(request.query_params)
            answer = action(get_world(request).shopify, data)
            return JSONResponse(*answer) if isinstance(answer, tuple) else JSONResponse(answer)

        return endpoint

    return [
        *(Route(path, serve(action), methods=["POST"]) for path, action in WRITES.items()),
        *(Route(path, serve(action), methods=["GET"]) for path, action in READS.items()),
    ]
