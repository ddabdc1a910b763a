from html import escape

from odoo.tests import HttpCase

from .common import SendcloudCase
from .test_batch import packed


class TestPortal(SendcloudCase, HttpCase):
    def test_a_customer_follows_every_parcel_on_the_page_of_the_order(self):
        picking = packed(self.make_picking(quantity=2), [1, 1])
        picking.button_validate()
        self.run_jobs()
        order = picking.sale_id
        page = self.url_open(f"http://127.0.0.1:{self.http_port()}{order.get_portal_url()}")
        self.assertEqual(page.status_code, 200)
        parcels = picking.sendcloud_shipment_ids.parcel_ids
        self.assertEqual(len(parcels), 2)
        for parcel in parcels:
            self.assertIn(parcel.tracking_number, page.text)
            self.assertIn(f'href="{escape(parcel.tracking_url)}"', page.text)
