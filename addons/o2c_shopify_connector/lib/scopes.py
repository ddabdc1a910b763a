"""Permissions of the app in the shop. ShopifyAPI knows which scope implies which."""

from shopify import ApiAccess

REQUIRED = (
    "read_orders",
    "read_customers",
    "read_products",
    "read_locations",
    "read_inventory",
    "write_inventory",
    "read_merchant_managed_fulfillment_orders",
    "write_merchant_managed_fulfillment_orders",
)
# Without it, Shopify tells of the last sixty days only, and says nothing about the rest.
ALL_ORDERS = "read_all_orders"


def missing(granted) -> list[str]:
    """The required scopes that the granted ones neither contain nor imply."""
    access = ApiAccess(sorted(granted))
    return [scope for scope in REQUIRED if not access.covers(ApiAccess([scope]))]
