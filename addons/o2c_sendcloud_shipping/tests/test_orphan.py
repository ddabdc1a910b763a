from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError

from ..lib.client import SendcloudClient
from .common import SendcloudCase


class TestOrphan(SendcloudCase):
    def setUp(self):
        super().setUp()
        # What the tests before this one left at Sendcloud belongs to another database.
        self.new_database_uuid()
        self.account.database_uuid = self.account._current_database_uuid()

    def orphan(self, **values):
        """A label that was bought, and a database that lost all memory of it."""
        picking = self.validated(**values)
        shipment = picking.sendcloud_shipment_ids
        with self.assertRaises(ZeroDivisionError), self.cr.savepoint():
            shipment._announce()
            raise ZeroDivisionError
        self.env["queue.job"].search([]).unlink()
        shipment.unlink()
        return picking

    def sweep(self):
        self.env["o2c.sendcloud.account"]._cron_sweep()
        self.run_jobs()
        return self.env["o2c.sendcloud.orphan"].search([("state", "=", "open")])

    def test_known_labels_are_no_orphans(self):
        self.labelled()
        self.validated()
        self.assertFalse(self.sweep())

    def test_found_once_and_used_for_its_delivery(self):
        picking = self.orphan()
        orphan = self.sweep()
        self.assertEqual(orphan.picking_id, picking)
        self.assertEqual(self.sweep(), orphan)
        self.assertEqual(len(self.issues(orphan)), 1)
        orphan.action_adopt()
        self.run_jobs()
        self.assertTrue(picking.sendcloud_label_ready)
        self.assertEqual(picking.carrier_tracking_ref, self.sold()[0]["tracking_numbers"][0])
        self.assertEqual(len(self.sold()), 1)
        self.assertFalse(self.issues(orphan))

    def test_given_back(self):
        self.orphan()
        orphan = self.sweep()
        orphan.action_cancel()
        self.assertEqual(orphan.state, "cancelled")
        self.assertTrue(self.sold()[0]["cancelled"])
        self.assertFalse(self.sweep())

    def test_not_used_for_another_address(self):
        self.orphan()
        orphan = self.sweep()
        self.customer.write({"zip": "9711 LM", "city": "Groningen"})
        with self.assertRaisesRegex(UserError, "postal code"):
            orphan.action_adopt()
        self.assertEqual(orphan.state, "open")

    def test_a_restored_backup_looks_back_to_before_it_was_made(self):
        backup = self.env.cr.now() - timedelta(days=20)
        self.account.swept_at = backup
        asked = []

        def shipments(client, **filters):
            asked.append(datetime.fromisoformat(filters["announced_after"]).replace(tzinfo=None))
            return iter(())

        with patch.object(SendcloudClient, "shipments", shipments):
            self.sweep()
            self.sweep()
        self.assertLess(asked[0], backup)
        self.assertGreater(asked[1], self.env.cr.now() - timedelta(days=2))

    def test_another_database_minds_its_own_labels(self):
        self.orphan()
        self.new_database_uuid()
        self.account.database_uuid = self.account._current_database_uuid()
        self.assertFalse(self.sweep())
