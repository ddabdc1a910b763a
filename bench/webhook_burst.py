"""A burst of webhooks against a running server with several processes: how fast each is answered, and
whether every one had its effect, once."""

import base64
import hashlib
import hmac
import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from tools.demo import connect
from tools.demo.rpc import Session

from . import purchases

ORDERS = 100
TOPICS = ("orders/create", "orders/paid", "orders/updated", "order_transactions/create")
AT_ONCE = 8
PATIENCE = 900  # seconds until all orders must be there


def run(bench) -> None:
    world = bench.world("burst")
    admin = Session(bench.server, bench.database, "admin", "admin")
    connect.everything(admin, world)
    connect.stock_the_warehouse(admin)
    # The sandbox's own webhooks stay away: what is sent is sent from here.
    world.post("faults", platform="webhooks", kind="lose", rate=1.0)
    wanted = bench.size(ORDERS)
    bought = purchases.make(wanted, 1)
    orders = world.post("orders", orders=[purchase.as_shopify() for purchase in bought])["orders"]
    shop = admin.search_read("o2c.shopify.shop", [], ["webhook_url", "domain"])[0]
    secret = world.get("credentials")["shopify"]["client_secret"]
    requests = [
        _request(shop, secret, topic, order, world.get(f"shopify/order?order={order['gid']}"))
        for topic in TOPICS
        for order in orders
    ]
    _send(shop["webhook_url"], [(b"{}", {}) for _number in range(40)])
    before = len(_reads(world))
    started = time.monotonic()
    answers = _send(shop["webhook_url"], requests)
    took = time.monotonic() - started
    accepted = sum(status == 200 for status, _seconds in answers)
    times = sorted(seconds for _status, seconds in answers)
    bench.tell(
        f"webhooks answered, of {len(requests)} sent {AT_ONCE} at a time", accepted, at_least=len(requests)
    )
    bench.tell(
        "99 of 100 are answered within",
        1000 * times[int(0.99 * len(times)) - 1],
        "ms",
        at_most=250,
        note=f"half within {1000 * times[len(times) // 2]:.0f} ms; {len(answers) / took:.0f} a second",
    )
    _wait(admin, len(requests))
    kept = admin.call("o2c.inbox.event", "search_count", [("topic", "in", TOPICS), ("state", "=", "done")])
    found = admin.search_read("sale.order", [("shopify_gid", "!=", False)], ["shopify_gid", "invoice_ids"])
    paid = {row["shopify_gid"] for row in found if len(row["invoice_ids"]) == 1}
    bench.tell("webhooks lost", len(requests) - kept, at_most=0)
    bench.tell(
        "orders too few or too many, or not invoiced once",
        abs(len(found) - wanted) + len({order["gid"] for order in orders} - paid),
        at_most=0,
    )
    reads = len(_reads(world)) - before
    bench.tell("calls that read orders, for 25 orders", reads * 25 / wanted)


def _request(shop, secret, topic, order, whole):
    """A body as large as Shopify's, signed as Shopify signs it."""
    number = order["gid"].rsplit("/", 1)[-1]
    body = json.dumps(
        {"admin_graphql_api_id": order["gid"], "order_id": int(number), "order": whole}
    ).encode()
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": shop["domain"],
        "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
        "X-Shopify-Webhook-Id": f"{topic}-{number}",
    }
    return body, headers


def _send(url, requests):
    """:return: list of (status, seconds until the answer)"""
    parts = urlsplit(url)

    def one(request):
        body, headers = request
        started = time.perf_counter()
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        try:
            connection.request("POST", parts.path, body, headers)
            status = connection.getresponse().status
        finally:
            connection.close()
        return status, time.perf_counter() - started

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, requests))


def _wait(admin, events) -> None:
    """Until all webhooks were dealt with and no job is left."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        done = admin.call(
            "o2c.inbox.event", "search_count", [("state", "!=", "new"), ("topic", "in", TOPICS)]
        )
        if done >= events:
            return
        time.sleep(1)
    raise RuntimeError(f"{done} of {events} webhooks were dealt with after {PATIENCE} s")


def _reads(world):
    return [call for call in world.get("requests")["requests"] if call["operation"].startswith("o2cOrders ")]
