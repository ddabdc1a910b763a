"""OCA's account_reconcile_oca and account_in_payment in the same database.

Both look whether tests are running and keep quiet then; the context keys take that back.
"""

from odoo.tests import tagged

from odoo.addons.o2c_reconciliation.tests.common import ReconciliationCase

LIKE_A_USER = {"_test_account_reconcile_oca": True, "test_get_invoice_in_payment_state": True}


@tagged("post_install", "-at_install")
class TestBesideOca(ReconciliationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **LIKE_A_USER})
        for name in ("company", "mollie", "bank", "partner", "match"):
            setattr(cls, name, getattr(cls, name).with_env(cls.env))

    def test_both_are_installed_and_awake(self):
        modules = self.env["ir.module.module"].search(
            [("name", "in", ("account_reconcile_oca", "account_in_payment")), ("state", "=", "installed")]
        )
        self.assertEqual(len(modules), 2)
        self.assertEqual(self.env["account.move"]._get_invoice_in_payment_state(), "in_payment")

    def test_in_payment_then_paid_and_back(self):
        invoice = self.invoice(100)
        payment = self.pay(invoice, "r1")
        self.assertTrue(payment.move_id)
        self.assertEqual(invoice.payment_state, "in_payment")
        line = self.mollie_line(100, "r1")
        self.assertFalse(line.is_reconciled)
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "matched")
        self.assertEqual(self.applied(line).strategy, "platform_payment")
        self.assertEqual(invoice.payment_state, "paid")
        self.assertTrue(payment.is_matched)
        self.applied(line).action_undo()
        self.assertEqual(invoice.payment_state, "in_payment")
        self.assertFalse(payment.is_matched)
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "proposed")

    def test_a_payment_without_entry(self):
        """With account_in_payment, a journal without outstanding account makes payments without an entry."""
        self.bank.inbound_payment_method_line_ids.payment_account_id = False
        invoice = self.invoice(100)
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": self.bank.id})
        )
        payment = wizard._create_payments()
        self.assertFalse(payment.move_id)
        self.assertEqual(invoice.payment_state, "in_payment")
        line = self.bank_line(100, f"Payment {invoice.name} thank you")
        self.run_matching()
        self.assertEqual(self.applied(line).strategy, "document_reference")
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(payment.state, "paid")
        self.applied(line).action_undo()
        self.assertFalse(line.is_reconciled)
        self.assertEqual(invoice.amount_residual, 100)

    def test_our_models_book_nothing_by_the_other_ones_hand(self):
        expense = self.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        fee = self.env["account.reconcile.model"].search(
            [("company_id", "=", self.company.id), ("o2c_matching", "=", "platform_fee")]
        )
        fee.line_ids = [(0, 0, {"account_id": expense.id, "label": "Mollie fees"})]
        line = self.bank_line(100, "anything")
        self.assertFalse(line.is_reconciled)
        self.assertEqual(line.o2c_match_state, "open")

    def test_a_model_of_the_user_is_still_applied_by_it(self):
        expense = self.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        self.env["account.reconcile.model"].create(
            {
                "name": "Bank charges",
                "trigger": "auto_reconcile",
                "match_label": "contains",
                "match_label_param": "charges",
                "line_ids": [(0, 0, {"account_id": expense.id})],
            }
        )
        line = self.bank_line(-5, "charges of October")
        self.assertTrue(line.is_reconciled)
        self.assertEqual(line.o2c_match_state, "manual")

    def test_what_it_takes_apart_is_not_matched_again(self):
        invoice = self.invoice(100)
        self.pay(invoice, "r1")
        line = self.mollie_line(100, "r1")
        self.run_matching()
        match = self.applied(line)
        self.assertTrue(line.reconcile_data_info["data"])
        line.unreconcile_bank_line()
        self.assertFalse(line.is_reconciled)
        self.assertEqual(match.state, "undone")
        self.assertEqual(invoice.payment_state, "in_payment")
        self.run_matching()
        self.assertFalse(line.is_reconciled)

    def test_what_its_other_mode_reverses_is_undone(self):
        """Keeping the bank line's entry, it reverses the counterpart instead."""
        invoice = self.invoice(100)
        line = self.bank_line(100, f"Payment {invoice.name} thank you")
        self.run_matching()
        match = self.applied(line)
        line.reconcile_mode = "keep"
        line.unreconcile_bank_line()
        self.assertEqual((match.state, match.undone_by), ("undone", self.env.user))
        self.assertNotEqual(line.o2c_match_state, "matched")

    def test_what_is_unreconciled_on_the_invoice_is_open_in_both(self):
        invoice = self.invoice(100)
        line = self.bank_line(100, f"Payment {invoice.name} thank you")
        self.run_matching()
        match = self.applied(line)
        receivable = match.item_ids
        invoice.js_remove_outstanding_partial(receivable.matched_credit_ids.id)
        self.assertEqual(match.state, "undone")
        self.assertEqual((line.is_reconciled, line.o2c_match_state), (False, "open"))
        # It can be matched by the other one now.
        line._add_account_move_line(receivable)
        line.reconcile_bank_line()
        self.assertEqual((line.o2c_match_state, invoice.payment_state), ("manual", "paid"))

    def test_what_it_matched_is_left_alone(self):
        invoice = self.invoice(100)
        line = self.bank_line(100, "no word")
        receivable = invoice.line_ids.filtered(lambda a: a.account_id.account_type == "asset_receivable")
        line._add_account_move_line(receivable)
        line.reconcile_bank_line()
        self.assertTrue(line.is_reconciled)
        self.assertEqual(line.o2c_match_state, "manual")
        self.assertEqual(invoice.payment_state, "paid")
        run = self.run_matching()
        self.assertFalse(run)
        self.assertFalse(self.applied(line))
