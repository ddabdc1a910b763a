"""Orders in a currency without decimals come out to the last króna."""

import json

from odoo.tests import tagged

from ..lib.tests import nodes
from .common import ShopCase

RATE = 150


def in_kronur(node):
    """The order of a shop that sells in krónur."""
    return json.loads(json.dumps(node).replace('"EUR"', '"ISK"'))


def seen_in_kronur(node):
    """The order of a shop that keeps euros, whose customer saw krónur."""

    def convert(part):
        if isinstance(part, list):
            return [convert(item) for item in part]
        if not isinstance(part, dict):
            return part
        if "shopMoney" not in part:
            return {name: convert(value) for name, value in part.items()}
        amount = part["shopMoney"]["amount"]
        return nodes.money(f"{float(amount) / RATE:.2f}", presentment=amount, presentment_currency="ISK")

    return {**convert(node), "presentmentCurrencyCode": "ISK"}


@tagged("post_install", "-at_install")
class TestKrona(ShopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.isk = cls.env.ref("base.ISK")
        cls.isk.active = True
        cls.env["res.currency.rate"].create({"currency_id": cls.isk.id, "rate": RATE, "name": "2026-01-01"})
        cls.journal.currency_id = False

    def _order(self, **values):
        """Uneven lines: the pieces of each are worth no whole krónur."""
        return nodes.order(
            [
                nodes.line(1, 3, "3333", [nodes.tax(21, "1562")], discounts=["1000"]),
                nodes.line(2, 7, "115", [nodes.tax(9, "62")], discounts=["56"]),
                nodes.line(3, 2, "22", [nodes.tax(21, "7"), nodes.tax(9, "3")]),
                nodes.line(4, 3, "334", discounts=["2"]),
            ],
            "11782",
            "1806",
            [nodes.shipping(price="990", taxes=[nodes.tax(21, "172")])],
            **values,
        )

    def assertKronur(self, record, total, tax):
        self.assertEqual(record.currency_id, self.isk)
        self.assertEqual((record.amount_total, record.amount_tax), (total, tax))

    def _check_bought_and_given_back(self, translate):
        node = translate(self._order())
        order = self.take(node)
        self.assertPaid(order, "11782", "1806")
        self.assertKronur(order, 11782, 1806)
        self.assertIn("-1000 ISK", order.order_line[0].name)
        number = int(node["id"].split("/")[-1])
        given_back = [
            ("3236", "544", [(1, 1, "3000", "521"), (2, 2, "214", "18"), (3, 1, "22", "5")], ()),
            (
                "8546",
                "1262",
                [(1, 2, "5999", "1041"), (2, 5, "535", "44"), (3, 1, "22", "5"), (4, 3, "1000", "0")],
                [(1, "990", "172")],
            ),
        ]
        refunds, transactions = [], node["transactions"]
        for index, (total, tax, lines, shipping) in enumerate(given_back, start=1):
            booked = order.invoice_ids
            money = number * 10 + index
            lines = [(*line, "NO_RESTOCK") for line in lines]
            refunds.append(translate(nodes.refund(money, total, lines, shipping, transactions=[money])))
            transactions = transactions + [translate(nodes.transaction(money, total, kind="REFUND"))]
            self.take(
                {
                    **node,
                    "refunds": list(refunds),
                    "transactions": transactions,
                    "updatedAt": f"2026-11-22T1{index}:00:00Z",
                }
            )
            self.assertEqual(self.issues(order).mapped("message"), [])
            credit = order.invoice_ids - booked
            self.assertKronur(credit, float(total), float(tax))
            self.assertEqual(credit.amount_residual, 0)

    def test_bought_and_given_back(self):
        for rounding in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = rounding
            self._check_bought_and_given_back(in_kronur)

    def test_bought_and_given_back_in_the_currency_that_the_customer_saw(self):
        self.shop.money_policy = "presentment"
        self._check_bought_and_given_back(seen_in_kronur)

    def test_invoiced_piece_by_piece(self):
        self.shop.write({"invoice_policy": "delivery", "push_fulfilments": False})
        self.products.invoice_policy = "delivery"
        order = self.take(in_kronur(self._order()))
        while order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel")):
            picking = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
            for move in picking.move_ids:
                move.write({"quantity": 1, "picked": True})
            picking.with_context(cancel_backorder=False)._action_done()
            self.run_jobs()
        self.assertEqual(self.issues(order).mapped("message"), [])
        invoices = order.invoice_ids
        self.assertEqual(len(invoices), 7)
        self.assertEqual(set(invoices.mapped("state")), {"posted"})
        self.assertEqual(
            (sum(invoices.mapped("amount_total")), sum(invoices.mapped("amount_tax"))), (11782, 1806)
        )
        self.assertFalse(any(invoices.mapped("amount_residual")))

    def test_taken_off_piece_by_piece(self):
        """Only the quantity tells of the edits; each piece takes whole krónur with it."""
        node = in_kronur(self._order())
        order = self.take(node)
        invoice = order.invoice_ids
        for left, total, tax in ((2, "8782", "1285"), (1, "5783", "765"), (0, "2783", "244")):
            booked = order.invoice_ids
            edited = self._order(currentTotalPriceSet=nodes.money(total), currentTotalTaxSet=nodes.money(tax))
            edited = {**in_kronur(edited), **{name: node[name] for name in ("id", "name", "transactions")}}
            edited.update(edited=True, updatedAt=f"2026-11-2{4 - left}T10:00:00Z")
            edited["lineItems"]["nodes"][0]["currentQuantity"] = left
            self.take(edited)
            self.assertEqual(self.issues(order).mapped("message"), [])
            self.assertEqual(len(order.invoice_ids - booked), 1)
            credited = order.invoice_ids - invoice
            self.assertEqual(11782 - sum(credited.mapped("amount_total")), float(total))
            self.assertEqual(1806 - sum(credited.mapped("amount_tax")), float(tax))

    def test_messages_have_no_decimals(self):
        node = in_kronur(self._order())
        node["totalPriceSet"] = nodes.money("11783", "ISK")
        message = self.issues(self.take(node)).message
        self.assertIn("11782 in Odoo, 11783 in Shopify", message)
