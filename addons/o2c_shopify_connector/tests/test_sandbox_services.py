from odoo.tests import tagged

from .common_fulfilment import FulfilmentCase

EBOOK = {
    "email": "reader@example.com",
    "billingAddress": {
        "firstName": "Noor",
        "lastName": "Visser",
        "address1": "Waterlandplein 5",
        "zip": "1024 PB",
        "city": "Amsterdam",
        "countryCodeV2": "NL",
    },
    "lineItems": [
        {
            "title": "Book on roses, to download",
            "originalUnitPriceSet": "12.10",
            "taxLines": [{"title": "BTW", "rate": 0.21, "priceSet": "2.10"}],
        }
    ],
    "_pay_with": "ideal",
}


@tagged("post_install", "-at_install")
class TestServices(FulfilmentCase):
    """What no parcel brings is told as done, or the order would stay open in Shopify for ever."""

    shoppers = {"custom_item": 5}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Goods, and a gift wrapping that is a service in Odoo.
        cls.shop.unknown_product_policy = "create"
        cls.shop._import_orders([made["gid"] for made in cls.unused["custom_item"]], force=True)

    def written(self, **values):
        """An order that was written by hand, and what the sandbox says of it."""
        [made] = self.control("POST", "orders", {"orders": [{**EBOOK, **values}]})["orders"]
        self.shop._import_orders([made["gid"]])
        order = self.order(made)
        self.assertEqual(order.state, "sale", self.issues(order).mapped("message"))
        return order, made

    def sent(self, made):
        return (self.theirs(made)["fulfillment"], [item["notified"] for item in self.standing(made)])

    def test_gift_wrapping_goes_with_the_goods(self):
        order, made = self.sold("custom_item")
        self.assertIn("service", order.order_line.product_id.mapped("type"))
        self.run_jobs()
        self.assertEqual(self.standing(made), [])
        picking = self.ship(order, tracking="3SWRAP")
        self.assertEqual(self.sent(made), ("FULFILLED", [True, False]))
        # The number is the parcel's alone.
        self.assertEqual(self.theirs(made)["tracking"], ["3SWRAP"])
        picking.carrier_tracking_ref = "3SOTHER"
        self.run_jobs()
        self.assertEqual(self.theirs(made)["tracking"], ["3SOTHER"])
        self.assertFalse(self.issues(picking))

    def test_gift_wrapping_goes_with_the_last_of_the_goods(self):
        taxes = [{"title": "BTW", "rate": 0.21, "priceSet": "3.47"}]
        pots = {"sku": "GL-1019", "quantity": 2, "originalUnitPriceSet": "9.99", "taxLines": taxes}
        lines = [pots, *EBOOK["lineItems"]]
        order, made = self.written(lineItems=lines, shippingAddress=EBOOK["billingAddress"])
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.run_jobs()
        self.assertEqual(self.pieces(made), {picking.move_ids.sale_line_id.shopify_gid: 1})
        self.ship(order)
        self.assertEqual(self.sent(made), ("FULFILLED", [True, True, False]))

    def test_a_lost_answer_tells_nothing_twice(self):
        order, made = self.sold("custom_item")
        for lost in ("timeout_before", "timeout_after", "timeout_after"):
            self.fault(lost, times=1, match="o2cFulfillmentCreate")
        picking = self.ship(order, tracking="3SWRAP")
        self.assertEqual(self.sent(made), ("FULFILLED", [True, False]))
        self.assertEqual(picking.shopify_fulfillment_ids.gids, self.standing(made)[0]["gid"])

    def test_an_order_without_goods(self):
        order, made = self.written()
        self.assertFalse(order.picking_ids)
        self.run_jobs()
        self.assertEqual(self.sent(made), ("FULFILLED", [False]))
        order._shopify_fulfil_services()
        self.assertEqual(self.sent(made), ("FULFILLED", [False]))

    def test_an_order_without_goods_of_a_shop_that_is_told_nothing(self):
        self.shop.push_fulfilments = False
        _order, made = self.written()
        self.run_jobs()
        self.assertEqual(self.standing(made), [])
