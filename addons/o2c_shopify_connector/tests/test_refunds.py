from odoo.fields import Command
from odoo.tests import tagged

from ..lib.tests import nodes
from .common import ShopCase
from .test_returns import returned

LINE = "gid://shopify/LineItem/1"


@tagged("post_install", "-at_install")
class TestRefunds(ShopCase):
    def _order(self, **values):
        return nodes.order(
            [nodes.line(1, 3, "12.10", [nodes.tax(21, "6.30")])],
            "41.25",
            "7.16",
            [nodes.shipping(taxes=[nodes.tax(21, "0.86")])],
            **values,
        )

    def _refunded(self, node, total, refund):
        """The order some days later, with money given back."""
        number = node["id"].split("/")[-1]
        back = nodes.transaction(
            f"{number}99",
            total,
            kind="REFUND",
            paymentId=f"back{number}",
            parentTransaction={"id": node["transactions"][0]["id"], "paymentId": f"pay{number}"},
        )
        return {
            **node,
            "updatedAt": "2026-11-22T10:01:00Z",
            "displayFinancialStatus": "PARTIALLY_REFUNDED",
            "transactions": node["transactions"] + [back],
            "refunds": [refund],
        }

    def test_one_piece_with_its_tax_and_shipping(self):
        node = self._order()
        order = self.take(node)
        refund = nodes.refund(
            1,
            "17.05",
            [(1, 1, "12.10", "2.10", "RETURN")],
            [(1, "4.95", "0.86")],
            transactions=[f"{node['id'].split('/')[-1]}99"],
        )
        self.take(self._refunded(node, "17.05", refund))
        self.assertEqual(self.issues(order).mapped("message"), [])
        credit = order.shopify_refund_ids.move_id
        self.assertAmounts(credit, "17.05", "2.96")
        self.assertEqual(credit.state, "posted")
        self.assertEqual(credit.amount_residual, 0)
        payment = order.shopify_transaction_ids.payment_id.filtered(
            lambda payment: payment.payment_type == "outbound"
        )
        number = node["id"].split("/")[-1]
        self.assertEqual(payment.o2c_reference, f"back{number}")
        self.assertEqual(payment.o2c_parent_reference, f"pay{number}")
        self.assertEqual(payment.journal_id, self.journal)

    def test_credit_notes_are_shopifys_whichever_way_taxes_are_rounded(self):
        """0.17 of tax on each 0.99: of four of them together, Odoo itself would give back 0.69."""
        for rounding in ("round_per_line", "round_globally"):
            for pieces in (4, 6):
                with self.subTest(rounding=rounding, pieces=pieces):
                    self.company.tax_calculation_rounding_method = rounding
                    node = nodes.order(
                        [nodes.line(number, 1, "0.99", [nodes.tax(21, "0.17")]) for number in range(1, 8)],
                        "6.93",
                        "1.19",
                    )
                    order = self.take(node)
                    self.assertPaid(order, "6.93", "1.19")
                    total, tax = f"{pieces * 0.99:.2f}", f"{pieces * 0.17:.2f}"
                    parts = [(number, 1, "0.99", "0.17", "NO_RESTOCK") for number in range(1, pieces + 1)]
                    back = f"{node['id'].split('/')[-1]}99"
                    self.take(self._refunded(node, total, nodes.refund(1, total, parts, transactions=[back])))
                    self.assertEqual(self.issues(order).mapped("message"), [])
                    credit = order.shopify_refund_ids.move_id
                    self.assertAmounts(credit, total, tax)
                    self.assertEqual(set(credit.invoice_line_ids.mapped("price_subtotal")), {0.82})
                    self.assertEqual(credit.amount_residual, 0)

    def test_refunded_once_only(self):
        node = self._order()
        order = self.take(node)
        refund = nodes.refund(1, "12.10", [(1, 1, "12.10", "2.10", "NO_RESTOCK")], transactions=[1])
        later = self._refunded(node, "12.10", refund)
        self.take(later)
        self.take({**later, "note": "something else", "updatedAt": "2026-11-23T10:00:00Z"})
        self.assertEqual(len(order.shopify_refund_ids), 1)
        self.assertEqual(len(order.invoice_ids), 2)

    def test_goodwill_without_lines(self):
        node = self._order()
        order = self.take(node)
        refund = nodes.refund(1, "5.00", adjustments=[("-5.00", "0")], transactions=[1])
        self.take(self._refunded(node, "5.00", refund))
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order.shopify_refund_ids.move_id, "5.00", "0.00")

    def _under_way(self, node, total, parts):
        """Until money has arrived, Shopify gives the refund as nothing, with a difference of the whole."""
        gid = f"{node['id'].split('/')[-1]}99"
        waiting = nodes.refund(1, "0.00", parts, adjustments=[(total, "0")], transactions=[gid])
        later = self._refunded(node, total, waiting)
        later["transactions"][-1]["status"] = "PENDING"
        return later

    def test_money_that_is_still_on_its_way_back(self):
        node = self._order()
        order = self.take(node)
        gid = f"{node['id'].split('/')[-1]}99"
        parts = [(1, 1, "12.10", "2.10", "NO_RESTOCK")]
        self.take(self._under_way(node, "12.10", parts))
        self.assertFalse(order.shopify_refund_ids)
        self.assertEqual(self.issues(order).mapped("message"), [])
        refund = nodes.refund(1, "12.10", parts, transactions=[gid])
        self.take({**self._refunded(node, "12.10", refund), "updatedAt": "2026-11-24T10:00:00Z"})
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order.shopify_refund_ids.move_id, "12.10", "2.10")
        self.assertEqual(order.shopify_refund_ids.move_id.amount_residual, 0)

    def test_goods_stay_while_the_money_is_on_its_way_back(self):
        node = self._order()
        order = self.take(node)
        gid = f"{node['id'].split('/')[-1]}99"
        parts = [(1, 2, "24.20", "4.20", "CANCEL")]
        under_way = self._under_way(node, "24.20", parts)

        def to_leave():
            moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
            return sum(moves.mapped("product_uom_qty"))

        self.take(under_way)
        self.take({**under_way, "note": "x", "updatedAt": "2026-11-23T10:00:00Z"})
        self.assertEqual((to_leave(), len(order.invoice_ids)), (1, 1))
        refund = nodes.refund(1, "24.20", parts, transactions=[gid])
        self.take({**self._refunded(node, "24.20", refund), "updatedAt": "2026-11-24T10:00:00Z"})
        self.assertEqual((to_leave(), len(order.invoice_ids)), (1, 2))
        self.assertEqual(self.issues(order).mapped("message"), [])

    def test_the_credit_note_and_its_payment_are_dated_when_the_money_went_back(self):
        """In the time zone of whoever keeps the books it was the next day."""
        self.company.partner_id.tz = "Europe/Amsterdam"
        node = self._order()
        order = self.take(node)
        gid = f"{node['id'].split('/')[-1]}99"
        refund = nodes.refund(1, "12.10", [(1, 1, "12.10", "2.10", "NO_RESTOCK")], transactions=[gid])
        refund["processedAt"] = "2026-11-25T23:30:00Z"
        later = self._refunded(node, "12.10", refund)
        later["transactions"][-1]["processedAt"] = "2026-11-25T23:30:00Z"
        self.take(later)
        payment = order.shopify_transaction_ids.payment_id.filtered("o2c_parent_reference")
        days = {str(order.shopify_refund_ids.move_id.invoice_date), str(payment.date)}
        self.assertEqual(days, {"2026-11-26"})

    def test_refund_that_cannot_be_explained(self):
        node = self._order()
        order = self.take(node)
        number = node["id"].split("/")[-1]
        refund = nodes.refund(1, "13.00", [(1, 1, "12.10", "2.10", "RETURN")], transactions=[f"{number}99"])
        self.take(self._refunded(node, "13.00", refund))
        issue = self.issues(order).filtered(lambda issue: issue.kind == "refund")
        self.assertIn("13.00", issue.message)
        self.assertIn("12.10", issue.message)
        self.assertFalse(order.shopify_refund_ids)
        # The accountant does what the issue says.
        note = self._note(order.invoice_ids, 13.00)
        self.take(self._refunded(node, "13.00", refund), force=True)
        self.assertEqual(order.shopify_refund_ids.move_id, note)
        self.assertEqual(order.shopify_transaction_ids.payment_id.filtered("o2c_parent_reference").amount, 13)
        self.assertIn(note.payment_state, ("paid", "in_payment"))
        self.assertEqual(self.issues(order).mapped("message"), [])

    def _note(self, invoice, amount, **values):
        """A credit note that somebody makes by hand."""
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": invoice.partner_id.id,
                "invoice_date": invoice.invoice_date,
                "reversed_entry_id": invoice.id,
                "invoice_line_ids": [Command.create({"name": "Refund", "price_unit": amount, "tax_ids": []})],
                **values,
            }
        )
        note.action_post()
        return note

    def test_a_note_about_something_else_is_not_taken_for_the_refund(self):
        """It has taken back another invoice or was paid out long ago."""
        node = self._order()
        order = self.take(node)
        number = node["id"].split("/")[-1]
        settled = self._note(order.invoice_ids, 12.10)
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": settled.partner_id.id,
                "invoice_line_ids": [Command.create({"name": "Other", "price_unit": 12.10, "tax_ids": []})],
            }
        )
        invoice.action_post()
        lines = (settled | invoice).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.reconcile()
        self.assertEqual(settled.amount_residual, 0)
        refund = nodes.refund(1, "12.10", [(1, 1, "12.10", "2.10", "RETURN")], transactions=[f"{number}99"])
        self.take(self._refunded(node, "12.10", refund))
        self.assertEqual(self.issues(order).mapped("message"), [])
        credit = order.shopify_refund_ids.move_id
        self.assertNotEqual(credit, settled)
        self.assertAmounts(credit, "12.10", "2.10")
        self.assertEqual(credit.amount_residual, 0)

    def test_a_note_of_another_refund_is_not_taken_twice(self):
        node = self._order()
        order, other = self.take(node), self.take(self._order())
        number = node["id"].split("/")[-1]
        note = self._note(order.invoice_ids, 12.10)
        self.env["o2c.shopify.refund"].create(
            {"sale_order_id": other.id, "gid": "gid://shopify/Refund/77", "move_id": note.id}
        )
        refund = nodes.refund(1, "12.10", [(1, 1, "12.10", "2.10", "RETURN")], transactions=[f"{number}99"])
        self.take(self._refunded(node, "12.10", refund))
        self.assertNotEqual(order.shopify_refund_ids.move_id, note)
        self.assertAmounts(order.shopify_refund_ids.move_id, "12.10", "2.10")

    def test_goods_refunded_before_they_left_stay(self):
        node = self._order()
        order = self.take(node)
        refund = nodes.refund(1, "24.20", [(1, 2, "24.20", "4.20", "CANCEL")], transactions=[1])
        self.take(self._refunded(node, "24.20", refund))
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 1)
        self.assertAmounts(order.shopify_refund_ids.move_id, "24.20", "4.20")

    def test_goods_refunded_before_they_were_picked_stay(self):
        warehouse = self.shop._warehouse()
        warehouse.delivery_steps = "pick_ship"
        node = self._order()
        order = self.take(node)
        refund = nodes.refund(1, "24.20", [(1, 2, "24.20", "4.20", "CANCEL")], transactions=[1])
        self.take(self._refunded(node, "24.20", refund))
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(moves.mapped("product_uom_qty"), [1])
        # The last piece is in the house still: the order can be cancelled though it was picked.
        self._ship(order)
        self.assertEqual(order.picking_ids.mapped("state").count("done"), 1)
        order._shopify_cancel_one()
        self.assertEqual(order.state, "cancel")
        # It lies in the output zone now.
        issue = self.issues(order)
        self.assertEqual(issue.mapped("kind"), ["stock"])
        self.assertIn("1 x", issue.message)
        picked = order.picking_ids.filtered(lambda picking: picking.state == "done")
        self.assertIn(picked.name, issue.message)

    def test_a_piece_that_comes_back_is_none_of_the_backorder(self):
        for policy in ("payment", "delivery"):
            for expected in (False, True):
                with self.subTest(policy=policy, expected=expected):
                    self.shop.invoice_policy = policy
                    node = self._order()
                    order = self.take(node)
                    picking = order.picking_ids
                    picking.action_assign()
                    picking.move_ids.write({"quantity": 1, "picked": True})
                    picking._action_done()
                    if expected:
                        # The customer announced the return first.
                        node.update(returns=[returned(1, [(1, 1)])], updatedAt="2026-11-21T12:00:00Z")
                        self.take(node)
                        self.assertTrue(order.picking_ids.filtered("shopify_is_return"))
                    refund = nodes.refund(1, "12.10", [(1, 1, "12.10", "2.10", "RETURN")], transactions=[1])
                    self.take(self._refunded(node, "12.10", refund))
                    waiting = order.picking_ids.move_ids.filtered(
                        lambda move: move.state == "assigned" and move.location_dest_id.usage == "customer"
                    )
                    self.assertEqual(sum(waiting.mapped("product_uom_qty")), 2)

    def test_one_refund_for_pieces_that_came_back_and_that_never_left(self):
        """Invoiced at delivery: what was invoiced is credited, the rest is taken off the order."""
        self.shop.write({"invoice_policy": "delivery", "push_fulfilments": False})
        self.products.invoice_policy = "delivery"
        node = nodes.order([nodes.line(1, 3, "12.10", [nodes.tax(21, "6.30")])], "36.30", "6.30")
        order = self.take(node)
        picking = order.picking_ids
        picking.action_assign()
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking._action_done()
        self.run_jobs()
        self.assertAmounts(order.invoice_ids, "12.10", "2.10")
        number = node["id"].split("/")[-1]
        refund = nodes.refund(
            1,
            "36.30",
            [(1, 1, "12.10", "2.10", "RETURN"), (1, 2, "24.20", "4.20", "CANCEL")],
            transactions=[f"{number}99"],
        )
        later = self._refunded(node, "36.30", refund)
        self.take(later)
        self.run_jobs()
        self.take({**later, "note": "x", "updatedAt": "2026-11-23T10:00:00Z"})
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order, "12.10", "2.10")
        credit = order.shopify_refund_ids.move_id
        self.assertAmounts(credit, "12.10", "2.10")
        self.assertEqual(order.shopify_refund_ids.amount, 36.30)
        waiting = order.picking_ids.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel") and move.location_dest_id.usage == "customer"
        )
        self.assertFalse(waiting)
        payments = order.shopify_transaction_ids.payment_id
        self.assertEqual(sorted(payments.mapped("amount")), [36.30, 36.30])
        self.assertTrue(all(payments.mapped("is_reconciled")))
        self.assertEqual(set(order.invoice_ids.mapped("amount_residual")), {0})

    def _ship(self, order):
        order.picking_ids.action_assign()
        order.picking_ids.move_ids.picked = True
        order.picking_ids._action_done()

    def test_goods_to_be_put_back_are_expected(self):
        node = self._order()
        order = self.take(node)
        self._ship(order)
        delivery = order.picking_ids
        refund = nodes.refund(1, "24.20", [(1, 2, "24.20", "4.20", "RETURN")], transactions=[1])
        self.take(self._refunded(node, "24.20", refund))
        self.assertEqual(self.issues(order).mapped("message"), [])
        back = order.picking_ids - delivery
        self.assertEqual(back.move_ids.product_uom_qty, 2)
        self.assertEqual(back.location_dest_id, delivery.location_id)
        self.assertNotIn(back.state, ("done", "cancel"))

    def test_goods_the_customer_keeps_are_not(self):
        node = self._order()
        order = self.take(node)
        self._ship(order)
        refund = nodes.refund(1, "12.10", [(1, 1, "12.10", "2.10", "NO_RESTOCK")], transactions=[1])
        self.take(self._refunded(node, "12.10", refund))
        self.assertEqual(len(order.picking_ids), 1)
        self.assertAmounts(order.shopify_refund_ids.move_id, "12.10", "2.10")

    def test_goods_back_and_the_shop_keeps_the_price(self):
        node = self._order()
        order = self.take(node)
        self._ship(order)
        refund = nodes.refund(1, "0.00", [(1, 1, "12.10", "2.10", "RETURN")], adjustments=[("12.10", "0")])
        self.take({**node, "updatedAt": "2026-11-22T10:01:00Z", "refunds": [refund]})
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order, "41.25", "7.16")
        self.assertEqual(len(order.invoice_ids), 1)
        back = order.picking_ids.filtered(lambda picking: picking.state != "done")
        self.assertEqual(back.move_ids.product_uom_qty, 1)

    def test_invoiced_at_delivery_and_refunded_before(self):
        """A piece that is refunded before it was sent is neither sent nor invoiced nor credited."""
        self.shop.write({"invoice_policy": "delivery", "push_fulfilments": False})
        self.products.invoice_policy = "delivery"
        node = nodes.order([nodes.line(1, 3, "12.10", [nodes.tax(21, "6.30")])], "36.30", "6.30")
        order = self.take(node)
        self.assertEqual((order.state, order.invoice_ids.ids), ("sale", []))
        # The money is in the books before the invoice: a settlement may come first.
        self.assertEqual(order.shopify_transaction_ids.payment_id.mapped("amount"), [36.30])
        number = node["id"].split("/")[-1]
        refund = nodes.refund(1, "12.10", [(1, 1, "12.10", "2.10", "CANCEL")], transactions=[f"{number}99"])
        later = self._refunded(node, "12.10", refund)
        self.take(later)
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order, "24.20", "4.20")
        self._ship(order)
        self.assertEqual(sum(order.order_line.mapped("qty_delivered")), 2)
        self.run_jobs()
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order.invoice_ids, "24.20", "4.20")
        self.assertEqual(order.invoice_ids.amount_residual, 0)
        payments = order.shopify_transaction_ids.payment_id
        self.assertEqual(sorted(payments.mapped("amount")), [12.10, 36.30])
        self.assertTrue(all(payments.mapped("is_reconciled")))

    def test_a_piece_given_back_is_not_invoiced_again(self):
        self.shop.write({"invoice_policy": "delivery", "push_fulfilments": False})
        self.products.invoice_policy = "delivery"
        node = nodes.order([nodes.line(1, 3, "12.10", [nodes.tax(21, "6.30")])], "36.30", "6.30")
        order = self.take(node)
        self._ship(order)
        self.run_jobs()
        self.assertAmounts(order.invoice_ids, "36.30", "6.30")
        number = node["id"].split("/")[-1]
        refund = nodes.refund(1, "12.10", [(1, 1, "12.10", "2.10", "RETURN")], transactions=[f"{number}99"])
        later = self._refunded(node, "12.10", refund)
        self.take(later)
        back = order.picking_ids.filtered(lambda picking: picking.state != "done")
        back.move_ids.write({"quantity": 1, "picked": True})
        back._action_done()
        self.run_jobs()
        self.take({**later, "note": "x", "updatedAt": "2026-11-23T10:00:00Z"})
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertEqual(sorted(order.invoice_ids.mapped("move_type")), ["out_invoice", "out_refund"])
        self.assertEqual(set(order.invoice_ids.mapped("amount_residual")), {0})

    def test_duties_given_back(self):
        duty = {"id": "gid://shopify/Duty/1", "price": nodes.money("7.35"), "taxLines": []}
        node = nodes.order(
            [nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")], duties=[duty])], "19.45", "2.10"
        )
        order = self.take(node)
        refund = nodes.refund(1, "7.35", transactions=[f"{node['id'].split('/')[-1]}99"])
        refund["duties"] = [
            {"originalDuty": {"id": "gid://shopify/Duty/1"}, "amountSet": nodes.money("7.35")}
        ]
        self.take(self._refunded(node, "7.35", refund))
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order.shopify_refund_ids.move_id, "7.35", "0.00")
