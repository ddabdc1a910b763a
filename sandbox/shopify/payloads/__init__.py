"""Webhook bodies: the REST shape of Shopify's objects.

Numbers instead of global ids, snake case, tags as one text, times with the shop's offset, and
amounts as texts: different from GraphQL in each of these, as on the real platform.
"""

from sandbox.shopify.payloads.after import (
    fulfillment,
    fulfillment_order,
    refund,
    return_,
    return_closed,
    return_declined,
    transaction,
)
from sandbox.shopify.payloads.order import order, order_edit
from sandbox.shopify.payloads.parts import customer, local_time, number
from sandbox.shopify.payloads.shop import inventory_level, product, shop

__all__ = [
    "customer",
    "fulfillment",
    "fulfillment_order",
    "inventory_level",
    "local_time",
    "number",
    "order",
    "order_edit",
    "product",
    "refund",
    "return_",
    "return_closed",
    "return_declined",
    "shop",
    "transaction",
]
