"""Kits, with Odoo's Manufacturing installed: sold as one product at Shopify, on the shelf as several."""

import os

import pytest

from tests.support import live
from tools import databases, serving
from tools.demo import connect, control
from tools.processes import run

PER_KIT = {"Pot": 1, "Plant": 2}
ON_SHELF = {"Pot": 10, "Plant": 14}
KITS = 7


@pytest.fixture(scope="module")
def running():
    """A server with Manufacturing, pointed at a world of the sandbox."""
    surroundings = live.environment()
    with (
        databases.copy(surroundings, f"o2c_kits_{os.getpid()}") as database,
        serving.sandbox(surroundings) as outside,
    ):
        install = surroundings.command("-d", database, "--init", "sale_mrp", "--stop-after-init", "--no-http")
        run(install, env=surroundings.variables(), what="Installing Manufacturing")
        with serving.odoo(surroundings, database) as server:
            made = live.Live(server.url, database, control.new_world(outside.url))
            live.point_at(made.session(), made.world)
            yield made


class KitShop:
    """The garden shop, one of whose products is a kit in Odoo; somebody has ordered it."""

    def __init__(self, running):
        self.admin, self.world = running.session(), running.world
        self.made = self.world.post("checkout", count=1, seed=4, kinds=["plain"])["orders"][0]
        line = self.world.get(f"shopify/order?order={self.made['gid']}")["lineItems"][0]
        self.sku, self.line, self.ordered = line["sku"], line["id"], line["quantity"]
        connect.shop(self.admin, self.world.get("credentials")["shopify"])
        self.shop = self.admin.search("o2c.shopify.shop", [])[0]
        self.place = self.admin.search_read(
            "o2c.shopify.location", [("warehouse_id", "!=", False)], ["name"]
        )[0]
        self.parts = {name: self.create("product.product", name=name, is_storable=True) for name in PER_KIT}
        variant = self.admin.search_read("o2c.shopify.variant", [("sku", "=", self.sku)], ["product_id"])[0]
        product = [("id", "=", variant["product_id"][0])]
        self.create(
            "mrp.bom",
            product_tmpl_id=self.admin.search_read("product.product", product, ["product_tmpl_id"])[0][
                "product_tmpl_id"
            ][0],
            type="phantom",
            bom_line_ids=[
                [0, 0, {"product_id": self.parts[name], "product_qty": quantity}]
                for name, quantity in PER_KIT.items()
            ],
        )

    def create(self, model, **values):
        return self.admin.call(model, "create", [values])[0]

    def count(self, pieces):
        """Count parts on the shelf, as an inventory does."""
        stock = self.admin.search_read("stock.warehouse", [], ["lot_stock_id"], limit=1)[0]["lot_stock_id"][0]
        context = {**self.admin.context, "inventory_mode": True}
        rows = [
            {"product_id": self.parts[name], "location_id": stock, "inventory_quantity": quantity}
            for name, quantity in pieces.items()
        ]
        quants = self.admin.call("stock.quant", "create", rows, context=context)
        self.admin.call("stock.quant", "action_apply_inventory", quants, context=context)

    def level_becomes(self, pieces):
        """Wait until the shop offers so many kits."""

        def level():
            return next(
                row["available"]
                for row in self.world.get("state")["inventory"]
                if (row["sku"], row["location"]) == (self.sku, self.place["name"])
            )

        live.wait_for(f"The level {pieces}", lambda: level() == pieces, explain=lambda: f"It is {level()}.")

    def import_the_order(self):
        self.admin.call("o2c.shopify.shop", "write", [self.shop], {"import_from": "2020-01-01 00:00:00"})
        self.admin.call("o2c.shopify.shop", "action_sync_orders", [self.shop])
        order = [("shopify_gid", "=", self.made["gid"]), ("state", "=", "sale")]
        live.wait_for("The order", lambda: self.admin.search("sale.order", order))

    def send(self, name=None):
        """Validate the open delivery, or only one part of it, and wait until Shopify was told."""
        picking = self.admin.search(
            "stock.picking", [("picking_type_code", "=", "outgoing"), ("state", "!=", "done")]
        )[0]
        domain = [("picking_id", "=", picking)] + ([("product_id", "=", self.parts[name])] if name else [])
        for move in self.admin.search_read("stock.move", domain, ["product_uom_qty"]):
            values = {"quantity": move["product_uom_qty"], "picked": True}
            self.admin.call("stock.move", "write", [move["id"]], values)
        context = {**self.admin.context, "skip_backorder": True}
        self.admin.call("stock.picking", "button_validate", [picking], context=context)
        told = [("picking_id", "=", picking), ("state", "=", "done")]
        live.wait_for("The fulfilment", lambda: self.admin.search("o2c.shopify.fulfillment", told))

    def order_parts(self, quantity, **values):
        """Somebody orders plants apart from any kit."""
        line = {"product_id": self.parts["Plant"], "product_uom_qty": quantity}
        partner = self.create("res.partner", name="Wholesale")
        return self.create("sale.order", partner_id=partner, order_line=[[0, 0, line]], **values)

    def reserve_by_hand(self):
        kinds = self.admin.search("stock.picking.type", [("code", "=", "outgoing")])
        self.admin.call("stock.picking.type", "write", kinds, {"reservation_method": "manual"})

    def change_recipe(self, name, quantity):
        lines = self.admin.search("mrp.bom.line", [("product_id", "=", self.parts[name])])
        self.admin.call("mrp.bom.line", "write", lines, {"product_qty": quantity})
        left_over = self.admin.search("ir.cron", [("code", "=", "model._cron_push_changed_stock()")])
        self.admin.call("ir.cron", "method_direct_trigger", left_over)

    def sent(self):
        """How many kits the shop takes for sent."""
        orders = self.world.get("state")["orders"]
        mine = next(order for order in orders if order["gid"] == self.made["gid"])
        return sum(fulfilment["pieces"].get(self.line, 0) for fulfilment in mine["fulfillments"])


def test_a_kit_is_offered_as_its_parts_allow_and_sent_when_its_last_part_leaves(running):
    kits = KitShop(running)
    kits.count(ON_SHELF)
    # What was ordered is promised, also before Odoo has heard of it.
    kits.level_becomes(KITS - kits.ordered)
    kits.import_the_order()
    kits.level_becomes(KITS - kits.ordered)
    kits.send("Pot")
    assert kits.sent() == 0
    kits.send()
    assert kits.sent() == kits.ordered
    kits.count({"Plant": 2})
    kits.level_becomes(1)
    # What is promised of a part is not there for kits, be it reserved, or paid for, or not.
    kits.count({"Pot": 10, "Plant": 20})
    kits.level_becomes(10)
    kits.reserve_by_hand()
    kits.admin.call("sale.order", "action_confirm", [kits.order_parts(6)])
    kits.level_becomes(7)
    kits.order_parts(4, shopify_shop_id=kits.shop)
    kits.level_becomes(5)
    kits.change_recipe("Plant", 1)
    kits.level_becomes(10)
