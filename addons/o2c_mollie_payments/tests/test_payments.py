from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import MollieCase


class PaymentCase(MollieCase):
    """An invoice of 100 euro, paid through Mollie by order of a shop."""

    def setUp(self):
        super().setUp()
        self.customer = self.env["res.partner"].create({"name": "Jansen Tuinen"})
        self.invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_line_ids": [(0, 0, {"name": "Rake", "price_unit": 100.0, "tax_ids": [(5,)]})],
            }
        )
        self.invoice.action_post()
        self.payment = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=self.invoice.ids)
            .create({"journal_id": self.journal.id})
            ._create_payments()
        )
        self.payment.o2c_reference = "r-shop-1"

    def _settled(self, **values):
        raw = self.settle(**values)
        self.sync()
        settlement = self.settlement(raw)
        self.assertEqual(settlement.state, "booked", settlement.note)
        return settlement


@tagged("post_install", "-at_install")
class TestPayments(PaymentCase):
    """Statement lines and the payments and invoices that they are about."""

    def test_customer_of_a_shop_payment(self):
        self.pay("100.00", "r-shop-1")
        settlement = self._settled()
        self.assertEqual(self.lines(settlement, "payment").partner_id, self.customer)

    def test_paid_in_a_currency_that_the_books_do_not_keep(self):
        """The shop keeps euro, the customer paid dollars: the line can be compared with the payment."""
        self.env.ref("base.USD").active = True
        self.pay("100.00", "r-shop-1", "creditcard", currency="USD")
        self.pay("100.00", "r-other", "creditcard", currency="USD")
        lines = self.lines(self._settled(), "payment").grouped("mollie_description")
        ours, other = lines["r-shop-1"], lines["r-other"]
        self.assertEqual((ours.amount, ours.foreign_currency_id.name), (84.37, False))
        self.assertIn("100.00 USD", ours.payment_ref)
        self.assertEqual((other.amount_currency, other.foreign_currency_id.name), (100.0, "USD"))

    def test_payment_waits_on_the_outstanding_account(self):
        outstanding = self.payment.outstanding_account_id
        self.assertNotEqual(outstanding, self.journal.default_account_id)
        self.assertEqual(self.balance._ledger_balance(), 0.0)
        line = self.payment.move_id.line_ids.filtered(lambda line: line.account_id == outstanding)
        self.assertEqual(line.amount_residual, 100.0)

    def test_online_payment_of_odoo_itself(self):
        paid = self.pay("100.00", "S00012")
        provider = self.env["payment.provider"].search([], limit=1)
        method = self.env["payment.method"].search([], limit=1)
        self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": "S00012",
                "provider_reference": paid["id"],
                "amount": 100.0,
                "currency_id": self.env.company.currency_id.id,
                "partner_id": self.customer.id,
            }
        )
        settlement = self._settled()
        line = self.lines(settlement, "payment")
        self.assertEqual(line.partner_id, self.customer)
        self.assertIn("S00012", line.payment_ref)
        self.assertIn(paid["id"], line.payment_ref)

    def test_from_line_to_order(self):
        self.pay("100.00", "r-shop-1")
        self.pay("1.00", "r-unknown")
        settlement = self._settled()
        line = self.lines(settlement, "payment").filtered(lambda line: line.amount == 100.0)
        action = line.action_open_order()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", self.invoice.id))
        with self.assertRaises(UserError):
            (self.lines(settlement, "payment") - line).action_open_order()
        paid = settlement.action_open_paid()
        self.assertEqual(self.env[paid["res_model"]].search(paid["domain"]), self.invoice)

    def test_chargeback_is_told_on_the_invoice_until_it_is_reversed(self):
        paid = self.pay("100.00", "r-shop-1")
        self._settled()
        self.assertFalse(self.issues(self.invoice))
        chargeback = self.mollie("chargeback", payment=paid["id"], reason="MD06")
        self.pay("500.00", "r2")
        self._settled()
        issue = self.issues(self.invoice, "chargeback")
        self.assertIn("100.00 EUR", issue.message)
        self.assertIn("Jansen Tuinen", issue.message)
        self.mollie("reverse", chargeback=chargeback["id"])
        self.pay("10.00", "r3")
        self._settled()
        self.assertFalse(self.issues(self.invoice))

    def test_from_invoice_and_payment_to_the_dashboard(self):
        with self.assertRaises(UserError):
            self.invoice.action_open_in_mollie()
        paid = self.pay("100.00", "r-shop-1")
        settlement = self._settled()
        self.payment.invalidate_recordset(["mollie_payment_id"])
        url = self.invoice.action_open_in_mollie()["url"]
        self.assertTrue(url.endswith(f"{self.account.organization_code}/payments/{paid['id']}"))
        self.assertEqual(self.payment.action_open_in_mollie()["url"], url)
        self.assertEqual(self.lines(settlement, "payment").action_open_in_mollie()["url"], url)
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "order_line": [(0, 0, {"name": "Rake", "product_id": False})]}
        )
        self.invoice.invoice_line_ids.sale_line_ids = order.order_line
        self.assertEqual(order.action_open_in_mollie()["url"], url)
        action = self.lines(settlement, "payment").action_open_order()
        self.assertEqual((action["res_model"], action["res_id"]), ("sale.order", order.id))
