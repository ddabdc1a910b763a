"""Permissions of the app in the shop. ShopifyAPI knows which scope implies which."""

from shopify import ApiAccess
from shopify.api_access import ApiAccessError

REQUIRED = (
    "read_orders",
    "read_customers",
    "read_payment_terms",
    "read_products",
    "read_locations",
    "read_inventory",
    "write_inventory",
    "read_merchant_managed_fulfillment_orders",
    "write_merchant_managed_fulfillment_orders",
)
# Optional: returns that are on their way, exchanges, fees kept back from a refund.
RETURNS = "read_returns"
# Without it, Shopify tells of the last sixty days only, and says nothing about the rest.
ALL_ORDERS = "read_all_orders"


def missing(granted) -> list[str]:
    """The required scopes that the granted ones neither contain nor imply."""
    access = ApiAccess(sorted(scope for scope in granted if _is_known(scope)))
    return [scope for scope in REQUIRED if not access.covers(ApiAccess([scope]))]


def _is_known(scope):
    """Whether the library takes this for a scope: it knows the admin's and the storefront's only.

    An app may be granted others besides, such as ``customer_read_orders``.
    """
    try:
        ApiAccess([scope])
    except ApiAccessError:
        return False
    return True
