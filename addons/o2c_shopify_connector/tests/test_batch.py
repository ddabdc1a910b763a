from unittest.mock import patch

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError

from ..lib.tests import nodes
from ..models import sale_order_step
from .common import ShopCase

LOGGER = sale_order_step.__name__


@tagged("post_install", "-at_install")
class TestBatch(ShopCase):
    """Work is done for all orders at once."""

    def _nodes(self, count):
        return [
            nodes.order(
                [
                    nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")]),
                    nodes.line(2, 2, "10.90", [nodes.tax(9, "1.80")]),
                    nodes.line(3, 1, "5.00", [nodes.tax(21, "0.87")]),
                ],
                "38.90",
                "4.77",
            )
            for _number in range(count)
        ]

    def _small(self, count):
        return [
            nodes.order([nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")])], "12.10", "2.10")
            for _number in range(count)
        ]

    def _queries(self, batch):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        orders = self.take(*batch)
        self.env.flush_all()
        used = self.env.cr.sql_log_count - before
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        self.assertEqual(sum(orders.invoice_ids.mapped("amount_residual")), 0)
        return used

    def test_an_order_takes_as_many_queries_among_many_as_among_few(self):
        self._queries(self._nodes(2))
        few, many = self._queries(self._nodes(5)), self._queries(self._nodes(20))
        # What Odoo itself needs to confirm, deliver, invoice and pay an order is nearly all of it.
        self.assertLessEqual(many / 20, few / 5)
        self.assertLess((many - few) / 15, 102)

    def test_the_tenth_batch_of_fifty_takes_no_more_queries_than_the_first(self):
        """500 orders, as a sweep brings them."""
        self._queries(self._small(2))
        first = self._queries(self._small(50))
        for _batch in range(8):
            self._queries(self._small(50))
        last = self._small(50)
        self.env.invalidate_all()
        with self.assertQueryCount(first):
            self.take(*last)

    def test_two_workers_never_import_one_order(self):
        node = self._nodes(1)[0]
        with self.registry.cursor() as other:
            other.execute(
                "SELECT pg_advisory_xact_lock(hashtext('o2c.shopify'), hashtext(%s))",
                [f"{self.shop.id}:{node['id']}"],
            )
            with self.assertRaises(RetryableJobError):
                self.take(node)
        self.assertTrue(self.take(node))

    def test_a_conflict_in_the_database_is_no_fault_of_the_order(self):
        """The job starts over and keeps its hints; nobody is told that an order could not be created."""
        with (
            patch.object(type(self.shop), "_create_batch", side_effect=SerializationFailure),
            self.assertRaises(SerializationFailure),
        ):
            self.take(*self._nodes(2))
        self.assertFalse(self.issues(self.shop))

    def test_a_rule_of_somebody_else_is_told_and_not_tried_for_ever(self):
        self.env.cr.execute("CREATE UNIQUE INDEX other_once ON sale_order (shopify_po_number)")
        good, bad = ({**node, "poNumber": "PO-1"} for node in self._nodes(2))
        with mute_logger("odoo.sql_db"):
            self.assertEqual(self.take(good, bad).shopify_gid, good["id"])
        self.assertEqual(self.issues(self.shop).key, bad["id"])

    def test_ours_is_tried_again(self):
        """Two jobs made the same order; whichever was later looks again, and finds it."""
        order = self.take(self._nodes(1)[0])
        make = type(self.shop)._create_batch

        def late(shop, new):
            order.copy({"shopify_shop_id": shop.id, "shopify_gid": order.shopify_gid})
            return make(shop, new)

        with (
            patch.object(type(self.shop), "_create_batch", late),
            mute_logger("odoo.sql_db"),
            self.assertRaises(RetryableJobError),
        ):
            self.take(self._nodes(1)[0])
        self.assertFalse(self.issues(self.shop))

    def test_only_the_culprit_is_not_created(self):
        good, bad = self._nodes(2)
        make = type(self.shop)._create_batch

        def refuse(shop, new):
            if any(order.gid == bad["id"] for order, _digest in new):
                raise ValueError("strange")
            return make(shop, new)

        with patch.object(type(self.shop), "_create_batch", refuse):
            self.assertEqual(self.take(good, bad).shopify_gid, good["id"])
        issue = self.issues(self.shop)
        self.assertEqual((issue.key, issue.kind), (bad["id"], "order"))
        self.assertIn("strange", issue.message)

    def test_a_step_is_done_for_all_then_for_each_and_never_twice(self):
        tried = []

        def fail(orders):
            tried.append(len(orders))
            raise ValueError("strange")

        with patch.object(type(self.env["sale.order"]), "_shopify_invoice", fail), mute_logger(LOGGER):
            orders = self.take(*self._nodes(2))
            self.assertEqual(tried, [2, 1, 1])
            del tried[:]
            orders |= self.take(*self._nodes(1))
            self.assertEqual(tried, [1])
        for order in orders:
            issue = self.issues(order)
            self.assertEqual((issue.kind, order.invoice_ids.ids), ("invoice", []))
            self.assertIn("strange", issue.message)

    def test_the_database_refuses_a_second_one(self):
        order = self.take(self._nodes(1)[0])
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            order.copy({"shopify_shop_id": self.shop.id, "shopify_gid": order.shopify_gid})
