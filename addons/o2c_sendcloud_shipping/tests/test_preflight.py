import json

from odoo.exceptions import UserError

from .common import SendcloudCase


class TestPreflight(SendcloudCase):
    """What can be known beforehand is said before anything is bought, with field and place."""

    def refused(self, words, **values):
        picking = self.make_picking(**values)
        with self.assertRaisesRegex(UserError, words) as caught, self.cr.savepoint():
            picking.button_validate()
        self.assertEqual(picking.state, "assigned")
        self.run_jobs()
        self.assertEqual(self.sold(), [])
        return str(caught.exception)

    def test_house_number(self):
        customer = self.make_customer(street="Kerkstraat")
        message = self.refused("house number", customer=customer)
        self.assertIn("Jane Doe", message)
        self.assertIn("Street", message)

    def test_house_number_on_the_second_line(self):
        picking = self.labelled(customer=self.make_customer(street="Kerkstraat", street2="12"))
        self.assertIn('"house_number":"12"', picking.sendcloud_shipment_ids.payload)

    def test_missing_parts_of_the_address(self):
        self.refused("field ZIP", customer=self.make_customer(zip=False))
        self.refused("field City", customer=self.make_customer(city=False))

    def test_phone_where_the_option_needs_it(self):
        self.account.sample_country_ids = self.env.ref("base.de")
        self.account.sync_shipping_options()
        carrier = self.account.create_carriers(["dhl:parcel_connect"])
        customer = self.make_customer(country_id=self.env.ref("base.de").id, phone=False)
        self.refused("field Phone", customer=customer, carrier=carrier)

    def test_weight(self):
        feather = self.env["product.product"].create({"name": "Feather", "is_storable": True, "weight": 0})
        self.env["stock.quant"]._update_available_quantity(feather, self.warehouse.lot_stock_id, 5)
        self.refused("weighs nothing", product=feather)
        self.refused("heavier than", quantity=100)

    def test_all_of_a_batch_is_checked_before_any_of_it_is_sold(self):
        good = self.make_picking()
        bad = self.make_picking(customer=self.make_customer(street="Kerkstraat"))
        worse = self.make_picking(customer=self.make_customer(name="John Roe", zip=False))
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            (good | bad | worse).button_validate()
        message = str(caught.exception)
        self.assertIn(bad.name, message)
        self.assertIn(worse.name, message)
        self.assertNotIn(good.name, message)
        self.run_jobs()
        self.assertEqual(self.sold(), [])


class TestCustoms(SendcloudCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.abroad = cls.account.create_carriers(["postnl:parcels_non_eu"])
        cls.american = cls.make_customer(
            name="Mary Major",
            street="123 West 43rd St",
            zip="10036",
            city="New York",
            country_id=cls.env.ref("base.us").id,
            state_id=cls.env.ref("base.state_us_27").id,
            phone="+12125550100",
        )

    def test_customs_papers_say_what_is_in_the_parcel(self):
        self.account.write({"eori_number": "NL123456789", "ioss_number": "IM5280000000"})
        self.company.vat = "NL123456782B12"
        picking = self.labelled(carrier=self.abroad, customer=self.american)
        payload = picking.sendcloud_shipment_ids.payload
        self.assertIn('"hs_code":"820110"', payload)
        self.assertIn('"state_province_code":"US-NY"', payload)
        self.assertIn('"value":"10.00"', payload)
        customs = json.loads(payload)["customs_information"]
        self.assertEqual(
            {number["name"]: number["value"] for number in customs["tax_numbers"]["sender"]},
            {"EORI": "NL123456789", "IOSS": "IM5280000000", "VAT": "NL123456782B12"},
        )
        self.assertEqual(customs["export_reason"], "commercial_goods")
        self.assertEqual(customs["invoice_number"], picking.sale_id.name)
        self.assertIn('"origin_country":"NL"', payload)
        self.assertIn('"description":"Trowel"', payload)
        papers = self.env["ir.attachment"].search(
            [("res_model", "=", "stock.picking"), ("res_id", "=", picking.id)]
        )
        self.assertTrue(papers.filtered(lambda file: "customs-declaration" in file.name))

    def test_products_without_customs_data_are_named(self):
        self.product.write({"hs_code": False, "country_of_origin": False})
        picking = self.make_picking(carrier=self.abroad, customer=self.american)
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            picking.button_validate()
        self.assertIn("HS Code of the product Trowel", str(caught.exception))
        self.assertIn("Origin of Goods of the product Trowel", str(caught.exception))

    def test_the_value_of_a_kit_is_shared_out_over_its_parts(self):
        """The parts of a kit are moves of the kit's order line, with products of their own."""
        dear, cheap = self.env["product.product"].create(
            [
                {"name": "Blade", "list_price": 30, "weight": 1},
                {"name": "Handle", "list_price": 10, "weight": 1},
            ]
        )
        order = self.make_order(carrier=self.abroad, customer=self.american, quantity=2)
        line = order.order_line
        move = order.picking_ids.move_ids
        blade = move.copy({"product_id": dear.id, "product_uom_qty": 2, "sale_line_id": line.id})
        handle = move.copy({"product_id": cheap.id, "product_uom_qty": 4, "sale_line_id": line.id})
        move._action_cancel()
        # Two kits at 10.00: 60 of 100 parts of the worth are blades, 40 are handles.
        self.assertAlmostEqual(float(blade._sendcloud_unit_value()), 20.0 * 30 / 100)
        self.assertAlmostEqual(float(handle._sendcloud_unit_value()), 20.0 * 10 / 100)
        total = 2 * blade._sendcloud_unit_value() + 4 * handle._sendcloud_unit_value()
        self.assertAlmostEqual(float(total), 20.0)
