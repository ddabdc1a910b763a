from datetime import timedelta

from odoo import Command, api, fields, models

from .builder import DAYS

# SKU, name, price without VAT, weight in kg. Of the last one there is nothing left.
PRODUCTS = (
    ("DEMO-SECATEURS", "Bypass Secateurs", 34.90, 0.3),
    ("DEMO-GLOVES", "Gardening Gloves", 12.50, 0.1),
    ("DEMO-TROWEL", "Hand Trowel, Ash Handle", 16.90, 0.4),
    ("DEMO-SEEDS", "Wildflower Seeds, 250 g", 9.95, 0.3),
    ("DEMO-BULBS", "Tulip Bulbs, 50 Pieces", 18.75, 1.2),
    ("DEMO-POT", "Terracotta Pot, 30 cm", 24.50, 3.8),
    ("DEMO-CAN", "Watering Can, 9 Litres", 29.00, 1.4),
    ("DEMO-HOSE", "Garden Hose, 20 m", 44.90, 3.2),
    ("DEMO-LANTERN", "Solar Lantern", 39.90, 1.1),
    ("DEMO-BENCH", "Folding Garden Bench", 119.00, 9.5),
)
SOLD_OUT = "DEMO-BENCH"
CARRIERS = {"NL": "post", "BE": "post", "DE": "dhl", "FR": "dpd", "AT": "dhl"}
# Ages in days of orders for what is sold out: these are late.
LATE = (6, 9, 13)
# Ages of a trader's standing order: twice the same, so that a payment may be for either.
STANDING = (16, 23)
# From this age on, a parcel has arrived.
ARRIVED = 4


class O2cDemo(models.AbstractModel):
    _inherit = "o2c.demo"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _load_year(self):
        """A year of orders, delivered and invoiced as far as their age lets expect."""
        with self._building("a year of orders") as demo:
            if demo is not None:
                demo._make_year()

    @api.model
    def _make_year(self):
        products = self._make_products()
        shoppers, traders = self._make_shoppers(), self._make_traders()
        plan = sorted(
            [*self._plan_web(shoppers, products), *self._plan_wholesale(traders, products)],
            key=lambda vals: vals["date_order"],
        )
        orders = self.env["sale.order"].create(plan)
        self._confirm(orders)
        self._ship(orders)
        self._invoice(orders)

    @api.model
    def _make_products(self):
        products = self.env["product.product"].create(
            [
                {
                    "name": name,
                    "default_code": sku,
                    "list_price": price,
                    "standard_price": round(price * 0.55, 2),
                    "weight": weight,
                    "type": "consu",
                    "is_storable": True,
                    "invoice_policy": "order",
                }
                for sku, name, price, weight in PRODUCTS
            ]
        )
        shelf = self._warehouse().lot_stock_id
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            [
                {"product_id": product.id, "location_id": shelf.id, "inventory_quantity": 2500}
                for product in products
                if product.default_code != SOLD_OUT
            ]
        ).action_apply_inventory()
        return products

    @api.model
    def _warehouse(self):
        return self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1)

    # === What is ordered === #

    @api.model
    def _plan_web(self, shoppers, products):
        """Orders of the web shop: more of them in spring and of late, for the shop grows."""
        random = self._random("web")
        on_shelf = products.filtered(lambda product: product.default_code != SOLD_OUT)
        plan = []
        for age in range(DAYS - 1, -1, -1):
            month = (fields.Date.today() - timedelta(days=age)).month
            expected = 0.20 + 0.16 * (DAYS - age) / DAYS + (0.10 if month in (3, 4, 5) else 0)
            count = (random.random() < expected) + (2 if age < 7 else 0)
            for _number in range(count):
                wanted = [
                    (product, random.choice((1, 1, 1, 2, 3))) for product in random.sample(list(on_shelf), 2)
                ]
                wanted = wanted[: random.randint(1, 2)]
                when = self._moment(age, random.randint(7, 20), random.randint(0, 59))
                plan.append(self._order_values("web", random.choice(shoppers), when, wanted))
        bench = products - on_shelf
        for age in LATE:
            plan.append(self._order_values("web", random.choice(shoppers), self._moment(age), [(bench, 1)]))
        return plan

    @api.model
    def _plan_wholesale(self, traders, products):
        random = self._random("wholesale")
        on_shelf = products.filtered(lambda product: product.default_code != SOLD_OUT)
        orders = [
            self._order_values(
                "wholesale",
                random.choice(traders),
                self._moment(age, random.randint(7, 15)),
                [(product, random.choice((10, 12, 20, 24))) for product in random.sample(list(on_shelf), 3)],
            )
            for age in (*(age + random.randint(0, 4) for age in range(DAYS - 8, 1, -12)), 1, 0)
        ]
        standing = [(product, 40) for product in on_shelf[:2]]
        return orders + [
            self._order_values("wholesale", traders[0], self._moment(age, 9), standing) for age in STANDING
        ]

    @api.model
    def _order_values(self, team, partner, when, wanted):
        carrier = self.env.ref(f"o2c_base.demo_carrier_{CARRIERS[partner.country_id.code]}")
        lines = [{"product_id": product.id, "product_uom_qty": quantity} for product, quantity in wanted]
        lines.append({"product_id": carrier.product_id.id, "product_uom_qty": 1, "is_delivery": True})
        return {
            "partner_id": partner.id,
            "date_order": when,
            "team_id": self.env.ref(f"o2c_base.demo_team_{team}").id,
            "carrier_id": carrier.id,
            "order_line": [Command.create(line) for line in lines],
        }

    # === What became of it === #

    @api.model
    def _age(self, order):
        return (fields.Date.today() - order.date_order.date()).days

    @api.model
    def _confirm(self, orders):
        """All but a few young quotations of the wholesale; some were called off later."""
        random = self._random("confirm")
        dates = {order: order.date_order for order in orders}
        wholesale = self.env.ref("o2c_base.demo_team_wholesale")
        open_quotes = orders.filtered(
            lambda order: order.team_id == wholesale and 2 <= self._age(order) <= 10
        )
        (orders - open_quotes).action_confirm()
        for order, when in dates.items():
            order.date_order = when
        called_off = random.sample(list(orders.filtered(lambda order: self._age(order) > 20)), 5)
        for order in called_off:
            order.with_context(disable_cancel_warning=True)._action_cancel()

    @api.model
    def _ship(self, orders):
        """Deliveries leave the day after the order, those of what is sold out wait."""
        random = self._random("ship")
        due = orders.picking_ids.filtered(
            lambda picking: (
                picking.state == "assigned"
                and self._age(picking.sale_id) >= 2
                and picking.sale_id.state == "sale"
            )
        )
        for move in due.move_ids:
            move.quantity = move.product_uom_qty
            move.picked = True
        for picking in orders.picking_ids.filtered(lambda picking: picking.state != "cancel"):
            picking.scheduled_date = picking.sale_id.date_order + timedelta(days=1)
        due.with_context(skip_backorder=True).button_validate()
        for picking in due:
            ordered = picking.sale_id.date_order
            left = min(
                ordered + timedelta(days=1, hours=random.randint(0, 5)),
                fields.Datetime.now() - timedelta(hours=1),
            )
            picking.date_done = left
            if self._age(picking.sale_id) >= ARRIVED:
                picking.o2c_delivered_at = left + timedelta(days=random.choice((1, 1, 2)), hours=1)

    @api.model
    def _invoice(self, orders):
        """The web shop is paid when the order comes, and invoices at once; traders get it with the goods."""
        wholesale = self.env.ref("o2c_base.demo_team_wholesale")
        due = orders.filtered(
            lambda order: (
                order.state == "sale"
                and (order.team_id != wholesale or any(p.state == "done" for p in order.picking_ids))
            )
        )
        invoices = due._create_invoices(grouped=True)
        for order in due:
            left = order.picking_ids.filtered("date_done").mapped("date_done")
            moment = min(left) if order.team_id == wholesale else order.date_order
            order.invoice_ids.invoice_date = moment.date()
        invoices.sorted("invoice_date").action_post()
