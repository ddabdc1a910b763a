from datetime import datetime

from .common import SendcloudCase


class TestOrderReport(SendcloudCase):
    def test_days_to_the_first_label(self):
        late, quick, waiting = (self.labelled().sale_id for _number in range(3))
        orders = late | quick | waiting
        for order, moment in (
            (late, datetime(2026, 10, 4, 20, 0)),
            (quick, datetime(2026, 10, 2, 8, 0)),
            (waiting, False),
        ):
            order.date_order = datetime(2026, 10, 1, 20, 0)
            order.picking_ids.sendcloud_shipment_ids.announced_at = moment
        shipment = quick.picking_ids.sendcloud_shipment_ids
        # The label was replaced; the customer did not wait for the second one.
        shipment.state = "cancelled"
        self.env.flush_all()
        shipment.copy(
            {"external_reference_id": "second", "remote_id": False, "announced_at": "2026-10-09 08:00:00"}
        ).state = "announced"
        self.env.flush_all()
        rows = self.env["o2c.order.report"]._read_group(
            [("order_id", "in", orders.ids)], ["order_id"], ["days_to_label:avg"]
        )
        self.assertEqual(dict(rows), {late: 3, quick: 0.5, waiting: False})
        [(average,)] = self.env["o2c.order.report"]._read_group(
            [("order_id", "in", orders.ids)], [], ["days_to_label:avg"]
        )
        self.assertEqual(average, 1.75)

    def test_the_status_of_a_parcel_is_told_in_the_carriers_words(self):
        picking = self.labelled()
        parcel = picking.sendcloud_shipment_ids.parcel_ids
        parcel.status_message = "At the <sorting> centre"
        self.assertEqual(picking._o2c_tracking()[0]["status"], "At the <sorting> centre")
        self.assertIn("At the &lt;sorting&gt; centre", picking.sale_id.o2c_tracking)
