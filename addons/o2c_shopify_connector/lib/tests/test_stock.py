from o2c_lib.o2c_shopify_connector.lib.stock import Change, calls, changes, set_input


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
