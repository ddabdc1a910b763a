"""Mollie, API version 2: one merchant's account, with its own money."""

from .api import routes

__all__ = ["routes"]
