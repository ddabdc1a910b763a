"""The time of a world: real time plus what the control API moved it forward."""

from datetime import datetime, timedelta, timezone


class Clock:
    """Runs with the machine's clock; may start elsewhere and be moved forward."""

    def __init__(self, start=None):
        now = datetime.now(timezone.utc)
        self._offset = (start - now) if start else timedelta()

    def now(self):
        """Return the world's time: an aware datetime in UTC, to the second."""
        return (datetime.now(timezone.utc) + self._offset).replace(microsecond=0)

    def advance(self, seconds):
        """Move the world's time forward by ``seconds``."""
        if seconds < 0:
            raise ValueError("Time only moves forward.")
        self._offset += timedelta(seconds=seconds)
        return self.now()


def utc_text(moment):
    """Write an aware datetime as platforms do: 2026-11-24T08:00:00Z."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_moment(text):
    """Read an ISO 8601 date-time; one without an offset is UTC. Raise ValueError otherwise."""
    moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
