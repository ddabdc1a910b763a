"""Odoo's own shop in the same database: its loyalty programmes, and its payments through Mollie."""

from odoo import Command
from odoo.tests import tagged

from odoo.addons.o2c_mollie_payments.tests.common import MollieCase
from odoo.addons.o2c_shopify_connector.tests.common_sandbox import GardenCase

MODULES = ("payment_mollie", "sale_loyalty", "stock_picking_batch", "website_sale", "website_sale_loyalty")


def confirmed_order(case, product, price=100.0):
    """An order typed in Odoo, with whatever its programmes give to the customer."""
    order = case.env["sale.order"].create(
        {
            "partner_id": case.env["res.partner"].create({"name": "Jane Doe"}).id,
            "order_line": [
                Command.create({"product_id": product.id, "price_unit": price, "tax_ids": [Command.clear()]})
            ],
        }
    )
    order._update_programs_and_rewards()
    for coupon, rewards in order._get_claimable_rewards().items():
        order._apply_program_reward(rewards, coupon)
    order.action_confirm()
    return order


@tagged("post_install", "-at_install")
class TestBesideLoyalty(GardenCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["loyalty.program"].create(
            {
                "name": "A tenth less",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "rule_ids": [Command.clear(), Command.create({"minimum_amount": 1})],
                "reward_ids": [Command.clear(), Command.create({"reward_type": "discount", "discount": 10})],
            }
        )

    def test_all_are_installed(self):
        modules = self.env["ir.module.module"].search([("name", "in", MODULES), ("state", "=", "installed")])
        self.assertEqual(len(modules), len(MODULES))

    def test_shopifys_orders_get_nothing_of_odoos_programmes(self):
        sold = self.checkout("multi_line", "discount_code", "free_shipping")
        self.sweep()
        for made in sold:
            order = self.order(made)
            self.assertEqual(order.state, "sale", self.issues(order).mapped("message"))
            self.assertFalse(order.order_line.filtered("is_reward_line"))
            self.assertAlmostEqual(order.amount_total, float(made["total"]), places=2)
            self.assertAlmostEqual(order.invoice_ids.amount_total, float(made["total"]), places=2)
            self.assertEqual(order.o2c_stage, "invoiced")

    def test_an_order_with_a_reward_goes_its_whole_road(self):
        product = self.env["product.product"].create(
            {"name": "Bench", "is_storable": True, "invoice_policy": "order", "weight": 1}
        )
        self.env["stock.quant"]._update_available_quantity(product, self.shop._warehouse().lot_stock_id, 5)
        order = confirmed_order(self, product)
        self.assertEqual(len(order.order_line.filtered("is_reward_line")), 1)
        self.assertEqual((order.amount_total, order.o2c_stage), (90.0, "ordered"))
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual((invoice.amount_total, order.o2c_stage), (90.0, "invoiced"))
        self.ship(order)
        self.assertIn(order.o2c_stage, ("shipped", "delivered"))
        bank = self.env["account.bank.statement.line"].create(
            {"journal_id": self.journal.id, "amount": 90, "payment_ref": f"Invoice {invoice.name}"}
        )
        self.env["o2c.match"].run(lines=bank)
        self.assertEqual(bank.o2c_match_state, "matched")
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(order.o2c_stage, "done")


@tagged("post_install", "-at_install")
class TestBesidePaymentMollie(MollieCase):
    def test_what_a_customer_paid_in_odoos_shop_is_found_on_the_settlement(self):
        product = self.env["product.product"].create(
            {"name": "Gardening hour", "type": "service", "invoice_policy": "order"}
        )
        order = confirmed_order(self, product, price=48.4)
        invoice = order._create_invoices()
        invoice.action_post()
        provider = self.env["payment.provider"].search([("code", "=", "mollie")], limit=1)
        provider.write({"mollie_api_key": "test_key", "state": "test", "journal_id": self.journal.id})
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": provider.with_context(active_test=False).payment_method_ids[:1].id,
                "amount": invoice.amount_total,
                "currency_id": invoice.currency_id.id,
                "partner_id": invoice.partner_id.id,
                "reference": invoice.name,
                "operation": "online_redirect",
                "invoice_ids": [Command.set(invoice.ids)],
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        paid = self.pay(f"{invoice.amount_total:.2f}", description=transaction.reference)
        transaction.provider_reference = paid["id"]
        transaction._set_done()
        transaction._post_process()
        payment = transaction.payment_id
        self.assertEqual(invoice.payment_state, "in_payment")
        self.assertFalse(payment.is_matched)
        settlement = self.settle()
        self.sync()
        line = self.lines(self.settlement(settlement), "payment")
        self.assertEqual(line.mollie_payment_id, paid["id"])
        self.env["o2c.match"].run(lines=line)
        match = line.o2c_match_ids.filtered(lambda found: found.state == "applied")
        self.assertEqual((match.strategy, match.item_ids.payment_id), ("platform_payment", payment))
        self.assertTrue(payment.is_matched)
        self.assertEqual(invoice.payment_state, "paid")
