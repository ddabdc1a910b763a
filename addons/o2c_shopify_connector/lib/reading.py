"""What reading any of Shopify's answers needs."""

from datetime import datetime, timezone


class Unreadable(ValueError):
    """The order lacks something that every order has; it cannot be imported as it is."""


def moment(value: str | None) -> datetime | None:
    """An ISO 8601 time of Shopify as an aware datetime in UTC."""
    if not value:
        return None
    return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(timezone.utc)
