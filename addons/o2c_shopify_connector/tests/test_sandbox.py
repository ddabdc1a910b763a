import json

from odoo.tests import tagged

from ..lib.fetch import fetch_orders
from .common_sandbox import GardenCase


@tagged("post_install", "-at_install")
class TestSandbox(GardenCase):
    """The whole road on the sandbox: real HTTP, real GraphQL, real webhooks bodies."""

    def _orders(self):
        return self.env["sale.order"].search([("shopify_shop_id", "=", self.shop.id)])

    def test_products(self):
        variants = self.shop.variant_ids
        self.assertGreater(len(variants), 30)
        self.assertTrue(all(variant.product_id.default_code for variant in variants))
        self.assertTrue(any(variant.product_id.weight for variant in variants))
        count = self.env["product.product"].search_count([])
        self.shop.sync_products()
        self.assertEqual(self.env["product.product"].search_count([]), count)

    def test_orders_to_the_cent(self):
        made = self.control("POST", "checkout", {"count": 20, "seed": 3})["orders"]
        self.assertGreaterEqual(self.shop.sync_orders(), 20)
        self.run_jobs()
        gids = {item["gid"] for item in made}
        orders = self._orders().filtered(lambda order: order.shopify_gid in gids)
        self.assertEqual(orders.o2c_issue_ids.mapped("message"), [])
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        self.assertEqual(
            {order.shopify_gid: f"{order.amount_total:.2f}" for order in orders},
            {item["gid"]: f"{float(item['total']):.2f}" for item in made},
        )
        paid = orders.filtered(lambda order: order.shopify_financial_status == "PAID")
        self.assertTrue(paid)
        self.assertEqual(sum(paid.invoice_ids.mapped("amount_residual")), 0)
        self.assertEqual(paid.invoice_ids.mapped("amount_total"), paid.mapped("amount_total"))
        references = set(orders.shopify_transaction_ids.payment_id.mapped("o2c_reference"))
        self.assertEqual(references, {item["payment_id"] for item in made if item.get("payment_id")})
        self.assertEqual(self.shop.sync_orders(), 0)

    def test_fulfilment_goes_out(self):
        self.control("POST", "checkout", {"count": 2, "seed": 5})
        self.shop.sync_orders()
        self.run_jobs()
        pickings = self._orders().picking_ids
        self.assertTrue(pickings)
        pickings.action_assign()
        for picking in pickings:
            picking.carrier_tracking_ref = f"3S{picking.id:08d}"
            picking.move_ids.picked = True
            picking._action_done()
        self.run_jobs()
        self.assertEqual(self._orders().o2c_issue_ids.mapped("message"), [])
        self.assertEqual(set(pickings.shopify_fulfillment_ids.mapped("state")), {"done"})
        state = {item["gid"]: item for item in self.control("GET", "state")["orders"]}
        for picking in pickings:
            self.assertIn(
                picking.carrier_tracking_ref,
                str(state[picking.sale_id.shopify_gid]["tracking"]),
            )
        pickings[0].carrier_tracking_ref = "3SNEW"
        pickings[0]._o2c_tracking_changed()
        self.run_jobs()
        state = {item["gid"]: item for item in self.control("GET", "state")["orders"]}
        self.assertIn("3SNEW", str(state[pickings[0].sale_id.shopify_gid]["tracking"]))

    def test_a_sweep_asks_once_for_many_orders(self):
        self.control("POST", "checkout", {"count": 50, "seed": 8})
        self.shop._client()
        self.control("DELETE", "requests")
        self.assertGreaterEqual(self.shop.sync_orders(), 50)
        queued = self.env["o2c.inbox.event"].search([("connection_id", "=", self.shop.id)])
        gids = [gid for event in queued for gid in json.loads(event.body)["orders"]]
        found, denied = fetch_orders(self.shop._client(), gids)
        calls = [call for call in self.control("GET", "requests")["requests"] if "graphql" in call["path"]]
        self.assertEqual((len(found), denied), (len(gids), set()))
        self.assertLessEqual(len(calls), 1 + len(gids) / 25, calls)
