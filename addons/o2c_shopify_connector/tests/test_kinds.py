from odoo.tests import tagged
from odoo.tools import html2plaintext

from ..lib.tests import nodes
from .common import ShopCase

COMPANY = {
    "company": {
        "id": "gid://shopify/Company/7",
        "name": "Tuincentrum De Linde",
        "externalId": "K77",
    },
    "contact": {
        "id": "gid://shopify/CompanyContact/1",
        "customer": {"id": "gid://shopify/Customer/70", "firstName": "Joris", "lastName": "Maes"},
    },
    "location": {
        "id": "gid://shopify/CompanyLocation/3",
        "name": "Gent",
        "externalId": None,
        "taxSettings": {"taxRegistrationId": "BE0477472701", "taxExempt": True},
    },
}


@tagged("post_install", "-at_install")
class TestKinds(ShopCase):
    """Orders that are not plain."""

    def _plain(self, **values):
        return nodes.order([nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")])], "12.10", "2.10", **values)

    # === People and addresses === #

    def test_the_orders_own_addresses(self):
        gift = nodes.address(firstName="Oma", lastName="Bakker", address1="Dorpsstraat 3", city="Zeist")
        order = self.take(self._plain(shippingAddress=gift))
        self.assertEqual(order.partner_id.name, "Sanne Bakker")
        self.assertEqual(order.partner_invoice_id, order.partner_id)
        self.assertEqual(order.partner_shipping_id.name, "Oma Bakker")
        self.assertEqual(order.partner_shipping_id.street, "Dorpsstraat 3")
        self.assertEqual(order.partner_shipping_id.parent_id, order.partner_id)
        self.assertEqual(order.picking_ids.partner_id, order.partner_shipping_id)
        self.assertEqual(order.invoice_ids.partner_id, order.partner_invoice_id)

    def test_addresses_are_kept_once_for_each_content(self):
        customer = self._plain()["customer"]
        gift = nodes.address(firstName="Oma", address1="Dorpsstraat 3")
        other = nodes.address(firstName="Oma", address1="dorpsstraat  3")
        third = nodes.address(firstName="Oma", address1="Kerkweg 1")
        orders = self.take(
            *(self._plain(customer=customer, shippingAddress=address) for address in (gift, other, third))
        )
        again = self.take(self._plain(customer=customer, shippingAddress=gift))
        self.assertEqual(len(orders.partner_id), 1)
        self.assertEqual(len((orders | again).partner_shipping_id), 2)

    def test_a_company_on_the_address(self):
        address = nodes.address(company="Bakker BV")
        order = self.take(self._plain(billingAddress=address, shippingAddress=address))
        self.assertIn("Bakker BV", order.partner_shipping_id.display_name)

    def test_customer_found_by_email(self):
        known = self.env["res.partner"].create({"name": "S. Bakker", "email": "Buyer77@Example.com"})
        order = self.take(self._plain(number=77))
        self.assertEqual(order.partner_id, known)
        self.assertEqual(known.name, "S. Bakker")

    def test_two_with_the_same_email_are_not_merged_by_guess(self):
        self.env["res.partner"].create(
            [{"name": name, "email": "buyer78@example.com"} for name in ("One", "Two")]
        )
        order = self.take(self._plain(number=78))
        self.assertEqual(order.partner_id.name, "Sanne Bakker")

    def test_guest_without_customer(self):
        order = self.take(self._plain(customer=None, number=79))
        self.assertEqual(order.partner_id.email, "buyer79@example.com")
        again = self.take(self._plain(customer=None, number=80, email="buyer79@example.com"))
        self.assertEqual(again.partner_id, order.partner_id)

    def test_nobody_at_all(self):
        node = self._plain(customer=None, email=None, billingAddress=None, shippingAddress=None)
        self.shop.country_id = self.nl
        order = self.take(node)
        self.assertEqual(order.partner_id, self.shop.guest_partner_id)
        self.assertPaid(order, "12.10", "2.10")

    def test_hidden_data_are_told_on_the_shop(self):
        node = self._plain()
        with self.answers(node, denied={"nodes.customer.email"}):
            self.shop._import_orders([node["id"]])
        self.assertIn("nodes.customer.email", self.issues(self.shop).message)

    # === Business customers === #

    def test_company_with_vat_and_terms(self):
        node = nodes.order(
            [nodes.line(1, 2, "50.00")],
            "100.00",
            "0.00",
            included=False,
            purchasingEntity=COMPANY,
            poNumber="PO-4711",
            paymentTerms={
                "paymentTermsName": "Net 30",
                "paymentTermsType": "NET",
                "dueInDays": 30,
            },
            displayFinancialStatus="PENDING",
            transactions=[],
            billingAddress=nodes.address(countryCodeV2="BE", company="Tuincentrum De Linde"),
            shippingAddress=nodes.address(countryCodeV2="BE", company="Tuincentrum De Linde"),
        )
        order = self.take(node)
        self.assertEqual(self.issues(order).mapped("message"), [])
        self.assertEqual(order.state, "sale")
        company = order.partner_id
        self.assertTrue(company.is_company)
        self.assertEqual(
            (company.name, company.vat, company.ref),
            ("Tuincentrum De Linde", "BE0477472701", "K77"),
        )
        invoice = order.invoice_ids
        self.assertAmounts(invoice, "100.00", "0.00")
        self.assertEqual(invoice.ref, "PO-4711")
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual((invoice.invoice_date_due - invoice.invoice_date).days, 30)
        again = self.take({**node, "id": "gid://shopify/Order/990", "name": "#990"})
        self.assertEqual(again.partner_id, company)

    def _due_on_a_day(self, due, **values):
        return nodes.order(
            [nodes.line(1, 2, "50.00")],
            "100.00",
            "0.00",
            purchasingEntity=COMPANY,
            paymentTerms={
                "paymentTermsName": "Fixed date",
                "paymentTermsType": "FIXED",
                "dueInDays": None,
                "paymentSchedules": {"nodes": [{"dueAt": due}]},
            },
            **{"displayFinancialStatus": "PENDING", "transactions": [], **values},
        )

    def test_due_on_a_fixed_day(self):
        self.company.partner_id.tz = "Europe/Amsterdam"
        known = self.env["account.payment.term"].search_count([])
        # Midnight in Amsterdam.
        invoice = self.take(self._due_on_a_day("2027-01-14T23:00:00Z")).invoice_ids
        self.assertEqual(str(invoice.invoice_date_due), "2027-01-15")
        receivable = invoice.line_ids.filtered("date_maturity")
        self.assertEqual(str(receivable.date_maturity), "2027-01-15")
        self.assertEqual(invoice.payment_state, "not_paid")
        # No payment terms are made for each number of days.
        self.assertEqual(self.env["account.payment.term"].search_count([]), known)

    def test_due_on_a_fixed_day_that_is_past(self):
        """An order that comes late, and of which a part was paid meanwhile, is due when Shopify says."""
        node = self._due_on_a_day(
            "2026-10-15T12:00:00Z",
            processedAt="2026-09-15T12:00:00Z",
            createdAt="2026-09-15T12:00:00Z",
            displayFinancialStatus="PARTIALLY_PAID",
        )
        number = node["id"].split("/")[-1]
        node["transactions"] = [nodes.transaction(number, "40.00", processedAt="2026-10-20T12:00:00Z")]
        invoice = self.take(node).invoice_ids
        self.assertEqual(str(invoice.invoice_date_due), "2026-10-15")
        self.assertEqual(invoice.amount_residual, 60)

    def test_a_fixed_day_that_is_put_off_before_the_invoice(self):
        self.shop.write({"invoice_policy": "delivery", "push_fulfilments": False})
        self.products.invoice_policy = "delivery"
        node = self._due_on_a_day("2027-01-15T12:00:00Z")
        order = self.take(node)
        later = self._due_on_a_day("2027-02-15T12:00:00Z")["paymentTerms"]
        self.take({**node, "paymentTerms": later, "updatedAt": "2026-11-21T10:00:00Z"})
        order.picking_ids.move_ids.picked = True
        order.picking_ids._action_done()
        self.run_jobs()
        self.assertEqual(str(order.invoice_ids.invoice_date_due), "2027-02-15")

    def test_reverse_charge_is_booked_as_such(self):
        """Whether Shopify tells of no tax, or of a tax of nothing."""
        self.company.vat = "NL123456782B90"
        for taxes in ([], [nodes.tax(0, "0.00")]):
            node = nodes.order(
                [nodes.line(1, 2, "50.00", taxes)],
                "104.95",
                "0.00",
                [nodes.shipping(taxes=taxes)],
                included=False,
                purchasingEntity=COMPANY,
                billingAddress=nodes.address(countryCodeV2="BE"),
                shippingAddress=nodes.address(countryCodeV2="BE"),
            )
            order = self.take(node)
            invoice = self.assertPaid(order, "104.95", "0.00")
            taxes = invoice.invoice_line_ids.tax_ids
            position = order.fiscal_position_id
            self.assertTrue(position.vat_required)
            self.assertEqual(taxes, position.map_tax(self.company.account_sale_tax_id))
            self.assertEqual(taxes.mapped("amount"), [0.0])

    # === Payments === #

    def test_payment_keeps_its_name_and_date(self):
        node = self._plain()
        node["transactions"][0].update(paymentId="rXYZ", processedAt="2026-11-20T23:30:00Z")
        self.company.partner_id.tz = "Europe/Amsterdam"
        order = self.take(node)
        payment = order.shopify_transaction_ids.payment_id
        self.assertEqual(payment.o2c_reference, "rXYZ")
        self.assertEqual(str(payment.date), "2026-11-21")
        self.assertEqual(payment.journal_id, self.journal)
        self.assertTrue(payment.move_id)
        self.assertIn(order.invoice_ids.payment_state, ("in_payment", "paid"))

    def test_failed_and_pending_attempts_are_kept_but_not_paid(self):
        node = self._plain()
        number = node["id"].split("/")[-1]
        node["transactions"] = [
            nodes.transaction(f"{number}1", "12.10", status="FAILURE"),
            nodes.transaction(f"{number}2", "12.10", kind="AUTHORIZATION"),
            nodes.transaction(f"{number}3", "12.10", kind="CAPTURE"),
        ]
        order = self.take(node)
        self.assertPaid(order, "12.10", "2.10")
        self.assertEqual(len(order.shopify_transaction_ids), 3)
        self.assertEqual(len(order.shopify_transaction_ids.payment_id), 1)

    def test_unknown_gateway(self):
        node = self._plain()
        node["transactions"][0]["gateway"] = "Bank Deposit"
        order = self.take(node)
        self.assertEqual(order.invoice_ids.state, "posted")
        issue = self.issues(order)
        self.assertEqual(issue.kind, "payment")
        self.assertIn("Bank Deposit", issue.message)
        self.env["o2c.shopify.gateway"].create(
            {"shop_id": self.shop.id, "name": "bank deposit", "journal_id": self.journal.id}
        )
        with self.answers(node):
            issue.action_retry()
        self.assertPaid(order, "12.10", "2.10")

    def test_several_payments_and_a_gift_card(self):
        self.shop._take_over_gateways(self.shop._proposed_gateways())
        node = self._plain()
        number = node["id"].split("/")[-1]
        node["transactions"] = [
            nodes.transaction(f"{number}1", "5.00", gateway="gift_card", paymentId=None),
            nodes.transaction(f"{number}2", "7.10"),
        ]
        order = self.take(node)
        self.assertPaid(order, "12.10", "2.10")
        payments = order.shopify_transaction_ids.payment_id
        card = payments.filtered(lambda payment: payment.journal_id != self.journal)
        account = self.shop._gift_card_account()
        self.assertEqual(card.move_id.line_ids.filtered("debit").account_id, account)
        self.assertEqual(account.account_type, "liability_current")
        self.assertTrue(card.is_matched)

    def test_gift_card_sold_is_a_liability(self):
        self.shop._gift_card_account()
        node = nodes.order(
            [nodes.line(1, 1, "25.00", isGiftCard=True, requiresShipping=False)], "25.00", "0.00"
        )
        invoice = self.assertPaid(self.take(node), "25.00", "0.00")
        self.assertEqual(invoice.invoice_line_ids.account_id.account_type, "liability_current")

    def test_gift_card_sold_where_nobody_set_the_account(self):
        """The journal exists already, so nobody was asked for the account: what is sold is no income."""
        product = self.shop.gift_card_product_id
        self.assertFalse(product.property_account_income_id)
        kept = self.env["account.account"].create(
            {"name": "Vouchers", "code": "219077", "account_type": "liability_current"}
        )
        journal = self.env["account.journal"].create(
            {"name": "Vouchers", "code": "VOU", "type": "cash", "default_account_id": kept.id}
        )
        for made, gateway in ((kept, True), (False, False)):
            product.property_account_income_id = False
            self.shop.gateway_ids.filtered(lambda item: item.name == "gift_card").unlink()
            if gateway:
                self.env["o2c.shopify.gateway"].create(
                    {"shop_id": self.shop.id, "name": "gift_card", "journal_id": journal.id}
                )
            card = nodes.line(1, 1, "25.00", isGiftCard=True, requiresShipping=False)
            invoice = self.assertPaid(self.take(nodes.order([card], "25.00", "0.00")), "25.00", "0.00")
            account = invoice.invoice_line_ids.account_id
            self.assertEqual(account.account_type, "liability_current")
            self.assertEqual(account == kept, bool(made))

    def test_what_the_customer_wrote_on_a_line(self):
        written = [
            {"key": "Engraving", "value": "For Oma"},
            {"key": "_bundle", "value": "x1"},
            {"key": "Empty", "value": None},
        ]
        node = nodes.order([nodes.line(1, 1, "10.00", customAttributes=written)], "10.00", "0.00")
        order = self.take(node)
        self.assertEqual(order.order_line.name.split("\n")[1:], ["Engraving: For Oma"])
        self.assertIn("Engraving: For Oma", order.invoice_ids.invoice_line_ids.name)

    def test_what_the_customer_wrote_on_the_order(self):
        written = [
            {"key": "Gift message", "value": "Happy <b>birthday</b>"},
            {"key": "service_point_id", "value": "11239983"},
            {"key": "_theme", "value": "7"},
        ]
        order = self.take(self._plain(note="Ring twice", customAttributes=written))
        text = html2plaintext(order.note)
        self.assertEqual(text, "Ring twice\nGift message: Happy <b>birthday</b>")

    def test_a_belgian_picks_up_in_the_netherlands(self):
        part = {
            "status": "OPEN",
            "assignedLocation": {"countryCode": "NL", "location": None},
            "deliveryMethod": {"methodType": "PICK_UP"},
        }
        node = self._plain(
            billingAddress=nodes.address(countryCodeV2="BE"),
            shippingAddress=None,
            fulfillmentOrders={"nodes": [part]},
        )
        order = self.take(node)
        self.assertPaid(order, "12.10", "2.10")
        self.assertEqual(order.order_line.tax_ids, self.tax_21)

    # === What is not wanted === #

    def test_test_orders_are_left_alone(self):
        node = self._plain(test=True)
        self.assertFalse(self.take(node))
        self.shop.import_test_orders = True
        self.assertTrue(self.take(node))

    def test_orders_from_before_are_left_alone(self):
        self.assertFalse(self.take(self._plain(createdAt="2025-12-31T23:59:59Z")))

    def test_risky_order_waits(self):
        order = self.take(self._plain(risk={"recommendation": "CANCEL"}))
        self.assertEqual(order.state, "draft")
        self.assertIn("fraud", self.issues(order).message)

    def test_unpaid_order_waits_without_an_issue(self):
        node = self._plain(transactions=[], displayFinancialStatus="PENDING")
        order = self.take(node)
        self.assertEqual((order.state, self.issues(order).ids), ("draft", []))
        self.take(
            {
                **node,
                "transactions": [nodes.transaction(1, "12.10")],
                "displayFinancialStatus": "PAID",
                "updatedAt": "2026-11-21T10:00:00Z",
            }
        )
        self.assertPaid(order, "12.10", "2.10")

    def test_deleted_in_shopify(self):
        order = self.take(self._plain())
        with self.answers():
            self.shop._import_orders([order.shopify_gid])
        self.assertIn("deleted in Shopify", self.issues(order).message)
        self.assertEqual(order.state, "sale")

    # === Invoicing by delivery === #

    def test_parts_invoiced_by_delivery_come_to_the_whole(self):
        self.shop.write({"invoice_policy": "delivery", "push_fulfilments": False})
        self.products.invoice_policy = "delivery"
        node = nodes.order(
            [nodes.line(1, 3, "3.34", [nodes.tax(21, "1.74")], discounts=["0.02"])],
            "10.00",
            "1.74",
        )
        order = self.take(node)
        self.assertFalse(order.invoice_ids)
        for _day in range(3):
            picking = order.picking_ids.filtered(lambda item: item.state != "done")
            picking.move_ids.write({"quantity": 1, "picked": True})
            picking._action_done()
            self.run_jobs()
        self.assertEqual(len(order.invoice_ids), 3)
        self.assertAlmostEqual(sum(order.invoice_ids.mapped("amount_total")), 10.00)
        self.assertAlmostEqual(sum(order.invoice_ids.mapped("amount_tax")), 1.74)
        self.assertEqual(sum(order.invoice_ids.mapped("amount_residual")), 0)

    # === Unknown things === #

    def test_unknown_sku_stops_one_order_only(self):
        strange = nodes.order([nodes.line(99, sku="NOPE")], "10.00", "0.00")
        good = self._plain()
        orders = self.take(strange, good)
        issue = self.issues(orders[0])
        self.assertEqual((orders[0].state, issue.kind), ("draft", "product"))
        self.assertIn("NOPE", issue.message)
        self.assertPaid(orders[1], "12.10", "2.10")
        self.env["product.product"].create({"name": "Found", "default_code": "NOPE"})
        with self.answers(strange):
            issue.action_retry()
        self.assertEqual(issue.state, "resolved")
        self.assertPaid(orders[0], "10.00", "0.00")

    def test_placeholder_product(self):
        self.shop.unknown_product_policy = "placeholder"
        self.shop.placeholder_product_id = self.products[8]
        order = self.take(nodes.order([nodes.line(99, sku="NOPE")], "10.00", "0.00"))
        self.assertPaid(order, "10.00", "0.00")
        self.assertEqual(order.order_line.product_id, self.products[8])

    def test_deleted_product_is_found_by_sku(self):
        node = nodes.order([nodes.line(2, variant=None, product=None)], "10.00", "0.00")
        order = self.take(node)
        self.assertEqual(order.order_line.product_id, self.products[1])

    def test_unknown_tax(self):
        node = nodes.order([nodes.line(1, 1, "10.00", [nodes.tax(17, "1.45")])], "10.00", "1.45")
        order = self.take(node)
        issue = self.issues(order)
        self.assertEqual((order.state, issue.kind), ("draft", "tax"))
        self.assertIn("17", issue.message)

    def test_an_order_that_cannot_be_read(self):
        node = self._plain()
        broken = {**self._plain(), "totalPriceSet": None, "lineItems": None}
        orders = self.take(broken, node)
        self.assertEqual(len(orders), 1)
        self.assertIn(broken["name"], self.issues(self.shop).message)

    def test_one_bad_order_does_not_stop_the_others(self):
        """The batch fails, is repeated one by one, and only the culprit is set aside."""
        nodes_ = [self._plain() for _number in range(3)]
        self.shop.unknown_product_policy = "stop"
        self.shop.tip_product_id = False
        nodes_[1]["totalTipReceivedSet"] = nodes.money("1.00")
        nodes_[1]["totalPriceSet"] = nodes.money("13.10")
        orders = self.take(*nodes_)
        self.assertEqual(orders.mapped("state"), ["sale", "draft", "sale"])

    # === Presentment currency === #

    def test_currency_the_customer_saw(self):
        """In that currency or in the shop's, as the shop's policy says, whichever way taxes are rounded."""
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create({"currency_id": usd.id, "rate": 1.2, "name": "2026-01-01"})
        self.journal.currency_id = False

        def both(euro, dollar):
            return nodes.money(euro, presentment=dollar, presentment_currency="USD")

        wanted = {"presentment": (usd, "14.60", "2.53"), "shop": (self.company.currency_id, "12.10", "2.10")}
        for rounding in ("round_per_line", "round_globally"):
            for policy, (currency, total, amount) in wanted.items():
                with self.subTest(rounding=rounding, policy=policy):
                    self.company.tax_calculation_rounding_method = rounding
                    self.shop.money_policy = policy
                    tax = {**nodes.tax(21, "2.10"), "priceSet": both("2.10", "2.53")}
                    line = nodes.line(1, 1, "12.10", [tax])
                    prices = both("12.10", "14.60")
                    line.update(originalTotalSet=prices, originalUnitPriceSet=prices)
                    node = nodes.order([line], "12.10", "2.10", presentmentCurrencyCode="USD")
                    node.update(
                        totalPriceSet=prices,
                        currentTotalPriceSet=prices,
                        totalTaxSet=both("2.10", "2.53"),
                        totalTipReceivedSet=both("0", "0"),
                    )
                    node["transactions"][0]["amountSet"] = prices
                    order = self.take(node)
                    self.assertEqual(order.currency_id, currency)
                    invoice = self.assertPaid(order, total, amount)
                    self.assertEqual(invoice.currency_id, currency)
                    self.assertEqual(order.shopify_transaction_ids.payment_id.currency_id, currency)
