"""Webhooks as hints: which topics are listened to, and which orders a body is about."""

TOPICS = (
    "ORDERS_CREATE",
    "ORDERS_UPDATED",
    "ORDERS_EDITED",
    "ORDERS_PAID",
    "ORDERS_CANCELLED",
    "ORDERS_DELETE",
    "ORDERS_RISK_ASSESSMENT_CHANGED",
    "ORDER_TRANSACTIONS_CREATE",
    "REFUNDS_CREATE",
    "FULFILLMENT_ORDERS_PLACED_ON_HOLD",
    "FULFILLMENT_ORDERS_HOLD_RELEASED",
    "FULFILLMENT_ORDERS_CANCELLED",
    "FULFILLMENT_ORDERS_MOVED",
    "FULFILLMENT_ORDERS_RESCHEDULED",
    "FULFILLMENT_ORDERS_SCHEDULED_FULFILLMENT_ORDER_READY",
    "INVENTORY_LEVELS_UPDATE",
    "PRODUCTS_CREATE",
    "PRODUCTS_UPDATE",
    "PRODUCTS_DELETE",
    "CUSTOMERS_CREATE",
    "CUSTOMERS_UPDATE",
    "CUSTOMERS_MERGE",
    "APP_UNINSTALLED",
    "APP_SCOPES_UPDATE",
)
# Set in the app's configuration, not by API; every app must answer them.
# https://shopify.dev/docs/apps/build/privacy-law-compliance
COMPLIANCE = frozenset({"customers/data_request", "customers/redact", "shop/redact"})
SWEEP = "o2c/sweep"


def named(topic: str, body: dict) -> tuple[str, list[str]] | None:
    """``("orders" | "customers" | "variants", gids)`` that a webhook is about; None for anything else."""
    for kind, read in (("orders", order_gids), ("customers", customer_gids), ("variants", product_gids)):
        gids = read(topic, body)
        if gids is not None:
            return kind, gids
    return None


def order_gids(topic: str, body: dict) -> list[str] | None:
    """The orders that a webhook is about; None when it is about something else.

    Order webhooks name the order by number and by gid, depending on the topic and its version.
    """
    if topic == SWEEP:
        return list(body.get("orders") or ())
    if topic in ("refunds/create", "order_transactions/create", "orders/risk_assessment_changed"):
        return [_order(body["order_id"])] if body.get("order_id") else []
    if topic.startswith("orders/"):
        edit = body.get("order_edit") or {}
        if edit.get("order_id"):
            return [_order(edit["order_id"])]
        gid = body.get("admin_graphql_api_id")
        return [gid] if gid else [_order(body["id"])] if body.get("id") else []
    if topic.startswith("fulfillment_orders/"):
        # They do not name the order: see fulfilment_order_gids.
        return []
    return None


def fulfilment_order_gids(topic: str, body: dict) -> list[str]:
    """The fulfilment orders that a webhook is about: held, released, cancelled, moved or due."""
    if not topic.startswith("fulfillment_orders/"):
        return []
    found = [part.get("id") for part in body.values() if isinstance(part, dict)]
    return [gid for gid in found if str(gid).startswith("gid://shopify/FulfillmentOrder/")]


def customer_gids(topic: str, body: dict) -> list[str] | None:
    """The customers whose data are new or changed; None when a webhook is about something else."""
    if topic not in ("customers/create", "customers/update"):
        return None
    gid = body.get("admin_graphql_api_id")
    return [gid] if gid else [f"gid://shopify/Customer/{body['id']}"] if body.get("id") else []


def product_gids(topic: str, body: dict) -> list[str] | None:
    """The variants of a product that is new or changed; None when a webhook is about something else.

    A product with many variants lists only some of them in full.
    """
    if topic not in ("products/create", "products/update"):
        return None
    listed = [*(body.get("variant_gids") or ()), *(body.get("variants") or ())]
    return list(dict.fromkeys(item["admin_graphql_api_id"] for item in listed))


def _order(number) -> str:
    text = str(number)
    return text if text.startswith("gid://") else f"gid://shopify/Order/{text}"
