from odoo.tests import tagged

from .common import MollieCase


@tagged("post_install", "-at_install")
class TestSettlement(MollieCase):
    def test_statement_of_a_settlement(self):
        paid = [self.pay("100.00", "r1"), self.pay("49.95", "r2", "bancontact")]
        self.mollie("available")
        self.mollie("refund", payment=paid[0]["id"], amount="20.00")
        raw = self.settle()
        self.sync()
        settlement = self.settlement(raw)
        self.assertEqual(settlement.state, "booked", settlement.note)
        self.assertEqual(settlement.statement_id.name, raw["reference"])
        self.assertEqual(sorted(self.lines(settlement, "payment").mapped("amount")), [49.95, 100.0])
        self.assertEqual(self.lines(settlement, "refund").amount, -20.0)
        payout = self.lines(settlement, "payout")
        self.assertEqual(payout.amount, -settlement.amount)
        self.assertAlmostEqual(sum(settlement.line_ids.mapped("amount")), 0.0)
        self.assertTrue(settlement.is_proven)
        self.assertEqual(settlement.proof_total, settlement.amount)
        self.assertAlmostEqual(settlement.statement_difference, 0.0)
        self.assertBooksEqualMollie()
        self.assertEqual(self.balance.journal_balance, 0.0)

    def test_fields_that_matching_works_with(self):
        payment = self.pay("100.00", "r-shop-1")
        self.mollie("available")
        refund = self.mollie("refund", payment=payment["id"], amount="5.00")
        settlement = self.settlement(self.settle())
        self.sync()
        settlement = self.env["o2c.mollie.settlement"].search([])
        line = self.lines(settlement, "payment")
        self.assertEqual(line.mollie_id, payment["id"])
        self.assertEqual(line.mollie_payment_id, payment["id"])
        self.assertEqual(line.mollie_description, "r-shop-1")
        self.assertEqual(line.mollie_method, "ideal")
        self.assertEqual(line.mollie_settlement_id, settlement)
        self.assertIn("r-shop-1", line.payment_ref)
        self.assertIn(payment["id"], line.payment_ref)
        self.assertFalse(line.is_reconciled)
        back = self.lines(settlement, "refund")
        self.assertEqual(back.mollie_id, refund["id"])
        self.assertEqual(back.mollie_payment_id, payment["id"])
        self.assertEqual(back.mollie_description, "r-shop-1")
        self.assertFalse(back.is_reconciled)

    def test_where_fees_and_payout_go(self):
        self.pay("100.00")
        settlement = self._settled()
        fee = self.lines(settlement, "fee")
        self.assertTrue(fee.is_reconciled)
        counterpart = fee._seek_for_lines()[2]
        self.assertEqual(counterpart.account_id.account_type, "liability_payable")
        self.assertEqual(counterpart.partner_id, self.account.partner_id)
        payout = self.lines(settlement, "payout")
        self.assertTrue(payout.is_reconciled)
        self.assertEqual(payout._seek_for_lines()[2].account_id, self.env.company.transfer_account_id)

    def test_how_far_the_reading_is(self):
        for number in range(2):
            self.pay("100.00", f"r{number}")
            self.settle()
        self.account._sync_settlements()
        self.assertEqual((self.account.settlement_count, self.account.to_read_count), (2, 2))
        self.run_jobs(channel="root.o2c.mollie")
        self.assertEqual((self.account.settlement_count, self.account.to_read_count), (2, 0))

    def test_reading_again_changes_nothing(self):
        self.pay("100.00")
        settlement = self._settled()
        lines = settlement.line_ids
        self.sync()
        self.assertEqual(settlement.line_ids, lines)
        settlement.action_import()
        settlement.booked_content = False
        settlement._import()
        self.assertEqual(settlement.line_ids, lines)
        self.assertEqual(len(self.env["o2c.mollie.settlement"].search([])), 1)
        self.assertFalse(self.issues(settlement))

    def test_deleted_lines_come_back(self):
        for number in range(2):
            self.pay("100.00", f"r{number}")
        settlement = self._settled()

        def booked():
            return sorted(settlement.line_ids.mapped(lambda line: (line.mollie_id or "", line.amount)))

        before = booked()
        for gone in ("none", "one", "all"):
            with self.subTest(gone=gone):
                settlement.statement_id.unlink()
                lines = settlement.line_ids if gone == "all" else self.lines(settlement, "payment")[:1]
                (lines.browse() if gone == "none" else lines).unlink()
                settlement.action_import()
                self.assertEqual(booked(), before)
                self.assertEqual(settlement.statement_id.line_ids, settlement.line_ids)
                self.assertEqual(
                    settlement.statement_id.balance_end_real, settlement.statement_id.balance_end
                )

    def test_a_payment_and_its_refund_that_were_deleted_together(self):
        """Their sum is nothing."""
        payment = self.pay("100.00")
        self.pay("50.00", "other")
        self.mollie("refund", payment=payment["id"], amount="100.00")
        settlement = self._settled()
        before = len(settlement.line_ids)
        pair = self.lines(settlement, "payment").filtered(lambda line: line.amount == 100)
        pair |= self.lines(settlement, "refund")
        self.assertEqual(sum(pair.mapped("amount")), 0)
        settlement.statement_id.unlink()
        pair.unlink()
        settlement.action_import()
        self.assertEqual(len(settlement.line_ids), before)

    def test_nothing_is_posted_when_it_does_not_add_up(self):
        self.pay("100.00")
        raw = self.settle()
        self.mollie("unbalance", settlement=raw["id"], amount="-3.00")
        self.sync()
        settlement = self.settlement(raw)
        self.assertEqual(settlement.state, "unbalanced")
        self.assertFalse(settlement.line_ids)
        self.assertFalse(settlement.statement_id)
        self.assertEqual(settlement.proof_difference, -3.0)
        issue = self.issues(settlement, "settlement")
        self.assertIn(f"{settlement.amount:.2f} EUR", issue.message)
        self.assertIn(f"{settlement.proof_total:.2f} EUR", issue.message)
        self.mollie("unbalance", settlement=raw["id"], undo=True)
        issue.action_retry()
        self.assertEqual(settlement.state, "booked")
        self.assertFalse(self.issues(settlement))

    def test_a_payment_missing_from_the_lists_is_named(self):
        self.pay("100.00")
        self.pay("60.00", "r2")
        raw = self.settle()
        self.mollie("unbalance", settlement=raw["id"], hide=True)
        self.sync()
        settlement = self.settlement(raw)
        self.assertFalse(settlement.line_ids)
        self.assertIn("ideal: total 160.00 (2), lists 100.00 (1)", settlement.note)

    def test_open_settlement_waits(self):
        self.pay("100.00")
        raw = self.settle("open")
        self.sync()
        settlement = self.settlement(raw)
        self.assertEqual(settlement.state, "new")
        self.assertFalse(settlement.line_ids)
        self.assertBooksEqualMollie()
        self.assertGreater(self.balance.not_settled, 99.0)

    def test_pending_settlement_has_no_payout_yet(self):
        self.pay("100.00")
        raw = self.settle("pending")
        self.sync()
        settlement = self.settlement(raw)
        self.assertFalse(self.lines(settlement, "payout"))
        self.assertBooksEqualMollie()
        self.assertEqual(self.balance.journal_balance, settlement.amount)
        self.mollie("advance", settlement=raw["id"], status="processing-at-bank")
        self.sync()
        self.assertFalse(self.lines(settlement, "payout"))
        self.assertBooksEqualMollie()
        self.assertEqual(self.balance.on_its_way, -settlement.amount)
        self.mollie("advance", settlement=raw["id"], status="paidout")
        self.sync()
        self.assertEqual(self.lines(settlement, "payout").amount, -settlement.amount)
        self.assertBooksEqualMollie()
        self.assertEqual(self.balance.journal_balance, 0.0)

    def test_paypal_is_not_settled_but_its_fee_is_taken(self):
        self.pay("100.00")
        self.pay("40.00", "r-paypal", "paypal")
        settlement = self._settled()
        self.assertEqual(self.lines(settlement, "payment").amount, 100.0)
        self.assertIn("paypal", self.lines(settlement, "fee").mapped("mollie_method"))
        self.assertIn("r-paypal: 40.00 EUR", settlement.not_settled_note)
        self.assertBooksEqualMollie()

    def test_gift_card_counts_with_what_mollie_settles(self):
        details = {"remainderAmount": {"value": "15.00", "currency": "EUR"}}
        self.pay("40.00", "r-gift", "giftcard", details=details)
        settlement = self._settled()
        self.assertEqual(self.lines(settlement, "payment").amount, 15.0)
        self.assertBooksEqualMollie()

    def test_klarna_comes_as_a_capture(self):
        payment = self.pay("80.00", "r-klarna", "klarna")
        settlement = self._settled()
        line = self.lines(settlement, "capture")
        self.assertEqual(line.amount, 80.0)
        self.assertEqual(line.mollie_payment_id, payment["id"])
        self.assertEqual(line.mollie_description, "r-klarna")
        self.assertFalse(self.lines(settlement, "payment"))
        self.assertBooksEqualMollie()

    def test_foreign_currency_keeps_what_the_customer_paid(self):
        self.env.ref("base.USD").active = True
        self.pay("100.00", "r-usd", "creditcard", currency="USD")
        settlement = self._settled()
        line = self.lines(settlement, "payment")
        self.assertEqual(line.amount, 84.37)
        self.assertEqual(line.foreign_currency_id.name, "USD")
        self.assertEqual(line.amount_currency, 100.0)
        self.assertBooksEqualMollie()

    def test_a_balance_for_each_currency(self):
        self.env.ref("base.USD").active = True
        self.control("POST", "mollie/balances", {"currency": "USD"})
        self.account.action_create_journals()
        self.pay("100.00", "r-usd", "creditcard", currency="USD")
        self.pay("70.00", "r-eur")
        self.control("POST", "mollie/settle", {"status": "paidout"})
        self.sync()
        settlements = self.env["o2c.mollie.settlement"].search([])
        self.assertEqual(set(settlements.mapped("state")), {"booked"})
        dollars = settlements.filtered(lambda item: item.currency_id.name == "USD")
        self.assertEqual(self.lines(dollars, "payment").amount, 100.0)
        self.assertNotEqual(dollars.journal_id, self.journal)
        self.assertTrue(all(balance.is_proven for balance in self.account.balance_ids))

    def test_several_profiles_in_one_settlement(self):
        self.pay("10.00", "r1", profile="pfl_one")
        self.pay("20.00", "r2", profile="pfl_two")
        settlement = self._settled()
        self.assertEqual(len(self.lines(settlement, "payment")), 2)

    def test_start_date(self):
        self.pay("10.00")
        self.account.start_date = "2999-01-01"
        self.settle()
        self.sync()
        self.assertFalse(self.env["o2c.mollie.settlement"].search([]))

    def test_the_other_shape_of_the_ledger(self):
        self.mollie("options", context="nested")
        self.pay("33.33", "r1", "creditcard")
        self.mollie("move", type="balance-correction", amount="-1.00")
        settlement = self._settled()
        self.assertTrue(self.lines(settlement, "correction").mollie_id.startswith("baltr_"))
        self.assertBooksEqualMollie()

    def test_fractions_of_a_cent_in_the_total(self):
        self.mollie("options", rounding="settlement")
        for number in range(5):
            self.pay("33.33", f"r{number}", "creditcard")
        settlement = self._settled()
        self.assertLess(abs(settlement.proof_rounding), 0.03)
        self.assertAlmostEqual(sum(settlement.line_ids.mapped("amount")), 0.0)

    def _settled(self):
        raw = self.settle()
        self.sync()
        settlement = self.settlement(raw)
        self.assertEqual(settlement.state, "booked", settlement.note)
        return settlement
