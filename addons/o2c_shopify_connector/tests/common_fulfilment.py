import json
from urllib.parse import quote

from odoo.tests import Form

from .common_sandbox import GardenCase


class FulfilmentCase(GardenCase):
    """Orders that were taken over and wait to be sent, and what the shop then says of them."""

    world_options = {**GardenCase.world_options, "timeout_seconds": 0.3}
    # Kind of order -> how many the tests need.
    shoppers = {}

    def fault(self, kind, **values):
        self.control("POST", "faults", {"platform": "shopify", "kind": kind, "rate": 1, **values})
        self.addCleanup(self.control, "DELETE", "faults")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unused = {}
        for kind, count in cls.shoppers.items():
            answer = cls.control("POST", "checkout", {"count": count, "seed": 101, "kinds": [kind]})
            cls.unused[kind] = answer["orders"]
        cls.shop._import_orders([made["gid"] for orders in cls.unused.values() for made in orders])

    def sold(self, kind="plain"):
        """An order that was taken over, and what the sandbox says of it. The sandbox rolls nothing back."""
        made = self.unused[kind].pop()
        return self.order(made), made

    def standing(self, made):
        """The fulfilments that stand at the shop."""
        return [item for item in self.theirs(made)["fulfillments"] if item["status"] == "SUCCESS"]

    def pieces(self, made):
        """Line -> pieces that the shop takes for sent."""
        sent = {}
        for fulfilment in self.standing(made):
            for gid, quantity in fulfilment["pieces"].items():
                sent[gid] = sent.get(gid, 0) + quantity
        return sent

    def assertAllSentOnce(self, order, made, fulfilments=1):
        goods = order.order_line.filtered(
            lambda line: line.shopify_gid and line.product_id.type == "consu" and line.product_uom_qty
        )
        self.assertEqual(self.pieces(made), {line.shopify_gid: int(line.product_uom_qty) for line in goods})
        self.assertEqual(len(self.standing(made)), fulfilments)
        self.assertEqual(
            order.o2c_issue_ids.filtered(lambda issue: issue.state == "open").mapped("message"), []
        )

    def parts(self, made):
        """The fulfilment orders of an order, as the shop has them."""
        return self.control("GET", f"shopify/order?order={quote(made['gid'], safe='')}")["fulfillmentOrders"]

    def release(self, made):
        """The shopkeeper releases what is held, and Shopify tells of it."""
        release = "mutation ($id: ID!) { fulfillmentOrderReleaseHold(id: $id) { userErrors { message } } }"
        for part in self.parts(made):
            if part["status"] == "ON_HOLD":
                self.shop._client().execute(release, {"id": part["id"]})
                body = json.dumps({"fulfillment_order": {"id": part["id"], "status": "open"}})
                topic = "fulfillment_orders/hold_released"
                self.env["o2c.inbox.event"]._receive(self.shop, topic, part["id"], body)
        self.run_jobs()

    def take_back(self, picking, pieces=None):
        wizard = Form(
            self.env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking")
        ).save()
        if pieces:
            for row in wizard.product_return_moves:
                row.quantity = pieces.get(row.product_id, 0)
            made = wizard.action_create_returns()
        else:
            made = wizard.action_create_returns_all()
        back = self.env["stock.picking"].browse(made["res_id"])
        back.move_ids.picked = True
        back._action_done()
        self.run_jobs()
        return back
