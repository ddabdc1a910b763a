from odoo import Command
from odoo.tests import tagged

from .common import ReconciliationCase


@tagged("post_install", "-at_install")
class TestOrderReport(ReconciliationCase):
    def order(self, amount):
        product = self.env["product.product"].create(
            {"name": "Advice", "type": "service", "taxes_id": False, "invoice_policy": "order"}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [
                    Command.create({"product_id": product.id, "price_unit": amount, "tax_ids": False})
                ],
            }
        )
        order.action_confirm()
        order._create_invoices().action_post()
        return order

    def shares(self, orders):
        self.env.flush_all()
        report, domain = self.env["o2c.order.report"], [("order_id", "in", orders.ids)]
        [(together,)] = report._read_group(domain, [], ["matched_by_itself:avg"])
        return together, dict(report._read_group(domain, ["order_id"], ["matched_by_itself:avg"]))

    def test_the_share_that_nobody_had_to_touch(self):
        itself, by_hand, elsewhere, waiting = (self.order(amount) for amount in (10, 20, 30, 40))
        self.pay(itself.invoice_ids, "r1")
        self.mollie_line(10, "r1")
        self.run_matching()
        self.assertEqual(self.shares(itself), (100, {itself: 100}))

        self.pay(by_hand.invoice_ids, "r2")
        line = self.mollie_line(20, "r2")
        self.run_matching()
        self.applied(line).action_undo()
        self.run_matching()
        line.action_o2c_accept()
        self.assertTrue(by_hand.o2c_settled)

        # Somebody reconciles by Odoo's own means, of which matching knows nothing.
        line = self.bank_line(30, "No hint")
        self.applied(line).action_undo()
        receivable = elsewhere.invoice_ids.line_ids.filtered(
            lambda aml: aml.account_id.account_type == "asset_receivable"
        )
        suspense = line._seek_for_lines()[1]
        suspense.with_context(
            skip_account_move_synchronization=True, skip_readonly_check=True, check_move_validity=False
        ).account_id = receivable.account_id
        (suspense | receivable).reconcile()
        self.assertTrue(elsewhere.o2c_settled_on)

        together, each = self.shares(itself | by_hand | elsewhere | waiting)
        self.assertEqual(each, {itself: 100, by_hand: 0, elsewhere: 0, waiting: False})
        self.assertAlmostEqual(together, 100 / 3)

    def test_a_refund_by_hand_counts_for_its_order(self):
        order = self.order(50)
        self.pay(order.invoice_ids, "r1")
        self.mollie_line(50, "r1")
        self.run_matching()
        self.assertEqual(self.shares(order)[0], 100)
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=order.invoice_ids.ids)
            .create({"journal_id": order.invoice_ids.journal_id.id})
        )
        wizard.reverse_moves()
        credit = wizard.new_move_ids
        credit.action_post()
        self.pay(credit, "r1-back", o2c_parent_reference="r1")
        line = self.mollie_line(-50, "r1", kind="refund")
        self.run_matching()
        self.assertEqual(self.shares(order)[0], 100)
        self.applied(line).action_undo()
        self.run_matching()
        line.action_o2c_accept()
        self.assertEqual(line.o2c_match_state, "manual")
        self.assertEqual(self.shares(order)[0], 0)
