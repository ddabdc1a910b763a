from odoo.tests import tagged

from ..lib.tests import nodes
from .common import ShopCase


@tagged("post_install", "-at_install")
class TestOrderReport(ShopCase):
    def order(self, amount, *transactions):
        return nodes.order([nodes.line(1, 1, amount)], amount, "0", transactions=list(transactions))

    def test_orders_by_shop_and_payment_method(self):
        orders = self.take(
            self.order("10.00", nodes.transaction(1, "10.00", gateway="Mollie - iDEAL")),
            self.order(
                "20.00",
                nodes.transaction(2, "5.00", gateway="gift_card"),
                nodes.transaction(3, "20.00", gateway="Mollie - Credit Card", status="FAILURE"),
                nodes.transaction(4, "15.00", gateway="Mollie - iDEAL"),
            ),
            self.order("40.00", nodes.transaction(5, "40.00", gateway="Mollie - Credit Card")),
        )
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        self.env.flush_all()
        report = self.env["o2c.order.report"]
        domain = [("order_id", "in", orders.ids)]
        self.assertEqual(
            report._read_group(domain, ["shopify_shop_id"], ["__count", "revenue:sum"]), [(self.shop, 3, 70)]
        )
        self.assertEqual(
            dict(report._read_group(domain, ["payment_method"], ["revenue:sum"])),
            {"Mollie - iDEAL": 30, "Mollie - Credit Card": 40},
        )

    def test_it_tells_which_payment_was_made_for_which_order(self):
        order = self.take(self.order("10.00", nodes.transaction(1, "10.00")))
        self.env.flush_all()
        payment = order.shopify_transaction_ids.payment_id
        self.assertTrue(payment)
        source = self.env["o2c.order.report"]._paid_by()[-1]
        self.assertIn((payment.id, order.id), self.env.execute_query(source))

    def test_the_page_of_an_order_has_the_attempts_once(self):
        arch = self.env["sale.order"].get_view(view_type="form")["arch"]
        page = arch.split('name="o2c"')[1].split("</page>")[0]
        self.assertEqual(arch.count('name="shopify_transaction_ids"'), 1)
        self.assertIn('name="shopify_transaction_ids"', page)
        self.assertIn('name="action_open_in_shopify"', page)
