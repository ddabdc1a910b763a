import json
from datetime import timedelta

from odoo.tests import tagged

from ..lib import documents
from .common_fulfilment import FulfilmentCase


@tagged("post_install", "-at_install")
class TestHeld(FulfilmentCase):
    """What Shopify does not take, or not yet: the rest is told, and a person reads why."""

    shoppers = {"plain": 20, "multi_line": 4, "two_locations": 4}

    def test_held_in_shopify(self):
        order, made = self.sold()
        self.control("POST", "shopify/hold", {"order": made["gid"], "reason": "INCORRECT_ADDRESS"})
        self.ship(order)
        issue = self.issues(order.picking_ids)
        self.assertEqual(issue.kind, "fulfilment")
        self.assertIn("Incorrect address", issue.message)
        # The shopkeeper releases it; nobody has to press anything in Odoo.
        self.release(made)
        self.assertAllSentOnce(order, made)
        self.assertEqual(issue.state, "resolved")

    def test_one_held_part_keeps_nothing_else_back(self):
        order, made = self.sold("two_locations")
        first, second = self.parts(made)
        hold = """mutation ($id: ID!) {
            fulfillmentOrderHold(id: $id, fulfillmentHold: {reason: OTHER}) { userErrors { message } }
        }"""
        self.shop._client().execute(hold, {"id": second["id"]})
        picking = self.ship(order, tracking="3SPART")
        self.assertEqual(set(self.pieces(made)), {row["lineItem"]["id"] for row in first["lineItems"]})
        self.assertEqual((picking.shopify_fulfillment_ids.state, len(self.standing(made))), ("pending", 1))
        issue = self.issues(picking)
        self.assertIn("holds back", issue.message)
        # In the meantime the number changes, and the daily check asks again.
        picking.carrier_tracking_ref = "3SOTHER"
        self.shop._check_connection()
        self.run_jobs()
        self.assertEqual(self.theirs(made)["tracking"], ["3SOTHER"])
        self.assertEqual((len(self.standing(made)), self.issues(picking)), (1, issue))
        self.release(made)
        self.assertAllSentOnce(order, made, fulfilments=2)
        self.assertEqual(picking.shopify_fulfillment_ids.state, "done")

    def test_held_until_all_was_back(self):
        """What is on the shelf again is not told as sent when the hold is released."""
        order, made = self.sold()
        self.control("POST", "shopify/hold", {"order": made["gid"]})
        picking = self.ship(order)
        self.take_back(picking)
        self.assertEqual(picking.shopify_fulfillment_ids.state, "cancelled")
        self.assertFalse(self.issues(picking))
        self.release(made)
        self.assertEqual(self.standing(made), [])

    def test_held_until_a_part_was_back(self):
        order, made = self.sold("multi_line")
        line = order.order_line.filtered(lambda line: line.shopify_gid and line.product_uom_qty > 1)[:1]
        self.control("POST", "shopify/hold", {"order": made["gid"]})
        picking = self.ship(order)
        self.take_back(picking, {line.product_id: 1})
        self.release(made)
        expected = {move.sale_line_id.shopify_gid: int(move.quantity) for move in picking.move_ids}
        expected[line.shopify_gid] -= 1
        self.assertEqual(self.pieces(made), expected)
        self.assertEqual(picking.shopify_fulfillment_ids.state, "done")
        self.assertFalse(self.issues(picking))

    def test_a_state_that_is_not_known_yet(self):
        order, made = self.sold()
        self.control("POST", "shopify/restate", {"order": made["gid"], "status": "TELEPORTING"})
        picking = self.ship(order)
        self.assertIn("TELEPORTING", self.issues(picking).message)
        self.assertEqual((self.standing(made), picking.shopify_fulfillment_ids.state), ([], "pending"))

    def test_planned_for_later_in_shopify(self):
        """A subscription's parcel leaves early: Odoo waits for the day, and tells Shopify by itself."""
        order, made = self.sold()
        self.control("POST", "shopify/schedule", {"order": made["gid"], "at": "2031-05-01T10:00:00Z"})
        picking = self.ship(order)
        issue = self.issues(picking)
        self.assertIn("2031", issue.message)
        self.assertEqual((self.standing(made), picking.shopify_fulfillment_ids.state), ([], "pending"))
        self.control("POST", "shopify/schedule", {"order": made["gid"]})
        body = json.dumps({"fulfillment_order": {"id": self.parts(made)[0]["id"], "status": "open"}})
        topic = "fulfillment_orders/scheduled_fulfillment_order_ready"
        self.env["o2c.inbox.event"]._receive(self.shop, topic, "due", body)
        self.run_jobs()
        self.assertAllSentOnce(order, made)
        self.assertEqual(issue.state, "resolved")

    def test_the_day_came_and_the_webhook_did_not(self):
        order, made = self.sold()
        self.control("POST", "shopify/schedule", {"order": made["gid"], "at": "2031-05-01T10:00:00Z"})
        self.ship(order)
        self.control("POST", "shopify/schedule", {"order": made["gid"]})
        self.shop._check_connection()
        self.run_jobs()
        self.assertAllSentOnce(order, made)

    def test_fulfilled_in_the_admin_already(self):
        order, made = self.sold()
        self.control("POST", "shopify/ship", {"order": made["gid"], "at": "2026-01-01T12:00:00Z"})
        self.ship(order)
        self.assertIn("nothing left to fulfil", self.issues(order.picking_ids).message)
        self.assertEqual(len(self.standing(made)), 1)

    def test_fulfilled_by_mistake_in_the_admin(self):
        """Closed stays closed; and once the mistake is undone, a person has it sent."""
        order, made = self.sold()
        self.control("POST", "shopify/ship", {"order": made["gid"], "at": "2026-01-01T12:00:00Z"})
        picking = self.ship(order)
        issue = self.issues(picking)
        issue.action_ignore()
        self.shop._check_connection()
        self.run_jobs()
        self.assertFalse(self.issues(picking))
        self.assertEqual(picking.shopify_fulfillment_ids.state, "refused")
        self.shop._client().mutate(documents.FULFILLMENT_CANCEL, {"id": self.standing(made)[0]["gid"]})
        picking.shopify_fulfillment_ids.action_send()
        self.run_jobs()
        self.assertAllSentOnce(order, made)

    def test_a_part_fulfilled_by_mistake_in_the_admin(self):
        """What Shopify did not take is sent later, without what it took."""
        order, made = self.sold("two_locations")
        wrong = self.parts(made)[0]
        self.shop._client().mutate(
            documents.FULFILLMENT_CREATE,
            {"fulfillment": {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": wrong["id"]}]}},
        )
        [mistake] = self.standing(made)
        # It was made before anybody packed here, and not within the same second.
        picking = order.picking_ids
        picking.carrier_tracking_ref = "3SPART"
        picking.move_ids.picked = True
        picking._action_done()
        picking.shopify_fulfillment_ids.intended_at += timedelta(seconds=5)
        self.run_jobs()
        issue = self.issues(picking)
        self.assertIn("nothing left to fulfil", issue.message)
        self.assertEqual((len(self.standing(made)), issue.can_retry), (2, True))
        issue.action_retry()
        self.run_jobs()
        self.assertEqual(len(self.standing(made)), 2, "nothing has changed at the shop")
        self.shop._client().mutate(documents.FULFILLMENT_CANCEL, {"id": mistake["gid"]})
        self.issues(picking).action_retry()
        self.run_jobs()
        self.assertAllSentOnce(order, made, fulfilments=2)
        self.assertEqual(picking.shopify_fulfillment_ids.state, "done")

    def test_what_was_refunded_meanwhile_keeps_nothing_else_back(self):
        order, made = self.sold("multi_line")
        picking = order.picking_ids
        picking.action_assign()
        picking.carrier_tracking_ref = "3STEST"
        picking.move_ids.picked = True
        picking._action_done()
        self.control(
            "POST",
            "shopify/refund",
            {"order": made["gid"], "lines": [{"line": 1, "quantity": 1, "restock": "CANCEL"}]},
        )
        self.run_jobs()
        refunded = order.order_line.filtered("shopify_gid")[1]
        expected = {move.sale_line_id.shopify_gid: move.quantity for move in picking.move_ids}
        expected[refunded.shopify_gid] -= 1
        self.assertEqual(self.pieces(made), {gid: pieces for gid, pieces in expected.items() if pieces})
        self.assertIn(f"1 x {refunded.product_id.display_name}", self.issues(picking).message)
        # It is told once.
        picking.action_shopify_fulfil()
        self.run_jobs()
        self.assertEqual(self.issues(picking).count, 1)

    def test_order_deleted(self):
        order, made = self.sold()
        self.control("POST", "shopify/delete", {"order": made["gid"]})
        self.ship(order)
        self.assertIn("no longer exists", self.issues(order.picking_ids).message)
        # Closed, it stays closed.
        self.issues(order.picking_ids).action_resolve()
        self.shop._check_connection()
        self.run_jobs()
        self.assertFalse(self.issues(order.picking_ids))

    def test_permission_taken_away_and_given_back(self):
        order, made = self.sold()
        scope = "write_merchant_managed_fulfillment_orders"
        scopes = self.control("POST", "shopify/access", {})["scopes"]
        self.addCleanup(self.control, "POST", "shopify/access", {"scopes": scopes})
        self.control(
            "POST",
            "shopify/access",
            {
                "revoke_scopes": [
                    name for name in scopes if name.startswith("write_") and "fulfillment" in name
                ]
            },
        )
        picking = self.ship(order)
        issue = self.issues(picking)
        self.assertIn("Test connection", issue.message)
        self.assertIn(scope, self.shop.action_test_connection()["params"]["message"])
        self.assertEqual(self.shop.state, "connected", "orders still come in")
        self.control("POST", "shopify/access", {"scopes": scopes})
        # Nobody has to find and retry every delivery.
        self.shop.action_test_connection()
        self.run_jobs()
        self.assertAllSentOnce(order, made)
        self.assertEqual(issue.state, "resolved")

    def test_key_revoked_and_replaced(self):
        order, made = self.sold()
        self.shop.write({"auth_method": "token", "access_token": "shpat_revoked"})
        picking = self.ship(order)
        self.assertEqual((self.shop.state, self.standing(made)), ("error", []))
        self.assertNotIn("shpat_revoked", self.issues(picking).message)
        self.shop.access_token = self.credentials["shopify"]["access_token"]
        self.shop.action_test_connection()
        self.run_jobs()
        self.assertAllSentOnce(order, made)
