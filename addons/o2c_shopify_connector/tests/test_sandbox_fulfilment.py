import json
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import quote

from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from ..lib import documents
from ..lib.client import ShopifyClient
from .common_sandbox import GardenCase


@tagged("post_install", "-at_install")
class TestFulfilment(GardenCase):
    """What left the warehouse, told to the shop: once, with its tracking, and taken back if need be."""

    world_options = {**GardenCase.world_options, "timeout_seconds": 0.3}

    def fault(self, kind, **values):
        self.control("POST", "faults", {"platform": "shopify", "kind": kind, "rate": 1, **values})
        self.addCleanup(self.control, "DELETE", "faults")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unused = {}
        for kind, count in (("plain", 42), ("multi_line", 6), ("two_locations", 4)):
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

    # === The answer was lost === #

    def test_lost_answer_without_tracking_number(self):
        """Shopify did it and never said so: the retry recognises it, twice over, and makes no second one."""
        order, made = self.sold()
        self.fault("timeout_after", times=1, match="o2cFulfillmentCreate")
        picking = self.ship(order, tracking=False)
        self.assertAllSentOnce(order, made)
        fulfilment = picking.shopify_fulfillment_ids
        self.assertEqual(fulfilment.gids, self.standing(made)[0]["gid"])
        fulfilment._push()
        self.assertAllSentOnce(order, made)

    def test_lost_answer_of_a_part_does_not_send_the_rest(self):
        """Two pieces ordered, one left: the retry must not tell the customer that both are on their way."""
        order, made = self.sold("multi_line")
        line = order.order_line.filtered(lambda line: line.shopify_gid and line.product_uom_qty > 1)[:1]
        self.assertTrue(line)
        self.fault("timeout_after", times=1, match="o2cFulfillmentCreate")
        picking = order.picking_ids
        picking.move_ids.quantity = 0
        move = picking.move_ids.filtered(lambda move: move.sale_line_id == line)
        move.write({"quantity": 1, "picked": True})
        picking._action_done()
        self.run_jobs()
        self.assertEqual(self.pieces(made), {line.shopify_gid: 1})
        self.assertEqual(picking.shopify_fulfillment_ids.state, "done")
        self.ship(order, tracking="3SREST")
        self.assertAllSentOnce(order, made, fulfilments=2)

    def test_second_of_two_locations_is_lost(self):
        """The first location's fulfilment is found again, and the second's is made, once."""
        order, made = self.sold("two_locations")
        for lost in ("timeout_before", "timeout_after"):
            self.fault(lost, times=1, match="o2cFulfillmentCreate")
        self.ship(order, tracking="3STWO")
        self.assertAllSentOnce(order, made, fulfilments=2)
        self.assertEqual({tuple(item["tracking"]) for item in self.standing(made)}, {("3STWO",)})

    def test_lost_answer_and_a_number_that_came_since(self):
        order, made = self.sold()
        self.fault("timeout_after", times=1, match="o2cFulfillmentCreate")
        picking = order.picking_ids
        picking.move_ids.picked = True
        picking._action_done()
        self.run_jobs(max_tries=1, postpone=True)
        self.assertEqual(self.standing(made)[0]["tracking"], [])
        picking.carrier_tracking_ref = "3SLATE"
        self.run_jobs()
        self.assertAllSentOnce(order, made)
        self.assertEqual(self.standing(made)[0]["tracking"], ["3SLATE"])

    def test_nothing_done_yet_and_busy_days(self):
        """Throttled, server errors, a time-out before the deed: later it is done, once."""
        order, made = self.sold()
        self.fault("throttled", times=1, match="o2cFulfillment")
        self.fault("500", times=1, match="o2cFulfillmentCreate")
        self.fault("timeout_before", times=1, match="o2cFulfillmentCreate")
        self.ship(order, tracking=False)
        self.assertAllSentOnce(order, made)

    # === What is sent === #

    def test_not_before_the_label_is_there(self):
        order, made = self.sold()
        picking = order.picking_ids
        with patch.object(type(picking), "_o2c_awaits_label", return_value=True):
            self.ship(order, tracking=False)
            picking._o2c_tracking_changed()
            self.run_jobs()
            self.assertEqual((self.standing(made), picking.shopify_fulfillment_ids.state), ([], "pending"))
        picking.carrier_tracking_ref = "3SLABEL"
        picking._o2c_label_ready()
        self.run_jobs()
        self.assertAllSentOnce(order, made)
        self.assertEqual(self.standing(made)[0]["tracking"], ["3SLABEL"])

    def test_one_delivery_of_an_order_at_a_time(self):
        """While another job speaks for the order, this one waits; it would take the other's for its own."""
        order, made = self.sold()
        rows = self.env["o2c.shopify.fulfillment"]
        with patch.object(type(rows), "try_lock_for_update", return_value=rows):
            order.picking_ids.move_ids.picked = True
            order.picking_ids._action_done()
            self.run_jobs(max_tries=1, postpone=True)
            self.assertEqual(self.standing(made), [])
        self.run_jobs()
        self.assertAllSentOnce(order, made)

    def test_nothing_leaves_odoo_when_the_validation_is_undone(self):
        order, made = self.sold()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            order.picking_ids.move_ids.picked = True
            order.picking_ids._action_done()
            raise ZeroDivisionError
        self.run_jobs()
        self.assertEqual((self.standing(made), len(order.picking_ids.shopify_fulfillment_ids)), ([], 0))

    def test_several_parcels(self):
        order, made = self.sold()
        self.ship(order, tracking="3SONE, 3STWO")
        self.assertEqual(self.standing(made)[0]["tracking"], ["3SONE", "3STWO"])
        self.assertAllSentOnce(order, made)

    def test_part_after_part(self):
        order, made = self.sold("multi_line")
        picking = order.picking_ids
        picking.action_assign()
        picking.carrier_tracking_ref = "3SFIRST"
        picking.move_ids[:1].picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.run_jobs()
        first = self.pieces(made)
        self.assertEqual(len(first), 1)
        self.ship(order, tracking="3SSECOND")
        self.assertAllSentOnce(order, made, fulfilments=2)
        self.assertEqual(self.theirs(made)["tracking"], ["3SFIRST", "3SSECOND"])

    def test_at_the_location_that_the_goods_left_from(self):
        order, made = self.sold()
        here = self.shop.location_ids.filtered("warehouse_id")
        there = (self.shop.location_ids - here)[:1]
        self.control("POST", "shopify/move", {"order": made["gid"], "location": there.gid})
        self.ship(order)
        self.assertEqual({item["location"] for item in self.standing(made)}, {there.gid})
        self.assertAllSentOnce(order, made)

    def test_a_number_typed_later(self):
        """Without Sendcloud people type the number of the parcel when the carrier gives it to them."""
        order, made = self.sold()
        picking = self.ship(order, tracking=False)
        self.assertEqual(self.theirs(made)["tracking"], [])
        for number in ("3STYPED", "3SMENDED"):
            picking.carrier_tracking_ref = number
            self.run_jobs()
            self.assertEqual(self.theirs(made)["tracking"], [number])
        self.control("DELETE", "requests")
        picking._o2c_tracking_changed()
        self.run_jobs()
        asked = [call["operation"] for call in self.control("GET", "requests")["requests"]]
        self.assertNotIn("o2cFulfillmentTracking", str(asked))

    def test_a_number_that_is_taken_away(self):
        """Of a label that is cancelled, the customer must not go on waiting for the parcel."""
        order, made = self.sold()
        picking = self.ship(order, tracking="3SGONE")
        picking.carrier_tracking_ref = False
        self.run_jobs()
        self.assertEqual((self.theirs(made)["tracking"], self.standing(made)[0]["notified"]), ([], False))
        picking.carrier_tracking_ref = "3SNEW"
        self.run_jobs()
        self.assertEqual(self.theirs(made)["tracking"], ["3SNEW"])

    def test_a_number_that_shopify_keeps_is_told(self):
        order, made = self.sold()
        picking = self.ship(order, tracking="3SKEPT")
        answer = {"fulfillment": {"id": "F", "trackingInfo": [{"number": "3SKEPT"}]}}
        with patch.object(ShopifyClient, "mutate", return_value=answer):
            picking.carrier_tracking_ref = False
            self.run_jobs()
        self.assertIn("3SKEPT", self.issues(picking).message)
        picking.carrier_tracking_ref = "3SNEW"
        self.run_jobs()
        self.assertFalse(self.issues(picking))

    # === Taken back === #

    def test_cancelled_by_a_person(self):
        order, made = self.sold()
        packer = new_test_user(self.env, "o2c_packer", groups="stock.group_stock_user,o2c_base.group_user")
        picking = self.ship(order).with_user(packer)
        picking.action_shopify_cancel()
        self.run_jobs()
        self.assertEqual((self.standing(made), picking.shopify_fulfillment_ids.state), ([], "cancelled"))
        with self.assertRaises(UserError):
            picking.action_shopify_cancel()
        # They left after all.
        picking.shopify_fulfillment_ids.action_send()
        self.run_jobs()
        self.assertAllSentOnce(order, made)

    def test_cancelled_while_the_answer_is_lost(self):
        order, made = self.sold()
        self.fault("timeout_after", times=1, match="o2cFulfillmentCreate")
        picking = order.picking_ids
        picking.move_ids.picked = True
        picking._action_done()
        self.run_jobs(max_tries=1, postpone=True)
        self.assertEqual(len(self.standing(made)), 1)
        picking.action_shopify_cancel()
        self.run_jobs()
        self.assertEqual((self.standing(made), picking.shopify_fulfillment_ids.state), ([], "cancelled"))

    def test_cancelling_whose_answer_is_lost(self):
        order, made = self.sold()
        picking = self.ship(order)
        self.fault("timeout_after", times=1, match="o2cFulfillmentCancel")
        picking.action_shopify_cancel()
        self.run_jobs()
        self.assertEqual((self.standing(made), picking.shopify_fulfillment_ids.state), ([], "cancelled"))
        self.assertFalse(self.issues(picking))

    def test_back_on_the_shelf_before_it_left(self):
        """Odoo undoes a delivery by a return. With the label gone too, no parcel ever left."""
        order, made = self.sold()
        picking = self.ship(order)
        self.take_back(picking)
        self.assertEqual(len(self.standing(made)), 1, "the label stands: the customer sends it back")
        order, made = self.sold()
        picking = self.ship(order)
        picking.carrier_tracking_ref = False
        self.take_back(picking)
        self.assertEqual((self.standing(made), picking.shopify_fulfillment_ids.state), ([], "cancelled"))

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

    def test_back_on_the_shelf_and_then_without_label(self):
        """The label may be cancelled after the return, or Sendcloud may take its time with it."""
        order, made = self.sold()
        picking = self.ship(order)
        self.take_back(picking)
        picking.carrier_tracking_ref = False
        self.run_jobs()
        self.assertEqual((self.standing(made), picking.shopify_fulfillment_ids.state), ([], "cancelled"))

    def test_a_cancelled_label_is_told_before_there_is_another(self):
        """Without its label the delivery awaits one again; the customer must not await the old parcel."""
        order, made = self.sold()
        picking = self.ship(order, tracking="3SOLD")
        lacks_label = lambda delivery: delivery.state == "done" and not delivery.carrier_tracking_ref  # noqa: E731
        with patch.object(type(picking), "_o2c_awaits_label", lacks_label):
            picking.carrier_tracking_ref = False
            picking._o2c_tracking_changed()
            self.run_jobs()
            self.assertEqual((self.theirs(made)["tracking"], len(self.standing(made))), ([], 1))
            picking.carrier_tracking_ref = "3SNEW"
            picking._o2c_label_ready()
            self.run_jobs()
        self.assertEqual(self.theirs(made)["tracking"], ["3SNEW"])
        self.assertAllSentOnce(order, made)

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

    def test_taken_back_of_an_order_that_is_gone(self):
        order, made = self.sold()
        picking = self.ship(order)
        self.control("POST", "shopify/delete", {"order": made["gid"]})
        picking.action_shopify_cancel()
        self.run_jobs()
        self.assertEqual(picking.shopify_fulfillment_ids.state, "cancelled")
        self.assertFalse(self.issues(picking))

    # === Who tells the customer === #

    def test_one_of_them_tells_the_customer(self):
        self.env.company.stock_move_email_validation = True
        template = self.env.company.stock_mail_confirmation_template_id
        for teller, shopify_tells, odoo_tells in (
            ("shopify", True, False),
            ("carrier", False, False),
            ("odoo", False, True),
        ):
            self.shop.notified_by = teller
            order, made = self.sold()
            subject = template._render_field("subject", order.picking_ids.ids)[order.picking_ids.id]
            self.assertEqual(order.picking_ids._o2c_told_by(), teller.replace("shopify", "shop"))
            picking = self.ship(order)
            mails = picking.message_ids.filtered(lambda message, subject=subject: message.subject == subject)
            self.assertEqual(
                (self.standing(made)[0]["notified"], bool(mails)), (shopify_tells, odoo_tells), teller
            )
        self.env.company.stock_move_email_validation = False
        order, made = self.sold()
        picking = self.ship(order)
        self.assertTrue(picking.message_ids.filtered("subject"), "chosen here, it needs no second setting")

    # === A person has to look === #

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

    def test_a_number_for_two_fulfilments_is_told_once_to_each(self):
        order, made = self.sold("two_locations")
        picking = self.ship(order, tracking="3SOLD")
        self.control("DELETE", "requests")
        self.fault("timeout_after", times=1, match="o2cFulfillmentTracking")
        picking.carrier_tracking_ref = "3SNEW"
        self.run_jobs()
        asked = [call["operation"] for call in self.control("GET", "requests")["requests"]]
        self.assertEqual(len([name for name in asked if "o2cFulfillmentTracking" in name]), 2, asked)
        self.assertEqual({tuple(item["tracking"]) for item in self.standing(made)}, {("3SNEW",)})

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
