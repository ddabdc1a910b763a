"""Delivery of webhooks: at least once, in the background, with retries and faults."""

import asyncio
import contextlib
import ipaddress
import itertools
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

CONCURRENT = 24


@dataclass
class Delivery:
    """One webhook on its way. ``headers`` already carry the platform's signature."""

    platform: str
    topic: str
    url: str
    body: bytes
    headers: dict
    number: int = 0
    attempts: int = 0
    state: str = "queued"
    status: int | None = None
    error: str = ""
    delay: float = 0.0
    on_done: object = field(default=None, repr=False)

    def as_json(self):
        return {
            "number": self.number,
            "platform": self.platform,
            "topic": self.topic,
            "url": self.url,
            "attempts": self.attempts,
            "state": self.state,
            "status": self.status,
            "error": self.error,
        }


class Webhooks:
    """The outgoing webhooks of one world.

    Use it from the event loop only. ``send`` returns at once.
    """

    def __init__(self, faults, settings):
        self._faults = faults
        self._settings = settings
        self._numbers = itertools.count(1)
        self._tasks = set()
        self._waiting = []
        self._held = None
        self._client = None
        self._slots = None
        self.log = []

    def send(self, platform, topic, url, body, headers, on_done=None):
        """Queue a delivery. ``body`` are the exact bytes that were signed.

        ``on_done(delivery)`` is called when it was accepted or given up.
        """
        delivery = Delivery(platform, topic, url, body, dict(headers), on_done=on_done)
        kind = self._faults.draw("webhooks", f"{platform} {topic} {url}")
        if kind == "lose":
            self._record(delivery)
            delivery.state = "lost"
            return delivery
        if kind == "delay":
            delivery.delay = self._settings.webhook_delay
        if kind == "reorder" and self._held is None:
            # It stays behind until the next one was queued, until somebody flushes, or for a while.
            self._record(delivery)
            self._held = delivery
            delivery.delay = self._settings.webhook_delay / 4
            with contextlib.suppress(RuntimeError):
                loop = asyncio.get_running_loop()
                loop.call_later(self._settings.webhook_delay, self._release)
            return delivery
        self._record(delivery)
        self._start(delivery)
        if kind == "duplicate":
            twin = Delivery(platform, topic, url, body, dict(headers))
            self._record(twin)
            self._start(twin)
        self._release()
        return delivery

    async def flush(self, timeout=120.0):
        """Wait until every queued delivery was made or given up; return how many are left."""
        deadline = asyncio.get_running_loop().time() + timeout
        while True:
            self._release()
            for delivery in self._take_waiting():
                self._start(delivery)
            tasks = set(self._tasks)
            if not tasks:
                return 0
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return len(tasks)
            await asyncio.wait(tasks, timeout=left)

    async def close(self):
        """Drop what is still queued."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _record(self, delivery):
        delivery.number = next(self._numbers)
        self.log.append(delivery)

    def _release(self):
        held, self._held = self._held, None
        if held is not None:
            self._start(held)

    def _take_waiting(self):
        waiting, self._waiting = self._waiting, []
        return waiting

    def _start(self, delivery):
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            # Nobody is serving yet (a world built in a test): flush() picks it up.
            self._waiting.append(delivery)
            return
        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=self._settings.webhook_timeout, follow_redirects=False, trust_env=False
            )
            self._slots = asyncio.Semaphore(CONCURRENT)
        task = loop.create_task(self._deliver(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery):
        if not self._may_deliver(delivery.url):
            delivery.state, delivery.error = "given up", "not a loopback address"
        else:
            if delivery.delay:
                await asyncio.sleep(delivery.delay)
            for pause in (*self._settings.webhook_backoff, None):
                async with self._slots:
                    await self._attempt(delivery)
                if delivery.state == "delivered":
                    break
                if pause is None:
                    delivery.state = "given up"
                    break
                await asyncio.sleep(pause)
        if delivery.on_done:
            delivery.on_done(delivery)

    async def _attempt(self, delivery):
        delivery.attempts += 1
        try:
            answer = await self._client.post(delivery.url, content=delivery.body, headers=delivery.headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            delivery.status, delivery.error = None, type(error).__name__
            return
        delivery.status = answer.status_code
        if 200 <= answer.status_code < 300:
            delivery.state, delivery.error = "delivered", ""

    def _may_deliver(self, url):
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https"):
            return False
        if host == "localhost" or host in self._settings.deliver_to:
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False
