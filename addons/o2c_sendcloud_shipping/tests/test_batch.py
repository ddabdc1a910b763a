import io
import json

from odoo.exceptions import UserError
from odoo.tools.pdf import PdfFileReader

from .common import SendcloudCase


def packed(picking, quantities):
    """Put the goods of a delivery in as many packages as there are quantities."""
    env = picking.env
    box = env["stock.package.type"].create(
        {"name": "Box", "packaging_length": 300, "width": 200, "height": 100, "base_weight": 0.2}
    )
    line = picking.move_line_ids
    line.quantity = quantities[0]
    lines = line
    for quantity in quantities[1:]:
        lines |= line.copy({"quantity": quantity})
    for one in lines:
        one.result_package_id = env["stock.package"].create(
            {"name": f"PACK{one.id}", "package_type_id": box.id}
        )
    picking.move_ids.picked = True
    return picking


class TestBatch(SendcloudCase):
    def make_pickings(self, count):
        return self.env["stock.picking"].union(*(self.make_picking() for _ in range(count)))

    def queries_of(self, pickings):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        pickings._sendcloud_order_label()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_ordering_many_labels_takes_as_many_queries_as_ordering_a_few(self):
        self.queries_of(self.make_pickings(2))
        few = self.queries_of(self.make_pickings(3))
        many = self.queries_of(self.make_pickings(12))
        self.assertLessEqual(many, few + 3)
        # Nor do those that are done already count.
        self.assertLessEqual(self.queries_of(self.make_pickings(3)), few)

    def test_a_wave_is_handed_to_one_job_which_makes_one_for_each(self):
        pickings = self.make_pickings(8)
        pickings.button_validate()
        self.assertEqual(set(pickings.mapped("state")), {"done"})
        self.assertEqual(len(self.pending_jobs()), 1)
        self.run_jobs()
        self.assertTrue(all(pickings.mapped("sendcloud_label_ready")))
        self.assertEqual(len(self.sold()), 8)

    def test_a_backorder_has_a_label_of_its_own(self):
        picking = self.make_picking(quantity=3)
        picking.move_ids.quantity = 1
        picking.with_context(skip_backorder=True).button_validate()
        backorder = picking.backorder_ids
        self.assertTrue(backorder)
        backorder.move_ids.picked = True
        backorder.button_validate()
        self.run_jobs()
        self.assertEqual(len(self.sold()), 2)
        self.assertNotEqual(picking.carrier_tracking_ref, backorder.carrier_tracking_ref)

    # === Printing === #

    def pages(self, content):
        reader = PdfFileReader(io.BytesIO(content))
        return [page.extract_text() for page in reader.pages]

    def test_one_file_in_the_order_of_the_list_each_label_once(self):
        first, second, third = (self.labelled() for _ in range(3))
        content, extension = (third | first | second | first)._sendcloud_labels_file()
        self.assertEqual(extension, "pdf")
        pages = self.pages(content)
        wanted = [third, first, second]
        self.assertEqual(len(pages), 3)
        for page, picking in zip(pages, wanted, strict=True):
            self.assertIn(picking.carrier_tracking_ref, page.replace(" ", ""))
        self.assertTrue(first.sendcloud_shipment_ids.parcel_ids.printed_at)
        self.assertEqual((first | second)._sendcloud_labels_file()[1], "pdf")
        self.assertEqual(len(self.sold()), 3)

    def test_labels_that_are_not_there_yet_are_named(self):
        ready, waiting = self.labelled(), self.validated()
        self.assertEqual(ready.action_sendcloud_print_labels()["type"], "ir.actions.act_url")
        answer = (ready | waiting).action_sendcloud_print_labels()["params"]
        self.assertIn(waiting.name, answer["message"])
        self.assertNotIn(ready.name, answer["message"])
        self.assertIn(str(ready.id), answer["next"]["url"])
        self.assertFalse(waiting.action_sendcloud_print_labels()["params"]["next"])

    def test_no_label_no_file(self):
        with self.assertRaisesRegex(UserError, "no labels yet"):
            self.validated()._sendcloud_labels_file()

    def test_zpl_for_warehouses_with_a_label_printer(self):
        self.warehouse.sendcloud_label_format = "zpl"
        one, two = self.labelled(), self.labelled()
        content, extension = (one | two)._sendcloud_labels_file()
        self.assertEqual(extension, "zpl")
        self.assertEqual(content.count(b"^XA"), 2)
        self.warehouse.sendcloud_label_format = "pdf_a6"
        with self.assertRaisesRegex(UserError, "cannot be printed together"):
            (one | self.labelled())._sendcloud_labels_file()

    def test_a4_for_an_office_printer(self):
        self.warehouse.sendcloud_label_format = "pdf_a4"
        content, _extension = self.labelled()._sendcloud_labels_file()
        page = PdfFileReader(io.BytesIO(content)).pages[0]
        self.assertAlmostEqual(float(page.mediabox.width), 595, delta=2)


class TestParcels(SendcloudCase):
    def pack(self, quantities):
        return packed(self.make_picking(quantity=sum(quantities)), quantities)

    def test_packages_are_parcels_of_one_shipment(self):
        picking = self.pack([1, 2, 3])
        picking.button_validate()
        shipment = picking.sendcloud_shipment_ids
        body = json.loads(shipment.payload)
        self.assertEqual(
            [parcel["weight"]["value"] for parcel in body["parcels"]], ["1.000", "1.800", "2.600"]
        )
        self.assertEqual(
            body["parcels"][0]["dimensions"],
            {"length": "30.00", "width": "20.00", "height": "10.00", "unit": "cm"},
        )
        self.run_jobs()
        (ledger,) = self.sold()
        self.assertEqual(len(ledger["parcel_ids"]), 3)
        self.assertEqual(picking.carrier_tracking_ref, ",".join(ledger["tracking_numbers"]))
        self.assertEqual(len(shipment.parcel_ids.package_id), 3)
        self.assertEqual(len(shipment.parcel_ids.label_id), 3)
        links = picking.get_multiple_carrier_tracking()
        self.assertEqual([link[0] for link in links], ledger["tracking_numbers"])
        self.assertEqual(len(picking._o2c_tracking()), 3)

    def test_delivered_means_all_of_it(self):
        picking = self.pack([1, 1])
        picking.button_validate()
        self.run_jobs()
        first, second = picking.sendcloud_shipment_ids.parcel_ids.sorted("sequence")
        self.control("POST", "sendcloud/scan", {"to": "delivered", "parcels": [int(first.remote_id)]})
        picking.action_sendcloud_refresh()
        self.assertFalse(picking.o2c_delivered_at)
        self.control("POST", "sendcloud/scan", {"to": "delivered", "parcels": [int(second.remote_id)]})
        picking.action_sendcloud_refresh()
        self.assertTrue(picking.o2c_delivered_at)

    def test_more_than_fifteen_parcels(self):
        picking = self.pack([1] * 16)
        picking.button_validate()
        shipment = picking.sendcloud_shipment_ids
        self.assertTrue(shipment.asynchronous)
        self.run_jobs(raise_failures=False)
        self.control("POST", "sendcloud/tick", {})
        shipment._job_labels()
        self.run_jobs()
        self.assertTrue(picking.sendcloud_label_ready)
        self.assertEqual(len(self.sold()), 1)
        self.assertEqual(len(shipment.parcel_ids.label_id), 16)

    def test_a_box_that_is_too_large_says_so(self):
        picking = self.pack([1, 1])
        picking.move_line_ids[:1].result_package_id.package_type_id.packaging_length = 3000
        with self.assertRaisesRegex(UserError, "larger than .* takes .* cm"), self.cr.savepoint():
            picking.button_validate()

    def test_an_option_for_one_parcel_says_so(self):
        carrier = self.account.create_carriers(["postnl:mailbox"])
        picking = self.pack([1, 1])
        picking.carrier_id = carrier
        with self.assertRaisesRegex(UserError, "takes one parcel"), self.cr.savepoint():
            picking.button_validate()

    def test_a_corrected_weight_counts(self):
        picking = self.make_picking()
        picking.shipping_weight = 4.25
        picking.button_validate()
        body = json.loads(picking.sendcloud_shipment_ids.payload)
        self.assertEqual(body["parcels"][0]["weight"]["value"], "4.250")

    def test_insurance_is_a_share_of_the_value(self):
        self.carrier.shipping_insurance = 50
        picking = self.validated(quantity=10)
        body = json.loads(picking.sendcloud_shipment_ids.payload)
        value = sum(picking.move_line_ids.mapped("sale_price")) / 2
        self.assertEqual(
            body["parcels"][0]["additional_insured_price"],
            {"value": f"{value:.2f}", "currency": "EUR"},
        )
