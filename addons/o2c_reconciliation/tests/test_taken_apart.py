from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ReconciliationCase


@tagged("post_install", "-at_install")
class TestTakenApart(ReconciliationCase):
    """What somebody unreconciles by Odoo's own means is undone here, too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bookkeeper = new_test_user(cls.env, "bookkeeper", groups="account.group_account_invoice")
        cls.accountant = new_test_user(
            cls.env,
            "apart_accountant",
            groups="o2c_base.group_accountant,account.group_account_invoice",
        )

    def matched(self, *amounts):
        """Invoices, the bank line that pays them all, and the match."""
        invoices = self.invoices(amounts)
        line = self.bank_line(sum(amounts), " ".join(invoices.mapped("name")))
        self.before = self.books(line), self.books(invoices)
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "matched")
        return invoices, line, self.applied(line)

    def partials(self, invoice):
        items = invoice.line_ids
        return items.matched_debit_ids | items.matched_credit_ids

    def progress(self):
        lines = self.env["account.bank.statement.line"]
        return lines.o2c_review_progress([("journal_id", "=", self.bank.id)])

    def check_undone(self, match, user):
        self.assertEqual((match.state, match.undone_by), ("undone", user))
        self.assertTrue(match.undone_at)

    def check_put_back(self, invoices, line, match, user):
        self.check_undone(match, user)
        self.assertEqual(self.before, (self.books(line), self.books(invoices)))
        self.assertEqual(line.o2c_match_state, "open")
        progress = self.progress()
        self.assertEqual(progress["states"], {"open": 1})
        self.assertEqual(progress["open"][0]["amount"], abs(line.amount))
        self.run_matching()
        self.assertFalse(line.is_reconciled)
        self.assertEqual(line.o2c_match_state, "proposed")

    def test_on_the_invoice(self):
        invoices, line, match = self.matched(100)
        invoices.with_user(self.bookkeeper).js_remove_outstanding_partial(self.partials(invoices).id)
        self.check_put_back(invoices, line, match, self.bookkeeper)

    def test_on_the_journal_items(self):
        invoices, line, match = self.matched(100, 40)
        items = self.applied(line).item_ids.with_user(self.bookkeeper)
        items.with_context(active_ids=items.ids).action_unreconcile_match_entries()
        self.check_put_back(invoices, line, match, self.bookkeeper)

    def test_by_deleting_the_partial(self):
        invoices, line, match = self.matched(100)
        self.partials(invoices).with_user(self.bookkeeper).unlink()
        self.check_put_back(invoices, line, match, self.bookkeeper)

    def test_on_the_bank_line(self):
        invoices, line, match = self.matched(100)
        line.action_undo_reconciliation()
        self.check_undone(match, self.env.user)
        self.assertEqual(invoices.payment_state, "not_paid")
        self.assertEqual(self.progress()["states"], {"open": 1})
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "proposed")

    def test_a_cancelled_invoice(self):
        invoices, line, match = self.matched(100)
        invoices.button_draft()
        invoices.button_cancel()
        self.check_undone(match, self.env.user)
        self.assertEqual(self.before[0], self.books(line))
        self.assertEqual(self.progress()["states"], {"open": 1})

    def test_an_invoice_with_another_amount(self):
        invoices, line, match = self.matched(100)
        invoices.button_draft()
        invoices.invoice_line_ids.price_unit = 90
        invoices.action_post()
        self.check_undone(match, self.env.user)
        self.assertFalse(line.is_reconciled)
        self.assertEqual(invoices.amount_residual, 90)

    def test_the_bank_lines_own_entry_in_draft(self):
        invoices, line, match = self.matched(100)
        line.move_id.button_draft()
        line.move_id.line_ids.remove_move_reconcile()
        self.check_undone(match, self.env.user)
        self.assertEqual(invoices.payment_state, "not_paid")

    def test_a_payment_and_its_bank_line(self):
        invoice = self.invoice(100)
        payment = self.pay(invoice, "r1")
        line = self.mollie_line(100, "r1")
        before = self.books(line), self.books(invoice), self.books(payment)
        self.run_matching()
        match = self.applied(line)
        self.assertEqual(invoice.payment_state, "paid")
        match.item_ids.with_user(self.bookkeeper).remove_move_reconcile()
        self.check_undone(match, self.bookkeeper)
        self.assertEqual(before, (self.books(line), self.books(invoice), self.books(payment)))
        self.assertEqual((invoice.payment_state, payment.is_matched), ("in_payment", False))
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "proposed")

    def test_the_invoice_taken_from_its_payment_leaves_the_match(self):
        invoice = self.invoice(100)
        self.pay(invoice, "r1")
        line = self.mollie_line(100, "r1")
        self.run_matching()
        invoice.js_remove_outstanding_partial(self.partials(invoice).id)
        self.assertEqual(self.applied(line).state, "applied")
        self.assertEqual((line.o2c_match_state, invoice.payment_state), ("matched", "not_paid"))

    def test_one_of_two_documents(self):
        invoices, line, match = self.matched(100, 40)
        first, second = invoices
        second.js_remove_outstanding_partial(self.partials(second).id)
        self.assertEqual(invoices.mapped("payment_state"), ["paid", "not_paid"])
        self.assertEqual((match.state, match.move_ids), ("applied", first))
        self.assertEqual((match.amount, match.explained, match.residual), (140, 100, 40))
        apart = line.o2c_match_ids - match
        self.check_undone(apart, self.env.user)
        self.assertEqual((apart.move_ids, apart.explained), (second, 40))
        self.assertEqual(apart.explanation, match.explanation)
        # Undoing the rest leads back to the beginning.
        match.action_undo()
        self.assertEqual(self.before, (self.books(line), self.books(invoices)))
        self.run_matching()
        self.assertFalse(line.is_reconciled)

    def test_two_bank_lines_of_one_document(self):
        invoice = self.invoice(100)
        lines = self.bank_line(60, invoice.name) | self.bank_line(40, invoice.name)
        self.run_matching()
        match = self.applied(lines)
        self.assertEqual(match.line_ids, lines)
        invoice.js_remove_outstanding_partial(self.partials(invoice)[:1].id)
        self.check_undone(match, self.env.user)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(set(lines.mapped("o2c_match_state")), {"open"})

    def test_a_divided_line_with_a_booking(self):
        invoices = self.invoices([100])
        line = self.bank_line(98, "discount")
        before = self.books(line), self.books(invoices)
        expense = self.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        model = self.env["account.reconcile.model"].create(
            {"name": "Discount", "line_ids": [(0, 0, {"account_id": expense.id})]}
        )
        item = invoices.line_ids.filtered(lambda aml: aml.account_id.account_type == "asset_receivable")
        line.o2c_review_apply([{"id": item.id, "amount": None}], [{"model_id": model.id, "amount": None}])
        match = self.applied(line)
        invoices.js_remove_outstanding_partial(self.partials(invoices).id)
        self.check_undone(match, self.env.user)
        self.assertEqual(before, (self.books(line), self.books(invoices)))

    def test_in_a_locked_period_it_stays_booked(self):
        invoices, line, match = self.matched(100)
        self.company.fiscalyear_lock_date = fields.Date.to_date("2026-11-30")
        self.partials(invoices).unlink()
        self.check_undone(match, self.env.user)
        self.assertEqual(line.o2c_match_state, "manual")
        self.assertEqual(invoices.payment_state, "not_paid")

    def test_a_payout_that_is_taken_back_opens_its_deposit(self):
        for undo in ("action_o2c_undo", "action_undo_reconciliation"):
            with self.subTest(undo):
                payout = self.mollie_line(-115, "payout", "payout", payment=False)
                deposit = self.bank_line(115, "Stichting Mollie Payments")
                before = self.books(payout), self.books(deposit)
                self.run_matching()
                matches = self.applied(payout) | self.applied(deposit)
                self.assertEqual(len(matches), 2)
                getattr(payout, undo)()
                self.assertEqual(set(matches.mapped("state")), {"undone"})
                self.assertEqual((payout.o2c_match_state, deposit.o2c_match_state), ("open", "open"))
                if undo == "action_o2c_undo":
                    self.assertEqual(before, (self.books(payout), self.books(deposit)))
                (payout | deposit).action_o2c_exclude()

    def test_a_deleted_bank_line(self):
        _invoices, line, match = self.matched(100)
        line.unlink()
        self.check_undone(match, self.env.user)

    def test_what_was_booked_in_another_way_can_be_taken_back(self):
        expense = self.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        line = self.bank_line(-7, "charges", counterpart_account_id=expense.id)
        self.assertEqual(line.o2c_match_state, "manual")
        with self.assertRaises(AccessError):
            line.with_user(self.bookkeeper).action_o2c_undo()
        line.with_user(self.accountant).action_o2c_undo()
        self.assertEqual(line.o2c_match_state, "open")
