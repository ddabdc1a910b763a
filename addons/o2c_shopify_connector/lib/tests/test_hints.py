import pytest

from o2c_lib.o2c_shopify_connector.lib.hints import TOPICS, fulfilment_order_gids, order_gids
from o2c_lib.o2c_shopify_connector.lib.products import parse_variant


@pytest.mark.parametrize(
    ("topic", "body", "gids"),
    [
        (
            "orders/updated",
            {"id": 5, "admin_graphql_api_id": "gid://shopify/Order/5"},
            ["gid://shopify/Order/5"],
        ),
        ("orders/delete", {"id": 5}, ["gid://shopify/Order/5"]),
        ("orders/edited", {"order_edit": {"order_id": 6}}, ["gid://shopify/Order/6"]),
        ("refunds/create", {"id": 1, "order_id": 7}, ["gid://shopify/Order/7"]),
        ("orders/risk_assessment_changed", {"order_id": "9"}, ["gid://shopify/Order/9"]),
        ("order_transactions/create", {"order_id": 8}, ["gid://shopify/Order/8"]),
        (
            "fulfillment_orders/hold_released",
            {"fulfillment_order": {"id": "gid://shopify/FulfillmentOrder/1"}},
            [],
        ),
        ("o2c/sweep", {"orders": ["a", "b"]}, ["a", "b"]),
        ("app/uninstalled", {"id": 1}, None),
    ],
)
def test_which_order(topic, body, gids):
    assert order_gids(topic, body) == gids


def test_topics_are_named_once():
    assert len(set(TOPICS)) == len(TOPICS)


def test_which_fulfilment_orders():
    first, second = ("gid://shopify/FulfillmentOrder/1", "gid://shopify/FulfillmentOrder/2")
    moved = {
        "original_fulfillment_order": {"id": first, "status": "closed"},
        "moved_fulfillment_order": {"id": second, "status": "open"},
        "source_location": {"id": "gid://shopify/Location/3"},
        "destination_location_id": "gid://shopify/Location/4",
    }
    assert fulfilment_order_gids("fulfillment_orders/moved", moved) == [first, second]
    released = {"fulfillment_order": {"id": first, "status": "open"}}
    assert fulfilment_order_gids("fulfillment_orders/hold_released", released) == [first]
    assert fulfilment_order_gids("orders/updated", {"id": 5}) == []


def test_variant():
    variant = parse_variant(
        {
            "id": "v",
            "title": "Red",
            "sku": " A1 ",
            "barcode": None,
            "price": "12.50",
            "selectedOptions": [{"name": "Colour", "value": "Red"}],
            "product": {
                "id": "p",
                "title": "Hose",
                "isGiftCard": False,
                "hasOnlyDefaultVariant": False,
            },
            "inventoryItem": {
                "id": "i",
                "tracked": True,
                "requiresShipping": True,
                "harmonizedSystemCode": "391739",
                "countryCodeOfOrigin": "DE",
                "measurement": {"weight": {"unit": "GRAMS", "value": 750}},
            },
        }
    )
    assert variant.full_title == "Hose - Red"
    assert (variant.sku, str(variant.weight), variant.origin) == ("A1", "0.750", "DE")
