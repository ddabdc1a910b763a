from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import ReconciliationCase


@tagged("post_install", "-at_install")
class TestChoice(ReconciliationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.expense = cls.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        cls.discount = cls.env["account.reconcile.model"].create(
            {"name": "Cash discount", "line_ids": [(0, 0, {"account_id": cls.expense.id})]}
        )

    def choose(self, line, moves, model=None):
        choice = self.env["o2c.match.choice"].browse(line.action_o2c_choose()["res_id"])
        items = moves.line_ids.filtered(lambda aml: aml.account_id.account_type == "asset_receivable")
        choice.item_ids = items
        choice.write_off_id = model
        return choice

    def test_other_items_than_the_proposed(self):
        invoices = self.invoices([60, 40, 100])
        line = self.bank_line(100, invoices[2].name)
        choice = self.choose(line, invoices[:2])
        self.assertEqual((choice.open_amount, choice.chosen_amount, choice.difference), (100, 100, 0))
        choice.action_apply()
        self.assertEqual(invoices.mapped("payment_state"), ["paid", "paid", "not_paid"])
        self.assertEqual(line.o2c_match_state, "manual")
        self.assertIn(self.env.user.name, self.applied(line).explanation)

    def test_write_off_of_an_underpayment(self):
        invoice = self.invoice(100)
        line = self.bank_line(98, "2 % discount")
        before = self.books(line), self.books(invoice)
        choice = self.choose(line, invoice, self.discount)
        self.assertEqual(choice.difference, -2)
        choice.action_apply()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertTrue(line.is_reconciled)
        booked = line.move_id.line_ids.filtered(lambda aml: aml.account_id == self.expense)
        self.assertEqual(booked.balance, 2)
        self.assertIn("Cash discount", self.applied(line).explanation)
        self.applied(line).action_undo()
        self.assertEqual(before, (self.books(line), self.books(invoice)))

    def test_write_off_of_an_overpayment(self):
        invoice = self.invoice(100)
        line = self.bank_line(101, "with a tip")
        before = self.books(line), self.books(invoice)
        self.choose(line, invoice, self.discount).action_apply()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertTrue(line.is_reconciled)
        booked = line.move_id.line_ids.filtered(lambda aml: aml.account_id == self.expense)
        self.assertEqual(booked.balance, -1)
        self.applied(line).action_undo()
        self.assertEqual(before, (self.books(line), self.books(invoice)))

    def test_a_model_alone(self):
        line = self.bank_line(-5, "charges")
        before = self.books(line)
        self.choose(line, self.env["account.move"], self.discount).action_apply()
        self.assertTrue(line.is_reconciled)
        self.applied(line).action_undo()
        self.assertEqual(before, self.books(line))

    def test_nothing_chosen(self):
        line = self.bank_line(-5, "charges")
        with self.assertRaises(UserError):
            self.choose(line, self.env["account.move"]).action_apply()

    def test_the_rest_stays_open(self):
        invoice = self.invoice(100)
        line = self.bank_line(250, "two things")
        before = self.books(line)
        self.choose(line, invoice).action_apply()
        self.assertEqual(line.amount_residual, -150)
        second = self.invoice(150)
        choice = self.choose(line, second)
        self.assertEqual(choice.open_amount, 150)
        choice.action_apply()
        self.assertTrue(line.is_reconciled)
        self.assertEqual(set((invoice | second).mapped("payment_state")), {"paid"})
        # The later match stands on the earlier one, so both are undone.
        first = line.o2c_match_ids.filtered(lambda match: invoice in match.move_ids)
        first.action_undo()
        self.assertEqual(set(line.o2c_match_ids.mapped("state")), {"undone"})
        self.assertEqual(before, self.books(line))
        self.assertEqual(set((invoice | second).mapped("payment_state")), {"not_paid"})

    def test_the_last_match_is_undone_alone(self):
        invoices = self.invoices([100, 150])
        line = self.bank_line(250, "two things")
        self.choose(line, invoices[0]).action_apply()
        between = self.books(line)
        self.choose(line, invoices[1]).action_apply()
        last = line.o2c_match_ids.filtered(lambda match: invoices[1] in match.move_ids)
        last.action_undo()
        self.assertEqual(between, self.books(line))
        self.assertEqual(invoices.mapped("payment_state"), ["paid", "not_paid"])

    def test_items_on_two_accounts_get_no_more_than_the_line_has(self):
        account = self.partner.property_account_receivable_id.copy({"code": "139996"})
        elders = self.env["res.partner"].create(
            {"name": "Elders", "property_account_receivable_id": account.id}
        )
        for paid, rests in ((100, [0, 20]), (50, [10, 60]), (-100, [0, 20])):
            with self.subTest(paid=paid):
                kind = "out_invoice" if paid > 0 else "out_refund"
                first = self.invoice(60, move_type=kind, date="2026-11-02")
                last = self.invoice(60, move_type=kind, date="2026-11-03", partner=elders)
                line = self.bank_line(paid, " ".join((last | first).mapped("name")))
                before = self.books(line), self.books(first | last)
                self.run_matching()
                self.assertEqual(line.o2c_match_state, "proposed")
                line.action_o2c_accept()
                self.assertTrue(line.is_reconciled)
                self.assertEqual((first | last).mapped("amount_residual"), rests)
                self.assertEqual(self.applied(line).residual, paid - 120 if paid > 0 else 20)
                self.applied(line).action_undo()
                self.assertEqual(before, (self.books(line), self.books(first | last)))
                line.o2c_excluded = True

    def test_the_form_shows_the_sum(self):
        invoice = self.invoice(100)
        line = self.bank_line(98, "x")
        choice = self.env["o2c.match.choice"].browse(line.action_o2c_choose()["res_id"])
        form = Form(choice)
        form.item_ids.add(invoice.line_ids.filtered("amount_residual"))
        self.assertEqual(form.difference, -2)

    def test_only_accountants_choose(self):
        clerk = new_test_user(self.env, "choice_clerk", groups="o2c_base.group_user")
        line = self.bank_line(98, "x").with_user(clerk)
        with self.assertRaises(AccessError):
            line.action_o2c_choose()
