"""What a sandbox world can be told when it is made."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Settings:
    """Knobs of one world.

    ``timeout_seconds``: how long a "timeout" fault keeps a caller waiting at most.
    ``webhook_backoff``: seconds between delivery attempts; its length is the number of retries.
    ``webhook_timeout``: seconds a receiver may take to answer (Shopify gives five).
    ``webhook_delay``: seconds that the "delay" fault holds a delivery back.
    ``deliver_to``: host names besides loopback that may receive webhooks.
    """

    timeout_seconds: float = 40.0
    webhook_backoff: tuple = (0.3, 0.6, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
    webhook_timeout: float = 5.0
    webhook_delay: float = 3.0
    deliver_to: tuple = ()

    @classmethod
    def from_json(cls, data, deliver_to=()):
        """Take the known keys of ``data``; raise ValueError on a wrong type."""
        values = {"deliver_to": tuple(deliver_to)}
        for field in fields(cls):
            if field.name == "deliver_to" or field.name not in data:
                continue
            value = data[field.name]
            if field.name == "webhook_backoff":
                values[field.name] = tuple(float(item) for item in value)
            else:
                values[field.name] = float(value)
        return cls(**values)
