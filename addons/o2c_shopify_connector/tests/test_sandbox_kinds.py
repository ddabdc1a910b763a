from odoo.tests import new_test_user, tagged

from .common_sandbox import GardenCase

# Kinds that need a person, and what that person reads about.
NEEDS = {"unknown_sku": "product", "custom_item": "product", "high_risk": "order"}
UNPAID = {"unpaid", "authorized", "bank_deposit"}
ABSENT = {"test"}
# Large in number, not in kind: once is enough.
LONG = {"many_lines", "many_refunds", "many_transactions"}


@tagged("post_install", "-at_install")
class TestSandboxKinds(GardenCase):
    """Every kind of order that the sandbox's shoppers can place."""

    def test_every_kind(self):
        """Confirmed, invoiced and paid to the cent, whichever way the company rounds taxes."""
        kinds = self.control("GET", "checkout/kinds")["kinds"]
        self.assertEqual(self.env.company.tax_calculation_rounding_method, "round_globally")
        made = self._check_kinds(kinds)
        counter = self.order(made["pos"])
        self.assertEqual(set(counter.picking_ids.mapped("state")), {"done"})
        self.assertFalse(counter.shopify_fulfillment_ids)
        self.assertEqual(len(self.order(made["many_lines"]).order_line.filtered("shopify_gid")), 261)
        self.assertEqual(len(self.order(made["many_refunds"]).shopify_refund_ids), 30)
        self.assertEqual(len(self.order(made["many_transactions"]).shopify_transaction_ids), 300)
        self.env.company.tax_calculation_rounding_method = "round_per_line"
        self._check_kinds([kind for kind in kinds if kind not in LONG])

    def _check_kinds(self, kinds):
        made = dict(zip(kinds, self.checkout(*kinds, seed=11), strict=True))
        self.sweep()
        for kind, item in made.items():
            with self.subTest(kind=kind, rounding=self.env.company.tax_calculation_rounding_method):
                self._check(kind, item, self.order(item))
        return made

    def _check(self, kind, item, order):
        if kind in ABSENT:
            self.assertFalse(order)
            return
        messages = self.issues(order).mapped("message")
        if kind in NEEDS:
            self.assertEqual(set(self.issues(order).mapped("kind")), {NEEDS[kind]}, messages)
            if kind == "custom_item":
                self.assertIn("placeholder", messages[0])
            self.assertEqual(order.state, "draft")
            return
        self.assertEqual(messages, [])
        self.assertEqual(f"{order.amount_total:.2f}", f"{float(item['total']):.2f}")
        if kind in UNPAID:
            self.assertEqual(order.state, "draft")
            return
        self.assertEqual(order.state, "sale")
        self.assertEqual(set(order.invoice_ids.mapped("state")), {"posted"})
        invoice = order.invoice_ids.filtered(lambda move: move.move_type == "out_invoice")
        self._check_invoice(invoice, item, order)
        credits = order.invoice_ids - invoice
        self.assertEqual(len(credits), len(order.shopify_refund_ids))
        if kind != "payment_terms":
            self.assertEqual(set(order.invoice_ids.mapped("amount_residual")), {0})

    def _check_invoice(self, invoice, item, order):
        """Total, tax and what is left of it, and each line: Shopify's."""
        total, tax = float(item["total"]), order.shopify_tax
        self.assertEqual(
            [f"{value:.2f}" for value in (invoice.amount_total, invoice.amount_tax, invoice.amount_untaxed)],
            [f"{value:.2f}" for value in (total, tax, total - tax)],
        )
        for line in order.order_line.filtered("shopify_gid"):
            invoiced = sum(
                line.invoice_lines.filtered(lambda aml: aml.move_id == invoice).mapped("price_subtotal")
            )
            self.assertEqual(f"{invoiced:.2f}", f"{line.price_subtotal:.2f}", line.name)
            self.assertEqual(f"{line.price_subtotal:.2f}", f"{line.shopify_net:.2f}", line.name)

    def test_risky_order_confirmed_by_hand(self):
        """Who trusts the customer confirms; invoice and payment follow, and the issue is done."""
        [made] = self.checkout("high_risk", seed=13)
        self.sweep()
        order = self.order(made)
        seller = new_test_user(self.env, "garden_seller", "sales_team.group_sale_salesman_all_leads")
        order.with_user(seller).action_confirm()
        self.run_jobs()
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertEqual(order.invoice_ids.mapped("state"), ["posted"])
        self.assertEqual(order.invoice_ids.amount_residual, 0)

    def test_afterwards(self):
        """Refunds, cancellations and edits made in the admin arrive, to the cent."""
        refunded, cancelled, edited, goodwill, cheaper = self.checkout(
            "multi_line", "multi_line", "multi_line", "plain", "multi_line", seed=12
        )
        self.sweep()
        self.control(
            "POST",
            "shopify/refund",
            {
                "order": refunded["gid"],
                "lines": [{"line": 0, "quantity": 1, "restock": "CANCEL"}],
                "shipping": True,
            },
        )
        self.control("POST", "shopify/cancel", {"order": cancelled["gid"]})
        self.control(
            "POST",
            "shopify/edit",
            {"order": edited["gid"], "changes": [{"line": 0, "quantity": 0}]},
        )
        self.control("POST", "shopify/refund", {"order": goodwill["gid"], "amount": "2.50"})
        self.control(
            "POST",
            "shopify/edit",
            {"order": cheaper["gid"], "changes": [{"line": 0, "discount": "1.37"}]},
        )
        self.control("POST", "shopify/refund", {"order": cheaper["gid"], "amount": "1.37"})
        self.sweep()
        for made in (refunded, cancelled, edited, goodwill, cheaper):
            order = self.order(made)
            self.assertEqual(self.issues(order).mapped("message"), [], made["name"])
            credit = order.shopify_refund_ids.move_id
            self.assertEqual(credit.state, "posted")
        self.assertEqual(self.order(cancelled).state, "cancel")
        self.assertEqual(sum(self.order(cancelled).invoice_ids.mapped("amount_total_signed")), 0)
        self.assertEqual(self.order(goodwill).shopify_refund_ids.move_id.amount_total, 2.50)
        self.assertEqual(self.order(cheaper).shopify_refund_ids.move_id.amount_total, 1.37)
        for made in (refunded, cancelled, goodwill, cheaper):
            self.assertEqual(self.order(made).shopify_refund_ids.move_id.amount_residual, 0)
            back = self.order(made).shopify_transaction_ids.payment_id.filtered(
                lambda payment: payment.payment_type == "outbound"
            )
            self.assertTrue(back.o2c_reference)
            self.assertEqual(back.o2c_parent_reference, made["payment_id"])
        self.ship(self.order(edited))
        self.assertEqual(self.issues(self.order(edited).picking_ids).mapped("message"), [])
        self.assertEqual(self.theirs(edited)["fulfillment"], "FULFILLED")
