"""Bulk operations."""

import json
import time

import pytest
import requests

from sandbox.shopify.shopper import Shopper
from sandbox.tests.merchant import serving
from sandbox.tests.shop import mutate, query, world

RUN = """mutation($query: String!) {bulkOperationRunQuery(query: $query, groupObjects: %s) {
  bulkOperation {id status} userErrors {code field message}}}"""
ORDERS = "{orders {edges {node {id name lineItems {edges {node {id sku quantity}}}}}}}"
STATUS = """query($id: ID!) {bulkOperation(id: $id) {
  status url objectCount rootObjectCount fileSize completedAt errorCode}}"""


def finished(state, text, grouped="false"):
    payload = mutate(state, RUN % grouped, query=text)
    assert payload["userErrors"] == []
    operation = state.find(payload["bulkOperation"]["id"])
    return operation, [json.loads(line) for line in operation["_result"].splitlines()]


def test_all_orders_come_out_as_lines_with_their_parents():
    state = world().shopify
    Shopper(state, 1).orders(30)
    operation, lines = finished(state, ORDERS)
    assert operation["status"] == "COMPLETED" and operation["rootObjectCount"] == "30"
    parents = [line for line in lines if "__parentId" not in line]
    children = [line for line in lines if "__parentId" in line]
    assert [line["name"] for line in parents] == [f"#{1001 + index}" for index in range(30)]
    assert lines[:30] == parents
    wanted = [
        (order["id"], line["sku"], line["quantity"])
        for order in state.all("Order")
        for line in order["lineItems"]
    ]
    assert [(row["__parentId"], row["sku"], row["quantity"]) for row in children] == wanted


def test_grouped_children_follow_their_parent():
    state = world().shopify
    Shopper(state, 1).orders(5)
    _operation, lines = finished(state, ORDERS, "true")
    owner = None
    for line in lines:
        if "__parentId" in line:
            assert line["__parentId"] == owner
        else:
            owner = line["id"]


def test_filters_are_kept_and_pages_are_not():
    state = world().shopify
    Shopper(state, 1).orders(4, ["plain", "unpaid"])
    _operation, lines = finished(
        state, '{orders(first: 1, query: "financial_status:pending") {edges {node {id}}}}'
    )
    assert len(lines) == 2


@pytest.mark.parametrize(
    "text",
    [
        "{shop {name}}",
        "{orders {",
        "{a: orders {nodes {id}} b: orders {nodes {id}} c: orders {nodes {id}}"
        " d: orders {nodes {id}} e: orders {nodes {id}} f: orders {nodes {id}}}",
        "{companies {nodes {contacts {nodes {orders {nodes {id}}}}}}}",
    ],
)
def test_bad_bulk_queries_are_refused(text):
    payload = mutate(world().shopify, RUN % "false", query=text)
    assert payload["userErrors"] and payload["bulkOperation"] is None


def test_an_unknown_field_fails_the_operation():
    state = world().shopify
    payload = mutate(state, RUN % "false", query="{orders {nodes {nonsense}}}")
    data = query(state, STATUS, id=payload["bulkOperation"]["id"])["bulkOperation"]
    assert data["status"] == "FAILED" and data["url"] is None


def test_a_broken_operation_leaves_partial_data():
    state = world().shopify
    Shopper(state, 1).orders(6)
    state.bulk_failures.append("TIMEOUT")
    operation, lines = finished(state, "{orders {nodes {id}}}")
    assert (operation["status"], operation["errorCode"]) == ("FAILED", "TIMEOUT")
    assert operation["url"] is None and operation["partialDataUrl"] and len(lines) == 3
    operation, lines = finished(state, "{orders {nodes {id}}}")
    assert operation["status"] == "COMPLETED" and len(lines) == 6


def test_over_http_it_takes_a_moment_and_the_file_is_fetched():
    with serving() as root:
        base = requests.post(f"{root}/worlds", json={}, timeout=5).json()["base_url"]
        requests.post(f"{base}/control/checkout", json={"count": 3}, timeout=5)

        def ask(text, **variables):
            answer = requests.post(
                f"{base}/shopify/garden-lane.myshopify.com/admin/api/2026-10/graphql.json",
                json={"query": text, "variables": variables},
                timeout=5,
                headers={"X-Shopify-Access-Token": "shpat_sandbox_garden"},
            ).json()
            (payload,) = answer["data"].values()
            return payload

        made = ask(RUN % "false", query=ORDERS)["bulkOperation"]
        assert made["status"] == "CREATED"
        deadline = time.monotonic() + 5
        state = ask(STATUS, id=made["id"])
        seen = set()
        while state["status"] in ("CREATED", "RUNNING") and time.monotonic() < deadline:
            seen.add(state["status"])
            time.sleep(0.05)
            state = ask(STATUS, id=made["id"])
        assert state["status"] == "COMPLETED" and "RUNNING" in seen
        lines = requests.get(state["url"], timeout=5).text.splitlines()
        assert str(len(lines)) == state["objectCount"]
        part = requests.get(state["url"], timeout=5, headers={"Range": "bytes=10-29"})
        whole = requests.get(state["url"], timeout=5).content
        assert (part.status_code, part.content) == (206, whole[10:30])
        assert part.headers["Content-Range"] == f"bytes 10-29/{len(whole)}"
        beyond = requests.get(state["url"], timeout=5, headers={"Range": f"bytes={len(whole)}-"})
        assert beyond.status_code == 416
