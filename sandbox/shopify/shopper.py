"""Shoppers: a seeded generator of realistic orders.

The same seed, count and kinds give the same orders in a fresh world.
"""

import random
from decimal import Decimal

from sandbox.shopify import assemble, oddities, paying
from sandbox.shopify.garden.build import mailing_address, person
from sandbox.shopify.garden.people import PEOPLE
from sandbox.shopify.garden.taxes import tax_for
from sandbox.shopify.kinds import AUTOMATIC, KINDS
from sandbox.shopify.money import Currencies, rounded
from sandbox.shopify.pricing import Cart, CartLine, CartShipping, Discount

SHIPPING = {
    "NL": [("Standard", "standard", "4.95"), ("Evening delivery", "evening", "7.50")],
    "BE": [("Standard", "standard", "6.95"), ("Service point", "service-point", "5.25")],
    "FR": [("Standard", "standard", "9.95"), ("Express", "express", "17.40")],
    "DE": [("Standard", "standard", "7.95"), ("DHL Packstation", "packstation", "6.30")],
    "GB": [("International", "international", "19.50")],
}
POUNDS_PER_EURO = Decimal("0.8437")
SEVERAL_LINES = {"multi_line", "discount_code", "fixed_discount", "bundle", "two_locations"}
CODES = (("WELCOME10", "10"), ("SPRING15", "15"), ("NEWSLETTER7", "7.5"))


class Shopper:
    """Draws orders for one call of the control API."""

    def __init__(self, state, seed):
        self.state = state
        self.random = random.Random(f"shopper/{seed}")
        people = [customer for customer in state.all("Customer") if customer["addresses"]]
        self.consumers = [row for row in people if not row["companyContactProfiles"]]
        self.companies = list(state.all("Company"))
        self.variants = [row for row in state.all("ProductVariant") if row["product"]["status"] == "ACTIVE"]
        if not self.variants or not self.consumers:
            raise ValueError("This shop has no goods or no customers to shop with.")

    def orders(self, count, kinds=None):
        """Check out ``count`` orders; return [(order, Mollie payment or None)]."""
        for kind in kinds or ():
            if kind not in KINDS:
                raise ValueError(f"There is no kind {kind}; there are {', '.join(KINDS)}")
        made = []
        for index in range(count):
            # Given kinds take turns; otherwise every kind comes up before chance decides.
            if kinds:
                kind = kinds[index % len(kinds)]
            elif index < len(AUTOMATIC):
                kind = AUTOMATIC[index]
            else:
                kind = self.random.choice(AUTOMATIC)
            made.append(self.order(kind))
        return made

    def order(self, kind):
        """Check out one order of a kind."""
        b2b = kind in ("b2b_domestic", "b2b_reverse_charge", "payment_terms")
        buyer, country = self._company(kind) if b2b else self._consumer(kind)
        currencies = None
        if kind == "presentment":
            currencies = Currencies("EUR", "GBP", POUNDS_PER_EURO)
        cart = self._cart(kind, country, b2b)
        extras = self._extras(kind, buyer)
        order = assemble.order_of(self.state, cart, buyer, extras, currencies)
        order["_kinds"] = [kind]
        oddities.tamper(self.state, self.random, kind, order)
        return order, paying.settle(self.state, self.random, kind, order, country)

    def _consumer(self, kind):
        customer = self.random.choice(self.consumers)
        address = customer["defaultAddress"]
        country = address["countryCodeV2"]
        billing, shipping = self._copy(address), self._copy(address)
        if kind == "gift_recipient":
            shipping = self._gift_address(country, customer)
        if kind == "no_shipping_address" or kind == "gift_card_bought":
            shipping = None
        if kind == "no_shipping_address":
            # Picked up at the garden, whose taxes apply then.
            country = "NL"
        email = customer["email"]
        if kind == "guest":
            customer, email, billing, shipping, country = self._guest()
        if kind == "pos":
            return assemble.Buyer(None, None, None, None), "BE"
        if kind == "export_duties":
            shipping = mailing_address(
                self.state,
                "Imogen",
                "Ashworth",
                "17 Orchard Lane",
                None,
                "YO1 7HH",
                "York",
                "GB",
                "+447700900123",
                None,
            )
            country = "GB"
        return (
            assemble.Buyer(
                customer,
                email,
                billing,
                shipping,
                customer["phone"] if customer else None,
                customer["locale"] if customer else "en",
            ),
            country,
        )

    def _guest(self):
        """A buyer whom the shop does not know; Shopify makes a customer, or none at all."""
        first, last, street, extra, postcode, city, country, phone = self.random.choice(PEOPLE)
        last = self.random.choice(PEOPLE)[1]
        number = self.random.randint(2, 180)
        street = f"{street.rstrip('0123456789 ')} {number}"
        email = f"guest{self.random.randint(1000, 999999)}@example.org"
        row = (first, last, street, extra, postcode, city, country, phone)
        if self.random.random() < 0.5:
            customer = person(self.state, row, email=email)
            self.state.notifier.customer("CUSTOMERS_CREATE", customer)
            address = customer["defaultAddress"]
        else:
            customer = None
            address = mailing_address(self.state, *row, None)
        return customer, email, self._copy(address), self._copy(address), country

    def _gift_address(self, country, giver):
        others = [row for row in PEOPLE if row[6] == country and f"{row[0]} {row[1]}" != giver["displayName"]]
        first, last, street, extra, postcode, city, code, phone = self.random.choice(others)
        return mailing_address(
            self.state, first, f"{last}-Smit", street, extra, postcode, city, code, phone, None
        )

    def _copy(self, address):
        copied = dict(address)
        copied["id"] = self.state.new_id("MailingAddress")
        return copied

    def _company(self, kind):
        domestic = kind != "b2b_reverse_charge"
        companies = [
            row
            for row in self.companies
            if (row["locations"][0]["billingAddress"]["countryCode"] == "NL") == domestic
        ]
        company = self.random.choice(companies)
        place, contact = company["locations"][0], company["mainContact"]
        address = place["billingAddress"]
        mailing = mailing_address(
            self.state,
            address["firstName"],
            address["lastName"],
            address["address1"],
            address["address2"],
            address["zip"],
            address["city"],
            address["countryCode"],
            address["phone"],
            company["name"],
        )
        customer = contact["customer"]
        buyer = assemble.Buyer(
            customer,
            customer["email"],
            mailing,
            self._copy(mailing),
            address["phone"],
            customer["locale"],
            {
                "__typename": "PurchasingCompany",
                "company": company,
                "contact": contact,
                "location": place,
            },
        )
        return buyer, address["countryCode"]

    def _cart(self, kind, country, b2b):
        untaxed = kind in ("b2b_reverse_charge", "export_duties")
        lines = []
        for variant, quantity in self._goods(kind, b2b):
            price = Decimal(variant["price"])
            tax_class = variant["product"]["_tax_class"]
            if b2b:
                # Company prices are without VAT.
                price = rounded(price / (1 + tax_for("NL", tax_class)[1]) * Decimal("0.9"))
            elif kind == "presentment":
                price = rounded(price * POUNDS_PER_EURO)
            elif kind == "export_duties":
                price = rounded(price / (1 + tax_for("NL", tax_class)[1]))
            tax = None if untaxed else tax_for(country, tax_class)
            lines.append(CartLine(price, quantity, tax, variant))
        if kind == "gift_card_bought":
            lines = [CartLine(Decimal(50), 1, None, None, "Gift card", gift_card=True)]
        if kind == "custom_item":
            lines.append(CartLine(Decimal("12.00"), 1, tax_for(country, "standard"), None, "Gift wrapping"))
        cart = Cart(lines, taxes_included=not b2b and kind != "export_duties")
        if kind not in ("pos", "gift_card_bought", "no_shipping_address"):
            title, code, price = self.random.choice(SHIPPING[country])
            tax = None if untaxed else tax_for(country, "standard")
            price = Decimal(price)
            if kind == "presentment":
                price = rounded(price * POUNDS_PER_EURO)
            cart.shipping = CartShipping(title, code, price, tax)
        cart.discounts = self._discounts(kind, cart)
        cart.apply_discounts()
        return cart

    def _goods(self, kind, b2b):
        pick = self.random
        if kind == "mixed_vat":
            classes = ("standard", "plants", "books")
            chosen = [
                pick.choice([row for row in self.variants if row["product"]["_tax_class"] == name])
                for name in classes
            ]
        elif kind == "many_lines":
            chosen = [pick.choice(self.variants) for _ in range(260)]
        elif kind == "many_refunds":
            return [(pick.choice(self.variants), 40)]
        elif kind == "same_sku_twice":
            chosen = [pick.choice(self.variants)] * 2
        else:
            most = 6 if kind in SEVERAL_LINES else 3
            least = 3 if most == 6 else 1
            chosen = pick.sample(self.variants, pick.randint(least, most))
        if b2b:
            return [(variant, pick.randint(4, 36)) for variant in chosen]
        return [(variant, pick.choice((1, 1, 1, 2, 2, 3))) for variant in chosen]

    def _discounts(self, kind, cart):
        pick = self.random
        code, percent = pick.choice(CODES)
        across = Discount("DiscountCodeApplication", code, Decimal(percent))
        if kind == "discount_code":
            return [across]
        if kind == "fixed_discount":
            return [Discount("DiscountCodeApplication", "TENOFF", amount=Decimal("10.00"))]
        if kind == "line_discount":
            chosen = (pick.randrange(len(cart.lines)),)
            return [
                Discount(
                    "ManualDiscountApplication",
                    "Slight damage",
                    Decimal(20),
                    method="EACH",
                    lines=chosen,
                    selection="EXPLICIT",
                )
            ]
        if kind == "automatic_discount":
            return [
                Discount(
                    "AutomaticDiscountApplication",
                    "3 for less",
                    Decimal(12),
                    method="EACH",
                    lines=tuple(range(len(cart.lines))),
                )
            ]
        if kind == "free_shipping":
            return [
                Discount(
                    "AutomaticDiscountApplication",
                    "Free shipping",
                    Decimal(100),
                    target="SHIPPING_LINE",
                    method="EACH",
                )
            ]
        if kind == "shipping_discount":
            return [
                Discount(
                    "DiscountCodeApplication",
                    "SHIP3",
                    amount=Decimal("3.00"),
                    target="SHIPPING_LINE",
                    method="EACH",
                )
            ]
        if kind == "stacked_discounts":
            return [
                Discount(
                    "AutomaticDiscountApplication",
                    "Second half price",
                    Decimal(50),
                    method="EACH",
                    lines=(0,),
                ),
                across,
                Discount(
                    "DiscountCodeApplication",
                    "SHIPHALF",
                    Decimal(50),
                    target="SHIPPING_LINE",
                    method="EACH",
                ),
            ]
        if kind == "zero_total":
            return [
                Discount("DiscountCodeApplication", "PRESS", Decimal(100)),
                Discount(
                    "DiscountCodeApplication",
                    "PRESS",
                    Decimal(100),
                    target="SHIPPING_LINE",
                    method="EACH",
                ),
            ]
        return []

    def _extras(self, kind, buyer):
        extras = assemble.Extras()
        if kind == "gift_recipient":
            extras.note = "It is a present, please do not enclose the prices."
            extras.attributes = [{"key": "gift", "value": "yes"}]
        if kind == "tip":
            extras.tip = Decimal("2.50")
        if buyer.purchasing_company:
            extras.po_number = f"PO-{self.random.randint(10000, 99999)}"
            extras.tags = ["b2b"]
        if kind == "payment_terms":
            extras.payment_terms_days = 30
        if kind == "pos":
            extras.source = "pos"
        if kind == "high_risk":
            extras.risk = "HIGH"
        extras.test = kind == "test"
        extras.tax_exempt = kind == "b2b_reverse_charge"
        return extras
