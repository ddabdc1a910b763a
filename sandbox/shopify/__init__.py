"""Shopify: the Admin GraphQL API of one shop."""

from sandbox.shopify.http import routes

__all__ = ["routes"]
