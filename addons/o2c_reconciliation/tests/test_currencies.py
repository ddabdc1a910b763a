import random

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ReconciliationCase


@tagged("post_install", "-at_install")
class TestCurrencies(ReconciliationCase):
    """A person lets a line of one currency pay documents of another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dollar = cls.env.ref("base.USD")
        cls.dollar.active = True
        cls.env["res.currency.rate"].create(
            [
                {"currency_id": cls.dollar.id, "name": day, "rate": rate, "company_id": cls.company.id}
                for day, rate in (("2026-11-01", 1.25), ("2026-11-09", 1.0955))
            ]
        )
        cls.expense = cls.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        cls.charges = cls.env["account.reconcile.model"].create(
            {"name": "Bank charges", "line_ids": [(0, 0, {"account_id": cls.expense.id})]}
        )

    def item(self, invoice):
        return invoice.line_ids.filtered(lambda aml: aml.account_id.account_type == "asset_receivable")

    def part(self, invoice, amount=None, *, in_full=False):
        return {"id": self.item(invoice).id, "amount": amount, "in_full": in_full}

    def rest(self):
        return {"model_id": self.charges.id, "amount": None}

    def exchange(self, invoice):
        """What Odoo has booked as gain (negative) or loss of the invoice's receivable."""
        partials = self.item(invoice).matched_credit_ids | self.item(invoice).matched_debit_ids
        entries = partials.exchange_move_id.line_ids
        return sum(
            entries.filtered(lambda aml: aml.account_id != self.item(invoice).account_id).mapped("balance")
        )

    def check_undo(self, line, documents, before):
        self.applied(line).action_undo()
        self.assertEqual(before, (self.books(line), self.books(documents)))

    def test_euros_pay_a_dollar_invoice_in_full(self):
        invoice = self.invoice(100, currency_id=self.dollar.id)
        self.assertEqual(invoice.amount_total_signed, 80)
        line = self.bank_line(91.02, "100 dollars, as the bank changed them")
        before = self.books(line), self.books(invoice)
        line.o2c_review_apply([self.part(invoice, in_full=True)], [])
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("paid", 0))
        self.assertTrue(line.is_reconciled)
        piece = line.move_id.line_ids.filtered(lambda aml: aml.account_id == self.item(invoice).account_id)
        self.assertEqual(
            (piece.currency_id, piece.amount_currency, piece.balance), (self.dollar, -100, -91.02)
        )
        self.assertAlmostEqual(sum(line.move_id.line_ids.mapped("balance")), 0, 2)
        # Booked at 80, received 91.02: Odoo's own entry says so.
        self.assertAlmostEqual(self.exchange(invoice), -11.02, 2)
        match = self.applied(line)
        self.assertEqual((match.amount, match.residual), (91.02, 0))
        for words in (self.dollar.format(100), self.company.currency_id.format(91.02)):
            self.assertIn(words, match.explanation)
        self.check_undo(line, invoice, before)

    def test_without_more_words_the_rate_of_the_day_decides(self):
        invoice = self.invoice(100, currency_id=self.dollar.id)
        line = self.bank_line(95, "x")
        line.o2c_review_apply([self.part(invoice)], [self.rest()])
        self.assertEqual(invoice.payment_state, "paid")
        booked = line.move_id.line_ids.filtered(lambda aml: aml.account_id == self.expense)
        self.assertEqual(booked.balance, -3.72)  # 100 / 1.0955 = 91.28
        self.assertTrue(line.is_reconciled)

    def test_as_far_as_the_line_reaches(self):
        invoice = self.invoice(100, currency_id=self.dollar.id)
        line = self.bank_line(50, "x")
        before = self.books(line), self.books(invoice)
        line.o2c_review_apply([self.part(invoice)], [])
        self.assertTrue(line.is_reconciled)
        self.assertEqual(invoice.payment_state, "partial")
        self.assertEqual(invoice.amount_residual, 45.22)  # 50 * 1.0955 = 54.78
        self.check_undo(line, invoice, before)

    def test_a_part_of_a_line_for_a_part_of_a_document(self):
        dollars = self.invoice(100, currency_id=self.dollar.id)
        euros = self.invoice(40)
        line = self.bank_line(100, "both")
        before = self.books(line), self.books(dollars | euros)
        line.o2c_review_apply([self.part(dollars, 45.64), self.part(euros)], [])
        self.assertEqual((dollars.amount_residual, euros.payment_state), (50, "paid"))
        self.assertFalse(line.is_reconciled)
        self.assertEqual(line.amount_residual, -14.36)
        self.assertEqual(self.applied(line).residual, 14.36)
        self.check_undo(line, dollars | euros, before)

    def test_dollars_pay_a_euro_invoice(self):
        invoice = self.invoice(80)
        line = self.bank_line(92, "dollars", self._journal("Dollars", "TUSD", currency_id=self.dollar.id))
        before = self.books(line), self.books(invoice)
        found = line.o2c_review_search(invoice.name)[0]
        self.assertEqual((found["residual"], found["asks"], found["foreign"]), (80, 87.64, True))
        line.o2c_review_apply([self.part(invoice)], [self.rest()])
        self.assertEqual(invoice.payment_state, "paid")
        self.assertTrue(line.is_reconciled)
        self.assertAlmostEqual(sum(line.move_id.line_ids.mapped("balance")), 0, 2)
        self.check_undo(line, invoice, before)

    def test_a_refund_in_dollars_is_paid_with_euros(self):
        credit = self.invoice(100, currency_id=self.dollar.id, move_type="out_refund")
        line = self.bank_line(-92, "x")
        before = self.books(line), self.books(credit)
        line.o2c_review_apply([self.part(credit, in_full=True)], [])
        self.assertEqual((credit.payment_state, line.is_reconciled), ("paid", True))
        self.assertAlmostEqual(self.exchange(credit), 12, 2)
        self.check_undo(line, credit, before)

    def test_searching_shows_both_amounts(self):
        invoice = self.invoice(100, currency_id=self.dollar.id)
        plain = self.invoice(30)
        line = self.bank_line(91.28, "x", partner_id=self.partner.id)
        found = line.o2c_review_search("")
        self.assertEqual([row["name"] for row in found], [plain.name, invoice.name])
        dollars = found[1]
        self.assertEqual(
            (dollars["residual"], dollars["currency_id"], dollars["asks"], dollars["foreign"]),
            (100, self.dollar.id, 91.28, True),
        )
        self.assertEqual((found[0]["asks"], found[0]["foreign"]), (30, False))

    def test_by_itself_nothing_is_paid_in_another_currency(self):
        invoice = self.invoice(100, currency_id=self.dollar.id)
        lines = self.bank_line(91.28, invoice.name) | self.bank_line(100, invoice.name)
        self.run_matching()
        self.assertEqual(set(lines.mapped("o2c_match_state")), {"open"})

    def test_the_form_says_where_another_currency_is_chosen(self):
        invoice = self.invoice(100, currency_id=self.dollar.id)
        line = self.bank_line(91.28, "x")
        choice = {"line_id": line.id, "item_ids": self.item(invoice).ids}
        with self.assertRaisesRegex(UserError, "beside the list"):
            self.env["o2c.match.choice"].create(choice).action_apply()

    def test_what_cannot_be(self):
        dollars, euros = self.invoice(100, currency_id=self.dollar.id), self.invoice(50)
        line = self.bank_line(50, "x")
        before = self.books(line), self.books(dollars | euros)
        for items, bookings, words in (
            ([self.part(dollars, 92)], [], "at the rate of the day"),
            ([self.part(dollars, 60, in_full=True)], [], "more than the bank line has"),
            ([self.part(dollars, in_full=True)], [self.rest()], "Only one part"),
            ([self.part(euros), self.part(dollars)], [], "leave nothing"),
            ([self.part(euros), self.part(dollars, in_full=True)], [], "leave nothing"),
        ):
            with self.assertRaisesRegex(UserError, words):
                line.o2c_review_apply(items, bookings)
        self.assertEqual(before, (self.books(line), self.books(dollars | euros)))
        self.assertFalse(self.applied(line))

    def test_any_amounts_are_kept_and_taken_back(self):
        """Whatever is laid out: the entry balances, the line's sum is kept, and undoing restores it all."""
        rng = random.Random(6)
        invoices = self.invoices([33.33, 71.07], currency_id=self.dollar.id) | self.invoice(12.34)
        for _number in range(6):
            line = self.bank_line(rng.randint(1000, 15000) / 100, "x")
            before = self.books(line), self.books(invoices)
            chosen = rng.sample(list(invoices), rng.randint(1, 3))
            full = rng.choice([None, *chosen])
            parts = [self.part(invoice, in_full=invoice == full) for invoice in chosen]
            bookings = [] if full and full.currency_id == self.dollar else [self.rest()]
            try:
                line.o2c_review_apply(parts, bookings)
            except UserError:
                self.assertEqual(before, (self.books(line), self.books(invoices)))
                continue
            entry = line.move_id.line_ids
            self.assertAlmostEqual(sum(entry.mapped("balance")), 0, 2)
            self.assertTrue(line.is_reconciled)
            self.check_undo(line, invoices, before)
