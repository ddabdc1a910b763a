from odoo.tests import tagged

from ..lib.tests import nodes
from .common import ShopCase


@tagged("post_install", "-at_install")
class TestCancelled(ShopCase):
    """Orders that are cancelled in Shopify, before and after they were paid, invoiced and sent."""

    def _plain(self, **values):
        return nodes.order([nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")])], "12.10", "2.10", **values)

    def test_cancelled_before_it_was_paid(self):
        node = self._plain(transactions=[], displayFinancialStatus="PENDING")
        order = self.take(node)
        self.take({**node, "cancelledAt": "2026-11-21T10:00:00Z", "updatedAt": "2026-11-21T10:00:00Z"})
        self.assertEqual(order.state, "cancel")

    def test_cancelled_after_it_was_confirmed(self):
        """Neither paid nor invoiced yet: nothing is left of it."""
        self.shop.confirm_policy = "always"
        node = self._plain(transactions=[], displayFinancialStatus="PENDING")
        order = self.take(node)
        self.assertEqual((order.state, order.invoice_ids.ids), ("sale", []))
        self.take({**node, "cancelledAt": "2026-11-21T10:00:00Z", "updatedAt": "2026-11-21T10:00:00Z"})
        self.assertEqual((order.state, order.invoice_ids.ids), ("cancel", []))
        self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})
        self.assertEqual(self.issues(order).mapped("message"), [])

    def _invoiced_and_unpaid(self):
        node = self._plain(
            paymentTerms={"paymentTermsName": "Net 30", "paymentTermsType": "NET", "dueInDays": 30},
            transactions=[],
            displayFinancialStatus="PENDING",
        )
        order = self.take(node)
        self.assertEqual(order.invoice_ids.payment_state, "not_paid")
        return order, {
            **node,
            "cancelledAt": "2026-11-21T10:00:00Z",
            "updatedAt": "2026-11-21T10:00:00Z",
            "displayFinancialStatus": "VOIDED",
        }

    def test_cancelled_when_the_invoice_was_not_paid(self):
        """Shopify tells of it as of pieces taken back without money."""
        order, cancelled = self._invoiced_and_unpaid()
        self.take({**cancelled, "refunds": [nodes.refund(1, "0.00", [(1, 1, "12.10", "2.10", "CANCEL")])]})
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertEqual(order.state, "cancel")
        self.assertEqual(sum(order.invoice_ids.mapped("amount_total_signed")), 0)
        self.assertEqual(set(order.invoice_ids.mapped("amount_residual")), {0})

    def test_cancelled_with_an_invoice_that_nothing_takes_back_is_told(self):
        order, cancelled = self._invoiced_and_unpaid()
        self.take(cancelled)
        self.assertEqual(order.state, "cancel")
        issue = self.issues(order)
        self.assertIn(order.invoice_ids.name, issue.message)
        order.invoice_ids._reverse_moves(cancel=True)
        self.take({**cancelled, "note": "again", "updatedAt": "2026-11-22T10:00:00Z"})
        self.assertEqual(issue.state, "resolved")

    def test_cancelled_after_it_was_paid(self):
        node = self._plain()
        order = self.take(node)
        number = node["id"].split("/")[-1]
        self.take(
            {
                **node,
                "cancelledAt": "2026-11-21T10:00:00Z",
                "updatedAt": "2026-11-21T10:00:00Z",
                "transactions": node["transactions"]
                + [nodes.transaction(f"{number}9", "12.10", kind="REFUND")],
                "refunds": [
                    nodes.refund(
                        number,
                        "12.10",
                        [(1, 1, "12.10", "2.10", "CANCEL")],
                        transactions=[f"{number}9"],
                    )
                ],
            }
        )
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertEqual(order.state, "cancel")
        self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})
        self.assertEqual(len(order.invoice_ids), 2)
        self.assertEqual(sum(order.invoice_ids.mapped("amount_total_signed")), 0)
        self.assertEqual(set(order.invoice_ids.mapped("amount_residual")), {0})

    def test_cancelled_and_refunded_before_odoo_saw_it(self):
        node = self._plain(cancelledAt="2026-11-21T10:00:00Z")
        number = node["id"].split("/")[-1]
        node["transactions"].append(nodes.transaction(f"{number}9", "12.10", kind="REFUND"))
        node["refunds"] = [
            nodes.refund(number, "12.10", [(1, 1, "12.10", "2.10", "CANCEL")], transactions=[f"{number}9"])
        ]
        order = self.take(node)
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertEqual(order.state, "cancel")
        payments = order.shopify_transaction_ids.payment_id
        self.assertEqual(sorted(payments.mapped("payment_type")), ["inbound", "outbound"])
        self.assertTrue(all(payments.mapped("is_reconciled")))

    def test_money_of_an_order_that_was_never_confirmed(self):
        """It was received, wherever it goes then: Mollie's settlement tells of both."""
        for cancelled in (False, True):
            with self.subTest(cancelled=cancelled):
                node = self._plain(risk={"recommendation": "CANCEL"})
                order = self.take(node)
                self.assertEqual(order.state, "draft")
                number = node["id"].split("/")[-1]
                node["transactions"].append(nodes.transaction(f"{number}9", "12.10", kind="REFUND"))
                parts = [(1, 1, "12.10", "2.10", "CANCEL")]
                node["refunds"] = [nodes.refund(number, "12.10", parts, transactions=[f"{number}9"])]
                self.take({**node, "updatedAt": "2026-11-21T10:00:00Z"})
                if cancelled:
                    node["cancelledAt"] = "2026-11-21T10:00:00Z"
                    self.take({**node, "updatedAt": "2026-11-22T10:00:00Z"})
                payments = order.shopify_transaction_ids.payment_id
                self.assertEqual(sorted(payments.mapped("payment_type")), ["inbound", "outbound"])
                self.assertTrue(all(payments.mapped("is_reconciled")))

    def test_money_of_a_cancelled_order_that_nobody_gave_back(self):
        node = self._plain(risk={"recommendation": "CANCEL"})
        order = self.take(node)
        self.take({**node, "cancelledAt": "2026-11-21T10:00:00Z", "updatedAt": "2026-11-21T10:00:00Z"})
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.shopify_transaction_ids.payment_id.mapped("amount"), [12.10])

    def test_cancelled_after_goods_left(self):
        node = self._plain()
        order = self.take(node)
        order.picking_ids.action_assign()
        order.picking_ids.move_ids.picked = True
        order.picking_ids._action_done()
        self.take({**node, "cancelledAt": "2026-11-21T10:00:00Z", "updatedAt": "2026-11-21T10:00:00Z"})
        self.assertEqual(order.state, "sale")
        self.assertIn("left already", self.issues(order).message)
