import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..models import shop_orders, shop_products
from .common_sandbox import GardenCase


@tagged("post_install", "-at_install")
class TestSweep(GardenCase):
    """Which changes a look for changed orders finds, and where the next one begins."""

    def setUp(self):
        super().setUp()
        # What the tests before have bought is of no interest.
        self.control("POST", "clock", {"advance": 3600})
        self.shop.order_cursor = self._now() - timedelta(minutes=30)

    def _now(self):
        told = self.control("POST", "clock", {"advance": 0})["time"]
        return fields.Datetime.to_datetime(told.replace("T", " ").replace("Z", ""))

    def _buy(self, count, seed):
        made = self.checkout(*["plain"] * count, seed=seed)
        self.control("POST", "clock", {"advance": 3600})
        return {item["gid"] for item in made}

    def _queued(self):
        events = self.env["o2c.inbox.event"].search(
            [("connection_id", "=", self.shop.id), ("topic", "=", "o2c/sweep"), ("state", "=", "new")]
        )
        gids = [gid for event in events for gid in json.loads(event.body)["orders"]]
        events._mark("done")
        return gids

    def test_the_next_one_begins_where_this_one_ended(self):
        first, second = self._buy(2, seed=61), self._buy(1, seed=68)
        self.assertEqual(self.shop.sync_orders(), 3)
        self.assertEqual(set(self._queued()), first | second)
        # They were not taken over: only the cursor can say that they have been seen. What changed in its
        # last minutes is looked at once more.
        third = self._buy(1, seed=62)
        self.assertEqual(self.shop.sync_orders(), 2)
        self.assertEqual(set(self._queued()), second | third)

    def test_an_earlier_beginning_is_looked_at(self):
        """The first look came before somebody said from when on orders are wanted."""
        old = self._buy(2, seed=63)
        self.shop.order_cursor = self.shop.import_from = self._now()
        self.assertEqual(self.shop.sync_orders(), 0)
        self.shop.import_from = self._now() - timedelta(hours=1, minutes=10)
        self.assertEqual(self.shop.sync_orders(), 2)
        self.assertEqual(set(self._queued()), old)
        # A later one leaves the cursor where it is.
        cursor = self.shop.order_cursor
        self.shop.import_from = self._now()
        self.assertEqual(self.shop.order_cursor, cursor)

    def test_the_wizard_says_it_after_the_first_look(self):
        old = self._buy(1, seed=64)
        self.shop.order_cursor = self.shop.import_from = self._now()
        self.shop.sync_orders()
        setup = self.env["o2c.shopify.setup"].browse(self.shop.action_setup()["res_id"])
        setup.write({"import_from": self._now() - timedelta(hours=2), "take_products": False})
        setup.action_confirm()
        self.shop.sync_orders()
        self.assertLessEqual(old, set(self._queued()))

    def test_more_changes_than_one_list_shows(self):
        """Job after job goes on where the one before has stopped, also within one second."""
        made = self._buy(3, seed=65) | self._buy(2, seed=66) | self._buy(2, seed=67)
        with patch.object(shop_orders, "MOST_CHANGES", 2):
            self.shop.sync_orders()
            steps = [len(self._queued())]
            while jobs := self.pending_jobs("root.o2c.shopify").filtered(
                lambda job: job.method_name == "sync_orders"
            ):
                self.assertEqual(len(jobs), 1)
                since = jobs.args[0]
                jobs.state = "done"
                self.shop.sync_orders(since)
                steps.append(len(self._queued()))
        self.assertEqual(sum(steps), len(made), steps)
        self.assertGreater(len(steps), 1)
        self.assertLessEqual(self._now() - self.shop.order_cursor, timedelta(hours=1, minutes=5))

    def test_more_products_than_one_list_shows(self):
        variants = self.shop.variant_ids
        count = self.env["product.product"].search_count([])
        bound = []
        take = type(self.shop)._bind_batch

        def note(shop, items):
            bound.append([item.gid for item in items])
            return take(shop, items)

        with (
            patch.object(shop_products, "MOST_VARIANTS", 10),
            patch.object(type(self.shop), "_bind_batch", note),
        ):
            self.assertEqual(self.shop.sync_products(), 10)
            self.run_jobs()
        self.assertEqual({gid for gids in bound for gid in gids}, set(variants.mapped("gid")))
        self.assertEqual(sum(map(len, bound)), len(variants))
        self.assertEqual(self.env["product.product"].search_count([]), count)
