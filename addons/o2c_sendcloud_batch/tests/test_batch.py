import io

from odoo import Command
from odoo.exceptions import UserError
from odoo.tools.pdf import PdfFileReader

from odoo.addons.o2c_sendcloud_shipping.tests.common import SendcloudCase


class TestBatch(SendcloudCase):
    def make_batch(self, pickings, **values):
        batch = self.env["stock.picking.batch"].create(
            {"picking_ids": [Command.set(pickings.ids)], "company_id": self.company.id, **values}
        )
        batch.action_confirm()
        return batch

    def test_a_batch_is_validated_and_printed_in_the_order_of_its_list(self):
        """Three parcels and one delivery that the customer collects."""
        first, second, third = (self.make_picking() for _ in range(3))
        collected = self.make_picking(carrier=self.env["delivery.carrier"])
        batch = self.make_batch(first | second | collected | third)
        for place, picking in enumerate((third, collected, first, second)):
            picking.batch_sequence = place
        batch.action_done()
        self.assertEqual(batch.state, "done")
        self.assertEqual((batch.sendcloud_label_count, batch.sendcloud_waiting_count), (0, 3))
        self.run_jobs()
        self.assertEqual((batch.sendcloud_label_count, batch.sendcloud_waiting_count), (3, 0))
        self.assertEqual(len(self.sold()), 3)
        action = batch.action_sendcloud_print_labels()
        wanted = [picking.id for picking in (third, collected, first, second)]
        self.assertEqual(action["url"].partition("ids=")[2], ",".join(map(str, wanted)))
        content, _extension = batch._sendcloud_pickings()._sendcloud_labels_file()
        pages = [page.extract_text() for page in PdfFileReader(io.BytesIO(content)).pages]
        self.assertEqual(len(pages), 3)
        for page, picking in zip(pages, (third, first, second), strict=True):
            self.assertIn(picking.carrier_tracking_ref, page.replace(" ", ""))
        second.action_sendcloud_cancel_label()
        self.run_jobs()
        self.assertEqual((batch.sendcloud_label_count, batch.sendcloud_waiting_count), (2, 1))
        self.assertIn(second.name, batch.action_sendcloud_print_labels()["params"]["message"])

    def test_nothing_of_a_wave_is_sold_when_one_address_is_wrong(self):
        good = self.make_picking()
        bad = self.make_picking(customer=self.make_customer(street="Kerkstraat"))
        wave = self.make_batch(good | bad, is_wave=True)
        self.assertTrue(wave.is_wave)
        with self.assertRaisesRegex(UserError, f"{bad.name}.*house number"), self.cr.savepoint():
            wave.action_done()
        bad.partner_id.street = "Kerkstraat 1"
        wave.action_done()
        self.run_jobs()
        self.assertEqual(len(self.sold()), 2)
        self.assertTrue(good.sendcloud_label_ready and bad.sendcloud_label_ready)
