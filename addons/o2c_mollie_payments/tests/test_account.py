from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import MollieCase


@tagged("post_install", "-at_install")
class TestAccount(MollieCase):
    def test_connection_tells_organisation_and_balances(self):
        answer = self.account.action_test_connection()
        self.assertEqual(answer["params"]["type"], "success")
        self.assertIn("Garden Lane B.V.", answer["params"]["message"])
        self.assertIn("EUR", answer["params"]["message"])
        self.assertEqual(self.account.state, "connected")

    def test_api_key_is_refused_with_the_reason(self):
        for key in ("live_sandbox_garden", "test_sandbox_garden"):
            with self.assertRaises(ValidationError) as caught:
                self.account.access_token = key
            self.assertIn("does not show settlements", str(caught.exception))

    def test_wrong_token_is_said_in_words(self):
        self.account.access_token = "access_wrong"
        answer = self.account.action_test_connection()
        self.assertEqual(answer["params"]["type"], "danger")
        self.assertEqual(self.account.state, "error")
        self.assertNotIn("access_wrong", self.account.last_error)

    def test_a_refusal_is_said_in_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        account = self.account.with_context(lang="fr_FR")
        with self.assertRaisesRegex(ValidationError, "ne montre pas les règlements"):
            account.access_token = "live_sandbox_garden"
        account.access_token = "access_wrong"
        answer = account.action_test_connection()
        self.assertIn("Mollie a refusé le jeton d'accès", answer["params"]["message"])
        self.assertEqual(answer["params"]["message"], account.last_error)

    def test_missing_scopes_are_named(self):
        self.mollie("options", missing_scopes=["refunds.read", "balances.read"])
        answer = self.account.action_test_connection()
        self.assertEqual(answer["params"]["type"], "danger")
        self.assertIn("balances.read, refunds.read", answer["params"]["message"])

    def test_wrong_token_while_reading_becomes_an_issue(self):
        self.account.access_token = "access_wrong"
        self.sync()
        issue = self.issues(self.account, "connection")
        self.assertEqual(len(issue), 1)
        self.account.access_token = "access_sandbox_garden"
        issue.action_retry()
        self.run_jobs()
        self.assertFalse(self.issues(self.account))

    def test_token_is_for_system_administrators_only(self):
        manager = new_test_user(self.env, "mollie_manager", "o2c_base.group_manager")
        with self.assertRaises(AccessError):
            self.account.with_user(manager).read(["access_token"])
        self.assertNotIn("access_sandbox", str(self.account.read(["access_token"])))
        self.assertFalse(self.account.copy().access_token)

    def test_manager_tests_the_connection_without_seeing_the_token(self):
        manager = new_test_user(self.env, "mollie_manager", "o2c_base.group_manager")
        answer = self.account.with_user(manager).action_test_connection()
        self.assertEqual(answer["params"]["type"], "success")

    def test_journal_has_accounts_of_its_own(self):
        company = self.env.company
        self.assertEqual(self.journal.type, "bank")
        self.assertEqual(self.journal.default_account_id.account_type, "asset_cash")
        others = self.env["account.journal"].search(
            [("default_account_id", "=", self.journal.default_account_id.id)]
        )
        self.assertEqual(others, self.journal)
        self.assertEqual(self.journal.suspense_account_id, company.account_journal_suspense_account_id)
        for lines in (
            self.journal.inbound_payment_method_line_ids,
            self.journal.outbound_payment_method_line_ids,
        ):
            manual = lines.filtered(lambda line: line.code == "manual")
            self.assertTrue(manual.payment_account_id.reconcile)
            self.assertNotEqual(manual.payment_account_id, self.journal.default_account_id)

    def test_journals_are_made_once_and_per_currency(self):
        self.account.action_create_journals()
        self.assertEqual(self.account.balance_ids.journal_id, self.journal)
        self.control("POST", "mollie/balances", {"currency": "USD"})
        self.account.action_create_journals()
        self.assertEqual(len(self.account.balance_ids.journal_id), 2)
        dollars = self.account.balance_ids.journal_id - self.journal
        self.assertEqual(dollars.currency_id.name, "USD")
        self.assertNotEqual(dollars.code, self.journal.code)

    def test_settings_page(self):
        self.account.active = False
        settings = Form(self.env["res.config.settings"])
        settings.o2c_mollie_access_token = "access_sandbox_garden"
        settings.o2c_mollie_start_date = "2026-01-01"
        answer = settings.save().action_o2c_mollie_test_connection()
        self.assertEqual(answer["params"]["type"], "success")
        account = self.env["res.config.settings"]._o2c_mollie_account()
        self.assertNotEqual(account, self.account)
        self.assertEqual(account.sudo().access_token, "access_sandbox_garden")
        again = Form(self.env["res.config.settings"])
        self.assertNotIn("sandbox", again.o2c_mollie_access_token)
        self.assertEqual(again.o2c_mollie_state, "connected")
        again.save().execute()
        self.assertEqual(account.sudo().access_token, "access_sandbox_garden")

    def test_other_companies_see_nothing(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        user = new_test_user(
            self.env,
            "mollie_elsewhere",
            "o2c_base.group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        for model in ("account", "balance", "settlement"):
            self.assertFalse(self.env[f"o2c.mollie.{model}"].with_user(user).search([]))
        with self.assertRaises(AccessError):
            self.account.with_user(user).read(["name"])
