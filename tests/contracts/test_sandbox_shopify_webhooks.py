"""The sandbox's webhook bodies against the published JSON Schemas of Shopify's payloads.

The schemas were derived from Shopify's sample payloads, so where a sample happened to hold a
value (or none) they are narrower than the platform: those few places are named below.
"""

import json
import os
from pathlib import Path

import jsonschema
import pytest

from sandbox.shopify import aftersales, payloads, returns
from sandbox.shopify.kinds import KINDS
from sandbox.shopify.shopper import Shopper
from sandbox.world import World

ROOT = Path(__file__).resolve().parents[2]
# Kinds of orders without an address, an e-mail or a customer: their samples all have one.
WITHOUT_PERSON = {"pos", "guest", "no_shipping_address", "gift_card_bought"}
# path in the payload -> why the schema derived from one sample is too narrow for it
SAMPLES_ARE_EMPTY = (
    "fulfillments",
    "refunds",
    "returns",
    "tax_lines",
    "discount_codes",
    "discount_applications",
    "discount_allocations",
    "duties",
    "refund_shipping_lines",
    "note_attributes",
    "properties",
    "line_item_groups",
    "payment_details",
    "return_line_items",
)
SAMPLES_ARE_NOT_NULL = (
    "address2",
    "company",
    "province",
    "province_code",
    "phone",
    "latitude",
    "longitude",
    "tracking_company",
    "variant_id",
    "product_id",
    "vendor",
    "sku",
    "email",
    "location_id",
    "tax_exemptions",
    "default_address",
    "device_id",
)


def schema_of(topic):
    given = os.environ.get("O2C_CONTRACTS")
    folder = Path(given) if given else ROOT.parent / "shared" / "contracts"
    if (folder / "contracts").is_dir():
        folder = folder / "contracts"
    path = folder / "shopify" / "webhooks" / f"{topic}.json"
    assert path.is_file(), f"Shopify's webhook schema is not at {path}; set O2C_CONTRACTS."
    return json.loads(path.read_text(encoding="utf-8"))


def problems(topic, payload):
    """Return what the schema objects to, without the places where the sample is too narrow."""
    validator = jsonschema.Draft202012Validator(schema_of(topic))
    found = []
    for error in validator.iter_errors(json.loads(json.dumps(payload))):
        names = [part for part in error.absolute_path if isinstance(part, str)]
        if any(name in SAMPLES_ARE_EMPTY for name in names):
            continue
        if error.validator == "type" and error.validator_value == "null":
            continue
        if error.instance is None and names and names[-1] in SAMPLES_ARE_NOT_NULL:
            continue
        found.append(f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")
    return found


@pytest.fixture(scope="module")
def shop():
    world = World("contracts")
    shopper = Shopper(world.shopify, 1)
    made = {}
    for kind in KINDS:
        if kind not in WITHOUT_PERSON and kind != "many_lines":
            made[kind] = shopper.order(kind)[0]
    return world.shopify, made


@pytest.mark.parametrize("topic", ["orders/create", "orders/updated", "orders/paid"])
def test_orders(shop, topic):
    _state, made = shop
    for kind, order in made.items():
        assert problems(topic, payloads.order(order)) == [], kind


def test_order_after_fulfilment_refund_and_cancellation(shop):
    state, made = shop
    sent, refunded, cancelled = made["plain"], made["multi_line"], made["mixed_vat"]
    tracking = [{"company": "PostNL", "number": "3SABC", "url": "https://example.com/3SABC"}]
    aftersales.ship_all(state, sent, tracking)
    aftersales.refund(state, refunded, lines=[(refunded["lineItems"][0], 1, "RETURN")], note="Broken")
    aftersales.cancel(state, cancelled, staff_note="Asked by telephone")
    assert problems("orders/fulfilled", payloads.order(sent)) == []
    assert problems("orders/cancelled", payloads.order(cancelled)) == []
    assert problems("orders/updated", payloads.order(refunded)) == []
    assert problems("refunds/create", payloads.refund(refunded["refunds"][0])) == []
    assert problems("fulfillments/create", payloads.fulfillment(sent["fulfillments"][0])) == []


def test_returns(shop):
    state, made = shop
    order = made["discount_code"]
    aftersales.ship_all(state, order)
    asked = returns.request(state, order, [(order["lineItems"][0], 1)], note="Too small")
    assert problems("returns/approve", payloads.return_(asked)) == []
    refund = returns.process(state, asked, fee="1.00")
    assert problems("returns/close", payloads.return_closed(asked)) == []
    assert problems("refunds/create", payloads.refund(refund)) == []
    again = returns.request(state, order, [(order["lineItems"][1], 1)], approve=False)
    assert problems("returns/request", payloads.return_(again)) == []
    returns.decline(state, again, "Used")
    assert problems("returns/decline", payloads.return_declined(again)) == []


def test_order_transactions(shop):
    _state, made = shop
    for order in made.values():
        for row in order["transactions"]:
            assert problems("order_transactions/create", payloads.transaction(row)) == []


def test_fulfillment_orders_and_inventory(shop):
    state, made = shop
    row = made["plain"]["fulfillmentOrders"][0]
    topic = "fulfillment_orders/order_routing_complete"
    assert problems(topic, payloads.fulfillment_order(row)) == []
    level = state.all("InventoryLevel")[0]
    assert problems("inventory_levels/update", payloads.inventory_level(level)) == []


def test_customers(shop):
    state, _made = shop
    for customer in state.all("Customer"):
        assert problems("customers/create", payloads.customer(customer)) == []


def test_edits_and_deletions(shop):
    _state, made = shop
    order = made["plain"]
    payload = payloads.order_edit(order, [(order["lineItems"][0], 1)], [])
    assert problems("orders/edited", payload) == []
    assert problems("orders/delete", {"id": payloads.number(order)}) == []


def test_a_wrong_payload_is_noticed(shop):
    _state, made = shop
    payload = payloads.order(made["plain"])
    payload["total_price"] = 12.5
    del payload["line_items"]
    assert len(problems("orders/create", payload)) == 2
