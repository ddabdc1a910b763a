from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import TransactionCase

from .common import JobsMixin
from .fake_connection import register_fake_connection


@tagged("post_install", "-at_install")
class TestInbox(JobsMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        register_fake_connection(cls)
        cls.inbox = cls.env["o2c.inbox.event"]
        cls.connection = cls.env["o2c.fake.connection"].create({"name": "Garden"})
        cls.other = cls.env["o2c.fake.connection"].create({"name": "Kitchen"})

    def jobs_of(self, connection):
        return self.pending_jobs("root.o2c.fake").filtered(lambda job: job.records == connection)

    def test_received_once(self):
        event = self.inbox._receive(self.connection, "orders/create", "d-1", '{"id": 1}')
        self.assertEqual(event.state, "new")
        self.assertEqual(event.source, "fake")
        self.assertEqual(event.company_id, self.connection.company_id)
        self.assertEqual(event.body, '{"id": 1}')
        self.assertEqual(event.topic, "orders/create")
        self.assertTrue(event.received_at)
        self.assertFalse(self.inbox._receive(self.connection, "orders/create", "d-1", "{}"))
        self.assertEqual(len(self.jobs_of(self.connection)), 1)

    def test_same_id_on_another_connection_is_another_event(self):
        self.inbox._receive(self.connection, "t", "d-1", "{}")
        self.assertTrue(self.inbox._receive(self.other, "t", "d-1", "{}"))
        self.assertEqual(len(self.jobs_of(self.other)), 1)

    def test_burst_becomes_few_jobs(self):
        for number in range(100):
            self.inbox._receive(self.connection, "t", f"d-{number}", "{}")
        jobs = self.jobs_of(self.connection)
        # One per second that the burst lasts.
        self.assertLess(len(jobs), 10)
        self.assertTrue(all(job.channel == "root.o2c.fake" for job in jobs))
        self.run_jobs()
        self.assertEqual(
            self.inbox.search_count([("connection_id", "=", self.connection.id), ("state", "=", "done")]),
            100,
        )

    def test_job_starts_after_its_window(self):
        before = fields.Datetime.now()
        self.inbox._receive(self.connection, "t", "d-1", "{}")
        eta = self.jobs_of(self.connection).eta
        self.assertGreaterEqual(eta, before + timedelta(seconds=1))
        self.assertLessEqual(eta, before + timedelta(seconds=4))

    def test_job_does_not_run_as_the_sender(self):
        public = self.env.ref("base.public_user")
        self.env["o2c.inbox.event"].with_user(public).sudo()._receive(
            self.connection.with_user(public).sudo(), "t", "d-1", "{}"
        )
        job = self.jobs_of(self.connection)
        self.assertEqual(job.records.env.user, self.env.ref("base.user_root"))

    def test_sweep_finds_what_was_left_lying(self):
        event = self.inbox._receive(self.connection, "t", "d-1", "{}")
        self.pending_jobs().button_cancelled()
        self.inbox._cron_process_waiting()
        self.assertFalse(self.jobs_of(self.connection), "fresh events have their own job")
        event.received_at = fields.Datetime.now() - timedelta(minutes=2)
        self.inbox._cron_process_waiting()
        self.assertEqual(len(self.jobs_of(self.connection)), 1)
        self.run_jobs()
        self.assertEqual(event.state, "done")

    def test_sweep_survives_a_connection_that_is_gone(self):
        event = self.inbox._receive(self.other, "t", "d-1", "{}")
        event.received_at = fields.Datetime.now() - timedelta(minutes=2)
        self.pending_jobs().button_cancelled()
        self.other.unlink()
        self.inbox._cron_process_waiting()
        self.assertFalse(self.pending_jobs("root.o2c.fake"))
        self.assertEqual(event.state, "ignored")

    def test_process_again(self):
        event = self.inbox._receive(self.connection, "t", "d-1", "{}")
        event._mark("failed", "No such order.")
        self.pending_jobs().button_cancelled()
        event.action_process_again()
        self.assertEqual((event.state, event.error), ("new", False))
        self.run_jobs()
        self.assertEqual(event.state, "done")

    def test_old_events_are_forgotten(self):
        old = self.inbox._receive(self.connection, "t", "d-1", "{}")
        waiting = self.inbox._receive(self.connection, "t", "d-2", "{}")
        fresh = self.inbox._receive(self.connection, "t", "d-3", "{}")
        (old | fresh)._mark("done")
        (old | waiting).received_at = fields.Datetime.now() - timedelta(days=31)
        self.inbox._gc_events()
        self.assertEqual((old | waiting | fresh).exists(), waiting | fresh)
