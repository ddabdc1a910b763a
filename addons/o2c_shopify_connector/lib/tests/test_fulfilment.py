from o2c_lib.o2c_shopify_connector.lib.fulfilment import plan, tracking_input


def _fulfilment_order(number, lines, status="OPEN", location=1, holds=()):
    return {
        "id": f"FO{number}",
        "status": status,
        "assignedLocation": {"location": {"id": f"L{location}"}},
        "fulfillmentHolds": [{"id": "H", "reason": reason} for reason in holds],
        "lineItems": {
            "nodes": [
                {
                    "id": f"FOL{number}{gid}",
                    "remainingQuantity": remaining,
                    "totalQuantity": remaining,
                    "lineItem": {"id": gid},
                }
                for gid, remaining in lines.items()
            ]
        },
    }


def _order(*fulfilment_orders, fulfillments=()):
    return {
        "fulfillments": list(fulfillments),
        "fulfillmentOrders": {"nodes": list(fulfilment_orders)},
    }


def test_part_of_one_fulfilment_order():
    result = plan(_order(_fulfilment_order(1, {"a": 3, "b": 1})), {"a": 2}, [], set())
    assert result.groups == (
        (
            {
                "fulfillmentOrderId": "FO1",
                "fulfillmentOrderLineItems": [{"id": "FOL1a", "quantity": 2}],
            },
        ),
    )
    assert not result.missing


def test_one_group_for_each_location():
    result = plan(
        _order(
            _fulfilment_order(1, {"a": 1}, location=1),
            _fulfilment_order(2, {"a": 1}, location=2),
            _fulfilment_order(3, {"b": 1}, location=1),
        ),
        {"a": 2, "b": 1},
        [],
        set(),
    )
    assert [[item["fulfillmentOrderId"] for item in group] for group in result.groups] == [
        ["FO1", "FO3"],
        ["FO2"],
    ]


def test_holds_and_closed_orders_are_told_apart():
    result = plan(
        _order(
            _fulfilment_order(1, {"a": 1}, status="ON_HOLD", holds=["HIGH_RISK_OF_FRAUD"]),
            _fulfilment_order(2, {"b": 1}, status="CANCELLED"),
        ),
        {"a": 1, "b": 1},
        [],
        set(),
    )
    assert result.held == ("HIGH_RISK_OF_FRAUD",)
    assert dict(result.missing) == {"a": 1, "b": 1}
    assert not result.groups


def test_an_earlier_attempt_is_recognised_by_its_tracking_number():
    done = {"id": "F1", "status": "SUCCESS", "trackingInfo": [{"number": "3SABC"}]}
    order = _order(_fulfilment_order(1, {"a": 0}), fulfillments=[done])
    assert plan(order, {"a": 1}, ["3SABC"], set()).adopted == ("F1",)
    assert plan(order, {"a": 1}, ["3SABC"], {"F1"}).missing == (("a", 1),)
    cancelled = {**done, "status": "CANCELLED"}
    assert not plan(_order(fulfillments=[cancelled]), {}, ["3SABC"], set()).adopted


def test_tracking():
    parcels = [
        {"company": "PostNL", "number": "1", "url": "https://a/1"},
        {"company": "PostNL", "number": "2", "url": "https://a/2"},
    ]
    assert tracking_input(parcels) == {
        "company": "PostNL",
        "numbers": ["1", "2"],
        "urls": ["https://a/1", "https://a/2"],
    }
    parcels[0]["url"] = False
    assert "urls" not in tracking_input(parcels)
    assert tracking_input([{"company": "x", "number": False, "url": False}]) is None
