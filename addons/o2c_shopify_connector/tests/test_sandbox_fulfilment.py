from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..lib import documents
from ..lib.client import ShopifyClient, UserErrors
from .common_fulfilment import FulfilmentCase


@tagged("post_install", "-at_install")
class TestFulfilment(FulfilmentCase):
    """What left the warehouse, told to the shop: once, with its tracking, and taken back if need be."""

    shoppers = {"plain": 31, "multi_line": 2, "two_locations": 3}

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

    def test_back_on_the_shelf_and_then_without_label(self):
        """The label may be cancelled after the return, or Sendcloud may take its time with it."""
        order, made = self.sold()
        picking = self.ship(order)
        back = self.take_back(picking)
        picking.carrier_tracking_ref = False
        self.run_jobs()
        self.assertEqual((self.standing(made), picking.shopify_fulfillment_ids.state), ([], "cancelled"))
        # Whoever sends it after all knows of the return.
        for move in back.move_ids:
            move.date -= timedelta(minutes=1)
        picking.shopify_fulfillment_ids.action_send()
        picking.carrier_tracking_ref = "3SAFTER"
        self.run_jobs()
        self.assertAllSentOnce(order, made)

    def test_a_cancelled_label_is_told_before_there_is_another(self):
        """Without its label the delivery awaits one again; the customer must not await the old parcel."""
        order, made = self.sold()
        picking = self.ship(order, tracking="3SOLD")

        def lacks_label(delivery):
            return delivery.state == "done" and not delivery.carrier_tracking_ref

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

    def test_taken_back_of_an_order_that_is_gone(self):
        order, made = self.sold()
        picking = self.ship(order)
        self.control("POST", "shopify/delete", {"order": made["gid"]})
        picking.action_shopify_cancel()
        self.run_jobs()
        self.assertEqual(picking.shopify_fulfillment_ids.state, "cancelled")
        self.assertFalse(self.issues(picking))

    def _refusing(self):
        """Shopify takes no fulfilment back."""
        mutate = ShopifyClient.mutate

        def refuse(client, document, variables):
            if document == documents.FULFILLMENT_CANCEL:
                self.refused.append(variables["id"])
                raise UserErrors([{"message": "Fulfillment cannot be cancelled."}])
            return mutate(client, document, variables)

        self.refused = []
        return patch.object(ShopifyClient, "mutate", refuse)

    def test_taken_back_but_shopify_refuses(self):
        """It is told once. Closed, it stays closed; whoever retries or presses again tries again."""
        order, made = self.sold("two_locations")
        picking = self.ship(order)
        with self._refusing():
            picking.action_shopify_cancel()
            self.run_jobs()
            issue = self.issues(picking)
            self.assertIn("Fulfillment cannot be cancelled", issue.message)
            self.assertEqual((picking.shopify_fulfillment_ids.state, len(self.refused)), ("kept", 2))
            issue.action_retry()
            self.run_jobs()
            issue = self.issues(picking)
            self.assertEqual((len(issue), len(self.refused)), (1, 4))
            issue.action_ignore()
            self.shop._check_connection()
            picking.action_shopify_fulfil()
            self.run_jobs()
            self.assertEqual((self.issues(picking).ids, len(self.refused)), ([], 4))
            picking.action_shopify_cancel()
            self.run_jobs()
            self.assertEqual((len(self.issues(picking)), len(self.refused)), (1, 6))
        self.assertEqual(len(self.standing(made)), 2)
        # Somebody cancels one of them there.
        self.shop._client().mutate(documents.FULFILLMENT_CANCEL, {"id": self.standing(made)[0]["gid"]})
        self.issues(picking).action_retry()
        self.run_jobs()
        self.assertEqual((self.standing(made), picking.shopify_fulfillment_ids.state), ([], "cancelled"))
        self.assertFalse(self.issues(picking))

    def test_not_taken_back_and_left_after_all(self):
        order, made = self.sold()
        picking = self.ship(order)
        with self._refusing():
            picking.action_shopify_cancel()
            self.run_jobs()
        picking.shopify_fulfillment_ids.action_send()
        self.run_jobs()
        self.assertAllSentOnce(order, made)
        self.assertEqual(picking.shopify_fulfillment_ids.state, "done")

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
