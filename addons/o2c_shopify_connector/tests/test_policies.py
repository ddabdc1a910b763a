from odoo.tests import tagged

from ..lib.charges import parse_line
from ..lib.tests import nodes
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
