import base64
import hashlib
import hmac
from types import SimpleNamespace
from unittest.mock import patch

from odoo import http
from odoo.tests import tagged
from odoo.tests.common import HttpCase
from odoo.tools import mute_logger

from ..controllers.webhook import _find, receive_webhook
from ..lib.signature import verify_hmac
from .fake_connection import register_fake_connection

SECRET = "webhook-secret"
MAX_BYTES = 1000
WEBHOOK_LOGGER = "odoo.addons.o2c_base.controllers.webhook"


class FakeWebhook(http.Controller):
    """What a connector adds: a route and how its platform signs."""

    @http.route(
        "/o2c/fake/webhook/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def receive(self, token):
        return receive_webhook("o2c.fake.connection", token, self._verify, max_bytes=MAX_BYTES)

    def _verify(self, connection, body, headers):
        if not verify_hmac([SECRET], body, headers.get("X-Signature")):
            return None
        return headers["X-Topic"], headers["X-Id"]


@tagged("post_install", "-at_install")
class TestWebhook(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        register_fake_connection(cls)
        cls.env.registry.clear_cache("routing")
        cls.connection = cls.env["o2c.fake.connection"].create({"name": "Garden"})

    def test_what_is_needed_to_verify_it_is_read_with_the_connection(self):
        self.env.flush_all()
        self.env.invalidate_all()
        request = SimpleNamespace(env=self.env)
        with patch("odoo.addons.o2c_base.controllers.webhook.request", request):
            found = _find("o2c.fake.connection", self.connection.webhook_token, ("public_key",))
        self.assertEqual(found, self.connection)
        for name in ("name", "company_id", "secret_key", "public_key"):
            self.assertIn(found.id, found._fields[name]._get_cache(found.env), name)

    def send(self, body, *, secret=SECRET, token=None, delivery="d-1", headers=None):
        signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
        return self.url_open(
            f"/o2c/fake/webhook/{token or self.connection.webhook_token}",
            data=body,
            headers={
                "Content-Type": "application/json",
                "X-Signature": signature.decode(),
                "X-Topic": "orders/create",
                "X-Id": delivery,
                **(headers or {}),
            },
        )

    def events(self):
        return self.env["o2c.inbox.event"].search([("source", "=", "fake")])

    def test_signed_webhook_is_kept(self):
        answer = self.send('{"note": "café"}'.encode())
        self.assertEqual((answer.status_code, answer.content), (200, b""))
        event = self.events()
        self.assertEqual(event.body, '{"note": "café"}')
        self.assertEqual((event.topic, event.external_id), ("orders/create", "d-1"))
        self.assertEqual(event.connection_id, self.connection.id)
        jobs = self.env["queue.job"].search([("channel", "=", "root.o2c.fake")])
        self.assertEqual(jobs.records, self.connection)

    def test_repeated_delivery_is_answered_and_ignored(self):
        for _ in range(3):
            self.assertEqual(self.send(b"{}").status_code, 200)
        self.assertEqual(len(self.events()), 1)

    @mute_logger(WEBHOOK_LOGGER)
    def test_wrong_signature_leaves_nothing(self):
        self.assertEqual(self.send(b"{}", secret="wrong").status_code, 401)
        self.assertEqual(self.send(b"{}", headers={"X-Signature": ""}).status_code, 401)
        self.assertFalse(self.events())

    @mute_logger(WEBHOOK_LOGGER)
    def test_changed_body_leaves_nothing(self):
        signature = base64.b64encode(hmac.new(SECRET.encode(), b"{}", hashlib.sha256).digest())
        answer = self.send(b'{"x":1}', headers={"X-Signature": signature.decode()})
        self.assertEqual(answer.status_code, 401)
        self.assertFalse(self.events())

    def test_unknown_token(self):
        self.assertEqual(self.send(b"{}", token="guess").status_code, 404)
        self.assertFalse(self.events())

    def test_archived_connection(self):
        self.connection.active = False
        self.assertEqual(self.send(b"{}").status_code, 404)

    def test_too_long(self):
        self.assertEqual(self.send(b"x" * (MAX_BYTES + 1)).status_code, 413)
        self.assertFalse(self.events())
        self.assertEqual(self.send(b"x" * MAX_BYTES).status_code, 200)

    def test_bytes_that_are_no_text(self):
        self.assertEqual(self.send(b'{"a": "\xff\x00"}').status_code, 200)
        self.assertIn("a", self.events().body)

    @mute_logger(WEBHOOK_LOGGER)
    def test_form_encoded_body_is_refused(self):
        """Odoo takes a form apart before anybody sees its bytes, so it cannot be verified."""
        answer = self.send(b"id=tr_1", headers={"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(answer.status_code, 401)
        self.assertFalse(self.events())
