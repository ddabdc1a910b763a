"""A token bucket: no more calls than a platform allows."""

import threading
import time


class RateBudget:
    """Allows ``burst`` calls at once and ``per_minute`` calls in the long run. Thread-safe.

    One instance belongs to one account at one platform, in one process; several processes
    share the platform's limit, so leave them room.
    """

    def __init__(self, per_minute, burst=1, *, clock=time.monotonic):
        if per_minute <= 0 or burst < 1:
            raise ValueError("A rate budget needs per_minute > 0 and burst >= 1")
        self._rate = per_minute / 60.0
        self._burst = burst
        self._tokens = float(burst)
        self._clock = clock
        self._updated = clock()
        self._lock = threading.Lock()

    def reserve(self):
        """Take one call from the budget; return how many seconds to wait before making it."""
        with self._lock:
            now = self._clock()
            grown = (now - self._updated) * self._rate
            self._tokens = min(float(self._burst), self._tokens + grown)
            self._updated = now
            self._tokens -= 1.0
            return max(0.0, -self._tokens / self._rate)
