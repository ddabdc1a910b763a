from odoo import fields

from odoo.addons.o2c_base.tests.common import SandboxCase

from ..models.shop_orders import OVERLAP


class GardenCase(SandboxCase):
    """The garden shop of the sandbox, connected, set up and stocked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        keys = cls.credentials["shopify"]
        cls.journal = cls.env["account.journal"].create(
            {"name": "Mollie EUR", "code": "MOLT", "type": "bank"}
        )
        cls.till = cls.env["account.journal"].create({"name": "Till", "code": "TILT", "type": "cash"})
        cls.shop = cls.env["o2c.shopify.shop"].create(
            {
                "name": "Garden Lane",
                "domain": keys["domain"],
                "auth_method": "client_credentials",
                "client_id": keys["client_id"],
                "client_secret": keys["client_secret"],
                "import_from": "2020-01-01 00:00:00",
            }
        )
        cls.shop.action_test_connection()
        cls.shop.action_propose_mappings()
        cls.shop.sync_products()
        warehouse = cls.shop._warehouse()
        cls.env["stock.quant"].create(
            [
                {
                    "product_id": product.id,
                    "location_id": warehouse.lot_stock_id.id,
                    "quantity": 500,
                }
                for product in cls.shop.variant_ids.product_id.filtered("is_storable")
            ]
        )

    def checkout(self, *kinds, count=None, seed=1):
        """Shoppers buy; returns what the sandbox says of the orders."""
        return self.control(
            "POST", "checkout", {"count": count or len(kinds), "seed": seed, "kinds": list(kinds)}
        )["orders"]

    def setUp(self):
        super().setUp()
        self._started = fields.Datetime.now()

    def sweep(self):
        """Take over everything that changed since the test began, and do what follows from it.

        The shop has the orders of the tests before, too, which Odoo has forgotten.
        """
        self.shop.order_cursor = self._started + OVERLAP
        queued = self.shop.sync_orders()
        self.run_jobs()
        return queued

    def order(self, made):
        """The order in Odoo for one of the sandbox's."""
        return self.env["sale.order"].search(
            [("shopify_shop_id", "=", self.shop.id), ("shopify_gid", "=", made["gid"])]
        )

    def issues(self, record):
        """The open issues of a record."""
        return self.env["o2c.issue"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id), ("state", "=", "open")]
        )

    def ship(self, order, tracking="3STEST"):
        """Validate the open deliveries of an order."""
        pickings = order.picking_ids.filtered(lambda item: item.state not in ("done", "cancel"))
        pickings.action_assign()
        pickings.carrier_tracking_ref = tracking
        pickings.move_ids.picked = True
        pickings._action_done()
        self.run_jobs()
        return pickings

    def theirs(self, made):
        """What the shop now says of an order."""
        orders = self.control("GET", "state")["orders"]
        return next(item for item in orders if item["gid"] == made["gid"])


class StockCase(GardenCase):
    """The garden shop with all its levels sent."""

    world_options = {**GardenCase.world_options, "timeout_seconds": 0.3}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here = cls.shop.location_ids.filtered("warehouse_id")
        cls.variant = cls.shop.variant_ids.filtered("tracked")[0]

    def setUp(self):
        super().setUp()
        # The sandbox rolls nothing back.
        self.env.cr.flush()
        self.shop.push_stock()
        self.control("DELETE", "requests")
        self.addCleanup(self.control, "DELETE", "faults")

    def level(self, location=None, variant=None):
        sku, name = (variant or self.variant).sku, (location or self.here).name
        return next(
            level["available"]
            for level in self.control("GET", "state")["inventory"]
            if level["sku"] == sku and level["location"] == name
        )

    def change_there(self, available, location=None, variant=None):
        place = (location or self.here).gid
        data = {"sku": (variant or self.variant).sku, "available": available, "location": place}
        self.control("POST", "shopify/stock", data)

    def calls(self, operation):
        """How often an operation was asked for."""
        asked = self.control("GET", "requests")["requests"]
        return len([call for call in asked if operation in str(call["operation"])])

    def waiting(self):
        """What is noted to be sent."""
        return self.env["o2c.shopify.stock.change"].search([("shop_id", "=", self.shop.id)])

    def move(self, pieces, variant=None, location=None):
        """Goods come to a warehouse, or go; the levels follow."""
        shelf = (location or self.here).warehouse_id.lot_stock_id
        product = (variant or self.variant).product_id
        self.env["stock.quant"]._update_available_quantity(product, shelf, pieces)
        self.settle()

    def settle(self):
        """Save, and let the jobs run."""
        self.env.cr.flush()
        self.run_jobs()
        # In a test a job still waits while it runs, and is found instead of one for what is left.
        for _part in range(30):
            if self.waiting():
                self.shop._push_changed_stock()
