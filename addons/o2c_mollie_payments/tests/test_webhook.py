import hashlib
import hmac
import json

from odoo.tests import HttpCase, tagged

from odoo.addons.o2c_base.tests.common import JobsMixin, LoopbackMixin


@tagged("post_install", "-at_install")
class TestWebhook(LoopbackMixin, JobsMixin, HttpCase):
    """Signed events wake the reading; nothing else is accepted or stored."""

    def setUp(self):
        super().setUp()
        self.account = self.env["o2c.mollie.account"].create(
            {"access_token": "access_x", "webhook_secret": "first"}
        )

    def _post(self, secret, event="event_1", token=None):
        body = json.dumps({"type": "payout.completed", "id": event, "entityId": "x"}).encode()
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return self.url_open(
            f"/o2c/mollie/webhook/{token or self.account.webhook_token}",
            data=body,
            headers={
                "Content-Type": "application/json",
                "X-Mollie-Signature": f"sha256={signature}",
            },
        ).status_code

    def _events(self):
        return self.env["o2c.inbox.event"].search([("connection_id", "=", self.account.id)])

    def test_signed_event_wakes_the_reading(self):
        self.assertEqual(self._post("first"), 200)
        self.assertEqual(self._events().topic, "payout.completed")
        self.assertEqual(self._post("first"), 200)
        self.assertEqual(len(self._events()), 1)
        self.account._process_inbox()
        self.assertEqual(self._events().state, "done")
        jobs = self.pending_jobs().filtered(lambda job: job.method_name == "_sync_settlements")
        self.assertEqual(len(jobs), 1)

    def test_wrong_signature_and_token(self):
        self.assertEqual(self._post("wrong"), 401)
        self.assertEqual(self._post("first", token="nobody"), 404)
        self.assertFalse(self._events())

    def test_old_secret_works_during_a_change(self):
        self.account.webhook_secret = "second"
        self.assertEqual(self._post("first", "event_1"), 200)
        self.assertEqual(self._post("second", "event_2"), 200)
        self.account.webhook_secret = "third"
        self.assertEqual(self._post("first", "event_3"), 401)

    def test_no_secret_accepts_nothing(self):
        self.account.write({"webhook_secret": False, "webhook_secret_old": False})
        self.assertEqual(self._post(""), 401)
