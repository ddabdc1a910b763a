from odoo.tests import tagged

from .test_fees import FeeCase


@tagged("post_install", "-at_install")
class TestBill(FeeCase):
    """Mollie's monthly bill clears the fees that were withheld."""

    def setUp(self):
        super().setUp()
        self.account.write({"fee_account_id": self.expense.id, "fee_tax_id": self.tax.id})
        for number in range(5):
            self.pay("19.99", f"r{number}", "creditcard")
        self.pay("50.00", "r-ideal")
        self.settlement_booked = self._settled()
        self.mollie("invoice")

    def _bill(self):
        self.account.action_fetch_bills()
        self.run_jobs()
        return self.env["account.move"].search([("mollie_invoice_id", "!=", False)])

    def _open_payable(self):
        lines = self.env["account.move.line"].search(
            [
                ("account_id.account_type", "=", "liability_payable"),
                ("partner_id", "=", self.account.partner_id.id),
                ("parent_state", "=", "posted"),
            ]
        )
        return sum(lines.mapped("amount_residual"))

    def test_draft_with_pdf_and_total_of_mollie(self):
        bill = self._bill()
        self.assertEqual(bill.state, "draft")
        self.assertEqual(bill.partner_id, self.account.partner_id)
        remote = next(self.account._client().invoices())
        self.assertAlmostEqual(bill.amount_total, float(remote.gross.value))
        self.assertAlmostEqual(bill.amount_untaxed, float(remote.net.value))
        self.assertEqual(bill.ref, remote.reference)
        self.assertEqual(bill.message_main_attachment_id.mimetype, "application/pdf")
        self.assertFalse(self.issues(bill))
        self.assertEqual(self._bill(), bill)

    def test_posted_bill_is_matched_with_what_was_withheld(self):
        withheld = self._open_payable()
        self.assertGreater(withheld, 0.0)
        bill = self._bill()
        bill.action_post()
        rest = withheld - bill.amount_total
        self.assertAlmostEqual(self._open_payable(), rest)
        self.assertGreater(rest, 0.0)
        self.assertEqual(bill.payment_state, "paid")
        # The surplus of rounding comes back, and then nothing is left.
        self.mollie("move", type="balance-topup", amount="10.00")
        second = self._settled()
        compensation = self.lines(second, "compensation")
        self.assertAlmostEqual(compensation.amount, rest)
        payable = (self.settlement_booked.line_ids + compensation).move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "liability_payable"
        )
        self.assertTrue(all(payable.mapped("reconciled")))

    def test_bill_with_another_total_says_so(self):
        self.account.fee_tax_id = False
        bill = self._bill()
        issue = self.issues(bill, "amount")
        self.assertIn(f"{bill.amount_total:.2f} EUR", issue.message)

    def test_no_bill_where_fees_are_expensed_at_once(self):
        self.account.fee_mode = "expense"
        self.env["o2c.mollie.account"]._cron_fetch_bills()
        self.run_jobs()
        self.assertFalse(self.env["account.move"].search([("mollie_invoice_id", "!=", False)]))
