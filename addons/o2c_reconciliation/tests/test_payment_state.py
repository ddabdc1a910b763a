from odoo.tests import tagged

from .common import ReconciliationCase


@tagged("post_install", "-at_install")
class TestPaymentState(ReconciliationCase):
    def test_in_payment_until_the_bank_has_shown_the_money(self):
        invoice = self.invoice(100)
        self.assertEqual(invoice.payment_state, "not_paid")
        payment = self.pay(invoice, "r1")
        self.assertEqual(invoice.payment_state, "in_payment")
        self.assertFalse(payment.is_matched)
        line = self.mollie_line(100, "r1")
        self.run_matching()
        self.assertTrue(payment.is_matched)
        self.assertEqual(payment.state, "paid")
        self.assertEqual(invoice.payment_state, "paid")
        self.applied(line).action_undo()
        self.assertFalse(payment.is_matched)
        self.assertEqual(payment.state, "in_process")
        self.assertEqual(invoice.payment_state, "in_payment")

    def test_undone_by_odoo_itself(self):
        invoice = self.invoice(100)
        self.pay(invoice, "r1")
        line = self.mollie_line(100, "r1")
        self.run_matching()
        match = self.applied(line)
        line.action_undo_reconciliation()
        self.assertEqual(match.state, "undone")
        self.assertEqual(invoice.payment_state, "in_payment")

    def test_the_register_payment_wizard(self):
        invoice = self.invoice(100)
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": self.bank.id})
        )
        payment = wizard._create_payments()
        self.assertEqual(invoice.payment_state, "in_payment")
        self.assertTrue(payment.move_id, "Community still makes an entry for the payment")
        line = self.bank_line(100, invoice.name)
        self.run_matching()
        self.assertEqual(self.applied(line).model_id.o2c_matching, "document_reference")
        self.assertEqual(invoice.payment_state, "paid")

    def test_two_payments_both_count(self):
        invoice = self.invoice(100)
        self.pay(invoice, "r1", amount=40)
        self.assertEqual(invoice.payment_state, "partial")
        self.pay(invoice, "r2")
        self.assertEqual(invoice.payment_state, "in_payment")
        self.mollie_line(40, "r1", payment="tr_1")
        self.run_matching()
        self.assertEqual(invoice.payment_state, "in_payment")
        self.mollie_line(60, "r2", payment="tr_2")
        self.run_matching()
        self.assertEqual(invoice.payment_state, "paid")

    def test_states_without_a_payment_are_those_of_odoo(self):
        invoice = self.invoice(100)
        credit = invoice._reverse_moves([{"invoice_date": "2026-11-04"}], cancel=True)
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(credit.payment_state, "paid")
        direct = self.invoice(50)
        self.bank_line(50, direct.name)
        self.run_matching()
        self.assertEqual(direct.payment_state, "paid")
        self.assertEqual(self.invoice(0).payment_state, "paid")

    def test_the_hook_and_what_depends_on_it_are_untouched(self):
        self.assertEqual(self.env["account.move"]._get_invoice_in_payment_state(), "paid")
        self.assertEqual(self.env["account.payment"]._valid_payment_states(), ["in_process", "paid"])

    def test_the_invoice_report_and_the_payment_link_see_it(self):
        invoice = self.invoice(100)
        self.pay(invoice, "r1")
        self.env.flush_all()
        row = self.env["account.invoice.report"].search([("move_id", "=", invoice.id)])
        self.assertEqual(row.mapped("payment_state"), ["in_payment"])
        self.assertFalse(invoice._has_to_be_paid())

    def test_queries_do_not_grow_with_the_invoices(self):
        invoices = self.invoices([10 + number for number in range(12)])
        for number, invoice in enumerate(invoices):
            self.pay(invoice, f"r{number}")
        field = invoices._fields["payment_state"]

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            records.mapped("amount_residual")
            self.env.add_to_compute(field, records)
            before = self.env.cr.sql_log_count
            records.mapped("payment_state")
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(invoices[:2])
        self.assertEqual(count(invoices[:2]), count(invoices))
