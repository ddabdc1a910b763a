from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .test_payments import PaymentCase


@tagged("post_install", "-at_install")
class TestRefund(PaymentCase):
    """A credit note of an invoice paid through Mollie is given back, once."""

    def setUp(self):
        super().setUp()
        self.paid = self.pay("100.00", "r-shop-1")
        self._settled()
        self.credit_note = self.invoice._reverse_moves([{}])
        self.credit_note.invoice_line_ids.price_unit = 30.0
        self.credit_note.action_post()

    def _refunds_at_mollie(self):
        return [
            request
            for request in self.control("GET", "requests")["requests"]
            if request["method"] == "POST" and request["path"].endswith("/refunds")
        ]

    def _refund(self):
        return self.env["o2c.mollie.refund"].search([("move_id", "=", self.credit_note.id)])

    def test_credit_note_is_given_back_and_found_in_the_next_settlement(self):
        self.credit_note.action_mollie_refund()
        self.assertFalse(self._refunds_at_mollie())
        self.run_jobs()
        refund = self._refund()
        self.assertEqual(refund.state, "sent")
        self.assertEqual(len(self._refunds_at_mollie()), 1)
        self.assertEqual(self.credit_note.amount_residual, 0.0)
        self.assertEqual(refund.refund_payment_id.o2c_parent_reference, "r-shop-1")
        self.pay("500.00", "r2")
        settlement = self._settled()
        line = self.lines(settlement, "refund")
        self.assertEqual(line.mollie_id, refund.mollie_id)
        self.assertEqual(line.amount, -30.0)

    def test_lost_answer_does_not_give_back_twice(self):
        self.control(
            "POST",
            "faults",
            {
                "platform": "mollie",
                "kind": "timeout_after",
                "rate": 1.0,
                "seed": 1,
                "times": 1,
                "match": "refunds",
            },
        )
        self.credit_note.action_mollie_refund()
        self.run_jobs()
        self.run_jobs()
        self.assertEqual(self._refund().state, "sent")
        listed = self.account._client()._pages(f"payments/{self.paid['id']}/refunds", "refunds")
        self.assertEqual(len(list(listed)), 1)

    def test_crash_after_sending_finds_its_own_trace(self):
        self.credit_note.action_mollie_refund()
        refund = self._refund()
        client = self.account._client()
        made = client.create_refund(
            self.paid["id"], value="30.00", currency="EUR", description="x", key=refund.key
        )
        self.assertEqual(client.find_refund(self.paid["id"], refund.key), made)
        with self.assertRaises(UserError):
            refund.action_cancel()
        self.run_jobs()
        self.assertEqual(refund.mollie_id, made)

    def test_started_once(self):
        self.credit_note.action_mollie_refund()
        with self.assertRaises(UserError):
            self.credit_note.action_mollie_refund()

    def test_refused_refund_becomes_an_issue_and_can_be_cancelled(self):
        self.mollie("refund", payment=self.paid["id"], amount="90.00")
        self.credit_note.action_mollie_refund()
        self.run_jobs()
        refund = self._refund()
        self.assertEqual(refund.state, "new")
        self.assertIn("refused", self.issues(refund, "refund").message)
        self.assertEqual(self.credit_note.amount_residual, 30.0)
        refund.action_cancel()
        self.assertFalse(self.issues(refund))
        self.assertEqual(refund.state, "cancelled")

    def test_copied_database_sends_nothing(self):
        self.env["ir.config_parameter"].set_param("database.uuid", "another")
        self.credit_note.action_mollie_refund()
        self.run_jobs()
        self.assertFalse(self._refunds_at_mollie())
        self.assertTrue(self.issues(self._refund(), "refund"))

    def test_neutralized_database_does_not_give_back_what_the_original_will(self):
        self.credit_note.action_mollie_refund()
        self.env.flush_all()
        script = Path(__file__).parents[1] / "data" / "neutralize.sql"
        self.env.cr.execute(script.read_text())
        self.env.invalidate_all()
        self.assertEqual(self._refund().state, "cancelled")

    def test_only_accountants(self):
        user = new_test_user(self.env, "mollie_billing", "account.group_account_invoice,o2c_base.group_user")
        with self.assertRaises(AccessError):
            self.credit_note.with_user(user).action_mollie_refund()

    def test_not_more_than_was_paid(self):
        self.credit_note.button_draft()
        self.credit_note.invoice_line_ids.price_unit = 130.0
        self.credit_note.action_post()
        with self.assertRaises(UserError):
            self.credit_note.action_mollie_refund()
