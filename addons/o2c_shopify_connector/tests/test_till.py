"""Money that changes hands in cash is rounded at the till; nothing may stay open for that."""

from odoo.tests import tagged

from ..lib.tests import nodes
from .common import ShopCase


@tagged("post_install", "-at_install")
class TestTill(ShopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.till = cls.env["account.journal"].create({"name": "Till", "code": "TILT", "type": "cash"})
        cls.env["o2c.shopify.gateway"].create(
            {"shop_id": cls.shop.id, "name": "cash", "journal_id": cls.till.id}
        )

    def _cash(self, number, amount, rounding, **values):
        return nodes.transaction(
            number, amount, gateway="cash", paymentId=None, amountRoundingSet=nodes.money(rounding), **values
        )

    def _sold(self, pieces=3, unit="4.04", tax="2.10", total="12.12", rounding="-0.02"):
        place = {"id": "gid://shopify/Location/2", "address": {"countryCode": "NL"}}
        node = nodes.order(
            [nodes.line(1, pieces, unit, [nodes.tax(21, tax)])],
            total,
            tax,
            sourceName="pos",
            retailLocation=place,
            shippingAddress=None,
            totalCashRoundingAdjustment={"paymentSet": nodes.money(rounding)},
        )
        node["transactions"] = [self._cash(self._number(node, 1), total, rounding)]
        return node

    @staticmethod
    def _number(node, count):
        return f"{node['id'].split('/')[-1]}{count}"

    def _one_less(self, node):
        [line] = node["lineItems"]["nodes"]
        return {
            **node,
            "edited": True,
            "lineItems": {**node["lineItems"], "nodes": [{**line, "currentQuantity": 2}]},
            "currentTotalPriceSet": nodes.money("8.08"),
            "currentTotalTaxSet": nodes.money("1.40"),
            "updatedAt": "2026-11-21T10:00:00Z",
        }

    def _given_back(self, node, rounding, lines=()):
        money = self._number(node, 2)
        return {
            **node,
            "transactions": [*node["transactions"], self._cash(money, "4.04", rounding, kind="REFUND")],
            "refunds": [nodes.refund(money, "4.04", lines, transactions=[money])],
            "updatedAt": "2026-11-22T10:00:00Z",
        }

    def assertSettled(self, order, paid_out):
        """Nothing is open, and the till has what is in it."""
        self.assertEqual(self.issues(order).mapped("message"), [])
        moves = order.invoice_ids | order.shopify_refund_ids.move_id
        payments = order.shopify_transaction_ids.payment_id
        receivable = (moves | payments.move_id).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        self.assertEqual(receivable.filtered("amount_residual").mapped("amount_residual"), [])
        [back] = payments.filtered(lambda payment: payment.payment_type == "outbound")
        self.assertEqual((back.amount, back.journal_id), (paid_out, self.till))

    def test_given_back_later_for_an_edit(self):
        for rounding, paid_out in (("-0.04", 4.0), ("0.01", 4.05), ("0", 4.04)):
            node = self._sold()
            order = self.take(node)
            later = self._one_less(node)
            self.take(later)
            [credit] = order.shopify_refund_ids.move_id
            self.assertAmounts(credit, "4.04", "0.70")
            self.take(self._given_back(later, rounding))
            self.assertSettled(order, paid_out)
            self.assertEqual(order.shopify_refund_ids.move_id, credit)

    def test_given_back_before_it_was_invoiced(self):
        self.shop.write({"invoice_policy": "delivery", "push_fulfilments": False})
        self.products.invoice_policy = "delivery"
        for lines in ((), [(1, 1, "4.04", "0.70", "CANCEL")]):
            node = self._sold()
            order = self.take(node)
            later = node if lines else self._one_less(node)
            self.take(later)
            self.take(self._given_back(later, "0.01", lines))
            order.picking_ids.move_ids.picked = True
            order.picking_ids._action_done()
            self.run_jobs()
            self.assertSettled(order, 4.05)
            self.assertAmounts(order.invoice_ids, "8.06", "1.40")

    def test_given_back_for_a_credit_note_made_by_hand(self):
        node = self._sold()
        order = self.take(node)
        for amount, rounding in ((4.04, "0.01"), (4.05, "0.01")):
            with self.env.cr.savepoint() as savepoint:
                wizard = self.env["account.move.reversal"].with_context(
                    active_model="account.move", active_ids=order.invoice_ids.ids
                )
                wizard.create({"journal_id": order.invoice_ids.journal_id.id}).refund_moves()
                credit = order.invoice_ids.reversal_move_ids
                credit.invoice_line_ids[1:].unlink()
                credit.invoice_line_ids.write({"quantity": 1, "price_unit": amount, "tax_ids": False})
                credit.invoice_line_ids.extra_tax_data = False
                credit.action_post()
                self.assertEqual(credit.amount_total, amount)
                self.take(self._given_back(node, rounding, [(1, 1, "4.04", "0.70", "RETURN")]))
                self.assertEqual(order.shopify_refund_ids.move_id, credit)
                self.assertSettled(order, 4.05)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_more_is_bought_and_paid_in_cash(self):
        for rounding, in_all, paid in (("-0.01", "-0.03", 5.0), ("0.04", "0.02", 5.05)):
            node = self._sold()
            order = self.take(node)
            later = {
                **node,
                "edited": True,
                "lineItems": {
                    **node["lineItems"],
                    "nodes": [
                        *node["lineItems"]["nodes"],
                        nodes.line(2, 1, "5.01", [nodes.tax(21, "0.87")]),
                    ],
                },
                "totalCashRoundingAdjustment": {"paymentSet": nodes.money(in_all)},
                "transactions": [*node["transactions"], self._cash(self._number(node, 3), "5.01", rounding)],
                "updatedAt": "2026-11-21T10:00:00Z",
            }
            for name, amount in (
                ("totalPriceSet", "17.13"),
                ("currentTotalPriceSet", "17.13"),
                ("totalTaxSet", "2.97"),
                ("currentTotalTaxSet", "2.97"),
            ):
                later[name] = nodes.money(amount)
            self.take(later)
            self.assertEqual(self.issues(order).mapped("message"), [])
            moves = order.invoice_ids | order.shopify_refund_ids.move_id
            self.assertFalse(any(moves.mapped("amount_residual")))
            self.assertEqual(sum(order.shopify_transaction_ids.payment_id.mapped("amount")), 12.10 + paid)
