from odoo.tests import tagged

from ..lib.tests import nodes
from .common import ShopCase


@tagged("post_install", "-at_install")
class TestEdits(ShopCase):
    def _unpaid(self, lines, total, tax, **values):
        return nodes.order(
            lines,
            total,
            tax,
            transactions=[],
            displayFinancialStatus="PENDING",
            **values,
        )

    def test_taken_off_before_the_invoice(self):
        self.shop.confirm_policy = "always"
        node = self._unpaid([nodes.line(1, 3, "12.10", [nodes.tax(21, "6.30")])], "36.30", "6.30")
        order = self.take(node)
        self.assertEqual((order.state, order.invoice_ids.ids), ("sale", []))
        node["lineItems"]["nodes"][0]["currentQuantity"] = 1
        node.update(
            currentTotalPriceSet=nodes.money("12.10"),
            transactions=[nodes.transaction(5, "12.10")],
            displayFinancialStatus="PAID",
            updatedAt="2026-11-21T10:00:00Z",
        )
        self.take(node)
        self.assertPaid(order, "12.10", "2.10")
        self.assertEqual(order.order_line.product_uom_qty, 1)
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 1)

    def test_taken_off_after_the_invoice_is_credited(self):
        node = nodes.order([nodes.line(1, 3, "12.10", [nodes.tax(21, "6.30")])], "36.30", "6.30")
        order = self.take(node)
        invoice = self.assertPaid(order, "36.30", "6.30")
        node["lineItems"]["nodes"][0]["currentQuantity"] = 2
        node.update(currentTotalPriceSet=nodes.money("24.20"), updatedAt="2026-11-21T10:00:00Z")
        self.take(node)
        credit = order.invoice_ids - invoice
        self.assertAmounts(credit, "12.10", "2.10")
        self.assertEqual(credit.amount_residual, 12.10)
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 2)
        number = node["id"].split("/")[-1]
        node["transactions"].append(nodes.transaction(f"{number}7", "12.10", kind="REFUND"))
        node.update(
            refunds=[nodes.refund(8, "12.10", transactions=[f"{number}7"])],
            updatedAt="2026-11-21T11:00:00Z",
        )
        self.take(node)
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertEqual(order.invoice_ids - invoice, credit)
        self.assertEqual(credit.amount_residual, 0)

    def test_pieces_taken_off_one_after_the_other_are_credited(self):
        node = self._three()
        order = self.take(node)
        invoice = order.invoice_ids
        for left, total, tax in ((2, "24.20", "4.20"), (1, "12.10", "2.10")):
            booked = order.invoice_ids
            later = self._one_less(node, updatedAt=f"2026-11-2{3 - left}T10:00:00Z")
            later["lineItems"]["nodes"][0]["currentQuantity"] = left
            later.update(currentTotalPriceSet=nodes.money(total), currentTotalTaxSet=nodes.money(tax))
            self.take(later)
            self.assertEqual(self.issues(order).mapped("message"), [])
            self.assertAmounts(order.invoice_ids - booked, "12.10", "2.10")
        self.assertAmounts(invoice, "36.30", "6.30")

    def test_added_after_payment(self):
        node = nodes.order([nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")])], "12.10", "2.10")
        order = self.take(node)
        first = self.assertPaid(order, "12.10", "2.10")
        node["lineItems"]["nodes"].append(nodes.line(2, 2, "10.90", [nodes.tax(9, "1.80")]))
        node.update(
            totalPriceSet=nodes.money("33.90"),
            totalTaxSet=nodes.money("3.90"),
            currentTotalPriceSet=nodes.money("33.90"),
            displayFinancialStatus="PARTIALLY_PAID",
            updatedAt="2026-11-21T10:00:00Z",
        )
        self.take(node)
        self.assertAmounts(order, "33.90", "3.90")
        self.assertEqual(order.invoice_ids, first)
        node["transactions"].append(nodes.transaction(9, "21.80"))
        node.update(displayFinancialStatus="PAID", updatedAt="2026-11-21T11:00:00Z")
        self.take(node)
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order.invoice_ids - first, "21.80", "1.80")
        self.assertEqual(sum(order.invoice_ids.mapped("amount_residual")), 0)
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 3)

    def test_more_pieces_of_a_line_after_payment(self):
        """The line grows in Shopify: the new pieces bring their own share of price and tax."""
        node = nodes.order([nodes.line(1, 2, "9.99", [nodes.tax(21, "3.47")])], "19.98", "3.47", number=4401)
        order = self.take(node)
        first = self.assertPaid(order, "19.98", "3.47")
        node["lineItems"]["nodes"] = [nodes.line(1, 5, "9.99", [nodes.tax(21, "8.67")])]
        node["transactions"].append(nodes.transaction(44019, "29.97"))
        node.update(
            totalPriceSet=nodes.money("49.95"),
            totalTaxSet=nodes.money("8.67"),
            currentTotalPriceSet=nodes.money("49.95"),
            updatedAt="2026-11-21T10:00:00Z",
        )
        self.take(node)
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order, "49.95", "8.67")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2, 3])
        self.assertAmounts(order.invoice_ids - first, "29.97", "5.20")
        self.assertEqual(sum(order.invoice_ids.mapped("amount_residual")), 0)
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 5)
        # A refund over both finds its line.
        node["transactions"].append(nodes.transaction(44018, "49.95", kind="REFUND"))
        node.update(
            refunds=[nodes.refund(44, "49.95", [(1, 5, "49.95", "8.67", "CANCEL")], transactions=[44018])],
            updatedAt="2026-11-22T10:00:00Z",
        )
        self.take(node)
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order.shopify_refund_ids.move_id, "49.95", "8.67")
        self.assertEqual(set(order.picking_ids.move_ids.mapped("state")), {"cancel"})

    def test_a_change_that_is_not_understood_is_told(self):
        node = nodes.order([nodes.line(1, 2, "10.00")], "20.00", "0", number=4402)
        order = self.take(node)
        self.take(
            {
                **node,
                "totalPriceSet": nodes.money("18.00"),
                "currentTotalPriceSet": nodes.money("18.00"),
                "updatedAt": "2026-11-21T10:00:00Z",
            }
        )
        issue = self.issues(order)
        self.assertEqual(issue.kind, "amount")
        self.assertIn("changed in Shopify", issue.message)
        self.assertIn("18.00", issue.message)
        self.take({**node, "updatedAt": "2026-11-21T11:00:00Z"})
        self.assertEqual(issue.state, "resolved")

    def _cut(self, node, **values):
        """Ten percent off, given in Shopify's admin after three pieces were sold for 12.10 each."""
        return {
            **node,
            "edited": True,
            "lineItems": {
                **node["lineItems"],
                "nodes": [nodes.line(1, 3, "12.10", [nodes.tax(21, "5.67")], discounts=["3.63"])],
            },
            "currentTotalPriceSet": nodes.money("32.67"),
            "currentTotalTaxSet": nodes.money("5.67"),
            "updatedAt": "2026-11-21T10:00:00Z",
            **values,
        }

    def _three(self, **values):
        return nodes.order([nodes.line(1, 3, "12.10", [nodes.tax(21, "6.30")])], "36.30", "6.30", **values)

    def _money_back(self, node, amount, **values):
        back = nodes.transaction(f"{node['id'].split('/')[-1]}7", amount, kind="REFUND")
        return {
            **node,
            "transactions": [*node["transactions"], back],
            "refunds": [nodes.refund(8, amount, transactions=[back["id"].split("/")[-1]], **values)],
            "updatedAt": "2026-11-21T11:00:00Z",
        }

    def test_a_discount_given_after_the_invoice_is_credited(self):
        for rounding in ("round_per_line", "round_globally"):
            self.env.company.tax_calculation_rounding_method = rounding
            node = self._three()
            order = self.take(node)
            invoice = self.assertPaid(order, "36.30", "6.30")
            later = self._cut(node)
            self.take(later)
            self.assertEqual(self.issues(order).mapped("message"), [])
            credit = order.invoice_ids - invoice
            self.assertAmounts(credit, "3.63", "0.63")
            self.assertAmounts(order, "32.67", "5.67")
            self.assertEqual((credit.state, credit.amount_residual), ("posted", 3.63))
            self.take({**later, "note": "again", "updatedAt": "2026-11-21T10:30:00Z"})
            self.assertEqual(order.invoice_ids, invoice | credit)
            self.take(self._money_back(later, "3.63"))
            self.assertEqual(self.issues(order).mapped("message"), [])
            self.assertEqual(order.invoice_ids, invoice | credit)
            self.assertEqual(set(order.invoice_ids.mapped("amount_residual")), {0})
            moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
            self.assertEqual(sum(moves.mapped("product_uom_qty")), 3)

    def test_money_for_a_discount_comes_back_in_two_parts(self):
        node = self._three()
        order = self.take(node)
        later = self._cut(node)
        self.take(later)
        [cut] = order.shopify_refund_ids.move_id
        number = node["id"].split("/")[-1]
        for count, amount in enumerate(("1.63", "2.00"), start=1):
            back = nodes.transaction(f"{number}{count}", amount, kind="REFUND")
            refund = nodes.refund(f"8{count}", amount, adjustments=[(f"-{amount}", "0")])
            refund["transactions"]["nodes"] = [{"id": back["id"]}]
            later["transactions"] = [*later["transactions"], back]
            later["refunds"] = [*later["refunds"], refund]
            later["updatedAt"] = f"2026-11-22T1{count}:00:00Z"
            self.take(later)
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertEqual(order.shopify_refund_ids.move_id, cut)
        self.assertEqual(set(order.invoice_ids.mapped("amount_residual")), {0})

    def test_a_second_discount_is_credited_by_itself(self):
        node = self._three()
        order = self.take(node)
        self.take(self._cut(node))
        second = nodes.line(1, 3, "12.10", [nodes.tax(21, "5.25")], discounts=["3.63", "2.42"])
        self.take(
            self._cut(
                node,
                lineItems={**node["lineItems"], "nodes": [second]},
                currentTotalPriceSet=nodes.money("30.25"),
                currentTotalTaxSet=nodes.money("5.25"),
                updatedAt="2026-11-21T12:00:00Z",
            )
        )
        self.assertEqual(self.issues(order).mapped("message"), [])
        credits = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund").sorted("id")
        self.assertEqual(credits.mapped("amount_total"), [3.63, 2.42])
        self.assertAmounts(order, "30.25", "5.25")

    def test_a_discount_on_prices_without_tax(self):
        node = nodes.order([nodes.line(1, 3, "9.99")], "29.97", "0", included=False)
        order = self.take(node)
        invoice = self.assertPaid(order, "29.97", "0")
        self.take(
            {
                **node,
                "lineItems": {**node["lineItems"], "nodes": [nodes.line(1, 3, "9.99", discounts=["1.00"])]},
                "totalPriceSet": nodes.money("28.97"),
                "currentTotalPriceSet": nodes.money("28.97"),
                "updatedAt": "2026-11-21T10:00:00Z",
            }
        )
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order.invoice_ids - invoice, "1.00", "0.00")

    def test_a_discount_before_the_invoice_lowers_the_order(self):
        """Paid, but invoiced with the delivery: nothing is credited, and the money back is no riddle."""
        self.shop.write({"invoice_policy": "delivery", "push_fulfilments": False})
        self.products.invoice_policy = "delivery"
        node = self._three()
        order = self.take(node)
        later = self._cut(node)
        self.take(later)
        self.assertAmounts(order, "32.67", "5.67")
        # Shopify may book the money as a difference of the refund.
        self.take(self._money_back(later, "3.63", adjustments=[("-3.63", "0")]))
        self.assertEqual(self.issues(order).mapped("message"), [])
        order.picking_ids.move_ids.picked = True
        order.picking_ids._action_done()
        self.run_jobs()
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order.invoice_ids, "32.67", "5.67")
        self.assertEqual(order.invoice_ids.amount_residual, 0)
        payments = order.shopify_transaction_ids.payment_id
        self.assertEqual(sorted(payments.mapped("amount")), [3.63, 36.30])
        self.assertTrue(all(payments.mapped("is_reconciled")))

    def test_a_discount_between_two_invoices_credits_the_part_that_was_invoiced(self):
        self.shop.write({"invoice_policy": "delivery", "push_fulfilments": False})
        self.products.invoice_policy = "delivery"
        node = self._three()
        order = self.take(node)
        move = order.picking_ids.move_ids
        move.write({"quantity": 1, "picked": True})
        order.picking_ids._action_done()
        self.run_jobs()
        first = order.invoice_ids
        self.assertAmounts(first, "12.10", "2.10")
        later = self._cut(node)
        self.take(later)
        self.assertAmounts(order.invoice_ids - first, "1.21", "0.21")
        rest = order.picking_ids.filtered(lambda picking: picking.state != "done")
        rest.move_ids.write({"quantity": 2, "picked": True})
        rest._action_done()
        self.run_jobs()
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertEqual(round(sum(order.invoice_ids.mapped("amount_total_signed")), 2), 32.67)
        self.assertEqual(round(sum(order.invoice_ids.mapped("amount_tax_signed")), 2), 5.67)

    def _one_less(self, node, **values):
        """One of the three pieces is taken off."""
        [item] = node["lineItems"]["nodes"]
        return {
            **node,
            "edited": True,
            "lineItems": {**node["lineItems"], "nodes": [{**item, "currentQuantity": 2}]},
            "currentTotalPriceSet": nodes.money("24.20"),
            "currentTotalTaxSet": nodes.money("4.20"),
            "updatedAt": "2026-11-20T20:00:00Z",
            **values,
        }

    def _then_cheaper(self, node, tax, discount, **values):
        """Ten percent off the two pieces that are left; Shopify may spread it over three."""
        item = nodes.line(1, 3, "12.10", [nodes.tax(21, tax)], discounts=[discount], currentQuantity=2)
        return self._cut(
            node,
            lineItems={**node["lineItems"], "nodes": [item]},
            currentTotalPriceSet=nodes.money("21.78"),
            currentTotalTaxSet=nodes.money("3.78"),
            **values,
        )

    def test_a_discount_on_a_line_of_which_a_piece_was_credited(self):
        for rounding in ("round_per_line", "round_globally"):
            for tax, discount in (("5.88", "2.42"), ("5.67", "3.63")):
                with self.subTest(rounding=rounding, discount=discount):
                    self.env.company.tax_calculation_rounding_method = rounding
                    node = self._three()
                    order = self.take(node)
                    invoice = self.assertPaid(order, "36.30", "6.30")
                    self.take(self._one_less(node))
                    piece = order.invoice_ids - invoice
                    self.assertAmounts(piece, "12.10", "2.10")
                    later = self._then_cheaper(node, tax, discount)
                    self.take(later)
                    self.assertEqual(self.issues(order).mapped("message"), [])
                    cut = order.invoice_ids - invoice - piece
                    self.assertAmounts(cut, "2.42", "0.42")
                    self.take({**later, "note": "again", "updatedAt": "2026-11-21T10:30:00Z"})
                    self.assertEqual(order.invoice_ids, invoice | piece | cut)
                    self.take(self._money_back(later, "14.52"))
                    self.assertEqual(self.issues(order).mapped("message"), [])
                    self.assertEqual(set(order.invoice_ids.mapped("amount_residual")), {0})
                    moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
                    self.assertEqual(sum(moves.mapped("product_uom_qty")), 2)

    def test_a_piece_taken_off_after_that_is_credited_at_its_new_price(self):
        node = self._three()
        order = self.take(node)
        self.take(self._one_less(node))
        later = self._then_cheaper(node, "5.88", "2.42")
        self.take(later)
        before = order.invoice_ids
        [item] = later["lineItems"]["nodes"]
        self.take(
            {
                **later,
                "lineItems": {**node["lineItems"], "nodes": [{**item, "currentQuantity": 1}]},
                "currentTotalPriceSet": nodes.money("10.89"),
                "currentTotalTaxSet": nodes.money("1.89"),
                "updatedAt": "2026-11-21T12:00:00Z",
            }
        )
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order.invoice_ids - before, "10.89", "1.89")

    def test_a_discount_on_a_line_of_which_a_piece_was_never_invoiced(self):
        self.shop.confirm_policy = "always"
        node = self._unpaid([nodes.line(1, 3, "12.10", [nodes.tax(21, "6.30")])], "36.30", "6.30")
        order = self.take(node)
        paid = {
            "transactions": [nodes.transaction(f"{node['id'].split('/')[-1]}5", "24.20")],
            "displayFinancialStatus": "PAID",
        }
        self.take(self._one_less(node, **paid))
        invoice = self.assertPaid(order, "24.20", "4.20")
        self.take(self._then_cheaper(node, "5.88", "2.42", **paid))
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order.invoice_ids - invoice, "2.42", "0.42")
        self.assertAmounts(order, "21.78", "3.78")

    def test_a_discount_after_removal_that_no_figures_prove_is_told(self):
        """What Shopify says of the line and of the order does not agree: nothing is booked."""
        node = self._three()
        order = self.take(node)
        self.take(self._one_less(node))
        booked = order.invoice_ids
        later = self._then_cheaper(node, "5.88", "2.42")
        self.take({**later, "currentTotalPriceSet": nodes.money("20.57")})
        self.assertEqual(order.invoice_ids, booked)
        issue = self.issues(order)
        self.assertEqual(issue.kind, "amount")
        for figure in ("24.20 in Odoo", "20.57 in Shopify"):
            self.assertIn(figure, issue.message)

    def test_a_price_that_rose_after_the_invoice_is_told(self):
        node = self._three()
        order = self.take(
            self._cut(node, totalPriceSet=nodes.money("32.67"), totalTaxSet=nodes.money("5.67"))
        )
        self.take({**node, "updatedAt": "2026-11-21T12:00:00Z", "edited": True})
        self.assertEqual(self.issues(order).kind, "amount")
        self.assertEqual(len(order.invoice_ids), 1)

    def test_a_price_changed_here_by_hand_is_left(self):
        """Nobody's decision is credited away by a change in Shopify that is about something else."""
        node = self._three()
        order = self.take(node)
        order.action_unlock()
        order.order_line.write({"price_unit": 15.0, "extra_tax_data": False})
        self.take({**node, "note": "Ring twice", "updatedAt": "2026-11-21T10:00:00Z"})
        self.assertEqual(self.issues(order).mapped("kind"), ["amount"])
        self.assertEqual(len(order.invoice_ids), 1)
        self.assertEqual(order.order_line.price_unit, 15.0)
        self.take(self._cut(node, updatedAt="2026-11-21T11:00:00Z"))
        self.assertEqual(self.issues(order).mapped("kind"), ["amount"])
        self.assertEqual(len(order.invoice_ids), 1)

    def test_an_order_that_does_not_equal_shopifys_is_not_invoiced(self):
        self.shop.confirm_policy = "always"
        node = self._unpaid([nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")])], "12.10", "2.10")
        order = self.take(node)
        self.assertEqual(order.state, "sale")
        node["lineItems"]["nodes"].append(nodes.line(77, 1, "12.10", [nodes.tax(21, "2.10")]))
        node.update(
            totalPriceSet=nodes.money("24.20"),
            totalTaxSet=nodes.money("4.20"),
            currentTotalPriceSet=nodes.money("24.20"),
            currentTotalTaxSet=nodes.money("4.20"),
            transactions=[nodes.transaction(5, "24.20")],
            displayFinancialStatus="PAID",
            updatedAt="2026-11-21T10:00:00Z",
        )
        self.take(node)
        self.assertIn("SKU-77", self.issues(order).mapped("message")[0])
        self.assertFalse(order.invoice_ids)
        product = self.env["product.product"].create({"name": "New", "default_code": "SKU-77"})
        self.take(node, force=True)
        self.assertPaid(order, "24.20", "4.20")
        self.assertIn(product, order.order_line.product_id)

    def test_a_line_typed_by_hand_comes_once(self):
        """Somebody completes an order whose product was not found, and confirms it."""
        node = nodes.order([nodes.line(77, 1, "12.10", [nodes.tax(21, "2.10")])], "12.10", "2.10")
        order = self.take(node)
        self.assertEqual(order.state, "draft")
        product = self.env["product.product"].create({"name": "New", "default_code": "SKU-77"})
        line = self.env["sale.order.line"].create(
            {"order_id": order.id, "product_id": product.id, "name": "New", "price_unit": 12.10}
        )
        with self.answers(node):
            order.action_confirm()
            self.run_jobs()
        self.assertEqual(order.order_line.filtered("product_id"), line)
        self.assertEqual(len(order.invoice_ids), 1)
        self.assertEqual(self.issues(order).mapped("message"), [])
        # It is Shopify's line now: Shopify hears of its delivery, and stock knows what it is promised to.
        self.assertEqual(line.shopify_gid, "gid://shopify/LineItem/77")
        self.assertEqual(line.shopify_open, 1)

    def test_what_an_edit_takes_off_an_order_completed_by_hand_is_told(self):
        """And not credited as well, for whoever completed it follows the change."""
        tax = {**nodes.tax(21, "6.30"), "channelLiable": True}
        node = nodes.order([nodes.line(1, 3, "12.10", [tax])], "36.30", "6.30")
        order = self.take(node)
        with self.answers(node):
            order.action_confirm()
            self.run_jobs()
        self.assertTrue(order.shopify_by_hand)
        self.assertEqual(len(order.invoice_ids), 1)
        less = self._one_less(node, updatedAt="2026-11-21T10:00:00Z")
        less["lineItems"]["nodes"][0]["currentQuantity"] = 2
        less.update(currentTotalPriceSet=nodes.money("24.20"), currentTotalTaxSet=nodes.money("4.20"))
        self.take(less)
        self.assertEqual(len(order.invoice_ids), 1)
        self.assertEqual(order.order_line.product_uom_qty, 3)
        self.assertIn("24.20", self.issues(order).message)

    def test_whoever_closes_the_difference_of_a_confirmed_order_has_decided(self):
        self.shop.confirm_policy = "always"
        node = self._unpaid([nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")])], "12.10", "2.10")
        order = self.take(node)
        order.order_line.write({"price_unit": 15.0, "extra_tax_data": False})
        node.update(
            transactions=[nodes.transaction(5, "12.10")],
            displayFinancialStatus="PAID",
            updatedAt="2026-11-21T10:00:00Z",
        )
        self.take(node)
        self.assertFalse(order.invoice_ids)
        self.assertIn("close this issue", self.issues(order).message)
        self.issues(order).action_resolve()
        self.take(node, force=True)
        self.assertEqual(order.invoice_ids.amount_untaxed, order.amount_untaxed)
        self.assertEqual(self.issues(order).mapped("message"), [])

    def test_a_piece_that_a_refund_tells_of_after_it_was_taken_off_is_told(self):
        node = self._three()
        order = self.take(node)
        less = self._one_less(node, updatedAt="2026-11-21T10:00:00Z")
        less["lineItems"]["nodes"][0]["currentQuantity"] = 2
        less.update(currentTotalPriceSet=nodes.money("24.20"), currentTotalTaxSet=nodes.money("4.20"))
        self.take(less)
        self.assertEqual(len(order.invoice_ids), 2)
        number = node["id"].split("/")[-1]
        refund = nodes.refund(1, "12.10", [(1, 1, "12.10", "2.10", "RETURN")], transactions=[f"{number}9"])
        back = nodes.transaction(f"{number}9", "12.10", kind="REFUND")
        self.take(
            {
                **less,
                "updatedAt": "2026-11-22T10:00:00Z",
                "refunds": [refund],
                "transactions": [*less["transactions"], back],
            }
        )
        self.assertEqual(len(order.invoice_ids), 2)
        self.assertIn("taken off the order before", self.issues(order).message)

    def test_older_state_does_not_overwrite_newer(self):
        node = nodes.order([nodes.line(1)], "10.00", "0", note="new")
        order = self.take(node)
        self.take({**node, "updatedAt": "2026-11-19T10:00:00Z", "displayFinancialStatus": "VOIDED"})
        self.assertEqual(order.shopify_financial_status, "PAID")
