from unittest.mock import patch

from odoo.tests import tagged

from ..models import o2c_shopify_history
from .common_sandbox import GardenCase

MODULE = o2c_shopify_history.__name__


@tagged("post_install", "-at_install")
class TestHistory(GardenCase):
    """Orders of the past by a bulk operation, with progress, interruptions and restarts."""

    def setUp(self):
        super().setUp()
        self.shop.import_from = "2099-01-01 00:00:00"
        self.history = self.env["o2c.shopify.history"].create(
            {"shop_id": self.shop.id, "date_from": "2020-01-01 00:00:00"}
        )
        # As if there were many more: three orders at a time, from pieces in which hardly one fits.
        for name, value in (("CHUNK", 3), ("WINDOW", 2000)):
            patcher = patch.object(o2c_shopify_history, name, value)
            patcher.start()
            self.addCleanup(patcher.stop)

    def _orders(self):
        return self.env["sale.order"].search([("shopify_shop_id", "=", self.shop.id)])

    def _advance_until(self, condition):
        for _step in range(2000):
            if condition():
                return
            self.history._advance()
        self.fail("The import does not come to an end.")

    def test_everything_once_whatever_happens_on_the_way(self):
        made = self.checkout("plain", "multi_line", "mixed_vat", "guest", "plain", seed=51)
        self.control("POST", "shopify/refund", {"order": made[1]["gid"], "full": True})
        self.control("POST", "shopify/ship", {"order": made[2]["gid"]})
        self.shop.order_cursor = "2099-01-01 00:00:00"
        # The first operation breaks off half-way; what it brought is taken over all the same.
        self.control("POST", "shopify/bulk", {"fail": "TIMEOUT"})
        self.history.action_start()
        self._advance_until(lambda: self.history.restarts == 1)
        self.assertTrue(self._orders())
        # A pause after the first batch.
        self._advance_until(lambda: self.history.done_count == 3)
        self.history.action_pause()
        self.history._advance()
        self.assertEqual((self.history.state, self.history.done_count), ("paused", 3))
        self.assertEqual((self.history.order_count, self.history.progress), (5, 60))
        self.assertEqual(len(self._orders()), 3)
        # A week later the file is gone, and an order has changed that Odoo does not have yet.
        self.control("POST", "shopify/refund", {"order": made[4]["gid"], "full": True})
        self.history.url = self.history.url.replace(".jsonl", "0.jsonl")
        self.history.action_start()
        self._advance_until(lambda: self.history.state == "done")
        self.run_jobs()
        self.assertEqual((self.history.restarts, self.history.progress), (2, 100))
        orders = self._orders()
        self.assertEqual(orders.o2c_issue_ids.mapped("message"), [])
        self.assertEqual(
            {order.shopify_gid: f"{order.amount_total:.2f}" for order in orders},
            {item["gid"]: f"{float(item['total']):.2f}" for item in made},
        )
        self.assertEqual((len(orders), set(orders.mapped("state"))), (5, {"sale"}))
        for item in (made[1], made[4]):
            self.assertEqual(sum(self.order(item).invoice_ids.mapped("amount_total_signed")), 0)
        # Sent long ago: delivered here, and nothing is told to Shopify.
        self.assertEqual(self.order(made[2]).picking_ids.state, "done")
        self.assertFalse(self.order(made[2]).shopify_fulfillment_ids)
        # What changed while the result was read is looked at again.
        self.assertEqual(self.shop.order_cursor.year, self.history.asked_at.year)

    def test_what_was_read_alone_is_no_news_in_bulk(self):
        self.shop.import_from = "2020-01-01 00:00:00"
        made = self.checkout("plain", "multi_line", "payment_terms", "no_shipping_address", "pos", seed=52)
        self.control("POST", "shopify/refund", {"order": made[1]["gid"], "full": True})
        self.shop._import_orders([item["gid"] for item in made])
        orders = self._orders()
        self.assertEqual(len(orders), len(made))
        before = {order: order.shopify_digest for order in orders}
        updated = []
        model = type(orders)
        with patch.object(
            model, "_shopify_update", lambda order, parsed, _digest: updated.append(parsed.name)
        ):
            self.history.action_start()
            self._advance_until(lambda: self.history.state == "done")
        self.assertEqual((updated, {order: order.shopify_digest for order in orders}), ([], before))

    def test_only_one_at_a_time_and_the_scope_is_explained(self):
        self.assertFalse(self.history._explain_scope())
        self.shop.granted_scopes = "read_orders"
        self.history.action_start()
        self.assertIn("read_all_orders", self.history.message)
