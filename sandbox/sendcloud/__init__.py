"""Sendcloud, API version 3: one merchant's account, with a ledger of the labels it sold."""

from .api import routes

__all__ = ["routes"]
