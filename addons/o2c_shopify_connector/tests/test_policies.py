from odoo.tests import tagged

from ..lib.charges import parse_line
from ..lib.tests import nodes
from ..models.shop_locations import same_vat
from .common import ShopCase
from .test_kinds import COMPANY


@tagged("post_install", "-at_install")
class TestPolicies(ShopCase):
    """What a shop's own settings decide."""

    def _plain(self, **values):
        return nodes.order([nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")])], "12.10", "2.10", **values)

    def test_when_orders_are_confirmed(self):
        waiting = {
            "transactions": [nodes.transaction(1, "12.10", kind="AUTHORIZATION")],
            "displayFinancialStatus": "AUTHORIZED",
        }
        pending = {"transactions": [], "displayFinancialStatus": "PENDING"}
        states = {}
        for policy in ("paid", "authorized", "always"):
            self.shop.confirm_policy = policy
            orders = self.take(self._plain(), self._plain(**waiting), self._plain(**pending))
            states[policy] = orders.mapped("state")
            # Whatever is confirmed early: the invoice waits for the money.
            self.assertEqual([len(order.invoice_ids) for order in orders], [1, 0, 0])
        self.assertEqual(
            states,
            {
                "paid": ["sale", "draft", "draft"],
                "authorized": ["sale", "sale", "draft"],
                "always": ["sale", "sale", "sale"],
            },
        )

    def test_a_payment_that_was_only_authorised_and_is_gone(self):
        self.shop.confirm_policy = "authorized"
        node = self._plain(
            transactions=[nodes.transaction(1, "12.10", kind="AUTHORIZATION")],
            displayFinancialStatus="AUTHORIZED",
        )
        order = self.take(node)
        self.assertEqual(order.state, "sale")
        voided = {**node, "updatedAt": "2026-11-22T10:00:00Z", "displayFinancialStatus": "VOIDED"}
        self.take(voided)
        self.assertIn("Do not ship", self.issues(order).message)
        # Whoever closes it has decided; the next change of the order does not ask again.
        self.issues(order).action_ignore()
        voided = {**voided, "note": "x", "updatedAt": "2026-11-22T11:00:00Z"}
        self.take(voided)
        self.assertFalse(self.issues(order))
        paid = nodes.transaction(2, "12.10")
        self.take(
            {
                **voided,
                "updatedAt": "2026-11-23T10:00:00Z",
                "displayFinancialStatus": "PAID",
                "transactions": [paid],
            }
        )
        self.assertFalse(self.issues(order))
        self.assertEqual(len(order.invoice_ids), 1)

    def test_a_payment_that_lapses_after_the_goods_have_left(self):
        self.shop.confirm_policy = "authorized"
        node = self._plain()
        node.update(displayFinancialStatus="AUTHORIZED", transactions=[])
        order = self.take(node)
        order.picking_ids.move_ids.picked = True
        order.picking_ids._action_done()
        self.take({**node, "updatedAt": "2026-11-22T10:00:00Z", "displayFinancialStatus": "EXPIRED"})
        self.assertIn("goods have left already", self.issues(order).message)

    def test_who_confirms_an_order_whose_payment_was_voided_has_decided(self):
        node = self._plain()
        node.update(displayFinancialStatus="VOIDED", transactions=[])
        order = self.take(node)
        self.assertEqual(order.state, "draft")
        with self.answers(node):
            order.action_confirm()
            self.run_jobs()
        self.assertEqual(order.state, "sale")
        self.assertFalse(self.issues(order))

    def test_called_paid_by_shopify_without_the_money(self):
        node = self._plain(transactions=[nodes.transaction(1, "12.09")])
        order = self.take(node)
        self.assertEqual((order.state, order.invoice_ids.ids), ("sale", []))
        issue = self.issues(order)
        self.assertIn("12.09", issue.message)
        self.assertIn("12.10", issue.message)
        node["transactions"].append(nodes.transaction(2, "0.01"))
        self.take({**node, "updatedAt": "2026-11-22T10:00:00Z"})
        self.assertPaid(order, "12.10", "2.10")

    def test_the_invoice_of_a_delivery_is_dated_like_the_delivery(self):
        self.shop.write({"invoice_policy": "delivery", "confirm_policy": "always", "push_fulfilments": False})
        self.products.invoice_policy = "delivery"
        order = self.take(self._plain(transactions=[], displayFinancialStatus="PENDING"))
        order.picking_ids.move_ids.picked = True
        order.picking_ids._action_done()
        order.picking_ids.date_done = "2026-11-27 10:00:00"
        self.run_jobs()
        self.assertEqual(str(order.invoice_ids.invoice_date), "2026-11-27")

    def test_the_invoice_of_a_paid_order_is_dated_when_it_was_paid(self):
        self.company.partner_id.tz = "Europe/Amsterdam"
        paid = nodes.transaction(1, "12.10", processedAt="2026-11-19T23:30:00Z")
        order = self.take(self._plain(transactions=[paid]))
        days = {order.invoice_ids.invoice_date, order.invoice_ids.date}
        days.add(order.shopify_transaction_ids.payment_id.date)
        self.assertEqual(set(map(str, days)), {"2026-11-20"})

    def test_team_salesperson_and_pricelist(self):
        team = self.env["crm.team"].create({"name": "Web"})
        pricelist = self.env["product.pricelist"].create(
            {"name": "Web", "currency_id": self.company.currency_id.id}
        )
        self.env["product.pricelist.item"].create(
            {"pricelist_id": pricelist.id, "compute_price": "percentage", "percent_price": 50}
        )
        self.shop.write({"team_id": team.id, "user_id": self.env.uid, "pricelist_id": pricelist.id})
        order = self.take(self._plain())
        self.assertEqual((order.team_id, order.user_id, order.pricelist_id), (team, self.env.user, pricelist))
        # The price is what was charged.
        self.assertPaid(order, "12.10", "2.10")

    def test_products_that_are_gone_are_created_where_that_is_wanted(self):
        self.shop.unknown_product_policy = "create"
        gone = nodes.line(98, 2, "5.00", sku="GONE", variant=None, product=None)
        custom = nodes.line(99, 1, "3.00", sku=None, variant=None, product=None, title="Engraving")
        custom["requiresShipping"] = False
        first = self.take(nodes.order([gone, custom], "13.00", "0"))
        self.assertPaid(first, "13.00", "0.00")
        products = first.order_line.product_id
        self.assertEqual(products.mapped("default_code"), ["GONE", False])
        self.assertEqual(products.mapped("type"), ["consu", "service"])
        again = self.take(nodes.order([custom], "3.00", "0"))
        self.assertEqual(again.order_line.product_id, products[1])

    def test_many_products_that_are_gone_are_found_in_one_go(self):
        def lines(count):
            made = [nodes.line(n, 1, sku=n % 2 and f"GONE-{n}", title=f"Piece {n}") for n in range(count)]
            return [parse_line(node, False) for node in made]

        self.assertEqual(len(set(self.shop._products_from_lines(lines(30) * 2).values())), 30)
        self.env.flush_all()
        asked = []
        for count in (4, 30):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self.shop._products_from_lines(lines(count))), count)
            asked.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*asked)

    # === Business customers === #

    def _business(self, number, location="gid://shopify/CompanyLocation/3", vat="BE0477472701", **values):
        place = {
            "id": location,
            "name": location[-1],
            "taxSettings": {"taxRegistrationId": vat, "taxExempt": False},
        }
        return self._plain(number=number, purchasingEntity={**COMPANY, "location": place}, **values)

    def test_who_ordered_for_a_company(self):
        first = self.take(self._business(7001))
        again = self.take(self._business(7001 + 1, customer=self._plain(number=7001)["customer"]))
        contact = first.shopify_contact_id
        self.assertEqual((contact.name, contact.email), ("Sanne Bakker", "buyer7001@example.com"))
        self.assertEqual(contact.parent_id, first.partner_id)
        self.assertEqual((again.partner_id, again.shopify_contact_id), (first.partner_id, contact))
        # The same person, buying privately.
        person = self._plain(number=7001)
        private = self.take(self._plain(number=7001 + 2, customer=person["customer"], email=person["email"]))
        self.assertFalse(private.partner_id.commercial_partner_id == first.partner_id)
        self.assertFalse(private.shopify_contact_id)

    def test_a_location_with_a_vat_number_of_its_own(self):
        first = self.take(self._business(7011))
        same = self.take(self._business(7012, "gid://shopify/CompanyLocation/4"))
        other = self.take(self._business(7013, "gid://shopify/CompanyLocation/5", "NL123456782B90"))
        again = self.take(self._business(7014, "gid://shopify/CompanyLocation/5", "NL123456782B90"))
        company = first.partner_id
        self.assertEqual((company.vat, same.partner_id), ("BE0477472701", company))
        location = other.partner_id
        self.assertEqual((location.vat, location.parent_id), ("NL123456782B90", company))
        self.assertEqual(location.commercial_partner_id, location)
        self.assertEqual(again.partner_id, location)
        self.assertEqual(other.invoice_ids.commercial_partner_id, location)

    def _vat_of(self, number, vat, day, location="gid://shopify/CompanyLocation/3", **values):
        """The order as Shopify answers it on a day, with the number that the location has then."""
        return self._business(number, location, vat, updatedAt=f"2026-11-{day}T10:00:00Z", **values)

    def _data_issues(self, partner):
        return self.issues(partner).filtered(lambda issue: issue.kind == "data")

    def test_a_corrected_vat_number_is_the_same_business(self):
        """Before there is an invoice, the number is simply brought up to date."""
        self.shop.write({"confirm_policy": "always", "invoice_policy": "delivery"})
        self.products.invoice_policy = "delivery"
        first = self.take(self._vat_of(7021, "BE0477472700", 20))
        company = first.partner_id
        second = self.take(self._vat_of(7022, "BE 0477.472.701", 21))
        self.assertEqual(second.partner_id, company)
        self.assertTrue(same_vat(company.vat, "BE0477472701"), company.vat)
        self.assertFalse(self._data_issues(company))
        self.assertFalse(company.child_ids.filtered("is_company"))

    def test_a_corrected_vat_number_on_posted_invoices_is_told(self):
        first = self.take(self._vat_of(7031, "BE0477472700", 20))
        company = first.partner_id
        self.assertEqual(first.invoice_ids.state, "posted")
        second = self.take(self._vat_of(7032, "BE0477472701", 21))
        self.assertEqual((second.partner_id, second.state), (company, "sale"))
        self.assertEqual(company.vat, "BE0477472700")
        self.assertFalse(company.child_ids.filtered("is_company"))
        issue = self._data_issues(company)
        for number in ("BE0477472700 in Odoo", "BE0477472701 in Shopify"):
            self.assertIn(number, issue.message)
        # Somebody decides; the next order finds nothing to complain about.
        company.vat = "BE0477472701"
        third = self.take(self._vat_of(7033, "BE0477472701", 22))
        self.assertEqual((third.partner_id, issue.state), (company, "resolved"))

    def test_a_corrected_vat_number_that_only_one_location_has_is_told(self):
        """Two locations had the same number: whether it changed for both, nobody can tell."""
        self.shop.write({"confirm_policy": "always", "invoice_policy": "delivery"})
        self.products.invoice_policy = "delivery"
        other = "gid://shopify/CompanyLocation/4"
        old, new = "BE0477472700", "BE0477472701"
        first = self.take(self._vat_of(7041, old, 20), self._vat_of(7042, old, 20, other))
        company = first.partner_id
        self.take(self._vat_of(7043, new, 21))
        self.assertEqual((company.vat, len(self._data_issues(company))), (old, 1))
        both = self.take(self._vat_of(7044, new, 22), self._vat_of(7045, new, 22, other))
        self.assertEqual((both.partner_id, company.vat), (company, new))
        self.assertFalse(self._data_issues(company))

    def test_a_corrected_vat_number_of_a_location_with_its_own(self):
        self.shop.write({"confirm_policy": "always", "invoice_policy": "delivery"})
        self.products.invoice_policy = "delivery"
        other = "gid://shopify/CompanyLocation/5"
        first = self.take(self._vat_of(7051, "BE0477472701", 20))
        branch = self.take(self._vat_of(7052, "NL123456782B91", 20, other)).partner_id
        self.assertEqual(branch.parent_id, first.partner_id)
        again = self.take(self._vat_of(7053, "NL123456782B90", 21, other))
        self.assertEqual((again.partner_id, first.partner_id.vat), (branch, "BE0477472701"))
        self.assertTrue(same_vat(branch.vat, "NL123456782B90"), branch.vat)

    def test_vat_numbers_are_compared_by_what_counts(self):
        for ours, theirs, same in (
            ("BE0477472701", "be 0477.472.701", True),
            ("0477472701", "BE0477472701", True),
            ("BE0477472701", "BE0477472700", False),
            ("NL0477472701", "BE0477472701", False),
            ("", "BE0477472701", False),
            ("120477472701", "0477472701", False),
        ):
            self.assertIs(same_vat(ours, theirs), same, (ours, theirs))
