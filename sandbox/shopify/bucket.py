"""The leaky bucket of query cost points, as measured on a shop on the Advanced plan."""

import time

MAX_COST = 1000
DOCUMENTATION = "https://shopify.dev/api/usage/rate-limits"


class Bucket:
    """Admission is on the requested cost, the charge is the actual cost."""

    def __init__(self, maximum=4000.0, restore=200.0, clock=time.monotonic):
        self._clock = clock
        self.set_plan(maximum, restore)

    def set_plan(self, maximum, restore):
        """Change the size and the points restored per second; the bucket is full again."""
        self.maximum = float(maximum)
        self.restore = float(restore)
        self._available = self.maximum
        self._at = self._clock()

    @property
    def available(self):
        now = self._clock()
        self._available = min(self.maximum, self._available + (now - self._at) * self.restore)
        self._at = now
        return self._available

    def admits(self, requested):
        """Say whether a query of this requested cost may run now."""
        return requested <= self.available

    def charge(self, actual):
        self._available = self.available - actual

    def status(self):
        """Return throttleStatus."""
        return {
            "maximumAvailable": self.maximum,
            "currentlyAvailable": int(self.available),
            "restoreRate": self.restore,
        }

    def cost(self, requested, actual):
        """Return extensions.cost."""
        return {
            "requestedQueryCost": requested,
            "actualQueryCost": actual,
            "throttleStatus": self.status(),
        }

    def throttled(self, requested):
        """Return the whole answer to a query that must wait: HTTP 200, no Retry-After."""
        return {
            "errors": [
                {
                    "message": "Throttled",
                    "extensions": {"code": "THROTTLED", "documentation": DOCUMENTATION},
                }
            ],
            "extensions": {"cost": self.cost(requested, None)},
        }

    def drained(self, seconds=0.5):
        """Return the answer when others have drained the bucket: room again after ``seconds``."""
        answer = self.throttled(100)
        wait = int(self.restore * seconds)
        answer["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] = max(0, 100 - wait)
        return answer


def too_expensive(cost):
    """Return the whole answer to a query above the limit of a single query."""
    return {
        "errors": [
            {
                "message": (
                    f"Query cost is {cost}, which exceeds the single query max cost limit"
                    f" ({MAX_COST}).\n\nSee https://shopify.dev/docs/api/usage/rate-limits for more"
                    " information on how the\ncost of a query is calculated.\n\nTo query larger"
                    " amounts of data with fewer limits, bulk operations should be used instead.\n"
                    "See https://shopify.dev/docs/api/usage/bulk-operations/queries for usage"
                    " details.\n"
                ),
                "extensions": {
                    "code": "MAX_COST_EXCEEDED",
                    "cost": cost,
                    "maxCost": MAX_COST,
                    "documentation": DOCUMENTATION,
                },
            }
        ]
    }
