"""Whatever JSON a program sends, Mollie and Sendcloud answer in their own words and never fall over."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.tests.merchant import Merchant, customs_shipment, serving

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**12)
    | st.text(max_size=5)
    | st.sampled_from(["NaN", "1e9", "-1"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["value", "id", "unit"]), inner)
    ),
    max_leaves=4,
)
ADDRESS = customs_shipment()["to_address"]
RETURN = {
    "from_address": ADDRESS,
    "to_address": ADDRESS,
    "ship_with": {"type": "shipping_option_code", "shipping_option_code": "postnl:return/return"},
    "weight": {"value": 1, "unit": "kg"},
    "collo_count": 1,
}
OPTIONS = {
    "from_country_code": "NL",
    "to_country_code": "NL",
    "from_address": {"country_code": "NL"},
    "parcels": [{"weight": {"value": "1", "unit": "kg"}}],
    "functionalities": {"signature": True},
    "carrier_code": "postnl",
    "calculate_quotes": True,
}
INTEGRATION = {"webhook_active": True, "webhook_url": "https://shop.example/hook", "shop_name": "Shop"}
VALIDATE = {"address": ADDRESS, "carrier_code": "postnl"}
PAYMENT = {
    "amount": {"value": "1.00", "currency": "EUR"},
    "description": "r1",
    "redirectUrl": "https://shop.example/",
    "webhookUrl": "https://shop.example/hook",
    "method": "ideal",
    "metadata": {"a": 1},
    "captureMode": "automatic",
}
REFUND = {"amount": {"value": "0.01", "currency": "EUR"}, "description": "back", "metadata": {}}
WEBHOOK = {"name": "books", "url": "https://shop.example/hook", "eventTypes": ["payment.paid"]}


@pytest.fixture(scope="module")
def merchant():
    with serving() as root:
        yield Merchant(root)


def places(node, path=()):
    yield path
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


@st.composite
def bent(draw, whole):
    """``whole`` with one part, or all of it, replaced by something else."""
    path = draw(st.sampled_from(list(places(whole))))
    value = draw(values)
    if not path:
        return value
    body = copy.deepcopy(whole)
    target = body
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return body


calls = st.one_of(
    *(
        st.tuples(st.just("sendcloud"), st.just(method), st.just(path), bent(whole))
        for method, path, whole in (
            ("POST", "shipments/announce", customs_shipment()),
            ("POST", "shipments", customs_shipment()),
            ("POST", "shipping-options", OPTIONS),
            ("POST", "returns/announce-synchronously", RETURN),
            ("POST", "returns/validate", RETURN),
            ("POST", "addresses/validate", VALIDATE),
            ("PATCH", "integrations/23452", INTEGRATION),
        )
    ),
    *(
        st.tuples(st.just("mollie"), st.just("POST"), st.just(path), bent(whole))
        for path, whole in (
            ("payments", PAYMENT),
            ("payments/{payment}/refunds", REFUND),
            ("payments/{payment}/captures", REFUND),
            ("webhooks", WEBHOOK),
        )
    ),
)


@settings(max_examples=120, deadline=None, database=None)
@given(calls)
def test_strange_requests_are_answered(merchant, call):
    platform, method, path, body = call
    if not hasattr(merchant, "paid"):
        merchant.paid = merchant.control("mollie/pay", {"amount": "999.00", "description": "r1"})["id"]
    path = path.format(payment=merchant.paid)
    answer = getattr(merchant, platform)(path, method, json=body)
    assert answer.status_code in (200, 201, 204, 400, 409, 422), answer.text
    if answer.status_code in (400, 422):
        said = answer.json()
        if platform == "mollie":
            assert said["status"] == answer.status_code and said["detail"]
        elif path == "returns/announce-synchronously" and "error" in said:
            assert said["error"]["message"]
        else:
            assert all(error.get("detail") or error.get("message") for error in said["errors"])
