"""One isolated world: a shop, its payment platform, its shipping platform."""

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.ids import Ids
from sandbox.mollie.state import Mollie
from sandbox.sendcloud.state import Sendcloud
from sandbox.settings import Settings
from sandbox.shopify.state import Shopify
from sandbox.webhooks import Webhooks


class World:
    """Everything that exists between one merchant, their customers and the platforms.

    ``base_url`` is where this world answers, without a slash at its end. All state lives in
    memory and is touched from the event loop only (request handlers are ``async def``).
    """

    def __init__(self, name, base_url="http://sandbox", shop="garden", seed=1, settings=None, start=None):
        self.name = name
        self.base_url = base_url.rstrip("/")
        self.seed = seed
        self.shop = shop
        self.settings = settings or Settings()
        self.clock = Clock(start)
        self.ids = Ids(seed)
        self.faults = Faults()
        self.webhooks = Webhooks(self.faults, self.settings)
        self.requests = []
        self.mollie = Mollie(self)
        self.sendcloud = Sendcloud(self)
        self.shopify = Shopify(self)

    def platform(self, name):
        """Return the state of "shopify", "mollie" or "sendcloud"."""
        return {"shopify": self.shopify, "mollie": self.mollie, "sendcloud": self.sendcloud}[name]

    def log_request(self, platform, method, path, operation, status):
        """Remember a call that was received; ``status`` 0 means that nothing was answered."""
        self.requests.append(
            {
                "platform": platform,
                "method": method,
                "path": path,
                "operation": operation,
                "status": status,
            }
        )
