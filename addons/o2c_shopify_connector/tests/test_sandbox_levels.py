from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.tests import tagged

from odoo.addons.queue_job.exception import RetryableJobError

from ..lib.client import ShopifyClient
from ..models import shop_stock, shop_stock_levels
from .common_sandbox import GardenCase, StockCase


@tagged("post_install", "-at_install")
class TestRefusedLevels(StockCase):
    """What Shopify does not take keeps no other level from being sent."""

    def setUp(self):
        super().setUp()
        self.other = self.shop.variant_ids.filtered("tracked")[1]
        self.there = (self.shop.location_ids - self.here)[:1]

    def bundle(self, variant):
        self.control("POST", "shopify/bundle", {"sku": variant.sku})
        self.addCleanup(self.control, "POST", "shopify/bundle", {"sku": variant.sku, "bundle": False})

    def close(self, location):
        self.control("POST", "shopify/location", {"location": location.gid, "active": False})
        self.addCleanup(self.control, "POST", "shopify/location", {"location": location.gid, "active": True})

    def test_a_bundle_is_set_aside(self):
        self.bundle(self.variant)
        self.move(-1)
        self.move(-2, self.other)
        self.assertEqual(self.level(variant=self.other), 498)
        issue = self.issues(self.variant)
        self.assertIn(f"{self.variant.sku} at {self.here.name}: Shopify counts this product", issue.message)
        self.assertFalse(self.waiting(), "it would be refused for ever")
        self.assertFalse(self.issues(self.shop))
        self.control("DELETE", "requests")
        self.settle()
        self.assertFalse(self.calls("o2cInventory"))
        # It can be sent again.
        self.control("POST", "shopify/bundle", {"sku": self.variant.sku, "bundle": False})
        issue.action_retry()
        self.settle()
        self.assertEqual((self.level(), issue.state), (499, "resolved"))
        self.assertFalse(self.issues(self.variant))

    def test_both_of_one_call_are_set_aside_and_the_rest_goes_out(self):
        third = self.shop.variant_ids.filtered("tracked")[2]
        self.bundle(self.variant)
        self.bundle(self.other)
        for variant in (self.variant, self.other, third):
            self.change_there(3, variant=variant)
        self.control("DELETE", "requests")
        self.assertEqual(self.shop.push_stock(), 1)
        self.assertEqual((self.level(variant=third), self.calls("o2cInventorySet")), (500, 2))
        self.assertTrue(self.issues(self.variant) and self.issues(self.other))

    def test_a_bundle_is_not_counted_once_odoo_knows_of_it(self):
        self.bundle(self.variant)
        self.shop.sync_products()
        self.assertFalse(self.variant.tracked)
        self.control("POST", "shopify/bundle", {"sku": self.variant.sku, "bundle": False})
        self.shop.sync_products()
        self.assertTrue(self.variant.tracked)

    def test_a_bundle_that_was_never_at_the_location(self):
        self.there.warehouse_id = self.env["stock.warehouse"].create({"name": "Second", "code": "SE2"})
        self.settle()
        self.bundle(self.variant)
        self.move(4, location=self.there)
        self.move(5, self.other, self.there)
        self.assertEqual(self.level(self.there, self.other), 5)
        self.assertIn(self.there.name, self.issues(self.variant).message)

    def test_a_closed_location(self):
        self.there.warehouse_id = self.env["stock.warehouse"].create({"name": "Third", "code": "THI"})
        self.settle()
        self.close(self.there)
        self.move(4, location=self.there)
        self.move(-1)
        self.assertEqual(self.level(), 499)
        issue = self.issues(self.shop)
        self.assertIn(f"{self.there.name} is closed", issue.message)
        self.control("POST", "shopify/location", {"location": self.there.gid, "active": True})
        issue.action_retry()
        self.settle()
        self.assertEqual((self.level(self.there), issue.state), (4, "resolved"))

    def test_a_level_that_never_stands_still(self):
        mutate = ShopifyClient.mutate
        sales = iter(range(400, 500))

        def sell_first(client, document, variables):
            if "inventorySetQuantities" in document:
                self.change_there(next(sales))
            return mutate(client, document, variables)

        with patch.object(ShopifyClient, "mutate", sell_first):
            self.move(-1)
        self.assertEqual(self.calls("o2cInventorySet"), shop_stock_levels.TRIES)
        self.assertIn("somebody else keeps changing", self.issues(self.variant).message)
        self.assertFalse(self.waiting())


@tagged("post_install", "-at_install")
class TestTurns(GardenCase):
    """Two jobs of one shop do not put an older level over a newer one."""

    def test_one_job_at_a_time(self):
        changes = self.env["o2c.shopify.stock.change"]
        variant = self.shop.variant_ids.filtered("tracked")[0]
        change = changes.create({"variant_id": variant.id, "shop_id": self.shop.id})
        with self.registry.cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(hashtext('o2c.shopify.stock'), %s)", [self.shop.id])
            with self.assertRaises(RetryableJobError):
                self.shop._push_changed_stock()
        self.assertTrue(change.exists())
        self.shop._push_changed_stock()
        self.assertFalse(change.exists())

    def test_what_a_job_saw_is_not_older_than_what_was_sent(self):
        def locations(cr):
            env = api.Environment(cr, SUPERUSER_ID, {})
            return env["o2c.shopify.location"].search([("gid", "=", "gid://shopify/Location/404")])

        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            shop = env["o2c.shopify.shop"].create({"name": "Turns", "domain": "turns.myshopify.com"})
            env["o2c.shopify.location"].create(
                {"name": "Here", "gid": "gid://shopify/Location/404", "shop_id": shop.id}
            )
        try:
            with self.registry.cursor() as early, self.registry.cursor() as late:
                places = locations(early)
                others = locations(late)
                others.shop_id._lock_levels(others)
                late.commit()
                with self.assertRaises(RetryableJobError):
                    places.shop_id._lock_levels(places)
                early.rollback()
                places.shop_id._lock_levels(places)
        finally:
            with self.registry.cursor() as cr:
                locations(cr).shop_id.unlink()


@tagged("post_install", "-at_install")
class TestUnknownOrders(StockCase):
    """What Shopify has sold is not offered again, whether Odoo holds the order or not."""

    def cancel(self, made):
        if not self.theirs(made)["cancelled"]:
            self.control("POST", "shopify/cancel", {"order": made["gid"]})

    def buy(self, seed):
        made = self.checkout("plain", seed=seed)[0]
        self.addCleanup(self.cancel, made)
        line = self.control("GET", f"shopify/order?order={made['gid']}")["lineItems"][0]
        variant = self.shop.variant_ids.filtered(lambda item: item.sku == line["sku"])
        return made, variant, 500 - line["quantity"]

    def test_the_level_is_told_before_the_order(self):
        made, variant, left = self.buy(61)
        self.assertEqual(self.level(variant=variant), left)
        body = {
            "inventory_item_id": variant.inventory_gid.split("/")[-1],
            "location_id": self.here.gid.split("/")[-1],
            "available": left,
        }
        self.shop._compare_levels([body])
        self.run_jobs()
        self.assertEqual(self.level(variant=variant), left, "sold twice")
        self.sweep()
        self.assertEqual(self.order(made).state, "sale")
        self.assertEqual(self.level(variant=variant), left)
        self.ship(self.order(made))
        self.sweep()
        self.assertEqual(self.theirs(made)["fulfillment"], "FULFILLED")
        self.shop.push_stock()
        self.assertEqual(self.level(variant=variant), left)

    def test_an_order_that_odoo_does_not_take(self):
        made, variant, left = self.buy(62)
        self.shop.import_from = fields.Datetime.now() + timedelta(days=1)
        self.shop._import_orders([made["gid"]])
        self.assertFalse(self.order(made))
        self.shop._check_stock()
        self.move(3, variant)
        self.assertEqual(self.level(variant=variant), left + 3)
        # The order is gone, and its pieces are for sale again.
        self.cancel(made)
        self.shop._check_stock()
        self.assertEqual(self.level(variant=variant), 503)
        self.assertFalse(self.issues(self.shop))

    def test_a_known_order_hides_no_unknown_one(self):
        made, variant, left = self.buy(63)
        self.sweep()
        line = self.order(made).order_line.filtered(lambda line: line.product_id == variant.product_id)
        self.assertEqual(line.shopify_open, line.product_uom_qty)
        self.ship(self.order(made))
        self.sweep()
        self.assertEqual(line.shopify_open, 0, "what has left is promised to nobody")
        self.buy(63)
        self.shop.push_stock()
        self.assertEqual(self.level(variant=variant), 2 * left - 500)

    def test_a_level_that_was_sent_before_the_order_was_read_again_follows(self):
        made, variant, left = self.buy(64)
        self.sweep()
        line = self.order(made).order_line.filtered(lambda line: line.product_id == variant.product_id)
        line.shopify_open = 0
        self.move(1, variant)
        self.assertEqual(self.level(variant=variant), left + 1 - line.product_uom_qty)
        self.shop._import_orders([made["gid"]], force=True)
        self.settle()
        self.assertEqual(self.level(variant=variant), left + 1)


@tagged("post_install", "-at_install")
class TestAllLevels(StockCase):
    """What is sent without goods that move, and the nightly look at all levels."""

    def test_settings_are_followed_at_once(self):
        self.shop.safety_stock = 10
        self.settle()
        self.assertEqual(self.level(), 490)
        self.shop.push_stock_levels = False
        self.move(-5)
        self.assertEqual(self.level(), 490)
        self.shop.write({"push_stock_levels": True, "safety_stock": 0})
        self.settle()
        self.assertEqual(self.level(), 495)
        there = (self.shop.location_ids - self.here)[:1]
        house = self.env["stock.warehouse"].create({"name": "Fourth", "code": "FOU"})
        self.env["stock.quant"]._update_available_quantity(self.variant.product_id, house.lot_stock_id, 6)
        self.settle()
        there.warehouse_id = house
        self.settle()
        self.assertEqual(self.level(there), 6)

    def test_a_product_bound_anew(self):
        product = self.env["product.product"].create(
            {"name": "Rake", "is_storable": True, "default_code": "GL-RAKE"}
        )
        self.env["stock.quant"]._update_available_quantity(product, self.here.warehouse_id.lot_stock_id, 8)
        self.settle()
        made = self.control(
            "POST",
            "shopify/product",
            {"handle": "rake", "title": "Rake", "sku": "GL-RAKE", "price": "12.00", "stock": 3},
        )
        self.shop._import_products([made["variant"]])
        variant = self.shop.variant_ids.filtered(lambda item: item.sku == "GL-RAKE")
        self.assertEqual(variant.product_id, product)
        self.settle()
        self.assertEqual(self.level(variant=variant), 8)

    def test_lines_of_an_order_that_waits_are_deleted(self):
        made = self.checkout("unpaid", seed=71)[0]
        self.addCleanup(self.control, "POST", "shopify/cancel", {"order": made["gid"]})
        self.shop._import_orders([made["gid"]])
        self.settle()
        line = self.order(made).order_line.filtered(lambda line: line.product_id.is_storable)[:1]
        variant = self.shop.variant_ids.filtered(lambda item: item.product_id == line.product_id)
        line.unlink()
        self.env.cr.flush()
        self.assertIn(variant, self.waiting().variant_id)

    def test_what_odoo_does_not_count_is_left_alone(self):
        self.variant.product_id.is_storable = False
        self.change_there(40)
        self.assertEqual(self.shop.push_stock(), 0)
        self.assertEqual(self.level(), 40)

    def test_parts_are_jobs_and_the_report_is_of_all(self):
        variants = self.shop.variant_ids.filtered("tracked")
        last = variants.sorted("id")[-1]
        self.change_there(3)
        self.change_there(4, variant=last)
        self.env["queue.job"].search([("state", "=", "pending")]).unlink()
        with patch.object(shop_stock, "PART", 2):
            self.env["o2c.shopify.shop"]._cron_push_stock()
            self.assertEqual(self.pending_jobs("root.o2c.shopify").mapped("method_name"), ["_check_stock"])
            self.assertGreaterEqual(self.run_jobs(), len(variants) // 2)
        self.assertEqual((self.level(), self.level(variant=last)), (500, 500))
        message = self.issues(self.shop).message
        for variant, pieces in ((self.variant, 3), (last, 4)):
            self.assertIn(f"{variant.sku} at {self.here.name}: {pieces} in Shopify, 500 in Odoo", message)

    def test_many_changes_are_sent_in_parts(self):
        self.shop.safety_stock = 20
        with patch.object(shop_stock, "PART", 2), patch.object(shop_stock, "NOTES", 5):
            self.settle()
        self.assertFalse(self.waiting())
        self.assertEqual(self.level(), 480)
        self.assertFalse(
            self.shop.variant_ids.filtered("tracked") - self.shop.variant_ids.filtered("levels_sent")
        )

    def test_only_what_was_changed_in_shopify_is_reported(self):
        """A level that Odoo ought to have sent, and had not, is nobody's fault in Shopify."""
        self.env["stock.quant"]._update_available_quantity(
            self.variant.product_id, self.here.warehouse_id.lot_stock_id, -7
        )
        self.env.cr.flush()
        self.waiting().unlink()
        self.shop._check_stock()
        self.assertEqual(self.level(), 493)
        self.assertFalse(self.issues(self.shop))

    def test_what_is_left_over_of_every_shop_is_taken_up(self):
        """A shop whose levels cannot be sent does not stand before the others."""
        dead = self.shop.copy({"name": "Dead", "domain": "dead.myshopify.com", "state": "error"})
        variants = self.env["o2c.shopify.variant"].create(
            [
                {"shop_id": dead.id, "gid": str(number), "product_id": self.variant.product_id.id}
                for number in range(3)
            ]
        )
        changes = self.env["o2c.shopify.stock.change"]
        changes.create([{"variant_id": variant.id, "shop_id": dead.id} for variant in variants] * 400)
        changes.create({"variant_id": self.variant.id, "shop_id": self.shop.id})
        self.env["queue.job"].search([("state", "=", "pending")]).unlink()
        self.env["o2c.shopify.shop"]._cron_push_changed_stock()
        jobs = self.pending_jobs("root.o2c.shopify")
        self.assertEqual(set(jobs.mapped("method_name")), {"_push_changed_stock"})
        self.assertEqual({record.id for job in jobs for record in job.records}, {dead.id, self.shop.id})
