from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lib.tests import nodes
from ..models import shop_orders
from .common import ShopCase


@tagged("post_install", "-at_install")
class TestMissing(ShopCase):
    """An order that could not be taken over is not lost: an issue says so until it is there."""

    def _plain(self, **values):
        return nodes.order([nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")])], "12.10", "2.10", **values)

    def _refusing(self, *gids):
        make = type(self.shop)._create_batch

        def refuse(shop, new):
            if any(order.gid in gids for order, _digest in new):
                raise ValueError("strange")
            return make(shop, new)

        return patch.object(type(self.shop), "_create_batch", refuse)

    def test_those_that_are_created_do_not_hide_it(self):
        bad, good = self._plain(), self._plain()
        with self._refusing(bad["id"]):
            self.assertEqual(self.take(bad, good).shopify_gid, good["id"])
            self.take(self._plain())
        issue = self.issues(self.shop)
        self.assertEqual((issue.key, issue.kind, issue.state), (bad["id"], "order", "open"))

    def test_retry_reads_it_again_although_nothing_changed_in_shopify(self):
        bad = self._plain()
        with self._refusing(bad["id"]):
            self.take(bad)
            issue = self.issues(self.shop)
            with self.answers(bad):
                told = issue.action_retry()
        self.assertEqual((issue.state, issue.count), ("open", 2))
        self.assertIn("strange", told["params"]["message"])
        with self.answers(bad):
            issue.action_retry()
        self.assertEqual(issue.state, "resolved")
        order = self.env["sale.order"].search([("shopify_gid", "=", bad["id"])])
        self.assertPaid(order, "12.10", "2.10")

    def test_a_hint_brings_it_and_closes_the_issue(self):
        bad, other = self._plain(), self._plain()
        with self._refusing(bad["id"], other["id"]):
            self.take(bad, other)
        first, second = self.issues(self.shop).sorted("key")
        self.take(bad)
        self.assertEqual({first.key: first.state, second.key: second.state}[bad["id"]], "resolved")
        self.assertEqual({first.key: first.state, second.key: second.state}[other["id"]], "open")

    def test_one_that_could_not_be_read(self):
        bad = self._plain()
        self.take({**bad, "lineItems": None})
        issue = self.issues(self.shop)
        self.assertEqual((issue.kind, issue.key), ("data", bad["id"]))
        with self.answers(bad):
            issue.action_retry()
        self.assertFalse(self.issues(self.shop))
        self.assertTrue(self.env["sale.order"].search([("shopify_gid", "=", bad["id"])]))

    def test_an_answer_that_nobody_expected_stops_that_order_only(self):
        """Shopify answers null where it never does: the whole call fails, then that order's alone."""
        bad, good = self._plain(), self._plain()
        with self.answers(bad, good):
            answer = shop_orders.fetch_orders

            def fetch(client, gids, **options):
                if bad["id"] in gids:
                    raise TypeError("'NoneType' object is not subscriptable")
                return answer(client, gids, **options)

            with (
                patch.object(shop_orders, "fetch_orders", fetch),
                mute_logger("odoo.addons.o2c_base.batches"),
            ):
                self.assertTrue(self.shop._import_orders([bad["id"], good["id"]]))
        order = self.env["sale.order"].search([("shopify_gid", "=", good["id"])])
        self.assertPaid(order, "12.10", "2.10")
        issue = self.issues(self.shop)
        self.assertEqual((issue.kind, issue.key), ("data", bad["id"]))
        self.assertIn(bad["id"].split("/")[-1], issue.message)
