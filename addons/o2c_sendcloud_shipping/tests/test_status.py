import hashlib
import hmac
import json

from odoo.tests import HttpCase, new_test_user, tagged

from ..lib.remote import read_shipment
from .common import SendcloudCase


class TestStatus(SendcloudCase):
    def deliver_hint(self, picking, **values):
        """What a webhook leaves in the inbox."""
        parcel = picking.sendcloud_shipment_ids.parcel_ids[:1]
        body = json.dumps(
            {"action": "parcel_status_changed", "parcel": {"id": int(parcel.remote_id)}, **values}
        )
        return (
            self.env["o2c.inbox.event"]
            .sudo()
            ._receive(
                self.account,
                "parcel_status_changed",
                hashlib.sha256(body.encode()).hexdigest(),
                body,
            )
        )

    def test_a_hint_makes_us_read_the_truth(self):
        picking = self.labelled()
        self.scan("in_transit", picking)
        event = self.deliver_hint(picking, timestamp=1)
        self.run_jobs()
        self.assertEqual(event.state, "done")
        self.assertEqual(picking.sendcloud_state, "in_transit")
        self.assertFalse(picking.o2c_delivered_at)
        self.scan("delivered", picking)
        self.deliver_hint(picking, timestamp=2)
        self.run_jobs()
        self.assertEqual(picking.sendcloud_state, "delivered")
        self.assertTrue(picking.o2c_delivered_at)
        self.assertIn("DELIVERED", picking.sendcloud_event_ids.mapped("code"))

    def test_many_hints_are_one_request(self):
        pickings = self.labelled() | self.labelled() | self.labelled()
        self.scan("in_transit")
        for number, picking in enumerate(pickings):
            self.deliver_hint(picking, timestamp=number)
        before = len(self.calls())
        self.run_jobs()
        self.assertEqual(len(self.calls()), before + 1)
        self.assertEqual(set(pickings.mapped("sendcloud_state")), {"in_transit"})

    def test_strangers_are_ignored(self):
        body = '{"action": "parcel_status_changed", "parcel": {"id": 999999}}'
        event = self.env["o2c.inbox.event"]._receive(self.account, "x", "1", body)
        self.run_jobs()
        self.assertEqual(event.state, "ignored")

    def test_a_late_scan_does_not_undo_a_delivery(self):
        picking = self.labelled()
        self.scan("delivered", picking)
        self.deliver_hint(picking)
        self.run_jobs()
        delivered = picking.o2c_delivered_at
        shipment = picking.sendcloud_shipment_ids
        remote = self.account._client().shipment(shipment.remote_id)
        late = remote.raw
        for parcel in late["parcels"]:
            parcel["status"] = {"code": "SORTING", "message": "Being sorted"}
        shipment._apply_remote(read_shipment(late))
        self.assertEqual(shipment.state, "delivered")
        self.assertEqual(picking.o2c_delivered_at, delivered)

    def test_a_problem_finds_somebody(self):
        packer = new_test_user(self.env, "packer", groups="stock.group_stock_user")
        picking, nobodys = self.labelled(), self.labelled()
        (picking | nobodys).sale_id.user_id = False
        picking.user_id = packer
        nobodys.user_id = False
        self.scan("exception", picking | nobodys)
        (picking | nobodys).sendcloud_shipment_ids.action_refresh()
        self.assertEqual(picking.sendcloud_state, "exception")
        self.assertIn("reports a problem", self.issues(picking, "exception").message)
        self.assertEqual(picking.activity_ids.user_id, packer)
        self.assertEqual(nobodys.activity_ids.user_id, self.account.user_id)
        self.scan("delivered", picking)
        picking.sendcloud_shipment_ids.action_refresh()
        self.assertFalse(self.issues(picking, "exception"))

    def test_the_cron_finds_what_no_webhook_told(self):
        picking = self.labelled()
        self.scan("delivered", picking)
        self.env["o2c.sendcloud.account"]._cron_poll()
        self.run_jobs()
        self.assertEqual(picking.sendcloud_state, "delivered")
        self.env["o2c.sendcloud.account"]._cron_poll()
        self.assertFalse(self.pending_jobs())


@tagged("post_install", "-at_install")
class TestWebhook(HttpCase):
    def setUp(self):
        super().setUp()
        self.account = self.env["o2c.sendcloud.account"].create(
            {"name": "Garden Lane", "public_key": "p", "secret_key": "very-secret"}
        )
        self.path = f"/o2c/sendcloud/webhook/{self.account.webhook_token}"
        self.body = b'{"action": "parcel_status_changed", "parcel": {"id": 1}}'

    def post(self, path=None, body=None, secret="very-secret"):
        body = self.body if body is None else body
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return self.url_open(
            path or self.path,
            data=body,
            headers={"Sendcloud-Signature": signature, "Content-Type": "application/json"},
        )

    def events(self):
        return self.env["o2c.inbox.event"].search([("connection_id", "=", self.account.id)])

    def test_signed_with_either_key(self):
        self.assertEqual(self.post().status_code, 200)
        self.assertEqual(len(self.events()), 1)
        self.account.webhook_signature_key = "another-key"
        answer = self.post(body=self.body + b" ", secret="another-key")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(len(self.events()), 2)

    def test_the_same_delivery_counts_once(self):
        for _time in range(3):
            self.assertEqual(self.post().status_code, 200)
        self.assertEqual(len(self.events()), 1)

    def test_wrong_signature_stores_nothing(self):
        self.assertEqual(self.post(secret="guessed").status_code, 401)
        self.assertFalse(self.events())

    def test_unknown_address(self):
        self.assertEqual(self.post(path="/o2c/sendcloud/webhook/nobody").status_code, 404)
