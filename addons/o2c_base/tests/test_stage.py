from datetime import date, datetime

from odoo import Command
from odoo.tests import tagged

from .road import RoadCase


@tagged("post_install", "-at_install")
class TestStage(RoadCase):
    """The stage follows Odoo's own documents, whoever made them."""

    def assert_stage(self, order, stage):
        """Also in the database, where lists are filtered."""
        self.assertEqual(order.o2c_stage, stage)
        self.env.flush_all()
        self.env.cr.execute("SELECT o2c_stage FROM sale_order WHERE id = %s", [order.id])
        self.assertEqual(self.env.cr.fetchone()[0] or False, stage)

    # === The ordinary road === #

    def test_whole_road(self):
        order = self.make_orders(carrier=self.reporting_carrier(), confirm=False)
        self.assert_stage(order, False)
        order.action_confirm()
        self.assert_stage(order, "ordered")
        invoice = self.invoice(order)
        self.assert_stage(order, "invoiced")
        payment = self.pay(invoice)
        self.assert_stage(order, "invoiced")
        self.assertFalse(order.o2c_settled, "a payment that no statement shows is not settled")
        picking = self.ship(order)
        self.assert_stage(order, "shipped")
        picking._o2c_set_delivered(datetime(2026, 11, 24, 12, 0))
        self.assert_stage(order, "delivered")
        self.settle(payment)
        self.assertTrue(order.o2c_settled)
        self.assert_stage(order, "done")

    def test_the_road_tells_what_was_passed_and_when(self):
        order = self.make_orders(carrier=self.reporting_carrier())
        order.date_order = datetime(2026, 11, 20, 23, 30)
        invoice = self.invoice(order)
        picking = self.ship(order)
        self.settle(self.pay(invoice), date(2026, 11, 27))
        road = order.with_context(tz="Europe/Amsterdam").o2c_road
        self.assertEqual([station["key"] for station in road if not station["passed"]], ["delivered"])
        days = {station["key"]: station["date"] for station in road}
        self.assertEqual((days["ordered"], days["settled"]), ("2026-11-21", "2026-11-27"))
        self.assertEqual(days["invoiced"], str(invoice.invoice_date))
        picking._o2c_set_delivered(datetime(2026, 11, 24, 12, 0))
        order.invalidate_recordset(["o2c_road"])
        self.assertEqual(
            {station["key"]: station["date"] for station in order.o2c_road}["delivered"], "2026-11-24"
        )

    def test_no_parcel_no_station_for_it(self):
        service = self.make_orders(product=self.service)
        self.assertEqual([station["key"] for station in service.o2c_road], ["ordered", "invoiced", "settled"])
        self.assertFalse(self.make_orders(confirm=False).o2c_road)

    def test_money_before_the_parcel_arrives(self):
        order = self.make_orders(carrier=self.reporting_carrier())
        payment = self.pay(self.invoice(order))
        self.settle(payment)
        self.assertTrue(order.o2c_settled)
        self.assert_stage(order, "invoiced")
        picking = self.ship(order)
        self.assert_stage(order, "settled")
        picking._o2c_set_delivered(datetime(2026, 11, 24, 12, 0))
        self.assert_stage(order, "done")

    def test_undoing_the_match_takes_the_stage_back(self):
        order = self.make_orders()
        payment = self.pay(self.invoice(order))
        self.ship(order)
        line = self.settle(payment)
        self.assert_stage(order, "done")
        line.action_undo_reconciliation()
        self.assertFalse(payment.is_matched)
        self.assertFalse(order.o2c_settled)
        self.assert_stage(order, "delivered")

    def test_undoing_the_payment(self):
        order = self.make_orders(product=self.service)
        payment = self.pay(self.invoice(order))
        self.settle(payment)
        self.assert_stage(order, "done")
        receivable = order.invoice_ids.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        receivable.remove_move_reconcile()
        self.assert_stage(order, "invoiced")

    # === Typed by hand === #

    def test_carrier_that_never_reports(self):
        order = self.make_orders(carrier=self.carrier)
        self.ship(order)
        self.assert_stage(order, "delivered")

    def test_no_carrier(self):
        order = self.make_orders()
        self.ship(order)
        self.assert_stage(order, "delivered")
        self.settle(self.pay(self.invoice(order)))
        self.assert_stage(order, "done")

    def test_service_only(self):
        order = self.make_orders(product=self.service)
        self.assert_stage(order, "ordered")
        invoice = self.invoice(order)
        self.assert_stage(order, "invoiced")
        payment = self.pay(invoice)
        self.assert_stage(order, "invoiced")
        self.settle(payment)
        self.assert_stage(order, "done")

    def test_invoice_paid_straight_from_the_bank(self):
        order = self.make_orders(product=self.service)
        invoice = self.invoice(order)
        receivable = invoice.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "payment_ref": invoice.name,
                "amount": invoice.amount_total,
                "counterpart_account_id": receivable.account_id.id,
            }
        )
        other = line.move_id.line_ids.filtered(lambda item: item.account_id == receivable.account_id)
        (other | receivable).reconcile()
        self.assertTrue(order.o2c_settled)
        self.assert_stage(order, "done")

    def test_draft_invoice_is_no_invoice(self):
        order = self.make_orders()
        invoice = order._create_invoices()
        self.assert_stage(order, "ordered")
        invoice.action_post()
        self.assert_stage(order, "invoiced")
        invoice.button_draft()
        self.assert_stage(order, "ordered")

    def test_partial_payment(self):
        order = self.make_orders(product=self.service)
        invoice = self.invoice(order)
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        payment = wizard.create({"journal_id": self.bank.id, "amount": 30.0})._create_payments()
        self.settle(payment)
        self.assertFalse(order.o2c_settled)
        self.assert_stage(order, "invoiced")
        self.settle(self.pay(invoice))
        self.assert_stage(order, "done")

    def test_quotation_and_cancellation(self):
        order = self.make_orders(confirm=False)
        order.action_quotation_sent()
        self.assert_stage(order, False)
        order.action_confirm()
        order._action_cancel()
        self.assert_stage(order, "cancelled")
        order.action_draft()
        self.assert_stage(order, False)

    # === Parts === #

    def test_partial_delivery_waits_for_the_rest(self):
        order = self.make_orders(quantity=5)
        self.ship(order, quantity=2)
        self.assertEqual(len(order.picking_ids), 2)
        self.assert_stage(order, "ordered")
        self.invoice(order)
        self.assert_stage(order, "invoiced")
        self.ship(order)
        self.assert_stage(order, "delivered")

    def test_one_of_two_parcels_on_its_way(self):
        order = self.make_orders(quantity=5, carrier=self.reporting_carrier())
        first = self.ship(order, quantity=2)
        self.ship(order)
        self.assert_stage(order, "shipped")
        first._o2c_set_delivered(datetime(2026, 11, 24, 12, 0))
        self.assert_stage(order, "shipped")
        order.picking_ids._o2c_set_delivered(datetime(2026, 11, 25, 12, 0))
        self.assert_stage(order, "delivered")
        self.assertEqual(first.o2c_delivered_at, datetime(2026, 11, 24, 12, 0))

    def test_rest_given_up(self):
        order = self.make_orders(quantity=5)
        self.ship(order, quantity=2)
        order.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        self.assert_stage(order, "delivered")

    def test_cancelled_delivery_is_not_shipped(self):
        order = self.make_orders()
        order.picking_ids.action_cancel()
        self.assert_stage(order, "ordered")

    def test_pick_pack_ship(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self.make_orders(quantity=5)
        self.assertEqual(order.picking_ids.location_dest_id.usage, "internal")
        self.ship(order, quantity=2)
        for _step in ("pack", "ship"):
            waiting = order.picking_ids.filtered(lambda picking: picking.state == "assigned")
            further = waiting.filtered(lambda picking: picking.move_ids.move_orig_ids)
            self.validate(further)
        done = order.picking_ids.filtered(lambda picking: picking.state == "done")
        self.assertIn("customer", done.location_dest_id.mapped("usage"))
        self.assert_stage(order, "ordered")
        for _step in ("pick", "pack", "ship"):
            self.ship(order)
        self.assert_stage(order, "delivered")

    def test_return_in_two_steps(self):
        self.warehouse.reception_steps = "two_steps"
        order = self.make_orders()
        picking = self.ship(order)
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 2
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        self.assert_stage(order, "delivered")
        self.validate(back)
        self.assert_stage(order, "delivered")

    def test_goods_and_service(self):
        order = self.make_orders()
        order.order_line = [Command.create({"product_id": self.service.id})]
        self.invoice(order)
        self.assert_stage(order, "invoiced")
        self.ship(order)
        self.assert_stage(order, "delivered")

    def test_return_does_not_take_back_the_delivery(self):
        order = self.make_orders()
        picking = self.ship(order)
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 1
        action = wizard.action_create_returns()
        back = self.env["stock.picking"].browse(action["res_id"])
        self.assertEqual(back.location_id.usage, "customer")
        self.assert_stage(order, "delivered")

    # === Refunds === #

    def reverse(self, invoice):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.reverse_moves()
        return wizard.new_move_ids

    def test_refund_must_be_settled_too(self):
        order = self.make_orders()
        self.ship(order)
        invoice = self.invoice(order)
        self.settle(self.pay(invoice))
        self.assert_stage(order, "done")
        refund = self.reverse(invoice)
        refund.invoice_line_ids.quantity = 1
        refund.action_post()
        self.assertEqual(order.invoice_status, "to invoice", "as Odoo sees it")
        self.assert_stage(order, "delivered")
        payment = self.pay(refund)
        self.assert_stage(order, "delivered")
        self.settle(payment)
        self.assert_stage(order, "done")

    def test_credited_in_full_without_money(self):
        order = self.make_orders(product=self.service)
        invoice = self.invoice(order)
        refund = self.reverse(invoice)
        refund.action_post()
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertTrue(order.o2c_settled)

    def test_down_payment(self):
        order = self.make_orders(product=self.service)
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids)
        down = wizard.create({"advance_payment_method": "percentage", "amount": 30})._create_invoices(order)
        down.action_post()
        self.assert_stage(order, "ordered")
        final = wizard.create({"advance_payment_method": "delivered"})._create_invoices(order)
        final.action_post()
        self.assert_stage(order, "invoiced")
        self.settle(self.pay(down | final))
        self.assert_stage(order, "done")

    def test_invoice_for_two_orders(self):
        orders = self.make_orders(2, product=self.service)
        invoice = orders._create_invoices()
        self.assertEqual(len(invoice), 1)
        invoice.action_post()
        self.settle(self.pay(invoice))
        for order in orders:
            self.assert_stage(order, "done")

    def test_free_order(self):
        self.service.list_price = 0
        order = self.make_orders(product=self.service)
        self.invoice(order)
        self.assert_stage(order, "done")

    # === Batch === #

    def test_query_count_does_not_grow(self):
        orders = self.make_orders(60)
        self.invoice(orders)
        self.ship(orders)
        self.pay(orders.invoice_ids)
        self.env.flush_all()
        counts = []
        for batch in (orders[:10], orders[10:]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch._compute_o2c_stage()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(batch.mapped("o2c_stage")), {"delivered"})
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[0], 25)

    def test_settling_many_at_once(self):
        orders = self.make_orders(20, product=self.service)
        payments = self.pay(self.invoice(orders))
        self.settle(payments)
        self.env.flush_all()
        self.assertEqual(
            self.env["sale.order"].search_count([("id", "in", orders.ids), ("o2c_stage", "=", "done")]),
            20,
        )

    # === Users === #

    def test_mark_as_delivered(self):
        order = self.make_orders(carrier=self.reporting_carrier())
        order.picking_ids.action_o2c_mark_delivered()
        self.assertFalse(order.picking_ids.o2c_delivered_at, "it has not even left")
        picking = self.ship(order)
        picking.action_o2c_mark_delivered()
        self.assertTrue(picking.o2c_delivered_at)
        self.assert_stage(order, "delivered")

    def test_search_by_stage(self):
        order = self.make_orders()
        found = self.env["sale.order"].search([("o2c_stage", "=", "ordered")])
        self.assertIn(order, found)
        groups = self.env["sale.order"].formatted_read_group(
            [("id", "=", order.id)], ["o2c_stage"], ["__count"]
        )
        self.assertEqual(groups[0]["o2c_stage"], "ordered")
