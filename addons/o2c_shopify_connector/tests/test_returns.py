from odoo.tests import tagged

from ..lib.tests import nodes
from .common import ShopCase

LATER = "2026-11-21T10:00:00Z"


def returned(number, pieces, status="OPEN", exchanges=(), fee=None, refunds=()):
    """A Return. ``pieces``: (line number, quantity)."""
    return {
        "id": f"gid://shopify/Return/{number}",
        "name": f"#R{number}",
        "status": status,
        "returnLineItems": {
            "nodes": [
                {
                    "id": f"gid://shopify/ReturnLineItem/{line}",
                    "quantity": quantity,
                    "fulfillmentLineItem": {"lineItem": {"id": f"gid://shopify/LineItem/{line}"}},
                    "restockingFee": None,
                }
                for line, quantity in pieces
            ]
        },
        "exchangeLineItems": {
            "nodes": [
                {"id": f"e{line}", "lineItems": [{"id": f"gid://shopify/LineItem/{line}"}]}
                for line in exchanges
            ]
        },
        "returnShippingFees": [{"id": "f", "amountSet": nodes.money(fee)}] if fee else [],
        "refunds": {"nodes": [{"id": f"gid://shopify/Refund/{refund}"} for refund in refunds]},
    }


@tagged("post_install", "-at_install")
class TestReturns(ShopCase):
    """Goods that come back, with and without money, and what is taken instead."""

    def _sent(self):
        node = nodes.order([nodes.line(1, 3, "12.10", [nodes.tax(21, "6.30")])], "36.30", "6.30")
        order = self.take(node)
        order.picking_ids.move_ids.picked = True
        order.picking_ids._action_done()
        return node, order

    def _back(self, order):
        return order.picking_ids.filtered(
            lambda picking: picking.location_id.usage == "customer" and picking.state != "cancel"
        )

    def _refund_of(self, node, total, refund):
        number = node["id"].split("/")[-1]
        node["transactions"].append(nodes.transaction(f"{number}99", total, kind="REFUND"))
        node["refunds"] = [refund]

    def test_expected_before_any_money_moves_and_once_only(self):
        node, order = self._sent()
        node.update(returns=[returned(1, [(1, 2)])], updatedAt=LATER)
        self.take(node)
        back = self._back(order)
        self.assertEqual((back.move_ids.product_uom_qty, back.state), (2, "assigned"))
        self.assertEqual(len(order.invoice_ids), 1)
        # The refund that restocks them speaks of the same pieces.
        number = node["id"].split("/")[-1]
        refund = nodes.refund(1, "24.20", [(1, 2, "24.20", "4.20", "RETURN")], transactions=[f"{number}99"])
        self._refund_of(node, "24.20", refund)
        node.update(returns=[returned(1, [(1, 2)], "CLOSED", refunds=[1])], updatedAt="2026-11-22T10:00:00Z")
        self.take(node)
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertEqual(self._back(order), back)
        self.assertAmounts(order.shopify_refund_ids.move_id, "24.20", "4.20")

    def test_called_off(self):
        node, order = self._sent()
        self.take({**node, "returns": [returned(1, [(1, 2)])], "updatedAt": LATER})
        self.assertTrue(self._back(order))
        later = {"returns": [returned(1, [(1, 2)], "CANCELED")], "updatedAt": "2026-11-22T10:00:00Z"}
        self.take({**node, **later})
        self.assertFalse(self._back(order))

    def test_only_asked_for(self):
        node, order = self._sent()
        self.take({**node, "returns": [returned(1, [(1, 2)], "REQUESTED")], "updatedAt": LATER})
        self.assertFalse(self._back(order))

    def test_fee_kept_back(self):
        node, order = self._sent()
        number = node["id"].split("/")[-1]
        refund = nodes.refund(1, "7.15", [(1, 1, "12.10", "2.10", "RETURN")], transactions=[f"{number}99"])
        self._refund_of(node, "7.15", refund)
        node.update(returns=[returned(1, [(1, 1)], "CLOSED", fee="4.95", refunds=[1])], updatedAt=LATER)
        self.take(node)
        self.assertEqual(self.issues(order).mapped("message"), [])
        credit = order.shopify_refund_ids.move_id
        self.assertAmounts(credit, "7.15", "2.10")
        self.assertEqual(credit.amount_residual, 0)

    def _exchange(self, price, tax, refund_total, paid_more=None):
        """One piece of 12.10 goes back, another article of ``price`` is taken instead."""
        node, order = self._sent()
        number = node["id"].split("/")[-1]
        node["lineItems"]["nodes"].append(nodes.line(2, 1, price, [nodes.tax(21, tax)]))
        whole = f"{36.30 + float(price):.2f}"
        paid_back = [f"{number}99"] if float(refund_total) else []
        refund = nodes.refund(1, refund_total, [(1, 1, "12.10", "2.10", "RETURN")], transactions=paid_back)
        if paid_back:
            self._refund_of(node, refund_total, refund)
        if paid_more:
            node["transactions"].append(nodes.transaction(f"{number}98", paid_more))
        node.update(
            refunds=[refund],
            returns=[returned(1, [(1, 1)], "CLOSED", exchanges=[2], refunds=[1])],
            totalPriceSet=nodes.money(whole),
            totalTaxSet=nodes.money(f"{6.30 + float(tax):.2f}"),
            currentTotalPriceSet=nodes.money(f"{float(whole) - 12.10:.2f}"),
            updatedAt=LATER,
        )
        node["lineItems"]["nodes"][0].update(currentQuantity=2, unfulfilledQuantity=0)
        first = order.invoice_ids
        self.take(node)
        self.assertEqual(self.issues(order).mapped("message"), [])
        credit = order.shopify_refund_ids.move_id
        self.assertAmounts(credit, "12.10", "2.10")
        second = order.invoice_ids - first - credit
        self.assertAmounts(second, price, tax)
        # The piece of the exchange is to be sent, the other is expected back.
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        self.assertEqual(sorted(moves.mapped("product_id.default_code")), ["SKU-1", "SKU-2"])
        return order, credit, second

    def test_exchange_for_the_same_price(self):
        _order, credit, second = self._exchange("12.10", "2.10", "0.00")
        self.assertEqual((credit.amount_residual, second.amount_residual), (0, 0))

    def test_exchange_for_something_cheaper(self):
        order, credit, second = self._exchange("9.99", "1.73", "2.11")
        self.assertEqual((credit.amount_residual, second.amount_residual), (0, 0))
        back = order.shopify_transaction_ids.payment_id.filtered(
            lambda payment: payment.payment_type == "outbound"
        )
        self.assertEqual((back.amount, back.is_reconciled), (2.11, True))

    def test_exchange_for_something_dearer(self):
        order, credit, second = self._exchange("20.00", "3.47", "0.00", paid_more="7.90")
        self.assertEqual((credit.amount_residual, second.amount_residual), (0, 0))
        payments = order.shopify_transaction_ids.payment_id
        self.assertEqual(sorted(payments.mapped("amount")), [7.90, 36.30])
        self.assertTrue(all(payments.mapped("is_reconciled")))
