import pytest

from o2c_lib.o2c_shopify_connector.lib.hints import TOPICS, order_gids
from o2c_lib.o2c_shopify_connector.lib.products import parse_variant
from o2c_lib.o2c_shopify_connector.lib.scopes import REQUIRED, missing
from o2c_lib.o2c_shopify_connector.lib.stock import changes


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


def test_writing_implies_reading():
    granted = set(REQUIRED) - {"read_inventory"}
    assert missing(granted) == []
    assert missing(granted - {"write_inventory"}) == ["read_inventory", "write_inventory"]


def _item(gid, available, tracked=True):
    level = None
    if available is not None:
        level = {"id": "x", "quantities": [{"name": "available", "quantity": available}]}
    return {"id": gid, "tracked": tracked, "inventoryLevel": level}


def test_only_what_differs_is_sent():
    nodes = [
        _item("a", 5),
        _item("b", 4),
        _item("c", None),
        _item("d", None),
        _item("e", 1, False),
        None,
    ]
    wanted = {"a": 5, "b": 7, "c": 2, "d": 0, "e": 9}
    assert changes(nodes, wanted) == ([("b", 7, 4)], ["c"])


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
