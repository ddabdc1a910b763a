from datetime import datetime, timezone
from types import SimpleNamespace

from o2c_lib.o2c_shopify_connector.lib.fulfilment import (
    NO_TRACKING,
    Delivery,
    carries,
    plan,
    services,
    tracking_input,
)
from o2c_lib.o2c_shopify_connector.lib.fulfilment_reading import read_order

NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
BEFORE, AFTER = "2026-11-24T11:59:00Z", "2026-11-24T12:00:01Z"


def _fulfilment_order(number, lines, status="OPEN", location=1, holds=(), ships=True):
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
                    "requiresShipping": ships,
                    "lineItem": {"id": gid},
                }
                for gid, remaining in lines.items()
            ]
        },
    }


def _fulfilment(number, lines, tracking=(), created=AFTER, status="SUCCESS"):
    return {
        "id": f"F{number}",
        "status": status,
        "createdAt": created,
        "trackingInfo": [{"number": item} for item in tracking],
        "fulfillmentLineItems": {
            "nodes": [{"quantity": quantity, "lineItem": {"id": gid}} for gid, quantity in lines.items()]
        },
    }


def _order(*fulfilment_orders, fulfillments=()):
    return {
        "fulfillments": list(fulfillments),
        "fulfillmentOrders": {"nodes": list(fulfilment_orders)},
    }


def _sent(result):
    """[(fulfilment order, line, pieces)] of each group."""
    return [
        [
            (part["fulfillmentOrderId"], line["id"], line["quantity"])
            for part in group
            for line in part["fulfillmentOrderLineItems"]
        ]
        for group in result.groups
    ]


def test_part_of_one_fulfilment_order():
    result = plan(_order(_fulfilment_order(1, {"a": 3, "b": 1})), Delivery({"a": 2}))
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
    order = _order(
        _fulfilment_order(1, {"a": 1}, location=1),
        _fulfilment_order(2, {"a": 1}, location=2),
        _fulfilment_order(3, {"b": 1}, location=1),
    )
    result = plan(order, Delivery({"a": 2, "b": 1}))
    assert [[item["fulfillmentOrderId"] for item in group] for group in result.groups] == [
        ["FO1", "FO3"],
        ["FO2"],
    ]


def test_goods_count_for_the_location_that_they_left_from():
    order = _order(
        _fulfilment_order(1, {"a": 1}, location=1),
        _fulfilment_order(2, {"a": 1}, location=2),
    )
    assert _sent(plan(order, Delivery({"a": 1}, locations={"L2"}))) == [[("FO2", "FOL2a", 1)]]
    assert _sent(plan(order, Delivery({"a": 1}, locations={"L9"}))) == [[("FO1", "FOL1a", 1)]]


def test_more_lines_than_one_fulfilment_takes():
    lines = {f"line{number}": 1 for number in range(600)}
    sent = _sent(plan(_order(_fulfilment_order(1, lines)), Delivery(lines)))
    assert [len(group) for group in sent] == [512, 88]
    assert len({line for group in sent for _order_gid, line, _pieces in group}) == 600


def test_holds_and_closed_orders_are_told_apart():
    result = plan(
        _order(
            _fulfilment_order(1, {"a": 1}, status="ON_HOLD", holds=["HIGH_RISK_OF_FRAUD"]),
            _fulfilment_order(2, {"b": 1}, status="CANCELLED"),
        ),
        Delivery({"a": 1, "b": 1}),
    )
    assert result.held == ("HIGH_RISK_OF_FRAUD",)
    assert dict(result.missing) == {"a": 1, "b": 1}
    assert not result.groups


def test_what_is_free_goes_before_what_is_held():
    held = _fulfilment_order(1, {"a": 1}, status="ON_HOLD", holds=["OTHER"])
    result = plan(_order(held, _fulfilment_order(2, {"a": 1})), Delivery({"a": 1}))
    assert (_sent(result), result.held, result.missing) == ([[("FO2", "FOL2a", 1)]], (), ())


def test_planned_for_later_and_given_up():
    planned = {**_fulfilment_order(1, {"a": 1}, status="SCHEDULED"), "fulfillAt": AFTER}
    result = plan(_order(planned), Delivery({"a": 1}))
    assert (result.groups, result.planned, result.missing) == ((), (AFTER,), (("a", 1),))
    result = plan(_order({**planned, "fulfillAt": None}), Delivery({"a": 1}))
    assert result.planned == ("",)
    result = plan(_order(_fulfilment_order(1, {"a": 1}, status="INCOMPLETE")), Delivery({"a": 1}))
    assert (result.groups, result.incomplete, result.missing) == ((), True, (("a", 1),))


class _Shop:
    """Answers as Shopify does: the first 50 fulfilments, or all when no number is asked for."""

    def __init__(self, count):
        page = {"hasNextPage": False, "endCursor": None}
        self.sent = [_fulfilment(number, {"a": 1}) for number in range(count)]
        for fulfilment in self.sent:
            fulfilment["fulfillmentLineItems"]["pageInfo"] = page
        self.rest = {"id": "O", "fulfillmentOrders": {"nodes": [], "pageInfo": page}}

    def execute(self, document, _variables):
        shown = self.sent[:50] if "fulfillments(first: 50)" in document else self.sent
        return SimpleNamespace(data={"order": {**self.rest, "fulfillments": shown}}, at=NOON)


def test_the_latest_of_many_fulfilments_is_seen():
    order, _at = read_order(_Shop(73), "O")
    assert [item["id"] for item in order["fulfillments"]][-1] == "F72"
    mine = Delivery({"a": 1}, others={f"F{number}" for number in range(72)}, since=NOON)
    assert plan(order, mine).adopted == ("F72",)


def test_an_earlier_attempt_is_recognised_by_its_tracking_number():
    done = _fulfilment(1, {"a": 1}, ["3SABC"], created=BEFORE)
    order = _order(_fulfilment_order(1, {"a": 0}), fulfillments=[done])
    mine = Delivery({"a": 1}, ["3SABC"], since=NOON)
    assert plan(order, mine).adopted == ("F1",)
    assert not plan(order, mine).missing
    assert plan(order, Delivery({"a": 1}, ["3SABC"], others={"F1"})).missing == (("a", 1),)
    # A number may stand for two deliveries in one parcel: what sends more than this one is not its own.
    assert not plan(order, Delivery({"b": 1}, ["3SABC"], since=NOON)).adopted
    cancelled = {**done, "status": "CANCELLED"}
    assert not plan(_order(fulfillments=[cancelled]), mine).adopted


def test_a_known_fulfilment_is_completed():
    """Of two parts one was told, the other was held: only that is left to be told, with any number."""
    done = _fulfilment(1, {"a": 1}, ["3SOLD"], created=BEFORE)
    order = _order(_fulfilment_order(2, {"b": 1}), fulfillments=[done])
    result = plan(order, Delivery({"a": 1, "b": 1}, ["3SNEW"], known={"F1"}, since=NOON))
    assert (result.adopted, result.untold, result.missing) == (("F1",), ("F1",), ())
    assert _sent(result) == [[("FO2", "FOL2b", 1)]]
    # The number is gone, and the fulfilment must not go on showing it.
    assert plan(order, Delivery({"a": 1}, known={"F1"})).untold == ("F1",)
    # Cancelled at the shop, it counts for nothing.
    order = _order(_fulfilment_order(1, {"a": 1}), fulfillments=[{**done, "status": "CANCELLED"}])
    assert _sent(plan(order, Delivery({"a": 1}, known={"F1"}))) == [[("FO1", "FOL1a", 1)]]


def test_what_needs_no_shipping():
    order = _order(
        _fulfilment_order(1, {"a": 1}),
        _fulfilment_order(2, {"wrap": 2, "done": 0, "gift_card": 1}, ships=False),
        _fulfilment_order(3, {"book": 1}, ships=False, status="ON_HOLD", holds=["OTHER"]),
    )
    groups = services(order, {"a", "wrap", "done", "book"})
    assert groups == (
        ({"fulfillmentOrderId": "FO2", "fulfillmentOrderLineItems": [{"id": "FOL2wrap", "quantity": 2}]},),
    )
    assert services(order, ()) == ()


def test_pieces_that_are_back_are_not_told():
    order = _order(_fulfilment_order(1, {"a": 3}))
    assert _sent(plan(order, Delivery({"a": 3}, back={"a": 1}))) == [[("FO1", "FOL1a", 2)]]
    assert plan(order, Delivery({"a": 3}, back={"a": 3})) == plan(order, Delivery({}))
    # An attempt that told of all of them is recognised all the same.
    order = _order(_fulfilment_order(1, {"a": 0}), fulfillments=[_fulfilment(1, {"a": 3})])
    result = plan(order, Delivery({"a": 3}, back={"a": 1}, since=NOON))
    assert (result.adopted, result.groups, result.missing) == (("F1",), (), ())


def test_a_state_that_is_not_known():
    result = plan(_order(_fulfilment_order(1, {"a": 1}, status="PAUSED")), Delivery({"a": 1}))
    assert (result.unknown, result.missing, result.groups) == (("PAUSED",), (("a", 1),), ())
    assert not plan(_order(_fulfilment_order(1, {"a": 1}, status="CLOSED")), Delivery({"a": 1})).unknown


def test_what_carries_its_tracking_already():
    shown = {"trackingInfo": [{"company": "PostNL", "number": "1", "url": "https://a/1"}]}
    tracking = tracking_input([{"company": "PostNL", "number": "1", "url": "https://a/1"}])
    assert carries(shown, tracking)
    assert not carries(shown, {**tracking, "numbers": ["1", "2"], "urls": ["https://a/1", "https://a/2"]})
    assert not carries(shown, {**tracking, "urls": ["https://b/1"]})
    assert not carries(shown, {**tracking, "company": "DPD"})
    assert not carries(shown, NO_TRACKING)
    assert carries({"trackingInfo": []}, NO_TRACKING)


def test_an_earlier_attempt_without_number_is_recognised_by_its_goods_and_time():
    left = _fulfilment_order(1, {"a": 1})
    mine = Delivery({"a": 1}, since=NOON)
    ours = plan(_order(left, fulfillments=[_fulfilment(1, {"a": 1})]), mine)
    assert (ours.adopted, ours.groups, ours.missing) == (("F1",), (), ())
    # Somebody's from before, somebody's of other goods, and another delivery's are not ours.
    for other, delivery in (
        (_fulfilment(1, {"a": 1}, created=BEFORE), mine),
        (_fulfilment(1, {"a": 2}), mine),
        (_fulfilment(1, {"b": 1}), mine),
        (_fulfilment(1, {"a": 1}, ["3SX"]), Delivery({"a": 1}, other_numbers={"3SX"}, since=NOON)),
        (_fulfilment(1, {"a": 1}), Delivery({"a": 1}, others={"F1"}, since=NOON)),
        (_fulfilment(1, {"a": 1}), Delivery({"a": 1})),
    ):
        result = plan(_order(left, fulfillments=[other]), delivery)
        assert not result.adopted, other
        assert _sent(result) == [[("FO1", "FOL1a", 1)]], other


def test_what_an_attempt_did_not_get_to_is_still_sent():
    order = _order(
        _fulfilment_order(1, {"a": 0}, status="CLOSED", location=1),
        _fulfilment_order(2, {"a": 1}, location=2),
        fulfillments=[_fulfilment(1, {"a": 1}, ["3SABC"])],
    )
    result = plan(order, Delivery({"a": 2}, ["3SABC"], since=NOON))
    assert result.adopted == ("F1",)
    assert _sent(result) == [[("FO2", "FOL2a", 1)]]
    assert not result.missing


def test_a_number_that_came_after_the_lost_attempt_is_to_be_told():
    order = _order(_fulfilment_order(1, {"a": 0}), fulfillments=[_fulfilment(1, {"a": 1})])
    result = plan(order, Delivery({"a": 1}, ["3SLATE"], since=NOON))
    assert (result.adopted, result.untold) == (("F1",), ("F1",))
    assert not plan(order, Delivery({"a": 1}, since=NOON)).untold


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
