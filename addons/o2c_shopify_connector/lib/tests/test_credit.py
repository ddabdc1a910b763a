from decimal import Decimal as D

import pytest

from o2c_lib.o2c_shopify_connector.lib.credit import Part, adjustment, group_refunds, merge
from o2c_lib.o2c_shopify_connector.lib.parse import parse_order
from o2c_lib.o2c_shopify_connector.lib.tests import nodes


def _refund(total, adjustments):
    order = parse_order(
        nodes.order(
            [nodes.line(1)],
            "10.00",
            "0",
            refunds=[nodes.refund(1, total, adjustments=adjustments, transactions=[2])],
        )
    )
    return order.refunds[0]


@pytest.mark.parametrize("sign", ["", "-"])
def test_more_was_given_back(sign):
    part = adjustment(_refund("15.00", [(f"{sign}5.00", "0")]), D("10.00"))
    assert (part.net, part.tax) == (D("5.00"), D(0))


@pytest.mark.parametrize("sign", ["", "-"])
def test_less_was_given_back(sign):
    part = adjustment(_refund("7.50", [(f"{sign}2.50", "0")]), D("10.00"))
    assert part.total == D("-2.50")


def test_tax_of_an_adjustment():
    part = adjustment(_refund("12.10", [("-10.00", "-2.10")]), D(0))
    assert (part.net, part.tax) == (D("10.00"), D("2.10"))


def test_nothing_is_invented():
    assert adjustment(_refund("12.00", [("-1.00", "0")]), D("10.00")) is None
    assert adjustment(_refund("12.00", []), D("10.00")) is None
    assert adjustment(_refund("10.00", [("-1.00", "0")]), D("10.00")) is None


def test_pieces_of_an_edit_become_one_line():
    node = nodes.order(
        [nodes.line(1, 3, "10.00", currentQuantity=1)],
        "30.00",
        "0",
        refunds=[nodes.refund(5, "1.00", adjustments=[("-1.00", "0")], transactions=[2])],
    )
    removed, single = group_refunds(list(parse_order(node).refunds))
    assert [len(removed), len(single)] == [2, 1]
    parts = [
        Part(7, "a", 1, D("3.33"), D(0)),
        Part(7, "a", 1, D("3.34"), D(0)),
        Part(0, "", 1, D(1), D(0)),
    ]
    assert [(part.line_id, part.quantity, part.net) for part in merge(parts)] == [
        (7, 2, D("6.67")),
        (0, 1, D(1)),
    ]
