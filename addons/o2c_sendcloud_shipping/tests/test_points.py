import json

from odoo.exceptions import UserError

from .common import SendcloudCase


class TestPoints(SendcloudCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.to_point = cls.account.create_carriers(["postnl:service_point"])

    def choose(self, document):
        action = document.action_sendcloud_service_point()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertTrue(wizard.line_ids)
        wizard.line_ids[0].action_choose()
        return json.loads(wizard.line_ids[0].location)

    def test_the_selector_of_odoo_gets_points_near_the_customer(self):
        order = self.make_order(carrier=self.to_point)
        locations = order._get_pickup_locations()["pickup_locations"]
        self.assertTrue(locations)
        self.assertEqual({location["country_code"] for location in locations}, {"NL"})
        self.assertTrue(self.to_point.sendcloud_use_locations)
        self.assertFalse(self.carrier.sendcloud_use_locations)

    def test_no_point_no_validation(self):
        picking = self.make_picking(carrier=self.to_point)
        with self.assertRaisesRegex(UserError, "none was chosen"), self.cr.savepoint():
            picking.button_validate()

    def test_chosen_on_the_order(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "carrier_id": self.to_point.id,
                "order_line": [(0, 0, {"product_id": self.product.id, "product_uom_qty": 1})],
            }
        )
        location = self.choose(order)
        order.action_confirm()
        picking = order.picking_ids
        self.assertTrue(picking.partner_id.is_pickup_location)
        self.assertEqual(picking.sendcloud_service_point, location["id"])
        picking.move_ids.picked = True
        picking.button_validate()
        body = json.loads(picking.sendcloud_shipment_ids.payload)
        self.assertEqual(body["to_service_point"], {"id": location["id"]})
        self.assertEqual(body["to_address"]["name"], "Jane Doe")
        self.assertEqual(body["to_address"]["house_number"], "12")
        self.run_jobs()
        self.assertTrue(picking.sendcloud_label_ready)

    def test_chosen_on_the_delivery(self):
        picking = self.make_picking(carrier=self.to_point)
        location = self.choose(picking)
        picking.button_validate()
        self.run_jobs()
        self.assertTrue(picking.sendcloud_label_ready)
        self.assertEqual(picking.sendcloud_service_point, location["id"])
        self.assertIn(location["name"], picking.sendcloud_service_point_name)

    def test_a_point_that_closed_meanwhile_buys_nothing(self):
        picking = self.make_picking(carrier=self.to_point)
        location = self.choose(picking)
        picking.button_validate()
        self.control("POST", "sendcloud/service-points/expire", {"id": int(location["id"])})
        self.run_jobs()
        self.assertEqual(self.sold(), [])
        issue = self.issues(picking)
        self.assertIn("takes no parcels any more", issue.message)
        self.assertNotEqual(self.choose(picking)["id"], location["id"])
        issue.action_retry()
        self.run_jobs()
        self.assertTrue(picking.sendcloud_label_ready)
        self.assertEqual(len(self.sold()), 1)
        self.assertFalse(self.issues(picking))

    def test_a_lookup_that_fails_says_so(self):
        self.control("POST", "sendcloud/options", {"geocoder": False})
        self.addCleanup(self.control, "POST", "sendcloud/options", {"geocoder": True})
        order = self.make_order(carrier=self.to_point)
        self.assertIn("could not look up", order._get_pickup_locations()["error"])
