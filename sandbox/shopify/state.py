"""The state of one shop at Shopify: everything that has a global id, and who may see it."""

import json
from decimal import Decimal

from starlette.responses import JSONResponse

from sandbox.clock import utc_text
from sandbox.shopify import access, gid
from sandbox.shopify.bucket import Bucket
from sandbox.shopify.notify import Notifier
from sandbox.shopify.operation import operation_name

DOMAIN = "garden-lane.myshopify.com"
API_VERSION = "2026-10"
FIRST_NUMBER = {"Order": 6100000001001, "LineItem": 15400000002001, "Customer": 8200000003001}


class Shopify:
    """One shop.

    Objects are dicts in the shape of Shopify's GraphQL types, with ``__typename``; keys that begin
    with an underscore are the sandbox's own. ``objects`` has them by global id, ``lists`` by type
    in the order in which they were made.
    """

    def __init__(self, world):
        self.world = world
        self.domain = DOMAIN
        self.objects = {}
        self.lists = {}
        self.access = access.Access(world)
        self.bucket = Bucket()
        self.notifier = Notifier(self)
        self.idempotency = {}
        self.next_order_number = 1001
        self.inventory = {}
        self.bulk_failures = []
        self._build()

    def _build(self):
        from sandbox.shopify.garden import build

        build.shop(self)
        if self.world.shop == "garden":
            build.goods(self)
            build.people(self)
        elif self.world.shop != "empty":
            raise ValueError('shop must be "garden" or "empty"')

    # What the core asks for

    def operation(self, method, path, body):
        """Name the GraphQL operation of a call, for the log and for faults."""
        return operation_name(method, path, body)

    def fault(self, kind):
        """Return the answer by which Shopify says "429", "500" or "throttled"."""
        headers = {"X-Shopify-API-Version": API_VERSION}
        if kind == "429":
            headers["Retry-After"] = "2.0"
            text = (
                "Exceeded 4 calls per second for api client. "
                "Reduce request rates to resume uninterrupted service."
            )
            return JSONResponse({"errors": text}, 429, headers=headers)
        if kind == "throttled":
            return JSONResponse(self.bucket.drained(), 200, headers=headers)
        return JSONResponse({"errors": "Internal Server Error"}, 500, headers=headers)

    def summary(self):
        """Return orders and inventory for GET control/state."""
        return {
            "orders": [order_summary(order) for order in self.lists.get("Order", [])],
            "inventory": [
                {
                    "sku": level["item"]["sku"],
                    "location": level["location"]["name"],
                    "available": level["_quantities"]["available"],
                    "committed": level["_quantities"]["committed"],
                }
                for level in self.lists.get("InventoryLevel", [])
            ],
            "webhook_subscriptions": [
                {"topic": subscription["topic"], "uri": subscription["uri"]}
                for subscription in self.lists.get("WebhookSubscription", [])
            ],
        }

    def credentials(self):
        """Return the keys of the shop."""
        return {
            "domain": self.domain,
            "access_token": access.STATIC_TOKEN,
            "client_id": access.CLIENT_ID,
            "client_secret": self.access.client_secret,
        }

    # Objects

    def now(self):
        """Return the world's time as Shopify writes it."""
        return utc_text(self.world.clock.now())

    def new_id(self, kind):
        """Return a fresh global id of ``kind``."""
        return gid.make(kind, self.world.ids.sequence(kind, FIRST_NUMBER.get(kind, 1000001)))

    def add(self, kind, data, listed=True):
        """Give ``data`` an id and a type name and keep it; return it."""
        data["__typename"] = kind
        if not data.get("id"):
            data["id"] = self.new_id(kind)
        self.objects[data["id"]] = data
        if listed:
            self.lists.setdefault(kind, []).append(data)
        return data

    def forget(self, data):
        """Remove an object."""
        self.objects.pop(data["id"], None)
        kind = data["__typename"]
        self.lists[kind] = [row for row in self.lists[kind] if row is not data]

    def find(self, global_id, kind=None):
        """Return the object with this id, or None; a ?query at the end of an id is ignored."""
        found = self.objects.get(global_id.split("?")[0])
        if found is not None and kind and found["__typename"] != kind:
            return None
        return found

    def all(self, kind):
        """Return all objects of a type, in the order in which they were made."""
        return self.lists.get(kind, [])

    def primary_location(self):
        return self.all("Location")[0]

    def level_of(self, item, location):
        """Return the inventory level of an item at a location, or None."""
        return self.inventory.get((item["id"], location["id"]))


def order_summary(order):
    """Return the short form of an order that the control API shows."""
    tracking = [
        info["number"]
        for fulfillment in order["fulfillments"]
        if fulfillment["status"] != "CANCELLED"
        for info in fulfillment["trackingInfo"]
    ]
    total = order["totalPriceSet"]["shopMoney"]
    presentment = order["totalPriceSet"]["presentmentMoney"]
    return {
        "gid": order["id"],
        "name": order["name"],
        "total": f"{Decimal(total['amount']):.2f}",
        "tax": f"{Decimal(order['totalTaxSet']['shopMoney']['amount']):.2f}",
        "current_total": f"{Decimal(order['currentTotalPriceSet']['shopMoney']['amount']):.2f}",
        "currency": total["currencyCode"],
        "presentment_total": f"{Decimal(presentment['amount']):.2f}",
        "presentment_currency": presentment["currencyCode"],
        "financial": order["displayFinancialStatus"],
        "fulfillment": order["displayFulfillmentStatus"],
        "cancelled": bool(order["cancelledAt"]),
        "tracking": tracking,
        "fulfillments": [
            {
                "gid": fulfillment["id"],
                "status": fulfillment["status"],
                "location": fulfillment["location"]["id"],
                "pieces": {
                    item["lineItem"]["id"]: item["quantity"] for item in fulfillment["fulfillmentLineItems"]
                },
                "tracking": [info["number"] for info in fulfillment["trackingInfo"]],
                "notified": fulfillment.get("_notified"),
            }
            for fulfillment in order["fulfillments"]
        ],
        "tags": list(order["tags"]),
        "kinds": order.get("_kinds", []),
    }


def parameters_digest(value):
    """Return a text that is the same for the same arguments."""
    return json.dumps(value, sort_keys=True, default=str)
