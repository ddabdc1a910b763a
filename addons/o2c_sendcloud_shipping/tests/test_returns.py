from unittest.mock import patch

from odoo.exceptions import UserError

from ..lib.client import SendcloudClient
from .common import SendcloudCase


class TestReturns(SendcloudCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carrier.sendcloud_return_option_id = cls.options.filtered(
            lambda option: option.code == "postnl:return/return"
        )

    def return_of(self, picking):
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 1
        action = wizard.action_create_returns()
        return self.env["stock.picking"].browse(action["res_id"])

    def returns_sold(self):
        return [label for label in self.sold() if label["direction"] != "outgoing"]

    def assert_return_label(self, picking):
        shipment = picking.sendcloud_return_ids.filtered("label_ready")
        self.assertEqual(len(shipment), 1, picking.sendcloud_return_ids.mapped("message"))
        self.assertTrue(shipment.parcel_ids.label_id.raw.startswith(b"%PDF"))
        self.assertTrue(shipment.parcel_ids.label_id.name.startswith("LabelReturn-sendcloud"))
        self.assertEqual(len(self.returns_sold()), 1)

    def test_from_the_delivery(self):
        picking = self.labelled()
        picking.action_sendcloud_return_label()
        picking.action_sendcloud_return_label()
        self.assertEqual(self.returns_sold(), [])
        self.run_jobs()
        self.assert_return_label(picking)
        self.assertEqual(picking.return_label_ids, picking.sendcloud_return_ids.parcel_ids.label_id)
        self.assertEqual(picking.sendcloud_state, "announced")

    def test_from_the_return_transfer(self):
        back = self.return_of(self.labelled())
        back.carrier_id = self.carrier
        self.assertTrue(back.is_return_picking)
        back.print_return_label()
        self.run_jobs()
        self.assert_return_label(back)
        self.assertIn("Jane Doe", back.sendcloud_return_ids.payload)

    def test_with_every_delivery_and_in_the_portal(self):
        self.carrier.return_label_on_delivery = True
        self.carrier.get_return_label_from_portal = True
        picking = self.labelled()
        self.assert_return_label(picking)
        self.assertTrue(picking.return_label_ids.access_token)

    def test_an_answer_that_never_came_is_looked_up(self):
        picking = self.labelled()
        picking.action_sendcloud_return_label()
        self.fault("timeout_after", match="announce-synchronously", times=1)
        self.run_jobs()
        self.assert_return_label(picking)

    def test_killed_between_the_sale_and_the_commit(self):
        picking = self.labelled()
        picking.action_sendcloud_return_label()
        shipment = picking.sendcloud_return_ids
        with self.assertRaises(ZeroDivisionError), self.cr.savepoint():
            shipment._announce()
            raise ZeroDivisionError
        shipment.invalidate_recordset()
        self.run_jobs()
        self.assert_return_label(picking)

    def test_when_nobody_knows_a_person_decides(self):
        picking = self.labelled()
        picking.action_sendcloud_return_label()
        self.fault("timeout_after", match="announce-synchronously", times=1)
        with patch.object(SendcloudClient, "returns", lambda *args: ()):
            self.run_jobs()
        self.assertEqual(picking.sendcloud_return_ids.state, "failed")
        self.assertIn("not known whether", self.issues(picking).message)
        self.assertEqual(len(self.returns_sold()), 1)

    def test_without_a_return_option(self):
        self.carrier.sendcloud_return_option_id = False
        picking = self.labelled()
        self.assertFalse(self.carrier.can_generate_return)
        with self.assertRaisesRegex(UserError, "no return option"):
            picking.action_sendcloud_return_label()

    def test_cancelled(self):
        picking = self.labelled()
        picking.action_sendcloud_return_label()
        self.run_jobs()
        picking.action_sendcloud_cancel_return()
        self.run_jobs()
        self.control("POST", "sendcloud/tick", {})
        picking.action_sendcloud_refresh()
        self.assertEqual(picking.sendcloud_return_ids.state, "cancelled")
        self.assertTrue(picking.carrier_tracking_ref)
        self.assertEqual(picking.sendcloud_state, "announced")

    def test_coming_back_is_no_delivery(self):
        picking = self.labelled()
        picking.action_sendcloud_return_label()
        self.run_jobs()
        parcel = picking.sendcloud_return_ids.parcel_ids
        self.control("POST", "sendcloud/scan", {"to": "delivered", "parcels": [int(parcel.remote_id)]})
        picking.action_sendcloud_refresh()
        self.assertEqual(picking.sendcloud_return_ids.state, "delivered")
        self.assertFalse(picking.o2c_delivered_at)

    def test_the_return_portal(self):
        picking = self.labelled()
        action = picking.action_sendcloud_return_portal()
        self.assertIn(picking.sendcloud_shipment_ids.remote_id, action["url"])
        with patch.object(SendcloudClient, "return_portal_url", lambda *args: ""):
            with self.assertRaisesRegex(UserError, "no return portal"):
                picking.action_sendcloud_return_portal()
