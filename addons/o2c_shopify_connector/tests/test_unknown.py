from odoo.tests import tagged

from ..lib.tests import nodes
from .common import ShopCase


@tagged("post_install", "-at_install")
class TestUnknownValues(ShopCase):
    """Shopify adds values to its lists in every version: none of them is taken for another, or for money."""

    def _plain(self, **values):
        return nodes.order([nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")])], "12.10", "2.10", **values)

    def test_of_the_order(self):
        node = self._plain(
            displayFinancialStatus="TELEPORTED",
            displayFulfillmentStatus="TELEPORTED",
            returnStatus="TELEPORTED",
            risk={"recommendation": "TELEPORTED"},
            sourceName="teleport",
        )
        order = self.take(node)
        self.assertPaid(order, "12.10", "2.10")
        self.assertEqual(order.shopify_financial_status, "TELEPORTED")

    def test_of_attempts_to_pay(self):
        """What is not known to be money received is kept, and pays nothing."""
        node = self._plain(displayFinancialStatus="TELEPORTED")
        number = node["id"].split("/")[-1]
        node["transactions"] = [
            nodes.transaction(f"{number}1", "12.10", kind="TELEPORTATION"),
            nodes.transaction(f"{number}2", "12.10", status="TELEPORTED"),
        ]
        order = self.take(node)
        self.assertEqual((order.state, self.issues(order).ids), ("draft", []))
        self.assertEqual(len(order.shopify_transaction_ids), 2)
        self.assertFalse(order.shopify_transaction_ids.payment_id)
        node["transactions"].append(nodes.transaction(f"{number}3", "12.10"))
        self.take({**node, "updatedAt": "2026-11-21T10:00:00Z"})
        self.assertPaid(order, "12.10", "2.10")
        self.assertEqual(order.shopify_transaction_ids.payment_id.amount, 12.10)

    def test_of_a_refund(self):
        node = self._plain()
        order = self.take(node)
        number = node["id"].split("/")[-1]
        refund = nodes.refund(1, "12.10", [(1, 1, "12.10", "2.10", "TELEPORT")], transactions=[f"{number}9"])
        refund["orderAdjustments"]["nodes"] = []
        node["transactions"].append(nodes.transaction(f"{number}9", "12.10", kind="REFUND"))
        self.take({**node, "refunds": [refund], "updatedAt": "2026-11-22T10:00:00Z"})
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order.shopify_refund_ids.move_id, "12.10", "2.10")
        # Nothing is taken back into the stock by guess.
        self.assertEqual(len(order.picking_ids), 1)

    def test_of_payment_terms(self):
        terms = {"paymentTermsName": "Teleported", "paymentTermsType": "TELEPORTED", "dueInDays": 14}
        node = self._plain(paymentTerms=terms, transactions=[], displayFinancialStatus="PENDING")
        invoice = self.take(node).invoice_ids
        self.assertEqual((invoice.invoice_date_due - invoice.invoice_date).days, 14)
