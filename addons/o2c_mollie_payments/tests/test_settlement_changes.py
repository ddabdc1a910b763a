from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.o2c_mollie_payments.models import o2c_mollie_settlement as settlement_module

from .common import MollieCase


@tagged("post_install", "-at_install")
class TestSettlementChanges(MollieCase):
    """What happens to a settlement after it was posted, and to what no list has."""

    def _settled(self, status="paidout", **values):
        raw = self.settle(status, **values)
        self.sync()
        settlement = self.settlement(raw)
        self.assertEqual(settlement.state, "booked", settlement.note)
        return settlement

    def test_failed_after_paid_out_is_reversed(self):
        self.pay("100.00")
        settlement = self._settled()
        before = settlement.line_ids
        snapshot = before.read(["amount", "date", "payment_ref"])
        self.mollie("fail", settlement=settlement.mollie_id)
        self.sync()
        back = settlement.line_ids - before
        self.assertEqual(back.mollie_kind, "payout_return")
        self.assertEqual(back.amount, settlement.amount)
        self.assertEqual(back._seek_for_lines()[2].account_id, self.env.company.transfer_account_id)
        self.assertEqual(before.read(["amount", "date", "payment_ref"]), snapshot)
        self.assertTrue(self.issues(settlement, "mollie_changed"))
        self.assertBooksEqualMollie()
        self.assertEqual(self.balance.journal_balance, settlement.amount)

    def test_returned_payout_is_paid_again_without_doubling(self):
        self.pay("100.00")
        first = self._settled()
        self.mollie("fail", settlement=first.mollie_id)
        self.sync()
        self.pay("50.00", "r2")
        second = self._settled()
        self.assertEqual(second.proof_carried, first.amount)
        self.assertEqual(self.lines(second, "payout").amount, -second.amount)
        self.assertBooksEqualMollie()
        self.assertEqual(self.balance.journal_balance, 0.0)

    def test_failed_before_it_was_ever_read(self):
        self.pay("100.00")
        first = self.settle()
        self.mollie("fail", settlement=first["id"])
        self.pay("50.00", "r2")
        second = self._settled()
        self.assertEqual(self.settlement(first).state, "booked")
        self.assertEqual(second.proof_carried, self.settlement(first).amount)
        self.assertBooksEqualMollie()
        self.assertEqual(self.balance.journal_balance, 0.0)

    def test_settlement_that_grows_after_it_was_posted(self):
        self.pay("100.00", "r1", "creditcard")
        closed = (*settlement_module.CLOSED, "open")
        with patch.object(settlement_module, "CLOSED", closed):
            settlement = self._settled("open")
            before = settlement.line_ids
            snapshot = before.read(["amount", "date", "payment_ref"])
            self.pay("60.00", "r2", "creditcard")
            self.settle("open")
            self.sync()
        self.assertEqual(before.read(["amount", "date", "payment_ref"]), snapshot)
        more = settlement.line_ids - before
        self.assertEqual(more.filtered(lambda line: line.mollie_kind == "payment").amount, 60.0)
        fee = more.filtered(lambda line: line.mollie_kind == "fee")
        self.assertTrue(fee.mollie_id.endswith("~2"))
        self.assertAlmostEqual(sum(self.lines(settlement, "fee").mapped("amount")), settlement.proof_fees)
        self.assertAlmostEqual(sum(settlement.line_ids.mapped("amount")), settlement.amount)
        self.assertTrue(self.issues(settlement, "mollie_changed"))
        self.assertBooksEqualMollie()

    def test_what_came_back_after_movements_of_the_next_settlement(self):
        self.pay("250.00")
        first = self._settled("pending")
        self.mollie("move", type="balance-correction", amount="-6.00")
        self.mollie("advance", settlement=first.mollie_id, status="failed")
        second = self._settled()
        self.assertEqual(second.proof_carried, first.amount)
        self.assertEqual(self.lines(second, "correction").amount, -6.0)
        self.assertBooksEqualMollie()
        self.assertEqual(self.balance.journal_balance, 0.0)

    def test_settlement_below_zero(self):
        payment = self.pay("100.00")
        self._settled()
        self.mollie("refund", payment=payment["id"])
        settlement = self._settled(allow_negative=True)
        self.assertLess(settlement.amount, 0.0)
        self.assertEqual(self.lines(settlement, "payout").amount, -settlement.amount)
        self.assertBooksEqualMollie()

    def test_settlement_of_nothing(self):
        self.pay("100.00")
        self.mollie("available")
        self.mollie("move", type="balance-correction", amount=f"{-self.available():.2f}")
        settlement = self._settled(allow_negative=True)
        self.assertEqual(settlement.amount, 0.0)
        self.assertFalse(self.lines(settlement, "payout"))
        self.assertAlmostEqual(sum(settlement.line_ids.mapped("amount")), 0.0)
        self.assertTrue(settlement.is_proven)
        self.assertBooksEqualMollie()

    def test_chargeback_and_its_reversal(self):
        payment = self.pay("100.00")
        self._settled()
        chargeback = self.mollie("chargeback", payment=payment["id"], reason="MD06")
        self.pay("500.00", "r2")
        settlement = self._settled()
        line = self.lines(settlement, "chargeback")
        self.assertEqual(line.amount, -100.0)
        self.assertEqual(line.mollie_description, "r100")
        self.mollie("reverse", chargeback=chargeback["id"])
        self.pay("10.00", "r3")
        settlement = self._settled()
        line = self.lines(settlement, "chargeback_reversal")
        self.assertEqual(line.amount, 100.0)
        self.assertEqual(line.mollie_payment_id, payment["id"])
        self.assertBooksEqualMollie()

    def test_reserve_correction_and_compensation(self):
        reserve = self.env["account.account"].create(
            {"name": "Reserve at Mollie", "code": "198765", "account_type": "asset_current"}
        )
        self.account.reserve_account_id = reserve
        self.pay("100.00")
        self.mollie("move", type="rolling-reserve-hold", amount="-10.00")
        self.mollie("move", type="balance-correction", amount="-1.23")
        self.mollie("move", type="invoice-compensation", amount="0.73")
        self.mollie("move", type="never-heard-of", amount="2.00")
        settlement = self._settled()
        kinds = {line.mollie_kind: line for line in settlement.line_ids}
        self.assertEqual(kinds["reserve"].amount, -10.0)
        self.assertEqual(kinds["reserve"]._seek_for_lines()[2].account_id, reserve)
        self.assertEqual(kinds["compensation"].amount, 0.73)
        self.assertTrue(kinds["compensation"].is_reconciled)
        self.assertEqual(kinds["correction"].amount, -1.23)
        self.assertEqual(kinds["other"].amount, 2.0)
        self.assertFalse(kinds["other"].is_reconciled)
        self.assertIn("2.00", self.issues(settlement, "mollie_unknown").message)
        self.assertBooksEqualMollie()

    def test_locked_period_is_respected(self):
        self.pay("100.00")
        today = self.env["account.move"]._fields["date"].today()
        self.env.company.fiscalyear_lock_date = today
        settlement = self._settled()
        self.assertEqual(
            set(settlement.line_ids.mapped("date")),
            {self.env["account.move"]._fields["date"].add(today, days=1)},
        )
        self.assertBooksEqualMollie()

    def test_payout_added_late_keeps_statements_in_line(self):
        self.pay("100.00")
        first = self._settled("pending")
        self.pay("50.00", "r2")
        second = self._settled("pending")
        self.assertEqual(second.statement_start, first.amount)
        self.mollie("advance", settlement=first.mollie_id, status="paidout")
        self.sync()
        self.assertEqual(second.statement_start, 0.0)
        self.assertBooksEqualMollie()

    def test_entry_by_hand_is_noticed(self):
        self.pay("100.00")
        self._settled()
        self.env["account.bank.statement.line"].create(
            {"journal_id": self.journal.id, "amount": 1.0, "payment_ref": "by hand"}
        )
        self.balance._check()
        self.assertFalse(self.balance.is_proven)
        self.assertIn("1.00", self.issues(self.balance, "mollie_balance").message)

    def test_faults_on_the_way_change_nothing_in_the_end(self):
        for number in range(6):
            self.pay(f"{number + 1}0.00", f"r{number}")
        raw = self.settle()
        for kind in ("429", "500", "broken_json"):
            self.control(
                "POST",
                "faults",
                {"platform": "mollie", "kind": kind, "rate": 0.3, "seed": 1, "times": 4},
            )
        self.sync()
        self.assertEqual(self.settlement(raw).state, "booked")
        self.assertEqual(len(self.lines(self.settlement(raw), "payment")), 6)
        self.assertBooksEqualMollie()
