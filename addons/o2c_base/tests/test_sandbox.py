import time

from odoo.tests import tagged

from ..lib.http import AuthenticationError, HttpClient, RateLimited, Unavailable, UnexpectedShape
from .common import SandboxCase


@tagged("post_install", "-at_install")
class TestSandbox(SandboxCase):
    """The HTTP client against a platform on a bad day, through Odoo's own test barriers."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.control, "DELETE", "faults")
        self.slept = []

    def client(self, token=None, **options):
        token = token or self.credentials["mollie"]["access_token"]
        base = self.env["ir.config_parameter"].get_param("o2c.mollie_endpoint")
        return HttpClient(
            f"{base}/v2",
            headers={"Authorization": f"Bearer {token}"},
            secrets=[token],
            sleep=self.slept.append,
            **options,
        )

    def fault(self, kind, times=1):
        self.control("POST", "faults", {"platform": "mollie", "kind": kind, "times": times})

    def calls(self):
        return len(self.control("GET", "requests")["requests"])

    def test_good_day(self):
        answer = self.client().get("/settlements").json()
        self.assertEqual(answer["count"], 0)

    def test_wrong_key(self):
        with self.assertRaises(AuthenticationError) as caught:
            self.client("access_wrong_key").get("/settlements")
        self.assertNotIn("access_wrong_key", f"{caught.exception} {caught.exception.detail}")

    def test_too_many_requests(self):
        self.fault("429")
        self.assertEqual(self.client().get("/settlements").status, 200)
        self.assertEqual(len(self.slept), 1)
        self.fault("429", times=9)
        with self.assertRaises(RateLimited):
            self.client().get("/settlements")

    def test_server_error_and_broken_answer(self):
        self.fault("500")
        before = self.calls()
        self.assertEqual(self.client().get("/settlements").status, 200)
        self.assertEqual(self.calls() - before, 2)
        self.fault("broken_json")
        with self.assertRaises(UnexpectedShape):
            self.client().get("/settlements").json()

    def test_timeout_is_as_short_as_asked(self):
        self.fault("timeout_after")
        started = time.monotonic()
        with self.assertRaises(Unavailable) as caught:
            self.client(timeout=(2, 0.3), max_attempts=1).get("/settlements")
        self.assertTrue(caught.exception.maybe_done)
        self.assertLess(time.monotonic() - started, 5)

    def test_other_machines_stay_out_of_reach(self):
        client = HttpClient("https://api.mollie.com/v2", max_attempts=1)
        with self.assertRaises(Unavailable) as caught:
            client.get("/settlements")
        self.assertIn("verboten", caught.exception.detail)
