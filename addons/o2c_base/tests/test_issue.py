from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import TransactionCase, new_test_user
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError

from ..lib.errors import AuthenticationError, RateLimited, RefusedError, Unavailable
from .common import JobsMixin
from .fake_connection import FakeConnection, register_fake_connection


def guarded(error):
    """A ``_process_inbox`` that meets ``error``."""

    def _process_inbox(connection):
        with connection.env["o2c.issue"]._guard(connection, "connection"):
            raise error

    return _process_inbox


@tagged("post_install", "-at_install")
class TestIssue(JobsMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        register_fake_connection(cls)
        cls.partner = cls.env["res.partner"].create({"name": "Anna Bakker"})
        cls.order = cls.env["sale.order"].create({"partner_id": cls.partner.id})
        cls.connection = cls.env["o2c.fake.connection"].create({"name": "Garden"})
        cls.issues = cls.env["o2c.issue"]
        cls.user = new_test_user(
            cls.env, "o2c_user", groups="o2c_base.group_user,sales_team.group_sale_salesman_all_leads"
        )

    def make_older(self, job, age):
        """As if ``job`` had been enqueued that long ago."""
        writable = job.with_context(_job_edit_sentinel=job.EDIT_SENTINEL)
        writable.date_created = fields.Datetime.now() - age
        self.env.flush_all()

    # === Reporting === #

    def test_report_lands_on_the_document(self):
        issue = self.issues._report(self.order, "tax", "No tax of 21 % exists. Create it.")
        self.assertEqual(issue.state, "open")
        self.assertEqual(issue.sale_order_id, self.order)
        self.assertEqual(issue.company_id, self.order.company_id)
        self.assertEqual(issue.res_name, self.order.display_name)
        self.assertEqual(self.order.o2c_issue_count, 1)
        self.assertIn("Create it", self.order.message_ids[0].body)

    def test_same_report_again_counts(self):
        first = self.issues._report(self.order, "tax", "Once.")
        messages = len(self.order.message_ids)
        second = self.issues._report(self.order, "tax", "Twice.")
        self.assertEqual(first, second)
        self.assertEqual((second.count, second.message), (2, "Twice."))
        self.assertEqual(len(self.order.message_ids), messages)

    def test_kind_and_key_tell_issues_apart(self):
        self.issues._report(self.order, "product", "Unknown SKU A.", key="A")
        self.issues._report(self.order, "product", "Unknown SKU B.", key="B")
        self.issues._report(self.order, "tax", "No tax.")
        self.assertEqual(self.order.o2c_issue_count, 3)
        self.issues._clear(self.order, kind="product", key="A")
        self.assertEqual(self.order.o2c_issue_count, 2)
        self.issues._clear(self.order, kind="product")
        self.assertEqual(self.order.o2c_issue_count, 1)
        self.issues._clear(self.order)
        self.assertEqual(self.order.o2c_issue_count, 0)

    def test_clear_with_empty_key_leaves_the_keyed_ones(self):
        keyed = self.issues._report(self.order, "product", "Unknown SKU A.", key="A")
        plain = self.issues._report(self.order, "product", "Unknown product.")
        self.issues._clear(self.order, "product", "")
        self.assertEqual((keyed.state, plain.state), ("open", "resolved"))

    def test_report_after_it_was_resolved_opens_a_new_one(self):
        first = self.issues._report(self.order, "tax", "Once.")
        self.issues._clear(self.order)
        second = self.issues._report(self.order, "tax", "Again.")
        self.assertNotEqual(first, second)

    def test_the_database_refuses_a_second_open_one(self):
        self.issues._report(self.order, "tax", "Once.")
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.issues.create(
                {
                    "res_model": "sale.order",
                    "res_id": self.order.id,
                    "kind": "tax",
                    "message": "Twice.",
                    "company_id": self.order.company_id.id,
                }
            )

    def test_document_without_chatter(self):
        rate = self.env["res.currency.rate"].create(
            {"name": "2020-01-01", "rate": 2.0, "currency_id": self.env.ref("base.SEK").id}
        )
        issue = self.issues._report(rate, "data", "Odd rate. Correct it.")
        self.assertEqual(issue.company_id, rate.company_id)
        self.assertFalse(issue.sale_order_id)

    def test_order_is_found_from_the_document(self):
        line = self.env["sale.order.line"].create(
            {"order_id": self.order.id, "name": "note", "display_type": "line_note"}
        )
        self.assertEqual(self.issues._report(line, "data", "Odd.").sale_order_id, self.order)

    def test_connection_is_remembered(self):
        issue = self.issues._report(self.connection, "connection", "No answer.")
        self.assertEqual(issue.connection_model, "o2c.fake.connection")
        self.assertEqual(issue.connection_id, self.connection.id)

    def test_deleted_document(self):
        partner = self.env["res.partner"].create({"name": "Gone"})
        issue = self.issues._report(partner, "data", "Odd.", retry="action_archive")
        partner.unlink()
        self.assertFalse(issue.res_name)
        with self.assertRaisesRegex(UserError, "deleted"):
            issue.action_open_document()
        with self.assertRaisesRegex(UserError, "deleted"):
            issue.action_retry()

    def test_retry_of_any_method_is_not_possible(self):
        with self.assertRaises(ValueError):
            self.issues._report(self.order, "tax", "Odd.", retry="unlink")

    # === Guarding === #

    def test_success_resolves(self):
        issue = self.issues._report(self.order, "tax", "No tax.")
        other = self.issues._report(self.order, "product", "No product.")
        with self.issues._guard(self.order, "tax") as outcome:
            pass
        self.assertTrue(outcome.ok)
        self.assertEqual((issue.state, other.state), ("resolved", "open"))

    def test_refusal_is_undone_and_reported(self):
        error = RefusedError("The shop says no. Ask it.", detail="HTTP 422")
        with self.issues._guard(self.order, "order", retry="action_confirm") as outcome:
            self.order.client_order_ref = "half"
            raise error
        self.assertFalse(outcome.ok)
        self.assertFalse(self.order.client_order_ref)
        self.assertEqual(outcome.issue.message, "The shop says no. Ask it.")
        self.assertEqual(outcome.issue.detail, "HTTP 422")
        self.assertEqual(outcome.issue.retry_method, "action_confirm")

    def test_user_error_is_reported(self):
        words = "The period is closed. Open it."
        with self.issues._guard(self.order, "order") as outcome:
            raise UserError(words)
        self.assertIn(words, outcome.issue.message)

    def test_bug_is_not_swallowed(self):
        with self.assertRaises(ZeroDivisionError), self.issues._guard(self.order, "order"):
            raise ZeroDivisionError
        self.assertEqual(self.order.o2c_issue_count, 0)

    def test_temporary_error_retries_the_job(self):
        with self.assertRaises(RetryableJobError) as caught:
            with self.issues._guard(self.order, "order"):
                raise Unavailable("The shop is down.")
        self.assertGreaterEqual(caught.exception.seconds, 10)
        self.assertLessEqual(caught.exception.seconds, 12)
        self.assertTrue(caught.exception.ignore_retry)
        self.assertEqual(self.order.o2c_issue_count, 0)

    def test_pauses_grow_with_the_outage(self):
        job = self.connection.with_delay(channel="root.o2c")._process_inbox().db_record()
        issues = self.issues.with_context(job_uuid=job.uuid)
        for age, shortest, longest, patient in (
            (timedelta(seconds=5), 10, 12, True),
            (timedelta(minutes=10), 200, 245, True),
            (timedelta(hours=3), 1800, 2161, True),
            (timedelta(hours=25), 1800, 2161, False),
        ):
            self.make_older(job, age)
            error = issues._try_later(Unavailable("down"))
            with self.subTest(age):
                self.assertGreaterEqual(error.seconds, shortest)
                self.assertLessEqual(error.seconds, longest)
                self.assertEqual(error.ignore_retry, patient)

    def test_platform_says_how_long_to_wait(self):
        for error in (
            RateLimited("Slow down.", retry_after=42.2),
            Unavailable("Maintenance.", retry_after=42.2),
        ):
            self.assertEqual(self.issues._try_later(error).seconds, 43)

    def test_wrong_keys_mark_the_connection(self):
        with self.issues._guard(self.connection, "connection") as outcome:
            raise AuthenticationError("Enter the key again.", detail="HTTP 401")
        self.assertIsInstance(outcome.error, AuthenticationError)
        self.assertEqual(self.connection.state, "error")
        self.assertEqual(self.connection.last_error, "Enter the key again.")

    # === What users do === #

    def test_user_retries_what_only_the_program_may_do(self):
        issue = self.issues._report(self.connection, "connection", "No answer.", retry="_o2c_retry_it")
        self.assertTrue(issue.can_retry)
        issue.with_user(self.user).action_retry()
        self.assertEqual(self.connection.retried, 1)
        self.assertEqual(issue.state, "resolved")
        self.assertFalse(issue.can_retry)

    def test_retry_that_fails_again_says_so(self):
        self.order.action_lock()
        issue = self.issues._report(self.order, "order", "Locked.", retry="action_cancel")
        action = issue.action_retry()
        self.assertEqual(issue.state, "open")
        self.assertEqual(issue.count, 2)
        self.assertEqual(action["params"]["type"], "warning")

    def test_retry_that_reports_the_same_again_settles_nothing(self):
        issue = self.issues._report(self.connection, "connection", "Down.", retry="action_again", key="k")

        def action_again(connection):
            connection.env["o2c.issue"]._report(
                connection, "connection", "Still down.", key=connection.env.context["o2c_issue_key"]
            )

        with patch.object(FakeConnection, "action_again", action_again, create=True):
            told = issue.action_retry()
        self.assertEqual((issue.state, issue.message), ("open", "Still down."))
        self.assertIn("Still down.", told["params"]["message"])

    def test_closed_issue_is_not_retried(self):
        issue = self.issues._report(self.connection, "connection", "No answer.", retry="_o2c_retry_it")
        issue.action_ignore()
        issue.action_retry()
        self.assertEqual(self.connection.retried, 0)

    def test_nothing_to_retry(self):
        issue = self.issues._report(self.order, "amount", "1 cent differs. Look.")
        self.assertFalse(issue.can_retry)
        with self.assertRaises(UserError):
            issue.action_retry()

    def test_closing(self):
        issue = self.issues._report(self.order, "amount", "1 cent differs. Look.")
        issue.with_user(self.user).action_ignore()
        self.assertEqual(issue.state, "ignored")
        again = self.issues._report(self.order, "amount", "1 cent differs. Look.")
        again.with_user(self.user).action_resolve()
        self.assertEqual(again.state, "resolved")

    def test_users_can_neither_invent_nor_rewrite_issues(self):
        issue = self.issues._report(self.order, "amount", "1 cent differs.")
        for user in (self.user, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                issue.with_user(user).write({"retry_method": "action_cancel"})
        with self.assertRaises(AccessError):
            self.issues.with_user(self.user).create(
                {"res_model": "sale.order", "res_id": 1, "kind": "tax", "message": "x"}
            )

    def test_user_without_the_role(self):
        issue = self.issues._report(self.order, "amount", "1 cent differs.")
        salesman = new_test_user(self.env, "sales", groups="sales_team.group_sale_salesman")
        for method in ("action_retry", "action_ignore", "action_resolve"):
            with self.assertRaises(AccessError):
                getattr(issue.with_user(salesman), method)()

    def test_order_tells_its_issues_and_retries_them(self):
        self.assertFalse(self.order.o2c_issue_message)
        self.issues._report(self.order, "amount", "1 cent differs.")
        self.assertFalse(self.order.o2c_can_retry)
        self.issues._report(self.connection, "order", "No answer.", retry="_o2c_retry_it", order=self.order)
        self.assertEqual(set(self.order.o2c_issue_message.splitlines()), {"1 cent differs.", "No answer."})
        self.assertTrue(self.order.o2c_can_retry)
        self.order.with_user(self.user).action_o2c_retry()
        self.assertEqual(self.connection.retried, 1)
        self.assertEqual(self.order.o2c_issue_message, "1 cent differs.")
        self.assertEqual(self.order.o2c_issue_count, 1)

    def test_opening(self):
        issue = self.issues._report(self.order, "amount", "1 cent differs.")
        action = issue.action_open_document()
        self.assertEqual((action["res_model"], action["res_id"]), ("sale.order", self.order.id))
        action = self.order.action_o2c_issues()
        self.assertEqual(self.issues.search(action["domain"]), issue)

    # === Failed jobs === #

    @mute_logger("odoo.addons.queue_job.controllers.main")
    def test_failed_job_becomes_an_issue_and_is_requeued(self):
        event = self.env["o2c.inbox.event"]._receive(self.connection, "explode", "1", "{}")
        self.run_jobs(raise_failures=False)
        issue = self.issues._open_issues(self.connection)
        self.assertEqual(issue.kind, "job")
        self.assertIn("a bug", issue.message)
        self.assertIn("ZeroDivisionError", issue.detail)
        job = self.env["queue.job"].search([("uuid", "=", issue.job_uuid)])
        self.assertEqual(job.state, "failed")
        event.topic = "fine"
        issue.with_user(self.user).action_retry()
        self.assertEqual((job.state, issue.state), ("pending", "resolved"))
        self.run_jobs()
        self.assertEqual((job.state, event.state), ("done", "done"))
        self.assertFalse(self.issues._open_issues(self.connection))

    def test_failure_of_a_foreign_job_is_none_of_our_business(self):
        job = self.partner.with_delay(channel="root")._fields_sync({}).db_record()
        before = self.issues.search_count([])
        job.state = "failed"
        self.assertEqual(self.issues.search_count([]), before)

    def test_job_that_goes_on_resolves_its_issue(self):
        self.env["o2c.inbox.event"]._receive(self.connection, "explode", "1", "{}")
        self.run_jobs(raise_failures=False)
        issue = self.issues._open_issues(self.connection)
        self.env["queue.job"].search([("uuid", "=", issue.job_uuid)]).button_done()
        self.assertEqual(issue.state, "resolved")

    # === Outages === #

    def outage(self, seconds=None):
        """Run one job during an outage, as the real runner does."""
        error = Unavailable("The shop is down.", retry_after=seconds)
        with patch.object(FakeConnection, "_process_inbox", guarded(error)):
            self.run_jobs(max_tries=1, raise_failures=False, postpone=True)

    def test_outage_is_told_after_a_while_and_heals_by_itself(self):
        event = self.env["o2c.inbox.event"]._receive(self.connection, "orders", "1", "{}")
        job = self.pending_jobs("root.o2c.fake")
        self.outage()
        self.assertEqual((job.state, job.retry), ("pending", 0), job.exc_info)
        self.assertFalse(self.issues._open_issues(self.connection), "a hiccup is nobody's business")
        self.make_older(job, timedelta(minutes=20))
        self.outage()
        issue = self.issues._open_issues(self.connection)
        self.assertIn("The shop is down", issue.message)
        self.assertIn("by itself", issue.message)
        self.outage()
        self.assertEqual(issue.count, 2)
        issue.with_user(self.user).action_retry()
        self.assertEqual((issue.state, job.state, job.eta), ("open", "pending", False))
        self.run_jobs()
        self.assertEqual((issue.state, job.state, event.state), ("resolved", "done", "done"))

    def test_runner_that_does_not_run_is_told(self):
        company = self.env.ref("base.main_company")
        queue = self.env["queue.job"]
        self.env["o2c.inbox.event"]._receive(self.connection, "orders", "1", "{}")
        job = self.pending_jobs("root.o2c.fake")
        queue._o2c_check_runner()
        self.assertFalse(self.issues._open_issues(company), "it has only just been enqueued")
        job.eta = fields.Datetime.now() - timedelta(minutes=20)
        self.make_older(job, timedelta(minutes=20))
        queue._o2c_check_runner()
        issue = self.issues._open_issues(company)
        self.assertIn("job runner", issue.message)
        job.eta = fields.Datetime.now() + timedelta(minutes=20)
        queue._o2c_check_runner()
        self.assertEqual(issue.state, "resolved", "it is put off on purpose")

    def test_runner_that_is_busy_is_left_alone(self):
        self.env["o2c.inbox.event"]._receive(self.connection, "orders", "1", "{}")
        self.env["o2c.inbox.event"]._receive(self.connection, "orders", "2", "{}")
        job = self.pending_jobs("root.o2c.fake")[:1]
        job.eta = False
        self.make_older(job, timedelta(minutes=20))
        other = self.connection.with_delay(channel="root.o2c.fake")._process_inbox().db_record()
        other.date_started = fields.Datetime.now()
        self.env["queue.job"]._o2c_check_runner()
        self.assertFalse(self.issues._open_issues(self.env.ref("base.main_company")))
