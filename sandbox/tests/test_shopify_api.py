"""Shopify's API manners: paging, search, cost, access, versions."""

import pytest
from graphql import is_abstract_type, is_composite_type
from starlette.testclient import TestClient

from sandbox.app import create_app
from sandbox.shopify import executor
from sandbox.shopify.bucket import Bucket
from sandbox.shopify.kinds import KINDS
from sandbox.shopify.schema import load_schema
from sandbox.shopify.shopper import Shopper
from sandbox.tests.shop import orders, query, world

URL = "/w1/shopify/garden-lane.myshopify.com/admin"
TOKEN = {"X-Shopify-Access-Token": "shpat_sandbox_garden"}


@pytest.fixture
def client():
    with TestClient(create_app()) as client:
        assert client.post("/worlds", json={"name": "w1"}).status_code == 201
        yield client


def post(client, text, version="2026-10", headers=TOKEN):
    return client.post(f"{URL}/api/{version}/graphql.json", json={"query": text}, headers=headers)


def cost_of(text):
    return executor.run(world().shopify, text)["extensions"]["cost"]["requestedQueryCost"]


def test_costs_are_those_that_were_measured():
    assert cost_of("{orders(first: 250) {nodes {id name}}}") == 13
    assert cost_of("{orders(first: 250) {edges {node {id}} pageInfo {hasNextPage}}}") == 13
    assert cost_of("{orders(first: 250) {nodes {id lineItems(first: 250) {nodes {id}}}}}") == 156


def test_long_lists_and_ids_that_are_none_are_refused_whole():
    state = world().shopify
    text = "query($ids: [ID!]!) {nodes(ids: $ids) {id}}"
    ids = [f"gid://shopify/Order/{number}" for number in range(251)]
    answer = executor.run(state, text, {"ids": ids})
    assert answer["errors"][0]["extensions"]["code"] == "MAX_INPUT_SIZE_EXCEEDED"
    assert executor.run(state, text, {"ids": ids[1:]})["data"]["nodes"] == [None] * 250
    (error,) = executor.run(state, text, {"ids": ["gid://shopify/Order/x"]})["errors"]
    assert "Invalid global id" in error["message"]


def test_nodes_are_sized_by_their_ids():
    state = world().shopify
    Shopper(state, 1).orders(50)
    ids = [order["id"] for order in state.all("Order")]
    text = "query($ids: [ID!]!) {nodes(ids: $ids) {... on Order {id lineItems(first: 10) {nodes {id}}}}}"
    answer = executor.run(state, text, {"ids": ids})
    assert answer["extensions"]["cost"]["requestedQueryCost"] == (1 + 2 + 4) * 7
    assert [row["id"] for row in answer["data"]["nodes"]] == ids


def test_mutations_cost_ten():
    text = 'mutation {tagsAdd(id: "gid://shopify/Order/1", tags: ["a"]) {userErrors {message}}}'
    assert cost_of(text) == 10


def test_too_expensive_is_refused_without_cost_extension():
    page = "nodes {id lineItems(first: 250) {nodes {id variant {id product {id}}}}}"
    text = "{" + "".join(f"p{i}: orders(first: 250) {{{page}}} " for i in range(3)) + "}"
    answer = executor.run(world().shopify, text)
    assert answer["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert set(answer) == {"errors"}


def test_throttled_is_http_200_and_recovers(client):
    client.post("/w1/control/shopify/plan", json={"maximum": 12, "restore": 500})
    answer = post(client, "{orders(first: 250) {nodes {id}}}")
    body = answer.json()
    assert answer.status_code == 200 and "Retry-After" not in answer.headers
    assert body["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert body["extensions"]["cost"]["actualQueryCost"] is None
    client.post("/w1/control/shopify/plan", json={"maximum": 14, "restore": 500})
    assert "errors" not in post(client, "{orders(first: 250) {nodes {id}}}").json()


def test_bucket_restores_with_time():
    now = [0.0]
    bucket = Bucket(100, 10, clock=lambda: now[0])
    bucket.charge(100)
    assert not bucket.admits(1)
    now[0] = 2.0
    assert bucket.admits(20) and not bucket.admits(21)
    now[0] = 60.0
    assert bucket.available == 100


def test_pages_are_complete_and_do_not_overlap():
    state = world().shopify
    Shopper(state, 1).orders(23)
    seen, after = [], None
    while True:
        page = query(
            state,
            "query($after: String) {orders(first: 5, after: $after, sortKey: UPDATED_AT)"
            " {nodes {name} pageInfo {hasNextPage endCursor}}}",
            after=after,
        )["orders"]
        seen += [row["name"] for row in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == [f"#{1001 + index}" for index in range(23)]


def test_lines_are_paged_inside_an_order():
    state = world().shopify
    (order,) = orders(state, "many_lines")
    text = (
        "query($id: ID!, $after: String) {order(id: $id) {lineItems(first: 100, after: $after)"
        " {nodes {id} pageInfo {hasNextPage endCursor}}}}"
    )
    seen, after = [], None
    for _ in range(3):
        page = query(state, text, id=order["id"], after=after)["order"]["lineItems"]
        seen += [row["id"] for row in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == [line["id"] for line in order["lineItems"]] and len(seen) == 260
    assert not page["pageInfo"]["hasNextPage"]


def test_backward_and_reverse_paging():
    state = world().shopify
    Shopper(state, 1).orders(6)
    newest = query(state, "{orders(first: 2, reverse: true) {nodes {name} pageInfo {hasNextPage}}}")
    assert [row["name"] for row in newest["orders"]["nodes"]] == ["#1006", "#1005"]
    assert newest["orders"]["pageInfo"]["hasNextPage"]
    last = query(state, "{orders(last: 2) {nodes {name} pageInfo {hasPreviousPage}}}")
    assert [row["name"] for row in last["orders"]["nodes"]] == ["#1005", "#1006"]
    assert last["orders"]["pageInfo"]["hasPreviousPage"]


@pytest.mark.parametrize(
    "text",
    [
        "{orders {nodes {id}}}",
        "{orders(first: 251) {nodes {id}}}",
        "{orders(first: 1, last: 1) {nodes {id}}}",
        '{orders(first: 1, after: "nonsense") {nodes {id}}}',
    ],
)
def test_bad_pages_are_refused(text):
    answer = executor.run(world().shopify, text)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_search_by_quoted_date_is_exact():
    shop = world()
    state = shop.shopify
    Shopper(state, 1).orders(1)
    shop.clock.advance(3600)
    Shopper(state, 2).orders(2)
    since = state.all("Order")[1]["updatedAt"]
    found = query(state, f"""{{orders(first: 9, query: "updated_at:>='{since}'") {{nodes {{name}}}}}}""")
    assert [row["name"] for row in found["orders"]["nodes"]] == ["#1002", "#1003"]


def test_search_by_unquoted_date_is_misread_with_a_warning():
    state = world().shopify
    answer = executor.run(
        state, '{orders(first: 1, query: "updated_at:>=2026-01-01T00:00:00Z") {nodes {id}}}'
    )
    (search,) = answer["extensions"]["search"]
    assert search["path"] == ["orders"]
    assert search["warnings"] == [
        {"field": "00", "message": "Invalid search field for this query.", "code": "invalid_field"}
    ]
    assert search["parsed"]["and"][0]["range_gte"] == "2026-01-01T00:00:00+01:00"


def test_search_by_a_range_of_ids_compares_numbers():
    state = world().shopify
    numbers = [int(row["id"].rsplit("/", 1)[1]) for row in state.all("ProductVariant")]
    for first in (sorted(numbers)[len(numbers) // 2], 9):
        found = query(state, f'{{productVariants(first: 250, query: "id:>={first}") {{nodes {{id}}}}}}')
        assert len(found["productVariants"]["nodes"]) == sum(number >= first for number in numbers)


def test_search_joins_and_negates():
    state = world().shopify
    orders(state, "plain", "unpaid", "test")
    found = query(state, '{orders(first: 9, query: "financial_status:paid AND -test:true") {nodes {name}}}')
    assert [row["name"] for row in found["orders"]["nodes"]] == ["#1001"]
    found = query(state, '{orders(first: 9, query: "name:#1002 OR name:1003") {nodes {name}}}')
    assert len(found["orders"]["nodes"]) == 2


def test_old_orders_are_hidden_without_read_all_orders():
    shop = world()
    (order,) = orders(shop.shopify, "plain")
    shop.clock.advance(61 * 24 * 3600)
    text = "query($id: ID!) {orders(first: 1) {nodes {id}} node(id: $id) {id} ordersCount {count}}"
    assert query(shop.shopify, text, id=order["id"])["ordersCount"]["count"] == 1
    shop.shopify.access.scopes.discard("read_all_orders")
    assert query(shop.shopify, text, id=order["id"]) == {
        "orders": {"nodes": []},
        "node": None,
        "ordersCount": {"count": 0},
    }


def test_missing_scope_is_denied_field_by_field():
    state = world().shopify
    state.access.scopes = {"read_orders"}
    orders(state, "plain")
    answer = executor.run(state, "{orders(first: 1) {nodes {name customer {id}}}}")
    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert answer["data"]["orders"]["nodes"] == [{"name": "#1001", "customer": None}]
    answer = executor.run(
        state, "{orders(first: 1) {nodes {lineItems(first: 1) {nodes {sku product {id}}}}}}"
    )
    assert answer["errors"][0]["path"] == ["orders", "nodes", 0, "lineItems", "nodes", 0, "product"]
    assert answer["data"]["orders"]["nodes"][0]["lineItems"]["nodes"][0]["product"] is None
    denied = executor.run(state, "{locations(first: 1) {nodes {id}}}")
    assert "read_locations" in denied["errors"][0]["message"]


def test_personal_data_can_be_withheld():
    state = world().shopify
    orders(state, "plain")
    state.access.personal_data = False
    row = query(state, "{orders(first: 1) {nodes {email shippingAddress {name address1 countryCodeV2}}}}")[
        "orders"
    ]["nodes"][0]
    assert row["email"] is None
    assert row["shippingAddress"]["name"] is row["shippingAddress"]["address1"] is None
    assert row["shippingAddress"]["countryCodeV2"]


def test_unknown_token_is_401(client):
    assert post(client, "{shop {name}}", headers={}).status_code == 401
    assert post(client, "{shop {name}}", headers={"X-Shopify-Access-Token": "x"}).status_code == 401
    bearer = {"Authorization": "Bearer shpat_sandbox_garden"}
    assert post(client, "{shop {name}}", headers=bearer).status_code == 401


def test_client_credentials_last_a_day(client):
    form = {"grant_type": "client_credentials", "client_id": "sandbox-client"}
    wrong = client.post(f"{URL}/oauth/access_token", data={**form, "client_secret": "no"})
    assert wrong.status_code == 401
    answer = client.post(
        f"{URL}/oauth/access_token", data={**form, "client_secret": "shpss_sandbox_secret"}
    ).json()
    assert answer["expires_in"] == 86399 and answer["access_token"].startswith("shpat_")
    assert "read_orders" in answer["scope"].split(",")
    headers = {"X-Shopify-Access-Token": answer["access_token"]}
    assert post(client, "{shop {name}}", headers=headers).status_code == 200
    client.post("/w1/control/clock", json={"advance": 86399})
    assert post(client, "{shop {name}}", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("2026-10", "2026-10"),
        ("2026-01", "2026-01"),
        ("2024-10", "2026-01"),
        ("unstable", "unstable"),
    ],
)
def test_versions_fall_forward(client, asked, answered):
    assert post(client, "{shop {name}}", asked).headers["X-Shopify-API-Version"] == answered


def test_unknown_version_and_shop_are_404(client):
    assert post(client, "{shop {name}}", "2026-11").status_code == 404
    other = client.post(
        "/w1/shopify/other.myshopify.com/admin/api/2026-10/graphql.json",
        json={"query": "{shop {name}}"},
        headers=TOKEN,
    )
    assert other.status_code == 404


def test_unknown_field_is_told_as_shopify_does(client):
    (error,) = post(client, "{shop {nme}}").json()["errors"]
    assert error["message"] == "Field 'nme' doesn't exist on type 'Shop'"
    assert error["extensions"]["code"] == "undefinedField"


def test_a_value_newer_than_the_schema_goes_out(client):
    client.post("/w1/control/checkout", json={"count": 1})
    data = {"order": "#1001", "raw": {"displayFulfillmentStatus": "TELEPORTED"}}
    assert client.post("/w1/control/shopify/update", json=data).status_code == 200
    answer = post(client, "{orders(first: 1) {nodes {displayFulfillmentStatus}}}").json()
    assert answer["data"]["orders"]["nodes"] == [{"displayFulfillmentStatus": "TELEPORTED"}]
    wrong = {"order": "#1001", "raw": {"nonsense": 1}}
    assert client.post("/w1/control/shopify/update", json=wrong).status_code == 400


def test_a_throttle_fault_says_how_long_to_wait(client):
    client.post("/w1/control/faults", json={"platform": "shopify", "kind": "throttled", "times": 1})
    cost = post(client, "{shop {name}}").json()["extensions"]["cost"]
    status = cost["throttleStatus"]
    assert 0 < (cost["requestedQueryCost"] - status["currentlyAvailable"]) / status["restoreRate"] < 2


def selection(schema, graphql_type, depth):
    """Return a selection of every field that needs nothing, some levels deep."""
    parts = []
    if is_abstract_type(graphql_type):
        for member in schema.get_possible_types(graphql_type):
            inner = selection(schema, member, depth)
            # Aliases keep fields of different types apart.
            parts.append(f"... on {member.name} {{ {alias(inner, member.name)} }}")
        return "__typename " + " ".join(parts)
    for name, field in graphql_type.fields.items():
        target = field.type
        while hasattr(target, "of_type"):
            target = target.of_type
        needs = [key for key, argument in field.args.items() if str(argument.type).endswith("!")]
        arguments = ""
        if needs == ["names"]:
            arguments = '(names: ["available", "on_hand", "committed"])'
        elif needs:
            continue
        elif "first" in field.args:
            arguments = "(first: 3)"
        if not is_composite_type(target):
            parts.append(name + arguments)
        elif depth:
            inner = selection(schema, target, depth - 1)
            if inner:
                parts.append(f"{name}{arguments} {{ {inner} }}")
    return " ".join(parts)


def alias(text, name):
    """Return a selection whose first-level plain fields are named after their type."""
    level, result = 0, []
    words = text.split(" ")
    for index, word in enumerate(words):
        if level == 0 and word[:1].isalpha() and word[0].islower():
            follows = words[index + 1] if index + 1 < len(words) else ""
            result.append(f"{name}_{word.split('(')[0]}: {word}" if follows != ":" else word)
        else:
            result.append(word)
        level += word.count("{") - word.count("}") + word.count("(") - word.count(")")
    return " ".join(result)


@pytest.mark.parametrize(
    "type_name",
    [
        "Order",
        "Customer",
        "Company",
        "CompanyLocation",
        "CompanyContact",
        "Product",
        "ProductVariant",
        "InventoryItem",
        "InventoryLevel",
        "Location",
        "FulfillmentOrder",
        "Fulfillment",
        "Refund",
        "Shop",
        "AppInstallation",
        "WebhookSubscription",
        "PaymentTerms",
        "OrderTransaction",
        "LineItem",
        "TenderTransaction",
    ],
)
def test_every_field_of_every_object_answers(type_name):
    """No field of the schema is a promise that the sandbox breaks."""
    state = world().shopify
    state.bucket.set_plan(10**9, 10**9)
    shopper = Shopper(state, 1)
    for kind in KINDS:
        if kind != "many_lines":
            shopper.order(kind)
    from sandbox.shopify import aftersales

    first, second, third = state.all("Order")[:3]
    aftersales.ship_all(state, first, [{"company": "PostNL", "number": "3S", "url": "https://x.nl"}])
    aftersales.refund(
        state, second, lines=[(second["lineItems"][0], 1, "RETURN")], shipping="1.00", amount="2.00"
    )
    aftersales.cancel(state, third)
    query(
        state,
        "mutation {webhookSubscriptionCreate(topic: ORDERS_CREATE, webhookSubscription:"
        ' {uri: "https://example.com/hook"}) {userErrors {message}}}',
    )
    schema = load_schema()
    graphql_type = schema.type_map[type_name]
    fields = selection(schema, graphql_type, 2)
    context = executor.Context(state)
    document, problems = executor.document_of(
        f"query($id: ID!) {{node(id: $id) {{... on {type_name} {{ {fields} }}}}}}"
    )
    assert not problems, problems[:3]
    rows = [row for row in state.objects.values() if row["__typename"] == type_name]
    assert rows
    for row in rows:
        result = executor.execute(schema, document, context_value=context, variable_values={"id": row["id"]})
        assert not result.errors, result.errors[:3]
        assert result.data["node"]
