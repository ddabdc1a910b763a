from odoo.tests import tagged

from ..lib.tests import nodes
from .common import ShopCase


@tagged("post_install", "-at_install")
class TestEdits(ShopCase):
    def _unpaid(self, lines, total, tax, **values):
        return nodes.order(
            lines,
            total,
            tax,
            transactions=[],
            displayFinancialStatus="PENDING",
            **values,
        )

    def test_taken_off_before_the_invoice(self):
        self.shop.confirm_policy = "always"
        node = self._unpaid([nodes.line(1, 3, "12.10", [nodes.tax(21, "6.30")])], "36.30", "6.30")
        order = self.take(node)
        self.assertEqual((order.state, order.invoice_ids.ids), ("sale", []))
        node["lineItems"]["nodes"][0]["currentQuantity"] = 1
        node.update(
            currentTotalPriceSet=nodes.money("12.10"),
            transactions=[nodes.transaction(5, "12.10")],
            displayFinancialStatus="PAID",
            updatedAt="2026-11-21T10:00:00Z",
        )
        self.take(node)
        self.assertPaid(order, "12.10", "2.10")
        self.assertEqual(order.order_line.product_uom_qty, 1)
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 1)

    def test_taken_off_after_the_invoice_is_credited(self):
        node = nodes.order([nodes.line(1, 3, "12.10", [nodes.tax(21, "6.30")])], "36.30", "6.30")
        order = self.take(node)
        invoice = self.assertPaid(order, "36.30", "6.30")
        node["lineItems"]["nodes"][0]["currentQuantity"] = 2
        node.update(currentTotalPriceSet=nodes.money("24.20"), updatedAt="2026-11-21T10:00:00Z")
        self.take(node)
        credit = order.invoice_ids - invoice
        self.assertAmounts(credit, "12.10", "2.10")
        self.assertEqual(credit.amount_residual, 12.10)
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 2)
        number = node["id"].split("/")[-1]
        node["transactions"].append(nodes.transaction(f"{number}7", "12.10", kind="REFUND"))
        node.update(
            refunds=[nodes.refund(8, "12.10", transactions=[f"{number}7"])],
            updatedAt="2026-11-21T11:00:00Z",
        )
        self.take(node)
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertEqual(order.invoice_ids - invoice, credit)
        self.assertEqual(credit.amount_residual, 0)

    def test_added_after_payment(self):
        node = nodes.order([nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")])], "12.10", "2.10")
        order = self.take(node)
        first = self.assertPaid(order, "12.10", "2.10")
        node["lineItems"]["nodes"].append(nodes.line(2, 2, "10.90", [nodes.tax(9, "1.80")]))
        node.update(
            totalPriceSet=nodes.money("33.90"),
            totalTaxSet=nodes.money("3.90"),
            currentTotalPriceSet=nodes.money("33.90"),
            displayFinancialStatus="PARTIALLY_PAID",
            updatedAt="2026-11-21T10:00:00Z",
        )
        self.take(node)
        self.assertAmounts(order, "33.90", "3.90")
        self.assertEqual(order.invoice_ids, first)
        node["transactions"].append(nodes.transaction(9, "21.80"))
        node.update(displayFinancialStatus="PAID", updatedAt="2026-11-21T11:00:00Z")
        self.take(node)
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order.invoice_ids - first, "21.80", "1.80")
        self.assertEqual(sum(order.invoice_ids.mapped("amount_residual")), 0)
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 3)

    def test_more_pieces_of_a_line_after_payment(self):
        """The line grows in Shopify: the new pieces bring their own share of price and tax."""
        node = nodes.order([nodes.line(1, 2, "9.99", [nodes.tax(21, "3.47")])], "19.98", "3.47", number=4401)
        order = self.take(node)
        first = self.assertPaid(order, "19.98", "3.47")
        node["lineItems"]["nodes"] = [nodes.line(1, 5, "9.99", [nodes.tax(21, "8.67")])]
        node["transactions"].append(nodes.transaction(44019, "29.97"))
        node.update(
            totalPriceSet=nodes.money("49.95"),
            totalTaxSet=nodes.money("8.67"),
            currentTotalPriceSet=nodes.money("49.95"),
            updatedAt="2026-11-21T10:00:00Z",
        )
        self.take(node)
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order, "49.95", "8.67")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2, 3])
        self.assertAmounts(order.invoice_ids - first, "29.97", "5.20")
        self.assertEqual(sum(order.invoice_ids.mapped("amount_residual")), 0)
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 5)
        # A refund over both finds its line.
        node["transactions"].append(nodes.transaction(44018, "49.95", kind="REFUND"))
        node.update(
            refunds=[nodes.refund(44, "49.95", [(1, 5, "49.95", "8.67", "CANCEL")], transactions=[44018])],
            updatedAt="2026-11-22T10:00:00Z",
        )
        self.take(node)
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order.shopify_refund_ids.move_id, "49.95", "8.67")
        self.assertEqual(set(order.picking_ids.move_ids.mapped("state")), {"cancel"})

    def test_a_change_that_is_not_understood_is_told(self):
        node = nodes.order([nodes.line(1, 2, "10.00")], "20.00", "0", number=4402)
        order = self.take(node)
        self.take(
            {
                **node,
                "totalPriceSet": nodes.money("18.00"),
                "currentTotalPriceSet": nodes.money("18.00"),
                "updatedAt": "2026-11-21T10:00:00Z",
            }
        )
        issue = self.issues(order)
        self.assertEqual(issue.kind, "amount")
        self.assertIn("changed in Shopify", issue.message)
        self.assertIn("18.00", issue.message)
        self.take({**node, "updatedAt": "2026-11-21T11:00:00Z"})
        self.assertEqual(issue.state, "resolved")

    def test_older_state_does_not_overwrite_newer(self):
        node = nodes.order([nodes.line(1)], "10.00", "0", note="new")
        order = self.take(node)
        self.take({**node, "updatedAt": "2026-11-19T10:00:00Z", "displayFinancialStatus": "VOIDED"})
        self.assertEqual(order.shopify_financial_status, "PAID")
