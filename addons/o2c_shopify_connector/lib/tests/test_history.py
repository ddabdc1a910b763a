import json
from datetime import datetime, timedelta, timezone

from o2c_lib.o2c_shopify_connector.lib.history import ORDERS_BULK, orders_since, read_orders

CHILDREN = (
    {"id": "gid://shopify/LineItem/{0}1", "quantity": 1},
    {"id": "gid://shopify/LineItem/{0}2", "quantity": 2},
    {"id": None, "isRemoved": False, "title": "Post"},
    {"id": "gid://shopify/FulfillmentOrder/{0}", "status": "OPEN", "assignedLocation": {"location": None}},
)


def _file(count):
    lines = []
    for number in range(1, count + 1):
        order = {"id": f"gid://shopify/Order/{number}", "name": f"#{number} é"}
        lines.append(order)
        for child in CHILDREN:
            item = {**child, "__parentId": order["id"]}
            if item["id"]:
                item["id"] = item["id"].format(number)
            lines.append(item)
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _read_all(content, window, most):
    position, names = 0, []
    while position < len(content):
        size = window
        while True:
            part = content[position : position + size]
            orders, used = read_orders(part, position + size >= len(content), most)
            if used:
                break
            size *= 2
        for order in orders:
            assert len(order["lineItems"]["nodes"]) == 2
            assert len(order["shippingLines"]["nodes"]) == len(order["fulfillmentOrders"]["nodes"]) == 1
        names += [order["name"] for order in orders]
        position += used
    return names


def test_every_order_once_wherever_the_file_is_cut():
    content = _file(7)
    wanted = [f"#{number} é" for number in range(1, 8)]
    for window in (40, 333, 700, 1500, 10**6):
        for most in (1, 3, 50):
            assert _read_all(content, window, most) == wanted, (window, most)


def test_a_file_without_its_last_line_break():
    orders, used = read_orders(_file(2).rstrip(b"\n"), True, 50)
    assert len(orders) == 2 and used == len(_file(2)) - 1


def test_an_empty_file():
    assert read_orders(b"", True, 50) == ([], 0)


def test_the_question_has_no_fragments_and_a_quoted_date_in_utc():
    moment = datetime(2024, 2, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    text = orders_since(moment)
    assert "created_at:>='2024-01-31T23:30:00Z'" in text
    assert "created_at:>='2024-02-01T01:30:00Z'" in orders_since(datetime(2024, 2, 1, 1, 30))
    assert "fragment" not in ORDERS_BULK
    assert "...on " in ORDERS_BULK.replace("... on", "...on") and "...Money" not in ORDERS_BULK
