from o2c_lib.o2c_shopify_connector.lib.stock import Change, calls, changes, culprits, set_input, unaccounted


def _node(gid, available, tracked=True):
    level = None
    if available is not None:
        level = {"id": f"level-{gid}", "quantities": [{"name": "available", "quantity": available}]}
    return {"id": gid, "tracked": tracked, "inventoryLevel": level}


def test_only_what_differs_and_is_counted():
    nodes = [
        _node("a", 5),
        _node("b", 5),
        _node("c", 5, tracked=False),
        None,
        _node("e", None),
        _node("f", None),
    ]
    wanted = {"a": 5, "b": 7, "c": 1, "d": 1, "e": 2, "f": 0}
    assert changes(nodes, "L1", wanted) == [Change("b", "L1", 7, 5), Change("e", "L1", 2, None)]


def test_full_calls():
    todo = [Change(str(number), "L1", 1, 0) for number in range(501)]
    assert [len(call) for call in calls(todo)] == [250, 250, 1]


def test_every_level_is_compared_before_it_is_set():
    assert set_input([Change("a", "L1", 7, 5), Change("b", "L2", 1, None)])["quantities"] == [
        {"inventoryItemId": "a", "locationId": "L1", "quantity": 7, "changeFromQuantity": 5},
        {"inventoryItemId": "b", "locationId": "L2", "quantity": 1, "changeFromQuantity": 0},
    ]


def test_the_rows_that_are_to_blame():
    stale = {
        "field": ["input", "quantities", "3", "changeFromQuantity"],
        "code": "CHANGE_FROM_QUANTITY_STALE",
    }
    gone = {"field": ["input", "quantities", "3", "locationId"], "code": "INVALID_LOCATION"}
    other = {"field": ["input", "quantities", "11"], "code": "INVALID_INVENTORY_ITEM"}
    assert culprits([stale, gone, other]) == culprits([gone, stale, other]) == {3: gone, 11: other}
    assert culprits([{"field": ["input", "reason"], "code": "INVALID_REASON"}, {"field": None}]) == {}


def test_pieces_of_orders_that_nobody_here_knows():
    assert unaccounted({"A": 3}, {}) == {"A": 3}
    assert unaccounted({"A": 3}, {"A": 2}) == {"A": 1}
    assert unaccounted({"A": 1}, {"A": 2}) == {"A": 0}, "never more for sale"


def test_an_order_that_leaves_from_elsewhere_is_known_all_the_same():
    assert unaccounted({"A": 2, "B": 0}, {"B": 2}) == {"A": 0, "B": 0}
    assert unaccounted({"A": 2, "B": 1}, {"B": 2}) == {"A": 1, "B": 0}
    assert unaccounted({"A": 2}, {None: 1}) == {"A": 1}
