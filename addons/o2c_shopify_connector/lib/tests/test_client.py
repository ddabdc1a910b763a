import ast
import json
from decimal import Decimal
from pathlib import Path

import pytest

from o2c_lib.o2c_base.lib.http import (
    AuthenticationError,
    RateLimited,
    RefusedError,
    UnexpectedShape,
)
from o2c_lib.o2c_shopify_connector.lib.client import (
    ShopifyClient,
    TooExpensive,
    UserErrors,
    check_domain,
    check_version,
    request_token,
    throttle_pause,
)

QUERY = "query { shop { id } }"


class Wire:
    """Stands where the HTTP client stands: gives prepared answers, keeps what was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = []

    def request(self, method, path, **options):
        self.calls.append((method, path, options))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Reply(answer)


class Reply:
    def __init__(self, body):
        self.body = body
        self.headers = {"x-shopify-api-version": "2026-10"}

    def json(self):
        return json.loads(json.dumps(self.body), parse_float=Decimal)


def throttled(requested, available, rate):
    return {
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {
            "cost": {
                "requestedQueryCost": requested,
                "actualQueryCost": None,
                "throttleStatus": {
                    "maximumAvailable": 4000.0,
                    "currentlyAvailable": available,
                    "restoreRate": rate,
                },
            }
        },
    }


def test_data_and_version():
    wire = Wire({"data": {"shop": {"id": "1"}}})
    answer = ShopifyClient(wire, "shpat_x").execute(QUERY)
    assert answer.data == {"shop": {"id": "1"}} and answer.version == "2026-10"
    method, path, options = wire.calls[0]
    assert (method, path) == ("POST", "/admin/api/2026-10/graphql.json")
    assert options["headers"] == {"X-Shopify-Access-Token": "shpat_x"}
    assert options["repeatable"] is True


def test_waits_as_long_as_the_bucket_needs():
    waits = []
    wire = Wire(throttled(862, 572, 200.0), {"data": {"shop": None}})
    ShopifyClient(wire, "t", sleep=waits.append).execute(QUERY)
    assert waits == [1.45]


def test_gives_up_waiting_and_says_when_to_come_again():
    wire = Wire(*[throttled(1000, 0, 10.0)] * 3)
    with pytest.raises(RateLimited) as caught:
        ShopifyClient(wire, "t", sleep=lambda _s: None, max_wait=150).execute(QUERY)
    assert caught.value.retry_after == 100
    assert len(wire.calls) == 2


def test_an_unthrottled_answer_needs_no_pause():
    assert throttle_pause({"data": {}}) is None
    assert throttle_pause({"errors": "Not Found"}) is None


def test_too_expensive():
    wire = Wire({"errors": [{"message": "x", "extensions": {"code": "MAX_COST_EXCEEDED"}}]})
    with pytest.raises(TooExpensive):
        ShopifyClient(wire, "t").execute(QUERY)


def test_some_fields_denied_is_not_a_failure():
    wire = Wire(
        {
            "data": {"nodes": [{"id": "1", "customer": None}]},
            "errors": [
                {
                    "message": "denied",
                    "path": ["nodes", 0, "customer"],
                    "extensions": {"code": "ACCESS_DENIED"},
                }
            ],
        }
    )
    assert ShopifyClient(wire, "t").execute(QUERY).denied == ("nodes.0.customer",)


def test_everything_denied_is():
    wire = Wire(
        {
            "data": {"locations": None},
            "errors": [{"message": "no", "extensions": {"code": "ACCESS_DENIED"}}],
        }
    )
    with pytest.raises(AuthenticationError):
        ShopifyClient(wire, "t").execute(QUERY)


@pytest.mark.parametrize("errors", ["Not Found", [{"message": "Field 'x' doesn't exist"}]])
def test_refused(errors):
    with pytest.raises(RefusedError):
        ShopifyClient(Wire({"errors": errors}), "t").execute(QUERY)


@pytest.mark.parametrize("body", [[], {"data": None}, {}])
def test_shapes_that_are_none(body):
    with pytest.raises(UnexpectedShape):
        ShopifyClient(Wire(body), "t").execute(QUERY)


def test_token_is_renewed_once():
    wire = Wire(AuthenticationError("expired"), {"data": {"shop": {}}})
    client = ShopifyClient(wire, "old", renew=lambda: "new")
    client.execute(QUERY)
    assert wire.calls[1][2]["headers"]["X-Shopify-Access-Token"] == "new"


def test_a_refused_new_token_is_not_renewed_again():
    wire = Wire(AuthenticationError("a"), AuthenticationError("b"))
    with pytest.raises(AuthenticationError, match="b"):
        ShopifyClient(wire, "old", renew=lambda: "new").execute(QUERY)


def test_mutations_are_repeated_only_with_a_key():
    for document, repeatable in (
        ("mutation m { fulfillmentCreate { fulfillment { id } } }", False),
        ('mutation m { inventorySetQuantities @idempotent(key: "k") { x } }', True),
    ):
        wire = Wire({"data": {"f": {"userErrors": []}}})
        ShopifyClient(wire, "t").mutate(document, {})
        assert wire.calls[0][2]["repeatable"] is repeatable


def test_user_errors_are_raised_with_their_codes():
    wire = Wire({"data": {"f": {"userErrors": [{"code": "CHANGE_FROM_QUANTITY_STALE", "message": "old"}]}}})
    with pytest.raises(UserErrors, match="old") as caught:
        ShopifyClient(wire, "t").mutate("mutation m { f }", {})
    assert caught.value.codes == {"CHANGE_FROM_QUANTITY_STALE"}


def test_pages_are_followed_to_the_end():
    def page(number, more):
        return {
            "data": {
                "orders": {
                    "nodes": [{"id": number}],
                    "pageInfo": {"hasNextPage": more, "endCursor": f"c{number}"},
                }
            }
        }

    wire = Wire(page(1, True), page(2, False))
    nodes = list(ShopifyClient(wire, "t").pages(QUERY, {"query": "q"}, ("orders",)))
    assert [node["id"] for node in nodes] == [1, 2]
    assert wire.calls[1][2]["json"]["variables"] == {"query": "q", "after": "c1"}


def test_client_credentials():
    wire = Wire({"access_token": "shpat_new", "scope": "read_orders,write_x", "expires_in": 86399})
    token = request_token(wire, "id", "secret")
    assert token.access_token == "shpat_new" and token.expires_in == 86399
    assert token.scopes == {"read_orders", "write_x"}
    assert wire.calls[0][2]["data"]["grant_type"] == "client_credentials"
    with pytest.raises(UnexpectedShape):
        request_token(Wire({"error": "x"}), "id", "secret")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (AuthenticationError("no", status=401), "copy both again"),
        (RefusedError("no", status=400, body={"error": "invalid_client"}), "copy both again"),
        (RefusedError("no", status=400, body={"error": "shop_not_permitted"}), "Install app"),
        (RefusedError("no", status=404, body="Not Found"), "Settings > Domains"),
        (RefusedError("no", status=402), "frozen"),
    ],
)
def test_a_refused_token_says_what_to_click(error, words):
    with pytest.raises(AuthenticationError, match=words):
        request_token(Wire(error), "id", "secret")


def test_a_refused_call_says_what_to_click():
    for error, words in (
        (AuthenticationError("no", status=401), "API credentials"),
        (RefusedError("no", status=404), "Settings > Domains"),
        (RefusedError("no", status=423), "locked"),
    ):
        with pytest.raises(AuthenticationError, match=words):
            ShopifyClient(Wire(error), "shpat_x").execute(QUERY)
    with pytest.raises(RefusedError, match="no"):
        ShopifyClient(Wire(RefusedError("no", status=422)), "shpat_x").execute(QUERY)


@pytest.mark.parametrize(
    ("given", "domain"),
    [
        ("garden-lane.myshopify.com", "garden-lane.myshopify.com"),
        (" https://Garden-Lane.myshopify.com/admin ", "garden-lane.myshopify.com"),
        ("https://admin.shopify.com/store/my-shop/orders?x=1", "my-shop.myshopify.com"),
        ("garden-lane", "garden-lane.myshopify.com"),
    ],
)
def test_domains(given, domain):
    assert check_domain(given) == domain


@pytest.mark.parametrize(
    "given",
    [
        "",
        "shop.example.com",
        "evil.com/x.myshopify.com",
        "a.myshopify.com.evil.com",
        "evil.com#x.myshopify.com",
        "me@evil.com:x.myshopify.com",
        "x.myshopify.com:8080",
        "admin.shopify.com.evil.com/store/x",
        "a@b",
        None,
    ],
)
def test_a_token_goes_nowhere_else(given):
    with pytest.raises(ValueError):
        check_domain(given)


def test_versions():
    assert check_version("2026-10") == "2026-10"
    assert check_version(" 2027-01\n") == "2027-01"
    assert check_version("unstable") == "unstable"
    for wrong in ("2026-11", "latest", "", None):
        with pytest.raises(ValueError):
            check_version(wrong)


def test_the_library_is_used_for_what_it_does_soundly_only():
    """Its session is global and its transport has no time-out: see docs/decisions/0001."""
    sound = {
        "shopify.ApiAccess",
        "shopify.api_access.ApiAccessError",
        "shopify.api_version.ApiVersion",
        "shopify.api_version.VersionNotFoundError",
        "shopify.utils.shop_url.sanitize_shop_domain",
    }
    found = set()
    for path in Path(__file__).parents[2].rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and not node.level and node.module.split(".")[0] == "shopify":
                found |= {f"{node.module}.{name.name}" for name in node.names}
            elif isinstance(node, ast.Import):
                found |= {name.name for name in node.names if name.name.split(".")[0] == "shopify"}
    assert found == sound


@pytest.mark.parametrize("code", ["IDEMPOTENCY_CONCURRENT_REQUEST", "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"])
def test_a_request_that_is_still_going_on_is_made_again_later(code):
    wire = Wire({"data": {"f": {"userErrors": [{"code": code, "message": "in progress"}]}}})
    with pytest.raises(RateLimited) as caught:
        ShopifyClient(wire, "t").mutate("mutation m { f }", {})
    assert caught.value.temporary
