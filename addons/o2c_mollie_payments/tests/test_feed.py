from odoo.tests import tagged

from .common import MollieCase


@tagged("post_install", "-at_install")
class TestFeed(MollieCase):
    """Movements that come into the journal before their settlement, and are never there twice."""

    def setUp(self):
        super().setUp()
        self.account.daily_feed = True

    def _lines(self):
        return self.env["account.bank.statement.line"].search([("journal_id", "=", self.journal.id)])

    def test_off_unless_wanted(self):
        self.account.daily_feed = False
        self.pay("100.00")
        self.mollie("available")
        self.sync()
        self.assertFalse(self._lines())

    def test_booked_before_the_settlement_and_taken_over_by_it(self):
        paid = [self.pay("100.00", "r1"), self.pay("49.95", "r2", "creditcard")]
        self.mollie("available")
        refund = self.mollie("refund", payment=paid[0]["id"], amount="20.00")
        self.sync()
        fed = self._lines()
        self.assertEqual(
            sorted((line.mollie_kind, line.mollie_id, line.amount) for line in fed),
            sorted(
                [
                    ("payment", paid[0]["id"], 100.0),
                    ("payment", paid[1]["id"], 49.95),
                    ("refund", refund["id"], -20.0),
                ]
            ),
        )
        self.assertFalse(fed.mollie_settlement_id)
        back = fed.filtered(lambda line: line.mollie_kind == "refund")
        self.assertEqual(back.mollie_description, "r1")
        self.assertBooksEqualMollie()
        self.assertEqual(self.balance.journal_balance, 129.95)
        self.sync()
        self.assertEqual(self._lines(), fed)
        raw = self.settle()
        self.sync()
        settlement = self.settlement(raw)
        self.assertEqual(settlement.state, "booked", settlement.note)
        self.assertLessEqual(fed, settlement.statement_id.line_ids)
        self.assertLessEqual(
            set((settlement.line_ids - fed).mapped("mollie_kind")), {"fee", "rounding", "payout"}
        )
        self.assertEqual(len(settlement.line_ids), len(settlement.statement_id.line_ids))
        self.assertBooksEqualMollie()
        self.assertEqual(self.balance.journal_balance, 0.0)

    def test_what_comes_after_the_settlement_waits_for_the_next(self):
        self.pay("100.00", "r1")
        self.mollie("available")
        self.sync()
        raw = self.settle("pending")
        self.pay("30.00", "r2")
        self.mollie("available")
        self.sync()
        self.assertEqual(self.lines(self.settlement(raw), "payment").mollie_description, "r1")
        later = self._lines().filtered(lambda line: not line.mollie_settlement_id)
        self.assertEqual(later.mapped("amount"), [30.0])
        self.assertBooksEqualMollie()

    def test_what_only_a_settlement_can_tell_is_left_to_it(self):
        self.env.ref("base.USD").active = True
        self.pay("80.00", "r-klarna", "klarna")
        self.pay("100.00", "r-usd", "creditcard", currency="USD")
        self.mollie("move", type="rolling-reserve-hold", amount="-10.00")
        self.mollie("available")
        self.sync()
        fed = self._lines()
        self.assertLessEqual(set(fed.mapped("mollie_kind")), {"capture"})
        self.assertBooksEqualMollie()
        raw = self.settle()
        self.sync()
        self.assertEqual(self.settlement(raw).state, "booked")
        self.assertEqual(sum(self.lines(self.settlement(raw), "capture").mapped("amount")), 80.0)
        self.assertBooksEqualMollie()

    def test_a_chargeback_is_told_once(self):
        payment = self.pay("100.00", "r1")
        self.pay("500.00", "r2")
        self.settle()
        self.sync()
        self.mollie("chargeback", payment=payment["id"], reason="MD06")
        self.pay("500.00", "r3")
        self.mollie("available")
        self.sync()
        told = self.env["o2c.issue"].search([("kind", "=", "chargeback")])
        self.assertEqual((len(told), told.count), (1, 1))
        raw = self.settle()
        self.sync()
        self.assertEqual(self.lines(self.settlement(raw), "chargeback").amount, -100.0)
        self.assertEqual(told.count, 1)
        self.assertBooksEqualMollie()

    def test_a_failed_answer_books_nothing_twice(self):
        for number in range(4):
            self.pay("10.00", f"r{number}")
        self.mollie("available")
        self.control(
            "POST",
            "faults",
            {"platform": "mollie", "kind": "500", "rate": 0.5, "seed": 3, "times": 6, "match": "payment"},
        )
        self.sync()
        self.sync()
        self.assertEqual(len(self._lines()), 4)
        self.assertBooksEqualMollie()


@tagged("post_install", "-at_install")
class TestByMonth(MollieCase):
    def test_what_a_month_brought(self):
        paid = self.pay("100.00", "r1")
        self.mollie("available")
        self.mollie("refund", payment=paid["id"], amount="20.00")
        self.mollie("move", type="balance-correction", amount="-1.00")
        raw = self.settle()
        self.sync()
        settlement = self.settlement(raw)
        rows = {row.part: row.amount for row in self.env["o2c.mollie.month.report"].search([])}
        self.assertEqual(rows["received"], 100.0)
        self.assertEqual(rows["returned"], 20.0)
        self.assertEqual(rows["other"], -1.0)
        self.assertEqual(rows["payout"], settlement.amount)
        self.assertAlmostEqual(
            rows["received"] - rows["returned"] - rows["fees"] + rows["other"] - rows["payout"], 0.0
        )
