from odoo.tests import tagged

from ..lib.tests import nodes
from .common import ShopCase


class Amounts:
    """Every kind of order equals Shopify's amounts, per order and per line."""

    rounding = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.tax_calculation_rounding_method = cls.rounding

    def test_tax_included(self):
        node = nodes.order(
            [nodes.line(1, 2, "12.10", [nodes.tax(21, "4.20")])],
            "29.15",
            "5.06",
            [nodes.shipping(taxes=[nodes.tax(21, "0.86")])],
        )
        invoice = self.assertPaid(self.take(node), "29.15", "5.06")
        self.assertEqual(invoice.invoice_line_ids.mapped("price_subtotal"), [20.0, 4.09])

    def test_tax_on_top(self):
        node = nodes.order(
            [nodes.line(1, 3, "9.99", [nodes.tax(9, "2.70")])], "32.67", "2.70", included=False
        )
        self.assertPaid(self.take(node), "32.67", "2.70")

    def test_rounding_of_the_shop_is_kept(self):
        """Shopify rounds each line; Odoo would come to another cent in one setting or the other."""
        lines = [
            nodes.line(number, 1, "0.99", [nodes.tax(21, "0.17")], title=f"A{number}")
            for number in range(1, 8)
        ]
        node = nodes.order(lines, "6.93", "1.19")
        order = self.take(node)
        self.assertPaid(order, "6.93", "1.19")
        self.assertEqual(set(order.order_line.mapped("price_subtotal")), {0.82})

    def test_tax_that_is_a_cent_off(self):
        """Whatever Shopify charged is what was charged."""
        node = nodes.order([nodes.line(1, 1, "10.00", [nodes.tax(21, "1.75")])], "10.00", "1.75")
        self.assertPaid(self.take(node), "10.00", "1.75")

    def test_several_rates_and_uneven_discounts(self):
        node = nodes.order(
            [
                nodes.line(1, 3, "19.95", [nodes.tax(21, "9.34")], discounts=["3.33", "2.71"]),
                nodes.line(2, 7, "1.15", [nodes.tax(9, "0.62")], discounts=["0.56"]),
                nodes.line(3, 1, "100.00", [nodes.tax(21, "15.74")], discounts=["9.30"]),
            ],
            "156.95",
            "26.56",
            [nodes.shipping(price="4.95", taxes=[nodes.tax(21, "0.86")])],
        )
        self.assertPaid(self.take(node), "156.95", "26.56")

    def test_price_that_cannot_be_divided(self):
        node = nodes.order(
            [nodes.line(1, 3, "3.34", [nodes.tax(21, "1.74")], discounts=["0.02"])],
            "10.00",
            "1.74",
        )
        order = self.take(node)
        self.assertPaid(order, "10.00", "1.74")
        self.assertEqual(order.order_line.product_uom_qty, 3)

    def test_free_shipping_and_free_article(self):
        node = nodes.order(
            [
                nodes.line(1, 1, "20.00", [nodes.tax(21, "3.47")]),
                nodes.line(2, 1, "5.00", [nodes.tax(21, "0.00")], discounts=["5.00"]),
            ],
            "20.00",
            "3.47",
            [nodes.shipping(discounted="0.00", taxes=[nodes.tax(21, "0.00")])],
        )
        self.assertPaid(self.take(node), "20.00", "3.47")

    def test_untaxed(self):
        node = nodes.order([nodes.line(1, 3, "3.33")], "9.99", "0.00")
        self.assertPaid(self.take(node), "9.99", "0.00")

    def test_taxed_and_untaxed_together(self):
        node = nodes.order(
            [nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")]), nodes.line(2, 3, "3.33")],
            "22.09",
            "2.10",
        )
        self.assertPaid(self.take(node), "22.09", "2.10")

    def test_tip(self):
        node = nodes.order(
            [nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")])],
            "14.60",
            "2.10",
            totalTipReceivedSet=nodes.money("2.50"),
        )
        order = self.take(node)
        self.assertPaid(order, "14.60", "2.10")
        self.assertIn(self.shop.tip_product_id, order.order_line.product_id)

    def test_duties(self):
        duty = {"id": "gid://shopify/Duty/1", "price": nodes.money("7.35"), "taxLines": []}
        node = nodes.order(
            [nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")], duties=[duty])],
            "19.45",
            "2.10",
            originalTotalDutiesSet=nodes.money("7.35"),
        )
        order = self.take(node)
        self.assertPaid(order, "19.45", "2.10")
        self.assertIn(self.shop.duty_product_id, order.order_line.product_id)

    def test_fee(self):
        fee = {
            "id": "gid://shopify/AdditionalFee/1",
            "name": "Packaging",
            "price": nodes.money("1.21"),
            "taxLines": [nodes.tax(21, "0.21")],
        }
        node = nodes.order([nodes.line(1, 1, "10.00")], "11.21", "0.21", additionalFees=[fee])
        self.assertPaid(self.take(node), "11.21", "0.21")

    def test_two_taxes_on_one_line(self):
        """Each on its own account, in the invoice and in the credit note for a part of the line."""
        taxes = [nodes.tax(21, "6.29"), nodes.tax(9, "2.70")]
        inside = nodes.order([nodes.line(1, 3, "12.99", taxes)], "38.97", "8.99")
        on_top = nodes.order([nodes.line(1, 3, "9.99", taxes)], "38.96", "8.99", included=False)
        for node, total in ((inside, "38.97"), (on_top, "38.96")):
            order = self.take(node)
            invoice = self.assertPaid(order, total, "8.99")
            self.assertEqual(self._taxes(invoice), {self.tax_21: 6.29, self.tax_9: 2.70})
            back = "12.99" if node["taxesIncluded"] else "9.99"
            number = node["id"].split("/")[-1]
            refund = nodes.refund(number, "12.99", [(1, 1, back, "3.00", "NO_RESTOCK")])
            self.take({**node, "refunds": [refund], "updatedAt": "2026-11-22T10:00:00Z"})
            self.assertEqual(self.issues(order).mapped("message"), [])
            credit = order.shopify_refund_ids.move_id
            self.assertAmounts(credit, "12.99", "3.00")
            self.assertEqual(self._taxes(credit), {self.tax_21: 2.10, self.tax_9: 0.90})

    def _taxes(self, move):
        """What each tax comes to on an invoice."""
        lines = move.line_ids.filtered("tax_line_id")
        return {
            tax: round(sum(abs(line.balance) for line in part), 2)
            for tax, part in lines.grouped("tax_line_id").items()
        }

    def test_a_tax_of_nothing_beside_another(self):
        taxes = [nodes.tax(0, "0.00", title="City"), nodes.tax(21, "4.20")]
        node = nodes.order([nodes.line(1, 2, "12.10", taxes)], "24.20", "4.20")
        order = self.take(node)
        self.assertPaid(order, "24.20", "4.20")
        self.assertEqual(order.order_line.tax_ids, self.tax_21)

    def test_rounded_at_the_till(self):
        """A payment in cash is rounded; what the rounding comes to is on the order, without tax."""
        till = self.env["account.journal"].create({"name": "Till", "code": "TILT", "type": "cash"})
        self.env["o2c.shopify.gateway"].create(
            {"shop_id": self.shop.id, "name": "cash", "journal_id": till.id}
        )
        place = {"id": "gid://shopify/Location/2", "address": {"countryCode": "NL"}}
        for rounding, total in (("-0.02", "12.10"), ("0.03", "12.15")):
            node = nodes.order(
                [nodes.line(1, 1, "12.12", [nodes.tax(21, "2.10")])],
                "12.12",
                "2.10",
                sourceName="pos",
                retailLocation=place,
                shippingAddress=None,
                totalCashRoundingAdjustment={"paymentSet": nodes.money(rounding)},
            )
            number = node["id"].split("/")[-1]
            cash = {"gateway": "cash", "paymentId": None, "amountRoundingSet": nodes.money(rounding)}
            node["transactions"] = [nodes.transaction(f"{number}1", "12.12", **cash)]
            order = self.take(node)
            self.assertPaid(order, total, "2.10")
            payment = order.shopify_transaction_ids.payment_id
            self.assertEqual((f"{payment.amount:.2f}", payment.journal_id), (total, till))
            # Given back in cash, it is rounded again.
            back = nodes.transaction(f"{number}2", "12.12", kind="REFUND", **cash)
            refund = nodes.refund(
                number, "12.12", [(1, 1, "12.12", "2.10", "RETURN")], transactions=[f"{number}2"]
            )
            self.take(
                {
                    **node,
                    "updatedAt": "2026-11-23T10:00:00Z",
                    "displayFinancialStatus": "REFUNDED",
                    "transactions": [*node["transactions"], back],
                    "refunds": [refund],
                }
            )
            self.assertEqual(self.issues(order).mapped("message"), [])
            credit = order.shopify_refund_ids.move_id
            self.assertAmounts(credit, total, "2.10")
            self.assertFalse(credit.amount_residual)

    def test_zero_total(self):
        node = nodes.order(
            [nodes.line(1, 1, "10.00", [nodes.tax(21, "0.00")], discounts=["10.00"])],
            "0.00",
            "0.00",
            transactions=[],
        )
        invoice = self.assertPaid(self.take(node), "0.00", "0.00")
        self.assertEqual(invoice.payment_state, "paid")

    def test_edited_before_import(self):
        node = nodes.order(
            [nodes.line(1, 2, "48.00", [nodes.tax(21, "13.33")], discounts=["19.20"])],
            "76.80",
            "13.33",
            refunds=[nodes.refund(1, "0.00", [(1, 1, "38.40", "6.67", "CANCEL")])],
        )
        node["transactions"][0]["amountSet"] = nodes.money("38.40")
        order = self.take(node)
        self.assertPaid(order, "38.40", "6.66")
        self.assertEqual(order.order_line.product_uom_qty, 1)

    def test_tax_record_of_the_other_kind(self):
        """A price that includes tax fits a tax that does not, and the other way round."""
        inside = self.tax_21.copy({"name": "21% inside", "price_include_override": "tax_included"})
        self.shop.tax_ids.filtered(lambda tax: tax.rate == 21).tax_id = inside
        plain = nodes.order([nodes.line(1, 3, "9.99", [nodes.tax(21, "5.20")])], "29.97", "5.20")
        on_top = nodes.order(
            [nodes.line(1, 3, "9.99", [nodes.tax(21, "6.29")])], "36.26", "6.29", included=False
        )
        self.assertPaid(self.take(plain), "29.97", "5.20")
        self.assertPaid(self.take(on_top), "36.26", "6.29")

    def test_amounts_that_do_not_add_up_are_an_issue_with_both_figures(self):
        node = nodes.order([nodes.line(1, 1, "10.00", [nodes.tax(21, "1.74")])], "10.02", "1.74")
        order = self.take(node)
        issue = self.issues(order)
        self.assertEqual((order.state, order.invoice_ids.ids), ("draft", []))
        self.assertEqual(issue.kind, "amount")
        self.assertIn("10.00", issue.message)
        self.assertIn("10.02", issue.message)

    def test_a_tax_that_the_sales_channel_pays_is_told(self):
        tax = {**nodes.tax(21, "2.10", title="BTW"), "channelLiable": True}
        order = self.take(nodes.order([nodes.line(1, 1, "12.10", [tax])], "12.10", "2.10"))
        issue = self.issues(order)
        self.assertEqual((order.state, issue.kind), ("draft", "tax"))
        self.assertIn("pays “BTW” to the tax office", issue.message)

    def test_a_tax_that_somebody_took_off_stays_off(self):
        """Of prices without tax: only the tax tells that the line was changed."""
        tax = {**nodes.tax(21, "2.10", title="BTW"), "channelLiable": True}
        node = nodes.order([nodes.line(1, 1, "10.00", [tax])], "12.10", "2.10", included=False)
        order = self.take(node)
        order.order_line.tax_ids = False
        with self.answers(node):
            order.action_confirm()
            self.run_jobs()
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertAmounts(order, "10.00", "0.00")
        self.assertAmounts(order.invoice_ids, "10.00", "0.00")
        # What changes in Shopify later is told, and not done over the head of whoever completed the order.
        node["lineItems"]["nodes"].append(nodes.line(2, 1, "5.00"))
        node.update(totalPriceSet=nodes.money("17.10"), currentTotalPriceSet=nodes.money("17.10"))
        self.take({**node, "updatedAt": "2026-11-22T10:00:00Z"})
        self.assertIn("17.10", self.issues(order).message)
        self.assertAmounts(order, "10.00", "0.00")

    def test_an_untaxed_line_that_is_invoiced_in_parts(self):
        self.shop.write({"invoice_policy": "delivery", "push_fulfilments": False})
        self.products.invoice_policy = "delivery"
        order = self.take(nodes.order([nodes.line(1, 3, "3.34", discounts=["0.02"])], "10.00", "0"))
        self.assertEqual(order.state, "sale")
        order.order_line.tax_ids = False
        for _piece in range(3):
            picking = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
            picking.action_assign()
            picking.move_ids.write({"quantity": 1, "picked": True})
            picking._action_done()
            self.run_jobs()
        totals = sorted(order.invoice_ids.mapped("amount_total"))
        self.assertEqual(totals, [3.33, 3.33, 3.34])
        self.assertEqual(set(order.invoice_ids.mapped("amount_residual")), {0})

    def test_tax_that_does_not_add_up(self):
        node = nodes.order([nodes.line(1, 1, "10.00", [nodes.tax(21, "1.74")])], "10.00", "1.70")
        order = self.take(node)
        self.assertEqual((order.state, self.issues(order).kind), ("draft", "amount"))


@tagged("post_install", "-at_install")
class TestAmountsGlobally(Amounts, ShopCase):
    rounding = "round_globally"


@tagged("post_install", "-at_install")
class TestAmountsPerLine(Amounts, ShopCase):
    rounding = "round_per_line"
