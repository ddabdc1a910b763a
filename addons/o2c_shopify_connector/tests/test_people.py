import json

from odoo.tests import new_test_user, tagged

from ..lib.customers import parse_profile
from ..lib.tests import nodes
from .common import ShopCase
from .test_kinds import COMPANY

LATER = "2026-11-21T10:00:00Z"


@tagged("post_install", "-at_install")
class TestPeople(ShopCase):
    """Whose contact an order, a customer or a request about personal data is about."""

    def _plain(self, **values):
        return nodes.order([nodes.line(1, 1, "12.10", [nodes.tax(21, "2.10")])], "12.10", "2.10", **values)

    # === Addresses === #

    def test_the_company_of_an_address_is_kept_and_printed(self):
        """On the label, on the delivery slip, and once for all orders to that address."""
        customer = self._plain()["customer"]
        office = nodes.address(company="Bakker BV", address1="Kantoorweg 1", phone="+31301112222")
        node = self._plain(customer=customer, shippingAddress=office)
        first = self.take(node)
        contact = first.partner_shipping_id
        self.assertEqual((contact.name, contact.company_name), ("Sanne Bakker", "Bakker BV"))
        self.assertEqual(contact.commercial_company_name, "Bakker BV")
        self.assertEqual(
            contact.with_context(show_address=True).display_name.split("\n")[0], "Bakker BV, Sanne Bakker"
        )
        self.assertEqual((contact.zip, contact.phone), ("3511 AA", "+31301112222"))
        self.assertEqual(contact.email, node["email"])
        again = self.take(self._plain(customer=customer, shippingAddress=office))
        self.assertEqual(again.partner_shipping_id, contact)
        other = self.take(self._plain(customer=customer, shippingAddress={**office, "company": "Other BV"}))
        self.assertEqual(other.partner_shipping_id.commercial_company_name, "Other BV")

    def test_only_a_company_on_the_address(self):
        place = nodes.address(firstName=None, lastName=None, company="De Hoek BV", address1="Hoek 1")
        customer = self._plain()["customer"]
        first, again = self.take(
            self._plain(customer=customer, shippingAddress=place),
            self._plain(customer=customer, shippingAddress=place),
        )
        self.assertEqual(first.partner_shipping_id.name, "De Hoek BV")
        self.assertEqual(again.partner_shipping_id, first.partner_shipping_id)

    def test_a_business_that_has_its_parcel_sent_to_another_one(self):
        site = nodes.address(company="Bouwbedrijf Noord", address1="Bouwplaats 4", countryCodeV2="NL")
        order = self.take(self._plain(purchasingEntity=COMPANY, shippingAddress=site))
        self.assertEqual(order.partner_shipping_id.commercial_company_name, "Bouwbedrijf Noord")
        self.assertEqual(order.partner_id.commercial_company_name, "Tuincentrum De Linde")

    def test_a_bill_to_of_its_own(self):
        billing = nodes.address(firstName="Boek", lastName="Houder", address1="Postbus 5", zip="1000 AA")
        order = self.take(self._plain(billingAddress=billing))
        bill_to = order.partner_invoice_id
        self.assertEqual((bill_to.name, bill_to.street, bill_to.zip), ("Boek Houder", "Postbus 5", "1000 AA"))
        self.assertEqual((bill_to.type, bill_to.parent_id), ("invoice", order.partner_id))
        # Somebody else's address is not the customer's own.
        self.assertEqual((order.partner_id.name, order.partner_id.street), ("Sanne Bakker", False))
        self.assertEqual(order.invoice_ids.partner_id, bill_to)
        self.assertEqual(order.partner_shipping_id.street, "Oudegracht 12")

    def _with_company(self, **values):
        return self._plain(
            shippingAddress=nodes.address(company="Bakker BV", address1="Kantoorweg 1"), **values
        )

    def test_an_unchanged_address_is_no_news(self):
        node = self._with_company()
        order = self.take(node)
        picking, contacts = order.picking_ids, order.partner_id.child_ids
        picking.carrier_tracking_ref = "3STEST"
        self.take({**node, "poNumber": "7", "updatedAt": LATER})
        self.assertFalse(self.issues(order))
        self.assertEqual(order.partner_id.child_ids, contacts)

    def test_what_was_corrected_or_chosen_here_stays(self):
        for state in ({}, {"transactions": [], "displayFinancialStatus": "PENDING"}):
            node = self._with_company(**state)
            order = self.take(node)
            contact = order.partner_shipping_id
            contact.street = "Kantoorweg 1a"
            self.take({**node, "poNumber": "7", "updatedAt": LATER})
            self.assertEqual((order.shopify_po_number or "7", order.partner_shipping_id), ("7", contact))
            self.assertEqual(contact.street, "Kantoorweg 1a")
            other = self.env["res.partner"].create({"name": "By hand", "parent_id": order.partner_id.id})
            order.with_context(update_delivery_shipping_partner=True).partner_shipping_id = other
            self.take({**node, "poNumber": "8", "updatedAt": "2026-11-22T10:00:00Z"})
            self.assertEqual(order.partner_shipping_id, other)
            self.assertFalse(self.issues(order))
            # Until Shopify says something new.
            moved = nodes.address(company="Bakker BV", address1="Nieuweweg 9")
            self.take({**node, "shippingAddress": moved, "updatedAt": "2026-11-23T10:00:00Z"})
            self.assertEqual(order.partner_shipping_id.street, "Nieuweweg 9")

    def test_an_order_of_before_addresses_were_remembered(self):
        node = self._with_company()
        order = self.take(node)
        order.shopify_shipping_digest = False
        order.partner_shipping_id.company_name = False
        order.picking_ids.carrier_tracking_ref = "3STEST"
        self.take({**node, "poNumber": "7", "updatedAt": LATER})
        self.assertFalse(self.issues(order))

    # === Customers === #

    def test_an_employee_is_no_customer(self):
        user = new_test_user(
            self.env, "o2c_employee", groups="base.group_user", email="buyer8101@example.com"
        )
        order = self.take(self._plain(number=8101))
        self.assertNotEqual(order.partner_id, user.partner_id)
        self.assertEqual(order.partner_id.name, "Sanne Bakker")
        user.active = False
        order = self.take(self._plain(number=8102, email="buyer8101@example.com"))
        self.assertNotEqual(order.partner_id, user.partner_id)

    def test_the_company_itself_is_no_customer(self):
        self.company.partner_id.email = "buyer8103@example.com"
        order = self.take(self._plain(number=8103))
        self.assertNotEqual(order.partner_id, self.company.partner_id)

    def _change(self, binding, first_name, email):
        node = {
            "id": binding.gid,
            "firstName": first_name,
            "lastName": "Bakker",
            "defaultEmailAddress": {"emailAddress": email},
            "defaultPhoneNumber": {"phoneNumber": "+31301234567"},
            "defaultAddress": nodes.address(address1="Nieuw 1"),
        }
        self.shop._update_customer(binding, parse_profile(node))

    def test_who_has_an_account_here_keeps_name_and_email(self):
        user = new_test_user(
            self.env, "o2c_portal", groups="base.group_portal", email="buyer8104@example.com", name="S. B."
        )
        order = self.take(self._plain(number=8104))
        partner = user.partner_id
        self.assertEqual(order.partner_id, partner, "a customer with a portal account is one person")
        binding = self.env["o2c.shopify.customer"].search([("partner_id", "=", partner.id)])
        self._change(binding, "Sanne", "buyer8104@example.com")
        self._change(binding, "Mallory", "mallory@example.com")
        self.assertEqual((partner.name, partner.email), ("S. B.", "buyer8104@example.com"))
        self.assertEqual((partner.street, partner.phone), ("Nieuw 1", "+31301234567"))

    # === Personal data === #

    def _tell(self, topic, **body):
        event = self.env["o2c.inbox.event"]._receive(
            self.shop, topic, f"{topic}-{len(str(body))}", json.dumps(body)
        )
        self.run_jobs()
        return event

    def _unpaid(self, **values):
        return self._plain(transactions=[], displayFinancialStatus="PENDING", **values)

    def test_a_guest_is_found_by_the_order(self):
        node = self._unpaid(number=8201, customer=None)
        guest = self.take(node).partner_id
        self._tell(
            "customers/redact", customer={"id": 1, "email": "other@example.com"}, orders_to_redact=[8201]
        )
        self.assertEqual((guest.name, guest.email, guest.street), ("Erased customer", False, False))
        self.assertFalse(self.issues(self.shop))

    def test_who_ordered_for_a_company_is_found_and_the_company_stays(self):
        order = self.take(self._unpaid(number=8202, purchasingEntity=COMPANY))
        contact, company = order.shopify_contact_id, order.partner_id
        self._tell("customers/redact", customer={"id": 8202, "email": "buyer8202@example.com"})
        self.assertEqual((contact.name, contact.active), ("Erased customer", False))
        self.assertEqual((company.name, company.active), ("Tuincentrum De Linde", True))

    def test_who_never_bought_is_left_to_a_person(self):
        stranger = self.env["res.partner"].create({"name": "Supplier", "email": "buyer8203@example.com"})
        self._tell("customers/redact", customer={"id": 5, "email": "buyer8203@example.com"})
        self.assertEqual(stranger.name, "Supplier")
        self.assertIn("Supplier", self.issues(self.shop).message)

    def test_nobody_is_found(self):
        event = self._tell("customers/redact", customer={"id": 4711}, orders_to_redact=[12, 13])
        self.assertIn("12, 13", self.issues(self.shop).message)
        self.assertEqual((event.state, event.body), ("done", False))

    def test_data_of_a_guest(self):
        self.take(self._plain(number=8204, customer=None))
        self._tell(
            "customers/data_request", customer={"id": 6}, orders_requested=[8204], data_request={"id": 99}
        )
        self.assertIn("Sanne Bakker", self.issues(self.shop).message)

    def test_who_has_an_account_is_left_to_a_person(self):
        user = new_test_user(
            self.env, "o2c_leaver", groups="base.group_portal", email="buyer8205@example.com"
        )
        self.take(self._unpaid(number=8205))
        self._tell("customers/redact", customer={"id": 8205, "email": "buyer8205@example.com"})
        self.assertTrue(user.partner_id.active)
        self.assertIn("user account", self.issues(self.shop).message)
