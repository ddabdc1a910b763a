"""Worlds, faults, the request log and the delivery of webhooks."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from sandbox.tests.receiver import receiving

SHOP = "shopify/garden-lane.myshopify.com/admin/api/2026-10/graphql.json"
HEADERS = {"X-Shopify-Access-Token": "shpat_sandbox_garden"}
SUBSCRIBE = """mutation($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: {uri: $uri}) {
    webhookSubscription {id} userErrors {message}}}"""


@pytest.fixture
def world(root):
    """A world with short patience; gives a function that calls it."""
    options = {"timeout_seconds": 0.6, "webhook_backoff": [0.02, 0.02], "webhook_delay": 0.2}
    base = requests.post(f"{root}/worlds", json=options, timeout=5).json()["base_url"]

    def call(method, path, data=None, **others):
        return requests.request(method, f"{base}/{path}", json=data, timeout=10, **others)

    yield call
    requests.delete(base.replace(root, f"{root}/worlds"), timeout=5)


def ask(world, text="{shop {name}}", **variables):
    return world("POST", SHOP, {"query": text, "variables": variables}, headers=HEADERS)


def subscribe(world, receiver, *topics):
    for topic in topics:
        payload = ask(world, SUBSCRIBE, topic=topic, uri=receiver.url).json()["data"]
        assert payload["webhookSubscriptionCreate"]["userErrors"] == []


def test_worlds_are_made_listed_and_removed(root):
    made = requests.post(f"{root}/worlds", json={"name": "mine", "seed": 4}, timeout=5)
    assert made.status_code == 201 and made.json()["base_url"] == f"{root}/mine"
    again = requests.post(f"{root}/worlds", json={"name": "mine"}, timeout=5)
    assert again.status_code == 409 and "error" in again.json()
    listed = requests.get(f"{root}/worlds", timeout=5).json()["worlds"]
    assert "mine" in [row["name"] for row in listed]
    assert requests.delete(f"{root}/worlds/mine", timeout=5).status_code == 204
    assert requests.get(f"{root}/mine/control/state", timeout=5).status_code == 404
    assert requests.post(f"{root}/mine/{SHOP}", json={}, timeout=5).status_code == 404


@pytest.mark.parametrize(
    "data",
    [
        {"name": "Not Allowed"},
        {"name": "worlds"},
        {"shop": "supermarket"},
        {"seed": "x"},
    ],
)
def test_bad_worlds_are_refused(root, data):
    answer = requests.post(f"{root}/worlds", json=data, timeout=5)
    assert answer.status_code == 400 and answer.json()["error"]


def test_worlds_share_nothing(root):
    one, two = (requests.post(f"{root}/worlds", json={}, timeout=5).json()["base_url"] for _ in "12")
    requests.post(f"{one}/control/checkout", json={"count": 2}, timeout=5)
    assert len(requests.get(f"{one}/control/state", timeout=5).json()["orders"]) == 2
    assert requests.get(f"{two}/control/state", timeout=5).json()["orders"] == []


def test_calls_are_logged(world):
    ask(world, "query Hello {shop {name}}")
    (row,) = world("GET", "control/requests").json()["requests"]
    assert row == {
        "platform": "shopify",
        "method": "POST",
        "operation": "Hello shop",
        "status": 200,
        "path": "/garden-lane.myshopify.com/admin/api/2026-10/graphql.json",
    }
    assert world("DELETE", "control/requests").status_code == 204
    assert world("GET", "control/requests").json()["requests"] == []


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("500", 500), ("throttled", 200)])
def test_faults_replace_the_answer(world, kind, status):
    world("POST", "control/faults", {"platform": "shopify", "kind": kind, "times": 1})
    answer = ask(world)
    assert answer.status_code == status and "data" not in answer.json()
    assert ("Retry-After" in answer.headers) == (kind == "429")
    assert ask(world).json()["data"] == {"shop": {"name": "Garden Lane"}}


def test_fault_matches_an_operation_only(world):
    fault = {"platform": "shopify", "kind": "500", "match": "locations"}
    world("POST", "control/faults", fault)
    assert ask(world).status_code == 200
    assert ask(world, "query L {locations(first: 1) {nodes {id}}}").status_code == 500
    assert world("GET", "control/faults").json()["faults"][0]["used"] == 1
    world("DELETE", "control/faults")
    assert ask(world, "query L {locations(first: 1) {nodes {id}}}").status_code == 200


def test_broken_json(world):
    world("POST", "control/faults", {"platform": "shopify", "kind": "broken_json", "times": 1})
    with pytest.raises(ValueError):
        ask(world).json()


@pytest.mark.parametrize(("kind", "done"), [("timeout_before", 0), ("timeout_after", 1)])
def test_timeouts_before_and_after_the_deed(world, kind, done):
    world("POST", "control/faults", {"platform": "shopify", "kind": kind, "times": 1})
    data = {"query": SUBSCRIBE, "variables": {"topic": "ORDERS_CREATE", "uri": "https://example.com/x"}}
    with pytest.raises(requests.Timeout):
        world_timeout = (1, 0.2)
        base = world("GET", "control/credentials").url.removesuffix("/control/credentials")
        requests.post(f"{base}/{SHOP}", json=data, headers=HEADERS, timeout=world_timeout)
    assert len(world("GET", "control/state").json()["webhook_subscriptions"]) == done
    assert world("GET", "control/requests").json()["requests"][-1]["status"] == 0


def test_timeout_ends_for_a_patient_caller(world):
    world("POST", "control/faults", {"platform": "shopify", "kind": "timeout_before", "times": 1})
    started = time.monotonic()
    assert ask(world).status_code == 504
    assert 0.5 < time.monotonic() - started < 3


def test_rate_is_seeded(world):
    def struck(seed):
        world("POST", "control/faults", {"platform": "shopify", "kind": "500", "rate": 0.5, "seed": seed})
        result = [ask(world).status_code == 500 for _ in range(24)]
        world("DELETE", "control/faults")
        return result

    first = struck(1)
    assert first == struck(1) != struck(2)
    assert 4 < sum(first) < 20


@pytest.mark.parametrize(
    "data",
    [
        {"platform": "ebay", "kind": "500"},
        {"platform": "shopify", "kind": "lose"},
        {"platform": "webhooks", "kind": "500"},
        {"platform": "shopify", "kind": "500", "rate": 2},
        {"platform": "shopify", "kind": "500", "times": 0},
    ],
)
def test_bad_faults_are_refused(world, data):
    answer = world("POST", "control/faults", data)
    assert answer.status_code == 400 and answer.json()["error"]


def test_webhooks_are_retried_until_accepted(world):
    with receiving() as receiver:
        subscribe(world, receiver, "ORDERS_CREATE")
        receiver.statuses = [500, 503]
        world("POST", "control/checkout", {"count": 1})
        assert world("POST", "control/webhooks/flush", {}).json() == {"left": 0}
    assert len(receiver.received) == 3
    assert len({headers["X-Shopify-Webhook-Id"] for headers, _body in receiver.received}) == 1
    assert len({body for _headers, body in receiver.received}) == 1
    (delivery,) = world("GET", "control/webhooks").json()["webhooks"]
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 3)


def test_webhooks_are_given_up_in_the_end(world):
    with receiving() as receiver:
        subscribe(world, receiver, "ORDERS_CREATE")
        receiver.statuses = [500] * 9
        world("POST", "control/checkout", {"count": 1})
        world("POST", "control/webhooks/flush", {})
    (delivery,) = world("GET", "control/webhooks").json()["webhooks"]
    assert (delivery["state"], delivery["attempts"], delivery["status"]) == ("given up", 3, 500)


@pytest.mark.parametrize(("kind", "count"), [("duplicate", 4), ("lose", 0), ("delay", 2), ("reorder", 2)])
def test_webhook_faults(world, kind, count):
    with receiving() as receiver:
        subscribe(world, receiver, "ORDERS_CREATE")
        world("POST", "control/faults", {"platform": "webhooks", "kind": kind})
        world("POST", "control/checkout", {"count": 2})
        world("POST", "control/webhooks/flush", {})
    assert len(receiver.received) == count
    if kind == "duplicate":
        assert len({headers["X-Shopify-Webhook-Id"] for headers, _body in receiver.received}) == 2


def test_reordered_webhook_comes_after_its_successor(world):
    with receiving() as receiver:
        subscribe(world, receiver, "ORDERS_CREATE", "ORDER_TRANSACTIONS_CREATE")
        world(
            "POST",
            "control/faults",
            {
                "platform": "webhooks",
                "kind": "reorder",
                "times": 1,
                "match": "orders/create",
            },
        )
        world("POST", "control/checkout", {"count": 1})
        world("POST", "control/webhooks/flush", {})
    numbers = {row["topic"]: row for row in world("GET", "control/webhooks").json()["webhooks"]}
    assert receiver.topics() == ["order_transactions/create", "orders/create"]
    assert numbers["orders/create"]["state"] == "delivered"


def test_nothing_is_delivered_beyond_loopback(world):
    ask(world, SUBSCRIBE, topic="ORDERS_CREATE", uri="https://example.com/hook")
    world("POST", "control/checkout", {"count": 1})
    world("POST", "control/webhooks/flush", {})
    (delivery,) = world("GET", "control/webhooks").json()["webhooks"]
    assert (delivery["state"], delivery["attempts"]) == ("given up", 0)


def test_control_says_what_is_wrong(world):
    for path, data in (
        ("control/checkout", {"count": 0}),
        ("control/checkout", {"count": 1, "kinds": ["nonsense"]}),
        ("control/shopify/cancel", {"order": "#9"}),
        ("control/orders", {"orders": []}),
        ("control/shopify/stock", {}),
        ("control/clock", {"advance": -1}),
    ):
        answer = world("POST", path, data)
        assert answer.status_code == 400 and answer.json()["error"], path


def test_program_says_where_it_listens_and_ends_quietly():
    command = [sys.executable, "-m", "sandbox", "--port", "0"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        said = process.stdout.readline()
        assert said.startswith("sandbox listening on http://127.0.0.1:")
        url = said.split()[-1]
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                assert requests.get(f"{url}/health", timeout=1).json() == {"status": "ok"}
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        rest, _errors = process.communicate(timeout=15)
        assert (process.returncode, rest) == (0, "")
    finally:
        process.kill()
