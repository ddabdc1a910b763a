from decimal import Decimal

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..lib.matching import Match
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
        self.assertEqual(
            match.explanation,
            f"{apart.explanation}\nTaken out of this match later: {second.display_name}.",
        )
        # Undoing the rest leads back to the beginning.
        match.action_undo()
        self.assertEqual(self.before, (self.books(line), self.books(invoices)))
        self.run_matching()
        self.assertFalse(line.is_reconciled)

    def two_lines(self):
        """An invoice, the two bank lines that pay it together, the match, and the books before."""
        invoice = self.invoice(100)
        lines = self.bank_line(60, invoice.name) | self.bank_line(40, invoice.name)
        before = [self.books(line) for line in lines], self.books(invoice)
        self.run_matching()
        match = self.applied(lines)
        self.assertEqual(match.line_ids, lines)
        return invoice, lines, match, before

    def check_one_of_two(self, invoice, lines, match, before, *, exact=True):
        """The first line is open again, the other pays what it paid, and each match says so."""
        first, second = lines
        self.assertEqual((first.o2c_match_state, second.o2c_match_state), ("open", "matched"))
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("partial", 60))
        self.assertEqual((match.state, match.line_ids), ("applied", second))
        self.assertEqual((match.amount, match.explained, match.residual), (40, 100, -60))
        apart = first.o2c_match_ids
        self.check_undone(apart, self.env.user)
        self.assertEqual((apart.line_ids, apart.move_ids), (first, invoice))
        self.assertEqual((apart.amount, apart.explained, apart.residual), (60, 60, 0))
        self.assertEqual(
            match.explanation,
            f"{apart.explanation}\nTaken out of this match later: {first.display_name}.",
        )
        if exact:
            self.assertEqual(self.books(first), before[0][0])
        self.run_matching()
        self.assertFalse(first.is_reconciled)
        # Undoing the rest leads back to the beginning.
        match.action_undo()
        self.assertEqual((self.books(second), self.books(invoice)), (before[0][1], before[1]))
        self.assertEqual(first.o2c_match_ids.filtered(lambda m: m.state == "undone"), apart)

    def test_one_of_two_bank_lines_on_the_document(self):
        invoice, lines, match, before = self.two_lines()
        partial = self.partials(invoice).filtered(lambda p: p.credit_move_id.statement_line_id == lines[0])
        invoice.js_remove_outstanding_partial(partial.id)
        self.check_one_of_two(invoice, lines, match, before)

    def test_one_of_two_bank_lines_by_its_own_undo(self):
        invoice, lines, match, before = self.two_lines()
        lines[0].action_undo_reconciliation()
        # Odoo makes the entry anew: the same amounts, but other journal items.
        self.check_one_of_two(invoice, lines, match, before, exact=False)

    def test_both_bank_lines_by_odoos_undo(self):
        invoice, lines, match, _before = self.two_lines()
        lines.action_undo_reconciliation()
        self.check_undone(match, self.env.user)
        self.assertEqual(match.line_ids, lines)
        self.assertEqual(lines.o2c_match_ids, match)
        self.assertEqual((invoice.payment_state, self.progress()["states"]), ("not_paid", {"open": 2}))

    def test_the_document_of_two_bank_lines_is_cancelled(self):
        invoice, lines, match, before = self.two_lines()
        invoice.button_draft()
        invoice.button_cancel()
        self.check_undone(match, self.env.user)
        self.assertEqual(lines.o2c_match_ids, match)
        self.assertEqual([self.books(line) for line in lines], before[0])

    def test_one_of_two_bank_lines_is_deleted(self):
        invoice, (first, second), match, _before = self.two_lines()
        first.unlink()
        self.assertEqual((match.state, match.line_ids, match.amount), ("applied", second, 40))
        self.assertEqual((second.o2c_match_state, invoice.amount_residual), ("matched", 60))
        match.action_undo()
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(second.o2c_match_state, "open")

    def test_one_of_two_bank_lines_in_a_locked_period(self):
        invoice, (first, second), match, before = self.two_lines()
        first.date = "2026-10-30"
        self.company.fiscalyear_lock_date = fields.Date.to_date("2026-10-31")
        partial = self.partials(invoice).filtered(lambda p: p.credit_move_id.statement_line_id == first)
        partial.unlink()
        self.check_undone(first.o2c_match_ids, self.env.user)
        self.assertEqual((match.state, match.line_ids), ("applied", second))
        self.assertEqual(invoice.amount_residual, 60)
        self.company.fiscalyear_lock_date = False
        match.action_undo()
        self.assertEqual(self.books(second), before[0][1])

    def test_two_bank_lines_of_two_documents(self):
        """What the other line still pays stays in the match; what it does not goes with the line."""
        first, second = self.invoices([100, 40])
        lines = self.bank_line(60, "a") | self.bank_line(80, "b")
        items = (first | second).line_ids.filtered(
            lambda aml: aml.account_id.account_type == "asset_receivable"
        )
        match = self.match.create(
            self.match._match_values(
                self.match.run_id.create({"company_id": self.company.id}),
                [Match(tuple(lines.ids), tuple(items.ids), 0, "proposal", "By hand", Decimal(0), 50, False)],
            )
        )
        match.action_accept()
        (first | second).invalidate_recordset()
        self.assertEqual((first | second).mapped("payment_state"), ["paid", "paid"])
        lines[1].action_undo_reconciliation()
        self.assertEqual((first.amount_residual, second.amount_residual), (40, 40))
        self.assertEqual((match.line_ids, match.move_ids), (lines[0], first))
        self.assertEqual((match.amount, match.explained, match.residual), (60, 100, -40))
        apart = lines[1].o2c_match_ids
        self.assertEqual((apart.move_ids, apart.explained, apart.state), (first | second, 80, "undone"))

    def test_many_are_put_back_in_one_go(self):
        """Queries of breaking twenty matches at once: hardly more than those of four."""

        def broken(count):
            invoices = self.invoices([100] * count)
            lines = self.bank_lines([{"amount": 100, "payment_ref": move.name} for move in invoices])
            self.run_matching()
            matches = self.applied(lines)
            self.assertEqual(len(matches), count)
            pairs = self.partials(invoices)._o2c_pairs()
            self.partials(invoices).with_context(o2c_undoing=tuple(matches.ids)).unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            matches._taken_apart(pairs)
            self.env.flush_all()
            queries = self.env.cr.sql_log_count - start
            self.assertEqual(set(matches.mapped("state")), {"undone"})
            self.assertEqual(set(lines.mapped("o2c_match_state")), {"open"})
            return queries

        broken(2)
        self.assertLessEqual(broken(20), broken(4) + 20)

    def test_the_later_of_two_matches_of_one_line(self):
        """What stands on nothing else is opened; the earlier match keeps its part of the line."""
        line = self.bank_line(100, "two in turn")
        first, second = self.invoices([60, 40])
        items = (first | second).line_ids.filtered(
            lambda aml: aml.account_id.account_type == "asset_receivable"
        )
        line.o2c_review_apply([{"id": items[0].id, "amount": 60}], [])
        between = self.books(line)
        line.o2c_review_apply([{"id": items[1].id, "amount": 40}], [])
        earlier, later = self.applied(line).sorted("id")
        second.js_remove_outstanding_partial(self.partials(second).id)
        self.assertEqual((earlier.state, later.state), ("applied", "undone"))
        self.assertEqual(self.books(line), between)

    def test_the_earlier_of_two_matches_of_one_line(self):
        """Its part of the entry is left alone, for the later match was made on it."""
        line = self.bank_line(100, "two in turn")
        before = self.books(line)
        first, second = self.invoices([60, 40])
        items = (first | second).line_ids.filtered(
            lambda aml: aml.account_id.account_type == "asset_receivable"
        )
        line.o2c_review_apply([{"id": items[0].id, "amount": 60}], [])
        line.o2c_review_apply([{"id": items[1].id, "amount": 40}], [])
        earlier, later = self.applied(line).sorted("id")
        first.js_remove_outstanding_partial(self.partials(first).id)
        self.assertEqual((earlier.state, later.state), ("undone", "applied"))
        self.assertEqual((first.amount_residual, second.amount_residual), (60, 0))
        self.assertEqual(sum(line.move_id.line_ids.mapped("balance")), 0)
        later.action_undo()
        self.assertEqual(before, self.books(line), "What it had left in the entry is gone with the other.")

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
