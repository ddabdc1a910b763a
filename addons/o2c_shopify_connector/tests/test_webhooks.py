import base64
import hashlib
import hmac
import json
from unittest.mock import patch

from odoo.exceptions import RedirectWarning
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..controllers.webhook import verify
from ..lib.tests import nodes
from .common import ShopCase


def sign(secret, body):
    """The signature that Shopify would send with this body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


@tagged("post_install", "-at_install")
class TestWebhookRoute(ShopCase, HttpCase):
    """What the public door lets in."""

    def _send(self, body, *, secret="shpss_test", token=None, delivery="d-1", **headers):
        raw = json.dumps(body).encode()
        # The token is hidden from everybody but administrators.
        token = token or self.shop.sudo().webhook_token
        return self.url_open(
            f"/o2c/shopify/webhook/{token}",
            data=raw,
            headers={
                "Content-Type": "application/json",
                "X-Shopify-Topic": "orders/updated",
                "X-Shopify-Shop-Domain": "garden-lane.myshopify.com",
                "X-Shopify-Webhook-Id": delivery,
                "X-Shopify-Hmac-Sha256": sign(secret, raw),
                **headers,
            },
        ).status_code

    def _events(self):
        return self.env["o2c.inbox.event"].search([("connection_id", "=", self.shop.id)])

    def test_signed_is_kept_once(self):
        body = {"admin_graphql_api_id": "gid://shopify/Order/1"}
        self.assertEqual([self._send(body), self._send(body)], [200, 200])
        self.assertEqual(self._events().mapped("external_id"), ["d-1"])

    def test_wrong_signature(self):
        self.assertEqual(self._send({"id": 1}, secret="shpss_other"), 401)
        self.assertFalse(self._events())

    def test_wrong_token(self):
        self.assertEqual(self._send({"id": 1}, token="guess"), 404)

    def test_another_shop(self):
        status = self._send({"id": 1}, **{"X-Shopify-Shop-Domain": "other.myshopify.com"})
        self.assertEqual(status, 401)

    def test_old_secret_during_a_rotation(self):
        self.shop.write({"client_secret": "shpss_new", "previous_webhook_secret": "shpss_test"})
        self.env.flush_all()
        self.assertEqual(self._send({"id": 1}, secret="shpss_test"), 200)
        self.assertEqual(self._send({"id": 1}, secret="shpss_new", delivery="d-2"), 200)

    def test_without_any_secret_nothing_is_let_in(self):
        self.shop.client_secret = False
        body = b"{}"
        headers = {
            "X-Shopify-Hmac-Sha256": sign("", body),
            "X-Shopify-Shop-Domain": self.shop.domain,
            "X-Shopify-Webhook-Id": "1",
            "X-Shopify-Topic": "orders/create",
        }
        self.assertIsNone(verify(self.shop, body, headers))


@tagged("post_install", "-at_install")
class TestInbox(ShopCase):
    """What a hint leads to."""

    def _receive(self, topic, body, delivery):
        return self.env["o2c.inbox.event"]._receive(self.shop, topic, delivery, json.dumps(body))

    def _order(self, **values):
        return nodes.order([nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")])], "12.10", "2.10", **values)

    def test_many_hints_are_one_look(self):
        node = self._order()
        number = node["id"].split("/")[-1]
        events = (
            self._receive("orders/create", {"admin_graphql_api_id": node["id"]}, "a")
            | self._receive("orders/paid", {"id": int(number)}, "b")
            | self._receive("order_transactions/create", {"order_id": int(number)}, "c")
        )
        with self.answers(node):
            self.run_jobs()
        self.assertEqual(set(events.mapped("state")), {"done"})
        order = self.env["sale.order"].search([("shopify_gid", "=", node["id"])])
        self.assertEqual((len(order), order.state), (1, "sale"))

    def test_hundreds_of_hints_about_one_order_read_it_once(self):
        """An order of very many payment attempts: a hint for each of them, and one question to Shopify."""
        node = self._order()
        number = int(node["id"].split("/")[-1])
        events = self.env["o2c.inbox.event"]
        for attempt in range(120):
            events |= self._receive("order_transactions/create", {"order_id": number, "id": attempt}, attempt)
        calls = []
        take = type(self.shop)._import_orders
        with (
            self.answers(node),
            patch.object(
                type(self.shop),
                "_import_orders",
                lambda shop, gids, **kw: calls.append(gids) or take(shop, gids),
            ),
        ):
            self.run_jobs()
        self.assertEqual(calls, [[node["id"]]])
        self.assertEqual(set(events.mapped("state")), {"done"})

    def test_unknown_topic_and_broken_body(self):
        other = self._receive("themes/publish", {"id": 1}, "t")
        broken = self.env["o2c.inbox.event"]._receive(self.shop, "orders/create", "x", "{")
        self.run_jobs()
        self.assertEqual((other.state, broken.state), ("ignored", "failed"))

    def test_one_that_cannot_be_dealt_with_stops_no_other(self):
        node = self._order()
        strange = self._receive("customers/merge", {"admin_graphql_api_customer_kept_id": 1}, "m")
        shapeless = self._receive("products/update", {"variants": [{}]}, "v")
        order = self._receive("orders/create", {"admin_graphql_api_id": node["id"]}, "o")
        logger = "odoo.addons.o2c_shopify_connector.models.shop_webhooks"
        failing = patch.object(
            type(self.shop), "_on_customer_merge", side_effect=RedirectWarning("no", 1, "go")
        )
        with failing, self.answers(node), mute_logger(logger):
            self.run_jobs()
            self.assertEqual((strange.state, shapeless.state, order.state), ("failed", "failed", "done"))
            issue = self.issues(self.shop)
            self.assertIn("customers/merge", issue.message)
        issue.action_retry()
        self.run_jobs()
        self.assertEqual((strange.state, issue.state), ("done", "resolved"))

    def test_uninstalled(self):
        event = self._receive("app/uninstalled", {"id": 1}, "u")
        self.run_jobs()
        self.assertEqual((event.state, self.shop.state), ("done", "error"))
        self.assertIn("removed from the shop", self.issues(self.shop).message)

    def test_erasing_a_customer_without_documents(self):
        order = self.take(self._order(transactions=[], displayFinancialStatus="PENDING"))
        partner = order.partner_id
        number = order.shopify_gid.split("/")[-1]
        event = self._receive(
            "customers/redact", {"customer": {"id": int(number), "email": "x@example.com"}}, "r"
        )
        self.run_jobs()
        self.assertEqual(partner.name, "Erased customer")
        self.assertFalse(partner.email or partner.street or partner.phone)
        self.assertEqual((event.state, event.body), ("done", False))

    def test_erasing_a_customer_with_invoices_is_left_to_a_person(self):
        order = self.take(self._order())
        number = order.shopify_gid.split("/")[-1]
        self._receive("customers/redact", {"customer": {"id": int(number)}}, "r2")
        self.run_jobs()
        self.assertEqual(order.partner_id.name, "Sanne Bakker")
        self.assertIn("erase", self.issues(self.shop).message)

    def test_data_request(self):
        self._receive("customers/data_request", {"customer": {"id": 1}, "data_request": {"id": 9}}, "q")
        self.run_jobs()
        self.assertIn("30 days", self.issues(self.shop).message)

    def test_erasing_what_is_kept_of_a_shop(self):
        self._receive("shop/redact", {"shop_domain": self.shop.domain}, "s")
        self.run_jobs()
        self.assertIn("erase what was taken over", self.issues(self.shop).message)

    def test_our_own_stock_level_does_not_echo(self):
        self.shop.push_stock_levels = True
        location = self.env["o2c.shopify.location"].create(
            {
                "shop_id": self.shop.id,
                "name": "Warehouse",
                "gid": "gid://shopify/Location/1",
                "warehouse_id": self.shop._warehouse().id,
            }
        )
        variant = self.env["o2c.shopify.variant"].create(
            {
                "shop_id": self.shop.id,
                "gid": "gid://shopify/ProductVariant/1",
                "inventory_gid": "gid://shopify/InventoryItem/5",
                "product_id": self.products[0].id,
                "tracked": True,
            }
        )
        free = self.shop._free_stock(variant, location.warehouse_id)[variant.inventory_gid]
        changes = self.env["o2c.shopify.stock.change"]
        body = {"inventory_item_id": 5, "location_id": 1, "available": free}
        event = self._receive("inventory_levels/update", body, "l1")
        self.shop._process_inbox()
        self.assertEqual(event.state, "done")
        self.assertFalse(changes.search([("variant_id", "=", variant.id)]))
        self._receive("inventory_levels/update", {**body, "available": free - 1}, "l2")
        self.shop._process_inbox()
        self.assertTrue(changes.search([("variant_id", "=", variant.id)]))

    def test_a_burst_of_levels_is_one_look(self):
        """As many hints as one job takes: no question to the database for each of them."""
        self.shop.push_stock_levels = True
        self.env["o2c.shopify.location"].create(
            {
                "shop_id": self.shop.id,
                "name": "Warehouse",
                "gid": "gid://shopify/Location/1",
                "warehouse_id": self.shop._warehouse().id,
            }
        )
        self.env["o2c.shopify.variant"].create(
            [
                {
                    "shop_id": self.shop.id,
                    "gid": f"gid://shopify/ProductVariant/{number}",
                    "inventory_gid": f"gid://shopify/InventoryItem/{number}",
                    "product_id": product.id,
                    "tracked": True,
                }
                for number, product in enumerate(self.products)
            ]
        )

        def queries(count):
            bodies = [
                {"inventory_item_id": number, "location_id": 1, "available": -1} for number in range(count)
            ]
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.shop._compare_levels(bodies)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertLess(queries(9) - queries(1), 9)


@tagged("post_install", "-at_install")
class TestStockChanges(ShopCase):
    """A move of goods is written down once, with the move."""

    def test_moves_are_noted_once_for_each_product(self):
        self.shop.write({"push_stock_levels": True, "state": "connected"})
        variant = self.env["o2c.shopify.variant"].create(
            {
                "shop_id": self.shop.id,
                "gid": "gid://shopify/ProductVariant/1",
                "inventory_gid": "gid://shopify/InventoryItem/5",
                "product_id": self.products[0].id,
                "tracked": True,
            }
        )
        changes = self.env["o2c.shopify.stock.change"]
        self.env.cr.flush()
        changes.search([]).unlink()
        stock = self.shop._warehouse().lot_stock_id
        for quantity in (5, -2):
            self.env["stock.quant"]._update_available_quantity(self.products[0], stock, quantity)
        self.env["stock.quant"]._update_available_quantity(self.products[1], stock, 1)
        self.env.cr.flush()
        self.assertEqual(changes.search([]).variant_id, variant)
        self.assertEqual(len(changes.search([])), 1)
        jobs = self.pending_jobs("root.o2c.shopify")
        # Two windows may be touched, never one job for each move.
        self.assertEqual(set(jobs.mapped("method_name")), {"_push_changed_stock"})
        self.assertLessEqual(len(jobs), 2)

    def test_safety_stock_and_reservations_are_kept_back(self):
        self.shop.safety_stock = 10
        variant = self.env["o2c.shopify.variant"].create(
            {
                "shop_id": self.shop.id,
                "gid": "gid://shopify/ProductVariant/1",
                "inventory_gid": "i",
                "product_id": self.products[0].id,
                "tracked": True,
            }
        )
        warehouse = self.shop._warehouse()
        self.assertEqual(self.shop._free_stock(variant, warehouse), {"i": 990})
        self.take(nodes.order([nodes.line(1, 40, "1.00")], "40.00", "0"))
        self.assertEqual(self.shop._free_stock(variant, warehouse), {"i": 950})
