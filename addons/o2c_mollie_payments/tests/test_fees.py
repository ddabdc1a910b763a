from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import MollieCase


class FeeCase(MollieCase):
    """With an expense account, a purchase tax and a reverse charge at hand."""

    def setUp(self):
        super().setUp()
        self.expense = self.env["account.account"].search(
            [("account_type", "=", "expense"), ("company_ids", "in", self.env.company.ids)],
            limit=1,
        )
        self.tax = (
            self.env["account.tax"]
            .search(
                [
                    ("type_tax_use", "=", "purchase"),
                    ("amount", "=", 21),
                    ("price_include_override", "!=", "tax_included"),
                    ("company_id", "=", self.env.company.id),
                ]
            )
            .filtered(
                lambda tax: (
                    sum(
                        tax.invoice_repartition_line_ids.filtered(
                            lambda part: part.repartition_type == "tax"
                        ).mapped("factor")
                    )
                    == 1
                )
            )[:1]
        )
        self.reverse = (
            self.env["account.tax"]
            .search([("type_tax_use", "=", "purchase"), ("company_id", "=", self.env.company.id)])
            .filtered(
                lambda tax: (
                    tax.amount
                    and not sum(
                        tax.invoice_repartition_line_ids.filtered(
                            lambda part: part.repartition_type == "tax"
                        ).mapped("factor")
                    )
                )
            )[:1]
        )

    def _settled(self):
        raw = self.settle()
        self.sync()
        settlement = self.settlement(raw)
        self.assertEqual(settlement.state, "booked", settlement.note)
        self.assertBooksEqualMollie()
        return settlement


@tagged("post_install", "-at_install")
class TestFees(FeeCase):
    def test_expense_and_vat_to_the_cent(self):
        self.account.write(
            {
                "fee_mode": "expense",
                "fee_account_id": self.expense.id,
                "fee_tax_id": self.tax.id,
            }
        )
        for number in range(3):
            self.pay("19.99", f"r{number}", "creditcard")
        settlement = self._settled()
        fee = self.lines(settlement, "fee")
        entry = fee.move_id.line_ids
        vat = entry.filtered("tax_repartition_line_id")
        base = entry.filtered("tax_ids")
        # 3 x (0.25 + 1.8 % of 19.99) = 1.8294; 21 % of it 0.3841
        self.assertEqual(vat.balance, 0.38)
        self.assertEqual(fee.amount, -2.21)
        self.assertEqual(base.balance, 1.83)
        self.assertEqual(base.account_id, self.expense)
        self.assertEqual(vat.tax_line_id, self.tax)
        parts = self.tax.invoice_repartition_line_ids
        tax_part = parts.filtered(lambda part: part.repartition_type == "tax")
        self.assertEqual(base.tax_tag_ids, (parts - tax_part).tag_ids)
        self.assertEqual(vat.tax_tag_ids, tax_part.tag_ids)
        self.assertTrue(vat.tax_tag_ids)
        self.assertTrue(fee.is_reconciled)
        rounding = self.lines(settlement, "rounding")
        self.assertEqual(rounding._seek_for_lines()[2].account_id, self.expense)

    def test_reverse_charge(self):
        self.mollie("options", country="BE")
        self.account.write(
            {
                "fee_mode": "expense",
                "fee_account_id": self.expense.id,
                "fee_tax_id": self.reverse.id,
            }
        )
        self.pay("19.99")
        settlement = self._settled()
        entry = self.lines(settlement, "fee").move_id.line_ids
        self.assertEqual(entry.filtered("tax_ids").balance, 0.32)
        taxes = entry.filtered("tax_repartition_line_id")
        self.assertEqual(len(taxes), 2)
        self.assertAlmostEqual(sum(taxes.mapped("balance")), 0.0)

    def test_payable_mode_puts_the_whole_fee_on_mollie(self):
        self.pay("19.99")
        settlement = self._settled()
        lines = self.lines(settlement, "fee") + self.lines(settlement, "rounding")
        payable = lines.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "liability_payable"
        )
        # 0.32 + 21 % = 0.3872, of which 0.39 is withheld
        self.assertAlmostEqual(sum(payable.mapped("balance")), 0.39)
        self.assertEqual(payable.partner_id, self.account.partner_id)
        self.assertFalse(any(payable.mapped("reconciled")))

    def test_fees_in_one_sum(self):
        self.mollie("options", fees="prepayment")
        for number in range(3):
            self.pay("19.99", f"r{number}", "creditcard")
        self.mollie("move", type="balance-correction", amount="-1.00")
        settlement = self._settled()
        fees = self.lines(settlement, "fee") + self.lines(settlement, "rounding")
        # 1.8294 + 21 % = 2.2135, of which 2.22 is taken at once
        self.assertAlmostEqual(sum(fees.mapped("amount")), -2.22)
        self.assertEqual(self.balance.journal_balance, 0.0)

    def test_fee_of_each_payment(self):
        self.account.fee_detail = "transaction"
        paid = [self.pay("100.00", "r1"), self.pay("200.00", "r2", "creditcard")]
        self.mollie("available")
        back = self.mollie("refund", payment=paid[0]["id"], amount="20.00")
        settlement = self._settled()
        fees = {line.mollie_id: line for line in self.lines(settlement, "fee")}
        self.assertEqual(set(fees), {paid[0]["id"], paid[1]["id"], back["id"]})
        # 0.32 + 21 % = 0.3872; 0.25 + 3.60 + 21 % = 4.6585; each is rounded up
        self.assertEqual((fees[paid[0]["id"]].amount, fees[paid[1]["id"]].amount), (-0.39, -4.66))
        self.assertEqual(fees[paid[1]["id"]].mollie_description, "r2")
        self.assertFalse(self.lines(settlement, "rounding"))
        counterpart = fees[paid[0]["id"]]._seek_for_lines()[2]
        self.assertEqual(counterpart.account_id.account_type, "liability_payable")
        settlement.booked_content = False
        lines = settlement.line_ids
        settlement._import()
        self.assertEqual(settlement.line_ids, lines)

    def test_fee_of_each_payment_beside_a_payout_that_came_back(self):
        self.account.fee_detail = "transaction"
        self.pay("250.00", "r1")
        first = self.settle("paidout")
        self.mollie("fail", settlement=first["id"])
        self.pay("27.64", "r2", "bancontact")
        second = self.settle("pending")
        self.pay("65.72", "r3", "creditcard")
        third = self._settled()
        self.assertEqual(self.settlement(second).proof_carried, self.settlement(first).amount)
        self.assertEqual(len(self.lines(third, "fee")), 1)
        self.assertBooksEqualMollie()

    def test_vat_of_a_single_fee_is_never_guessed(self):
        with self.assertRaises(ValidationError):
            self.account.write(
                {"fee_mode": "expense", "fee_account_id": self.expense.id, "fee_detail": "transaction"}
            )

    def test_fee_rate_by_method(self):
        self.pay("100.00")
        self.pay("200.00", "r2", "creditcard")
        self._settled()
        rows = {
            row.method: row
            for row in self.env["o2c.mollie.fee.report"].search([("journal_id", "=", self.journal.id)])
        }
        # 0.32 + 21 % on 100.00; 0.25 + 1.8 % of 200.00, + 21 %
        self.assertAlmostEqual(rows["ideal"].rate, 0.39, places=2)
        self.assertAlmostEqual(rows["creditcard"].fees, 4.66, places=2)
        self.assertEqual(rows["creditcard"].gross, 200.0)
        self.assertEqual(rows["ideal"].count, 1)
