from odoo import Command, fields
from odoo.tests import tagged

from .common import ReconciliationCase


@tagged("post_install", "-at_install")
class TestPartial(ReconciliationCase):
    """Amounts that differ, accounts that differ, currencies that differ."""

    def test_underpayment_is_accepted_by_a_person(self):
        invoice = self.invoice(100)
        line = self.bank_line(97, invoice.name)
        before = self.books(line), self.books(invoice)
        self.run_matching()
        match = line.o2c_best_match_id
        self.assertEqual((match.state, match.residual), ("proposed", -3))
        match.action_accept()
        self.assertEqual(invoice.amount_residual, 3)
        self.assertEqual(invoice.payment_state, "partial")
        self.assertEqual(line.o2c_match_state, "manual")
        match.action_undo()
        self.assertEqual(before, (self.books(line), self.books(invoice)))

    def test_the_rest_of_an_overpayment_stays_open_and_is_matched_later(self):
        invoice = self.invoice(100)
        line = self.bank_line(250, invoice.name, partner_id=self.partner.id)
        before = self.books(line), self.books(invoice)
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "proposed")
        line.o2c_best_match_id.action_accept()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertFalse(line.is_reconciled)
        self.assertEqual(line.amount_residual, -150)
        applied = self.applied(line)
        applied.action_undo()
        self.assertEqual(before, (self.books(line), self.books(invoice)))

    def test_items_on_different_accounts(self):
        receivable = self.partner.property_account_receivable_id.copy({"code": "139998"})
        other = self.env["res.partner"].create(
            {"name": "Elders", "property_account_receivable_id": receivable.id}
        )
        invoices = self.invoice(100) | self.invoice(50, partner=other)
        line = self.bank_line(150, " ".join(invoices.mapped("name")))
        before = self.books(line)
        self.run_matching()
        self.assertTrue(line.is_reconciled)
        self.assertEqual(set(invoices.mapped("payment_state")), {"paid"})
        self.assertEqual(line.move_id.line_ids.partner_id, self.partner | other)
        self.applied(line).action_undo()
        self.assertEqual(before, self.books(line))
        self.assertEqual(set(invoices.mapped("payment_state")), {"not_paid"})

    def test_foreign_currency_with_exchange_difference(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            [
                {"currency_id": dollar.id, "name": day, "rate": rate, "company_id": self.company.id}
                for day, rate in (("2026-11-01", 1.25), ("2026-11-09", 1.0))
            ]
        )
        invoice = self.invoice(100, currency_id=dollar.id)
        self.assertEqual(invoice.amount_total_signed, 80)
        line = self.bank_line(100, invoice.name, foreign_currency_id=dollar.id, amount_currency=100)
        same_number = self.bank_line(100, "no dollars", partner_id=self.partner.id)
        before = self.books(line), invoice.amount_residual
        self.run_matching()
        self.assertTrue(line.is_reconciled)
        self.assertFalse(same_number.is_reconciled, "100 euros are not 100 dollars")
        self.assertEqual(invoice.payment_state, "paid")
        exchange = line.move_id.line_ids.matched_debit_ids.exchange_move_id
        self.assertEqual(abs(sum(exchange.line_ids.mapped("amount_currency"))), 0)
        self.assertEqual(sum(exchange.line_ids.filtered("debit").mapped("balance")), 20)
        self.applied(line).action_undo()
        self.assertEqual(before, (self.books(line), invoice.amount_residual))
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_journal_in_a_foreign_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        journal = self._journal("Dollars", "TUSD", currency_id=dollar.id)
        invoice = self.invoice(100, currency_id=dollar.id)
        payment = self.pay(invoice, "r1", journal=journal)
        line = self.bank_line(
            100, "r1", journal, mollie_kind="payment", mollie_id="tr_u", mollie_description="r1"
        )
        self.match.run(journals=journal)
        self.assertTrue(line.is_reconciled)
        self.assertTrue(payment.is_matched)
        self.assertEqual(invoice.payment_state, "paid")

    def test_a_chargeback_of_a_part_after_the_rate_has_changed(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            [
                {"currency_id": dollar.id, "name": day, "rate": rate, "company_id": self.company.id}
                for day, rate in (("2026-11-01", 1.25), ("2026-11-03", 1.2), ("2026-11-09", 1.0))
            ]
        )
        journal = self._journal("Dollars", "TUSD", currency_id=dollar.id)
        values = {"mollie_payment_id": "tr_1", "mollie_description": "r1"}
        for rate_of_payment in ("2026-11-03", "2026-11-09"):
            invoice = self.invoice(100, currency_id=dollar.id)
            payment = self.pay(invoice, "r1", journal=journal, date=rate_of_payment)
            line = self.bank_line(100, "r1", journal, mollie_kind="payment", mollie_id="tr_1", **values)
            self.match.run(journals=journal)
            self.assertEqual(invoice.payment_state, "paid")
            back = self.bank_line(-40, "r1", journal, mollie_kind="chargeback", mollie_id="chb_1", **values)
            self.match.run(journals=journal)
            self.assertTrue(back.is_reconciled, self.issues(back))
            self.assertEqual((invoice.payment_state, invoice.amount_residual), ("partial", 40))
            self.applied(back).action_undo()
            self.assertEqual((invoice.payment_state, invoice.amount_residual), ("paid", 0))
            self.assertEqual(invoice.amount_residual_signed, 0)
            self.assertFalse(back.is_reconciled)
            (line | back).unlink()
            payment.action_cancel()

    def test_a_deposit_that_was_registered_and_the_rest(self):
        invoice = self.invoice(100)
        payment = self.pay(invoice, journal=self.bank, amount=40)
        lines = self.bank_line(40, f"deposit {invoice.name}") | self.bank_line(60, f"rest {invoice.name}")
        before = self.books(lines[0]), self.books(lines[1]), self.books(invoice), self.books(payment)
        self.run_matching()
        self.assertEqual(set(lines.mapped("o2c_match_state")), {"matched"})
        self.assertTrue(payment.is_matched)
        self.assertEqual(invoice.payment_state, "paid")
        self.applied(lines).action_undo()
        after = self.books(lines[0]), self.books(lines[1]), self.books(invoice), self.books(payment)
        self.assertEqual(before, after)

    def test_what_a_payment_has_written_off_does_not_come_to_the_bank(self):
        invoice = self.invoice(100)
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        written_off = self._outstanding("Discounts to be looked at")
        payment = wizard.create(
            {
                "journal_id": self.bank.id,
                "amount": 98,
                "payment_date": "2026-11-03",
                "payment_difference_handling": "reconcile",
                "writeoff_account_id": written_off.id,
            }
        )._create_payments()
        line = self.bank_line(98, invoice.name)
        two = self.bank_line(2, "betaling", partner_id=self.partner.id)
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "matched")
        self.assertTrue(payment.is_matched)
        self.assertEqual(two.o2c_match_state, "open")

    def test_cash_discount_is_a_proposal_with_its_difference(self):
        invoice = self.invoice(100)
        line = self.bank_line(98, f"{invoice.name} -/- 2 % korting")
        self.run_matching()
        self.assertFalse(line.is_reconciled)
        self.assertIn("differ", line.o2c_best_match_id.explanation)

    def test_a_foreign_entry_without_residual_is_no_item(self):
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": fields.Date.to_date("2026-11-01"),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.partner.property_account_receivable_id.id,
                            "partner_id": self.partner.id,
                            "balance": sign * 40,
                        }
                    )
                    for sign in (1, -1)
                ],
            }
        )
        entry.action_post()
        entry.line_ids.reconcile()
        line = self.bank_line(40, "betaling", partner_id=self.partner.id)
        self.run_matching()
        self.assertEqual(line.o2c_match_state, "open")
