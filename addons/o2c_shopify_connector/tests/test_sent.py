from odoo.tests import tagged

from ..lib.tests import nodes
from .common import ShopCase

LATER = "2026-11-21T10:00:00Z"


@tagged("post_install", "-at_install")
class TestSent(ShopCase):
    """Goods that left without Odoo are not sent a second time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.warehouse_id = cls.shop._warehouse()
        cls.store = cls.env["stock.warehouse"].create({"name": "Store Antwerp", "code": "ANT"})
        cls.env["o2c.shopify.location"].create(
            {
                "shop_id": cls.shop.id,
                "name": "Antwerp",
                "gid": "gid://shopify/Location/2",
                "warehouse_id": cls.store.id,
            }
        )
        cls.carrier = cls.env["delivery.carrier"].create(
            {"name": "Parcel", "product_id": cls.shop.shipping_product_id.id}
        )

    def _order(self, quantity=3, unfulfilled=None, **values):
        line = nodes.line(1, quantity, "10.00")
        if unfulfilled is not None:
            line["unfulfilledQuantity"] = unfulfilled
        return nodes.order([line], f"{10 * quantity}.00", "0", **values)

    def _on_hand(self, warehouse=None):
        location = (warehouse or self.shop._warehouse()).lot_stock_id
        return self.products[0].with_context(location=location.id).qty_available

    def _everywhere(self, warehouse=None):
        """With what stands in the warehouse's other rooms, such as where parcels are packed."""
        location = (warehouse or self.shop._warehouse()).view_location_id
        return self.products[0].with_context(location=location.id).qty_available

    def test_sold_over_the_counter(self):
        self.env["stock.quant"]._update_available_quantity(self.products[0], self.store.lot_stock_id, 5)
        main = self._on_hand()
        order = self.take(
            self._order(
                unfulfilled=0,
                sourceName="pos",
                displayFulfillmentStatus="FULFILLED",
                retailLocation={"id": "gid://shopify/Location/2"},
            )
        )
        self.assertPaid(order, "30.00", "0.00")
        picking = order.picking_ids
        self.assertEqual((order.warehouse_id, picking.state), (self.store, "done"))
        self.assertEqual(str(picking.o2c_delivered_at), "2026-11-20 09:30:00")
        self.assertEqual((self._on_hand(self.store), self._on_hand()), (2, main))
        # Shopify told us: it is told nothing.
        self.assertFalse(order.shopify_fulfillment_ids)

    def test_sold_over_the_counter_of_a_warehouse_that_picks_first(self):
        """The customer took it along, whatever this warehouse does with parcels."""
        self.env["stock.quant"]._update_available_quantity(self.products[0], self.store.lot_stock_id, 5)
        for steps in ("pick_ship", "pick_pack_ship"):
            self.store.delivery_steps = steps
            before = self._on_hand(self.store)
            node = self._order(
                2,
                unfulfilled=0,
                id=f"gid://shopify/Order/{steps}",
                sourceName="pos",
                displayFulfillmentStatus="FULFILLED",
                retailLocation={"id": "gid://shopify/Location/2"},
            )
            order = self.take(node)
            self.assertPaid(order, "20.00", "0.00")
            self.assertEqual(set(order.picking_ids.mapped("state")), {"done"}, steps)
            self.assertEqual(order.order_line.qty_delivered, 2)
            self.assertEqual(self._on_hand(self.store), before - 2)
            self.assertEqual(self._everywhere(self.store), before - 2)
            last = order.picking_ids.filtered(lambda picking: picking.location_dest_id.usage == "customer")
            self.assertTrue(last.o2c_delivered_at)
            self.assertFalse(order.shopify_fulfillment_ids)

    def test_fulfilled_elsewhere_where_a_warehouse_picks_first(self):
        """A parcel that is being prepared may be the one that has left: a person looks."""
        self.shop._warehouse().delivery_steps = "pick_ship"
        node = self._order()
        order = self.take(node)
        node["lineItems"]["nodes"][0]["unfulfilledQuantity"] = 0
        self.take({**node, "displayFulfillmentStatus": "FULFILLED", "updatedAt": LATER})
        self.assertIn("Find out whether they have left", self.issues(order).message)

    def test_what_was_called_off_is_not_being_prepared(self):
        """Cancelled moves of another product stop nothing."""
        node = self._order()
        order = self.take(node)
        picking = order.picking_ids
        extra = picking.move_ids.copy({"product_id": self.products[1].id})
        extra._action_cancel()
        node["lineItems"]["nodes"][0]["unfulfilledQuantity"] = 0
        self.take({**node, "displayFulfillmentStatus": "FULFILLED", "updatedAt": LATER})
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertEqual(picking.state, "done")

    def test_sent_from_the_location_that_shopify_chose(self):
        place = {"status": "OPEN", "assignedLocation": {"location": {"id": "gid://shopify/Location/2"}}}
        order = self.take(self._order(fulfillmentOrders={"nodes": [place]}))
        self.assertEqual(order.warehouse_id, self.store)
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.store)

    def test_fulfilled_in_the_admin_after_odoo_had_it(self):
        self.shop.carrier_id = self.carrier
        node = self._order()
        order = self.take(node)
        self.assertEqual(order.picking_ids.state, "assigned")
        node["lineItems"]["nodes"][0]["unfulfilledQuantity"] = 1
        self.take({**node, "displayFulfillmentStatus": "PARTIALLY_FULFILLED", "updatedAt": LATER})
        self.assertEqual(self.issues(order).mapped("message"), [])
        done = order.picking_ids.filtered(lambda picking: picking.state == "done")
        rest = order.picking_ids - done
        self.assertEqual((done.move_ids.quantity, rest.move_ids.product_uom_qty), (2, 1))
        self.assertFalse(done.carrier_id)
        self.assertFalse(order.shopify_fulfillment_ids)
        # What Odoo sends itself afterwards is told to Shopify, and comes back as sent.
        rest.move_ids.write({"quantity": 1, "picked": True})
        rest._action_done()
        self.assertEqual(len(order.shopify_fulfillment_ids), 1)
        node["lineItems"]["nodes"][0]["unfulfilledQuantity"] = 0
        self.take({**node, "displayFulfillmentStatus": "FULFILLED", "updatedAt": "2026-11-22T10:00:00Z"})
        self.assertEqual(len(order.picking_ids), 2)

    def test_fulfilled_elsewhere_while_a_label_is_there(self):
        node = self._order()
        order = self.take(node)
        order.picking_ids.carrier_tracking_ref = "3SLABEL"
        node["lineItems"]["nodes"][0]["unfulfilledQuantity"] = 0
        self.take({**node, "displayFulfillmentStatus": "FULFILLED", "updatedAt": LATER})
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertIn("without Odoo", self.issues(order).message)

    def test_history_of_a_warehouse_that_picks_first(self):
        """Part of it left long ago; the rest is to be picked like any other."""
        self.shop._warehouse().delivery_steps = "pick_ship"
        before = self._on_hand()
        shop = self.shop
        self.shop = shop.with_context(o2c_shopify_history=True)
        order = self.take(self._order(unfulfilled=1, displayFulfillmentStatus="PARTIALLY_FULFILLED"))
        self.shop = shop
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertEqual(order.order_line.qty_delivered, 2)
        self.assertEqual((self._on_hand(), self._everywhere()), (before, before))
        rest = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        self.assertEqual((len(rest), rest.move_ids.product_uom_qty), (1, 1))
        self.assertEqual(rest.picking_type_id, shop._warehouse().pick_type_id)

    def test_history_leaves_the_stock_as_it_was_counted(self):
        before = self._on_hand()
        shop = self.shop
        self.shop = shop.with_context(o2c_shopify_history=True)
        order = self.take(self._order(unfulfilled=0, displayFulfillmentStatus="FULFILLED"))
        self.shop = shop
        self.assertPaid(order, "30.00", "0.00")
        self.assertEqual((order.picking_ids.state, order.order_line.qty_delivered), ("done", 3))
        self.assertEqual(self._on_hand(), before)
