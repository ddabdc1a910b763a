import json
from unittest.mock import patch

from odoo.tests import tagged

from ...o2c_base.lib.http import HttpClient
from ..lib.client import ShopifyClient
from .common_sandbox import GardenCase


@tagged("post_install", "-at_install")
class TestBadDays(GardenCase):
    """Nothing is lost, and what needs a person is said in words."""

    world_options = {**GardenCase.world_options, "timeout_seconds": 0.3}

    def fault(self, kind, **values):
        self.control("POST", "faults", {"platform": "shopify", "kind": kind, "rate": 1, **values})
        self.addCleanup(self.control, "DELETE", "faults")

    def setUp(self):
        super().setUp()
        # Nobody waits for what does not pass by waiting.
        for client in (HttpClient, ShopifyClient):
            patcher = patch.dict(client.__init__.__kwdefaults__, sleep=lambda seconds: None)
            patcher.start()
            self.addCleanup(patcher.stop)

    def tearDown(self):
        self.control("DELETE", "faults")
        super().tearDown()

    def test_throttled(self):
        made = self.checkout("plain", seed=21)
        self.fault("throttled", times=2)
        self.sweep()
        self.assertEqual(self.order(made[0]).state, "sale")

    def test_server_errors(self):
        made = self.checkout("plain", seed=22)
        self.fault("500", times=2)
        self.sweep()
        self.assertEqual(self.order(made[0]).state, "sale")

    def test_time_out(self):
        """Reading again is harmless, whether Shopify never heard the question or its answer was lost."""
        made = self.checkout("plain", seed=32)
        for kind in ("timeout_before", "timeout_after"):
            self.fault(kind, times=1, match="o2cOrders")
        self.sweep()
        self.assertEqual(self.order(made[0]).state, "sale")
        self.assertFalse(self.issues(self.shop))

    def test_the_permission_to_read_orders_is_missing(self):
        made = self.checkout("plain", seed=33)
        granted = self.shop.granted_scopes.split(", ")
        self.control("POST", "shopify/access", {"revoke_scopes": ["read_orders", "write_orders"]})
        self.addCleanup(self.control, "POST", "shopify/access", {"scopes": granted})
        self.sweep()
        self.assertFalse(self.order(made[0]))
        issue = self.issues(self.shop).filtered(lambda issue: issue.key == "orders")
        self.assertIn("permission", issue.message)
        self.control("POST", "shopify/access", {"scopes": granted})
        issue.action_retry()
        self.sweep()
        self.assertEqual(self.order(made[0]).state, "sale")
        self.assertFalse(self.issues(self.shop).filtered(lambda issue: issue.key == "orders"))

    def test_no_answer_about_a_product(self):
        """A product is asked for while its order is taken over: an outage is not the order's fault."""
        self.shop.unknown_product_policy = "create"
        [made] = self.checkout("plain", seed=36)
        gid = self.control("GET", f"shopify/order?order={made['gid']}")["lineItems"][0]["variant"]["id"]
        binding = self.shop.variant_ids.filtered(lambda variant: variant.gid == gid)
        binding.product_id.default_code = "another"
        binding.product_id.barcode = False
        binding.unlink()
        body = json.dumps({"admin_graphql_api_id": made["gid"]})
        event = self.env["o2c.inbox.event"]._receive(self.shop, "orders/create", "delivery-36", body)
        self.fault("500", match="o2cVariantsById")
        self.run_jobs(max_tries=1, postpone=True)
        self.assertEqual((event.state, self.order(made).ids), ("new", []))
        self.assertFalse(self.issues(self.shop))
        self.control("DELETE", "faults")
        self.run_jobs()
        order = self.order(made)
        self.assertEqual((event.state, order.state), ("done", "sale"))
        self.assertEqual(self.issues(order).mapped("message"), [])
        found = self.shop.variant_ids.filtered(lambda variant: variant.gid == gid)
        self.assertIn(found.product_id, order.order_line.product_id)
        self.assertTrue(found.inventory_gid, "it was read from Shopify, not made of the order's line")

    def test_broken_answer(self):
        made = self.checkout("plain", seed=23)
        self.fault("broken_json", times=1)
        self.sweep()
        self.sweep()
        self.assertEqual(self.order(made[0]).state, "sale")
        self.assertFalse(self.issues(self.shop))

    def test_revoked_token_and_back(self):
        made = self.checkout("plain", seed=24)
        self.shop.auth_method = "token"
        self.shop.access_token = "shpat_revoked"
        self.sweep()
        self.assertFalse(self.order(made[0]))
        self.assertEqual(self.shop.state, "error")
        issue = self.issues(self.shop).filtered(lambda issue: issue.kind == "connection")
        self.assertIn("keys", issue.message)
        self.assertNotIn("shpat_revoked", issue.message + (issue.detail or ""))
        self.shop.access_token = self.credentials["shopify"]["access_token"]
        self.sweep()
        self.assertEqual(self.order(made[0]).state, "sale")
        self.assertFalse(self.issues(self.shop))
        self.assertEqual(self.shop.state, "connected")

    def test_hints_survive_an_outage(self):
        made = self.checkout("plain", seed=25)
        self.shop.auth_method = "token"
        good = self.credentials["shopify"]["access_token"]
        self.shop.access_token = "shpat_wrong"
        inbox = self.env["o2c.inbox.event"]
        event = inbox._receive(
            self.shop,
            "orders/create",
            "delivery-25",
            json.dumps({"admin_graphql_api_id": made[0]["gid"]}),
        )
        self.run_jobs()
        self.assertEqual(event.state, "new")
        self.shop.access_token = good
        inbox._enqueue(self.shop)
        self.run_jobs()
        self.assertEqual(event.state, "done")
        self.assertEqual(self.order(made[0]).state, "sale")

    def test_a_long_outage(self):
        """The job waits with its hint, and nobody is told of what passes by itself."""
        [made] = self.checkout("plain", seed=35)
        body = json.dumps({"admin_graphql_api_id": made["gid"]})
        event = self.env["o2c.inbox.event"]._receive(self.shop, "orders/create", "delivery-35", body)
        for kind in ("500", "throttled"):
            self.fault(kind)
            self.run_jobs(max_tries=1, postpone=True)
            self.assertEqual((event.state, self.order(made).ids), ("new", []))
            self.assertTrue(self.pending_jobs("root.o2c.shopify"))
            self.control("DELETE", "faults")
        self.assertFalse(self.issues(self.shop))
        self.run_jobs()
        self.assertEqual((event.state, self.order(made).state), ("done", "sale"))

    def test_personal_data_withheld(self):
        made = self.checkout("plain", seed=26)
        self.control("POST", "shopify/access", {"personal_data": False})
        self.addCleanup(self.control, "POST", "shopify/access", {"personal_data": True})
        self.sweep()
        order = self.order(made[0])
        self.assertTrue(order)
        self.assertEqual(f"{order.amount_total:.2f}", f"{float(made[0]['total']):.2f}")
        issue = self.issues(self.shop)
        self.assertIn("protected customer data", issue.message)
        self.assertFalse(order.partner_id.email or order.partner_shipping_id.street)
        # Granted meanwhile: nothing has changed in Shopify, so the orders are read again on request.
        self.control("POST", "shopify/access", {"personal_data": True})
        issue.action_retry()
        self.run_jobs()
        theirs = self.control("GET", f"shopify/order?order={made[0]['gid']}")
        self.assertEqual(order.partner_id.name, theirs["customer"]["displayName"])
        self.assertEqual(order.partner_id.email, theirs["customer"]["email"])
        self.assertEqual(order.partner_shipping_id.street, theirs["shippingAddress"]["address1"])
        self.assertEqual(order.picking_ids.partner_id, order.partner_shipping_id)
        self.assertFalse(self.issues(self.shop) | self.issues(order))

    def test_order_deleted_in_shopify(self):
        made = self.checkout("plain", seed=27)
        self.control("POST", "shopify/delete", {"order": made[0]["gid"]})
        self.shop._import_orders([made[0]["gid"]])
        self.assertFalse(self.order(made[0]))
        self.assertFalse(self.issues(self.shop))
        known = self.checkout("plain", seed=34)
        self.sweep()
        self.control("POST", "shopify/delete", {"order": known[0]["gid"]})
        number = int(known[0]["gid"].split("/")[-1])
        event = self.env["o2c.inbox.event"]._receive(
            self.shop, "orders/delete", "delivery-34", json.dumps({"id": number})
        )
        self.run_jobs()
        self.assertEqual(event.state, "done")
        self.assertIn("deleted in Shopify", self.issues(self.order(known[0])).message)
        self.assertEqual(self.order(known[0]).state, "sale")

    def test_unknown_enum_values(self):
        made = self.checkout("plain", seed=28)
        self.control(
            "POST",
            "shopify/update",
            {
                "order": made[0]["gid"],
                "raw": {"displayFulfillmentStatus": "TELEPORTED"},
            },
        )
        self.sweep()
        order = self.order(made[0])
        self.assertEqual((order.state, order.shopify_fulfillment_status), ("sale", "TELEPORTED"))
