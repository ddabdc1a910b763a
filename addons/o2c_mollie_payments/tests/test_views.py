from pathlib import Path

from odoo.tests import Form, new_test_user, tagged

from .common import MollieCase


@tagged("post_install", "-at_install")
class TestViews(MollieCase):
    """What an accountant and an administrator open works for them."""

    def setUp(self):
        super().setUp()
        self.pay("100.00")
        raw = self.settle()
        self.sync()
        self.settled = self.settlement(raw)
        self.accountant = new_test_user(
            self.env,
            "mollie_accountant",
            "o2c_base.group_accountant,account.group_account_invoice",
        )

    def test_accountant_reads_the_proof(self):
        form = Form(self.settled.with_user(self.accountant))
        self.assertEqual(form.proof_total, form.amount)
        self.assertEqual(form.statement_difference, 0.0)
        self.assertEqual(form.balance_difference, 0.0)

    def test_accountant_follows_the_lines(self):
        settlement = self.settled.with_user(self.accountant)
        action = settlement.action_open_lines()
        lines = self.env[action["res_model"]].with_user(self.accountant).search(action["domain"])
        self.assertEqual(lines, self.settled.line_ids)
        for line in lines:
            Form(line, view="o2c_mollie_payments.account_bank_statement_line_view_form")
        statement = settlement.action_open_statement()
        self.assertEqual(statement["res_id"], self.settled.statement_id.id)

    def test_every_action_opens_for_the_accountant(self):
        for name in (
            "o2c_mollie_settlement_action",
            "account_bank_statement_line_action",
            "o2c_mollie_refund_action",
            "o2c_mollie_fee_report_action",
            "o2c_mollie_month_report_action",
            "o2c_mollie_account_action",
        ):
            action = self.env.ref(f"o2c_mollie_payments.{name}")
            model = self.env[action.res_model].with_user(self.accountant)
            views = [(False, mode) for mode in action.view_mode.split(",")]
            self.assertTrue(model.get_views([*views, (False, "search")]))
            model.search([], limit=5).read()

    def test_account_form(self):
        with Form(self.account) as form:
            form.fee_mode = "payable"
            form.start_date = "2026-01-01"
        self.assertEqual(self.account.start_date.year, 2026)

    def test_accountant_can_start_reading(self):
        self.pay("50.00", "r2")
        raw = self.settle()
        self.account.with_user(self.accountant).action_sync_settlements()
        self.run_jobs()
        self.assertEqual(self.settlement(raw).state, "booked")

    def test_accountant_can_read_one_again(self):
        self.settled.with_user(self.accountant).action_import()
        self.assertEqual(self.settled.state, "booked")

    def test_neutralized_database_has_no_keys(self):
        self.account.webhook_secret = "secret"
        self.env.flush_all()
        script = Path(__file__).parents[1] / "data" / "neutralize.sql"
        self.env.cr.execute(script.read_text())
        self.env.invalidate_all()
        self.assertFalse(self.account.sudo().access_token)
        self.assertFalse(self.account.sudo().webhook_secret)
        self.assertFalse(self.account.sudo().webhook_token)
        self.assertEqual(self.account.state, "draft")
