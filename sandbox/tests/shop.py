"""Helpers of the Shopify tests: a world, and queries put to it without HTTP."""

from decimal import Decimal

from sandbox.shopify import executor
from sandbox.shopify.shopper import Shopper
from sandbox.world import World


def world(**options):
    """Return a fresh world."""
    return World("test", "http://127.0.0.1:9/test", **options)


def orders(state, *kinds, seed=1):
    """Check out one order of each kind; return the orders."""
    shopper = Shopper(state, seed)
    return [shopper.order(kind)[0] for kind in kinds]


def query(state, text, **variables):
    """Run a query that must succeed; return its data."""
    answer = executor.run(state, text, variables)
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


def mutate(state, text, **variables):
    """Run a mutation of one field that must succeed; return the payload."""
    (payload,) = query(state, text, **variables).values()
    return payload


def shop_money(bag):
    """Return the shop money of a bag as a Decimal."""
    return Decimal(bag["shopMoney"]["amount"])


def paid_money(bag):
    """Return the presentment money of a bag as a Decimal."""
    return Decimal(bag["presentmentMoney"]["amount"])


def levels(state, sku):
    """Return the quantities of a SKU at the warehouse."""
    variant = next(row for row in state.all("ProductVariant") if row["sku"] == sku)
    return dict(state.level_of(variant["inventoryItem"], state.primary_location())["_quantities"])
