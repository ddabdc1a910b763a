from odoo.exceptions import UserError

from .common import SendcloudCase


class TestCancel(SendcloudCase):
    def test_before_it_was_bought(self):
        picking = self.validated()
        picking.action_sendcloud_cancel_label()
        self.assertEqual(picking.sendcloud_state, "cancelled")
        self.run_jobs()
        self.assertEqual(self.sold(), [])

    def test_at_once(self):
        picking = self.labelled()
        picking.cancel_shipment()
        self.assertEqual(picking.sendcloud_state, "cancelling")
        self.assertTrue(picking.carrier_tracking_ref)
        self.run_jobs()
        self.assertEqual(picking.sendcloud_state, "cancelled")
        self.assertFalse(picking.carrier_tracking_ref)
        self.assertTrue(self.sold()[0]["cancelled"])

    def test_queued_shows_cancelling_until_it_is_true(self):
        self.control("POST", "sendcloud/options", {"cancellation": "manual"})
        self.addCleanup(self.control, "POST", "sendcloud/options", {"cancellation": "auto"})
        carrier = self.account.create_carriers(["bpost:parcel"])
        belgian = self.make_customer(country_id=self.env.ref("base.be").id, zip="2000", city="Antwerpen")
        picking = self.labelled(carrier=carrier, customer=belgian)
        picking.action_sendcloud_cancel_label()
        self.run_jobs()
        self.assertEqual(picking.sendcloud_state, "cancelling")
        self.assertTrue(picking.carrier_tracking_ref)
        self.control("POST", "sendcloud/cancellations", {"accept": True})
        picking.action_sendcloud_refresh()
        self.assertEqual(picking.sendcloud_state, "cancelled")
        self.assertFalse(picking.carrier_tracking_ref)

    def replaced_while_cancelling(self):
        """A delivery with a new label, whose old one Sendcloud has not given back yet."""
        self.control("POST", "sendcloud/options", {"cancellation": "manual"})
        self.addCleanup(self.control, "POST", "sendcloud/options", {"cancellation": "auto"})
        carrier = self.account.create_carriers(["bpost:parcel"])
        belgium = self.env.ref("base.be")
        customer = self.make_customer(country_id=belgium.id, zip="2000", city="Antwerpen")
        picking = self.labelled(carrier=carrier, customer=customer)
        picking.action_sendcloud_new_label()
        self.run_jobs()
        new, old = picking.sendcloud_shipment_ids.sorted("attempt", reverse=True)
        self.assertEqual((old.state, new.state), ("cancelling", "announced"))
        self.assertEqual(picking.carrier_tracking_ref, new.tracking_numbers)
        self.assertEqual(picking.sendcloud_state, "announced")
        return picking, old, new

    def test_replaced_and_given_back_later(self):
        picking, old, new = self.replaced_while_cancelling()
        self.control("POST", "sendcloud/cancellations", {"accept": True})
        picking.action_sendcloud_refresh()
        self.assertEqual((old.state, new.state), ("cancelled", "announced"))
        self.assertEqual(picking.carrier_tracking_ref, new.tracking_numbers)
        self.assertFalse(self.issues(picking))

    def test_replaced_and_not_given_back(self):
        picking, old, new = self.replaced_while_cancelling()
        self.control("POST", "sendcloud/cancellations", {"accept": False})
        picking.action_sendcloud_refresh()
        self.assertEqual(picking.carrier_tracking_ref, new.tracking_numbers)
        self.assertIn("Two labels are paid for", self.issues(picking, "superseded").message)
        self.assertIn(old.tracking_numbers, self.issues(picking, "superseded").message)

    def test_too_late(self):
        picking = self.labelled()
        self.scan("delivered", picking)
        shipment = picking.sendcloud_shipment_ids
        shipment._cancel()
        self.run_jobs()
        self.assertEqual(picking.sendcloud_state, "delivered")
        self.assertTrue(picking.carrier_tracking_ref)
        self.assertIn("does not cancel", self.issues(picking, "cancel_refused").message)

    def test_replaced_label_takes_the_data_of_today(self):
        picking = self.labelled()
        first = picking.carrier_tracking_ref
        self.customer.street = "Kerkstraat 14"
        picking.action_sendcloud_new_label()
        self.run_jobs()
        new = picking.sendcloud_shipment_ids.sorted("attempt")[-1]
        self.assertEqual(new.attempt, 2)
        self.assertIn('"house_number":"14"', new.payload)
        self.assertNotEqual(picking.carrier_tracking_ref, first)
        self.assertEqual(picking.carrier_tracking_ref, new.tracking_numbers)
        ledger = {label["external_reference_id"]: label["cancelled"] for label in self.sold()}
        self.assertEqual(sorted(ledger.values()), [False, True])
        self.assertFalse(ledger[new.external_reference_id])

    def test_a_parcel_on_its_way_keeps_its_label(self):
        picking = self.labelled()
        self.scan("in_transit", picking)
        picking.action_sendcloud_refresh()
        with self.assertRaisesRegex(UserError, "on its way"):
            picking.action_sendcloud_new_label()

    def test_cancelling_a_transfer_cancels_its_label(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self.make_order()
        pick = order.picking_ids.filtered(lambda picking: picking.state == "assigned")
        pick.picking_type_id.print_label = True
        pick.move_ids.picked = True
        pick.button_validate()
        self.run_jobs()
        self.assertEqual(len(self.sold()), 1)
        ship = order.picking_ids - pick
        ship.action_cancel()
        self.run_jobs()
        self.assertTrue(self.sold()[0]["cancelled"])
