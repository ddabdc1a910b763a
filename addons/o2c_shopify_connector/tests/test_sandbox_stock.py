from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from ..lib.client import ShopifyClient
from .common_sandbox import StockCase


@tagged("post_install", "-at_install")
class TestStockLevels(StockCase):
    """What may be sold, told to the shop for each location; nothing is sold twice."""

    def test_all_levels_at_each_location(self):
        there = (self.shop.location_ids - self.here)[:1]
        there.warehouse_id = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        self.env["stock.quant"]._update_available_quantity(
            self.variant.product_id, there.warehouse_id.lot_stock_id, 7
        )
        self.change_there(3)
        self.control("DELETE", "requests")
        self.assertGreater(self.shop.push_stock(), 1)
        self.assertEqual((self.level(there), self.level()), (7, 500))
        self.assertEqual(self.calls("o2cInventorySet"), 1, "levels of both locations go in one call")
        wanted = {
            (variant.sku, place.name): max(
                0, int(variant.product_id.with_context(warehouse_id=house.id).free_qty)
            )
            for place, house in ((self.here, self.here.warehouse_id), (there, there.warehouse_id))
            for variant in self.shop.variant_ids.filtered("tracked")
        }
        levels = {
            (level["sku"], level["location"]): level["available"]
            for level in self.control("GET", "state")["inventory"]
        }
        self.assertEqual(
            {key: levels[key] for key in wanted if key in levels},
            {key: quantity for key, quantity in wanted.items() if key in levels},
        )
        self.assertEqual(self.shop.push_stock(), 0)

    def test_a_shelf_that_nobody_counted_sells_nothing_out(self):
        """A shop that sold before Odoo came keeps its levels until they are counted, or somebody insists."""
        there = (self.shop.location_ids - self.here)[:1]
        there.warehouse_id = self.env["stock.warehouse"].create({"name": "Empty", "code": "EMP"})
        product, shelf = self.variant.product_id, there.warehouse_id.lot_stock_id
        other = self.shop.variant_ids.filtered("tracked")[1]
        self.change_there(40, there)
        self.change_there(30, there, other)

        def moves(pieces):
            self.env["stock.quant"]._update_available_quantity(product, shelf, pieces)
            self.env.cr.flush()
            self.run_jobs()
            return self.level(there)

        self.shop._check_stock()
        self.assertEqual(self.level(there), 40)
        self.assertEqual(moves(-2), 40, "sent from a shelf that was never counted")
        self.assertEqual(moves(7), 5, "counted")
        self.assertEqual(moves(-5), 0, "sold out")
        self.assertEqual(self.level(there, other), 30)
        self.shop.push_stock()
        self.assertEqual(self.level(there, other), 0)

    def test_a_sale_in_between_is_read_again(self):
        """Somebody buys between our look and our word: both sides are looked at afresh."""
        mutate = ShopifyClient.mutate
        sales = iter([41, 42])

        def sell_first(client, document, variables):
            left = next(sales, None) if "inventorySetQuantities" in document else None
            if left:
                self.change_there(left)
                # In Odoo, too, something happens meanwhile.
                self.env["stock.quant"]._update_available_quantity(
                    self.variant.product_id, self.here.warehouse_id.lot_stock_id, -5
                )
            return mutate(client, document, variables)

        self.change_there(40)
        with patch.object(ShopifyClient, "mutate", sell_first):
            self.assertEqual(self.shop.push_stock(), 0)
            self.assertEqual(self.level(), 41, "an old wish was put over a newer level")
            self.assertIn("_push_changed_stock", self.pending_jobs().mapped("method_name"))
            self.settle()
        self.assertEqual((self.level(), self.calls("o2cInventorySet")), (490, 3))
        self.assertFalse(self.issues(self.shop))
        self.assertFalse(self.waiting())

    def test_lost_answer(self):
        """The very same request again does nothing twice: its key says so."""
        self.change_there(3)
        self.control(
            "POST",
            "faults",
            {"platform": "shopify", "kind": "timeout_after", "times": 1, "match": "o2cInventorySet"},
        )
        self.assertEqual(self.shop.push_stock(), 1)
        self.assertEqual((self.level(), self.calls("o2cInventorySet")), (500, 2))
        self.assertFalse(self.issues(self.shop))

    def test_an_unpaid_order_keeps_what_it_took(self):
        """Shopify took the pieces off its level; Odoo has a quotation only. They are not offered again."""
        made = self.checkout("unpaid", seed=71)[0]
        self.addCleanup(self.control, "POST", "shopify/cancel", {"order": made["gid"]})
        # The worst of days: all levels are sent before Odoo hears of the order.
        self.shop.push_stock()
        before = self.control("GET", "state")["inventory"]
        self.shop._import_orders([made["gid"]])
        order = self.order(made)
        self.assertEqual(order.state, "draft")
        line = order.order_line.filtered(lambda line: line.product_id.is_storable)[:1]
        variant = self.shop.variant_ids.filtered(lambda item: item.product_id == line.product_id)
        self.assertIn(
            500 - line.product_uom_qty, [row["available"] for row in before if row["sku"] == variant.sku]
        )
        self.assertEqual(self.level(variant=variant), 500 - line.product_uom_qty)
        self.env.cr.flush()
        self.run_jobs()
        self.assertEqual(self.level(variant=variant), 500 - line.product_uom_qty)
        order._action_cancel()
        self.env.cr.flush()
        self.run_jobs()
        self.assertEqual(self.level(variant=variant), 500)

    def test_what_is_promised_but_not_there(self):
        """An order of Odoo's own takes pieces that nobody reserved: the shop offers only what is left."""
        product = self.variant.product_id
        self.here.warehouse_id.out_type_id.reservation_method = "manual"
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Wholesale"}).id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 30})],
            }
        )
        order.action_confirm()
        self.assertEqual(product.free_qty, 500)
        self.env.cr.flush()
        self.run_jobs()
        self.assertEqual(self.level(), 470)

    def test_the_nightly_check_reports_what_nobody_can_explain(self):
        self.change_there(3)
        self.shop._check_stock()
        issue = self.issues(self.shop)
        self.assertEqual((issue.kind, issue.key, self.level()), ("stock", "drift", 500))
        self.assertIn(f"{self.variant.sku} at {self.here.name}: 3 in Shopify, 500 in Odoo", issue.message)
        issue.state = "resolved"
        # A move of goods that has not been sent yet is no drift.
        self.env["stock.quant"]._update_available_quantity(
            self.variant.product_id, self.here.warehouse_id.lot_stock_id, -10
        )
        self.env.cr.flush()
        self.shop._check_stock()
        self.assertEqual((self.level(), len(self.issues(self.shop))), (490, 0))
        self.shop._check_stock()
        self.assertFalse(self.issues(self.shop))

    def test_permission_missing(self):
        scopes = self.control("POST", "shopify/access", {"revoke_scopes": ["write_inventory"]})["scopes"]
        self.addCleanup(self.control, "POST", "shopify/access", {"scopes": [*scopes, "write_inventory"]})
        self.change_there(3)
        self.env["o2c.shopify.stock.change"].create({"variant_id": self.variant.id, "shop_id": self.shop.id})
        self.shop._push_changed_stock()
        issue = self.issues(self.shop)
        self.assertIn("Test connection", issue.message)
        self.assertEqual(self.shop.state, "connected", "orders still come in")
        waiting = self.env["o2c.shopify.stock.change"].search([("variant_id", "=", self.variant.id)])
        self.assertTrue(waiting, "not forgotten")
        self.control("POST", "shopify/access", {"scopes": [*scopes, "write_inventory"]})
        issue.action_retry()
        self.run_jobs()
        self.assertEqual((self.level(), issue.state), (500, "resolved"))
