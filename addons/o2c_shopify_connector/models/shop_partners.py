from odoo import models

from ..lib.address import address_key

NO_CHECK = {"no_vat_validation": True, "tracking_disable": True}


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    def _partners_for(self, orders):
        """Customer, bill-to and ship-to of every order, found again or created, in few queries.

        A person is found by the binding to Shopify's customer, then by an e-mail address that
        exactly one customer has; never by name. The order's own addresses are kept as contacts of
        the customer, once for each content.

        :param orders: parsed orders.
        :return: order gid -> (customer, invoice address, delivery address)
        """
        buyers = self._buyers(orders)
        countries = self._countries(orders)
        wanted = []
        for order in orders:
            billing = order.billing if not order.billing.is_empty else order.shipping
            shipping = order.shipping if not order.shipping.is_empty else order.billing
            wanted.append((order, buyers[order.gid], billing, shipping))
        known = self._known_addresses({partner.id for _order, partner, *_rest in wanted})
        self._create_addresses(wanted, known, countries)
        return {
            order.gid: (
                partner,
                self._address(known, partner, "invoice", billing),
                self._address(known, partner, "delivery", shipping),
            )
            for order, partner, billing, shipping in wanted
        }

    # === Customers === #

    def _buyers(self, orders):
        """Order gid -> partner who buys: the company, the person, or the shop's guest."""
        keys = {order.gid: self._buyer_key(order) for order in orders}
        found = self._bound_partners([key for key in keys.values() if key.startswith("gid://")])
        self._find_by_email(orders, keys, found)
        missing = {}
        for order in orders:
            if keys[order.gid] and keys[order.gid] not in found:
                missing.setdefault(keys[order.gid], order)
        self._complete_buyers(orders, keys, found)
        self._create_buyers(missing, found)
        guest = self.guest_partner_id
        if not guest and any(not key for key in keys.values()):
            guest = self.guest_partner_id = self.env["res.partner"].create(
                {
                    "name": self.env._("Guest of %s", self.name),
                    "company_id": self.company_id.id,
                }
            )
        self._find_locations(orders, found)
        return {
            order.gid: (order.company and found.get(order.company.location_gid))
            or found.get(keys[order.gid])
            or guest
            for order in orders
        }

    def _contacts_for(self, orders, buyers):
        """Who ordered for a company, as its contact.

        The person is not bound to it: the same customer may buy privately the next time.

        :param buyers: order gid -> (company, invoice address, delivery address)
        :return: order gid -> contact; orders of private persons have none.
        """
        result, made = {}, {}
        for order in orders:
            person = order.customer
            if not (order.company and person and (person.name or person.email)):
                continue
            company = buyers[order.gid][0]
            key = (company, person.gid)
            if key not in made:
                name = person.name or person.email
                same = company.child_ids.filtered(
                    lambda child, person=person, name=name: (
                        child.type == "contact"
                        and not child.is_company
                        and (child.email == person.email if person.email else child.name == name)
                    )
                )
                made[key] = same[:1] or company.with_context(**NO_CHECK).create(
                    {
                        "name": name,
                        "email": person.email or False,
                        "phone": person.phone or False,
                        "parent_id": company.id,
                        "type": "contact",
                        "lang": self._language(person.locale or order.locale),
                    }
                )
            result[order.gid] = made[key]
        return result

    @staticmethod
    def _buyer_key(order):
        if order.company:
            return order.company.gid
        if order.customer:
            return order.customer.gid
        return order.email.casefold()

    def _bound_partners(self, gids):
        bindings = self.env["o2c.shopify.customer"].search([("shop_id", "=", self.id), ("gid", "in", gids)])
        return {binding.gid: binding.partner_id for binding in bindings}

    def _find_by_email(self, orders, keys, found):
        emails = {}
        for order in orders:
            key = keys[order.gid]
            email = order.email or (order.customer and order.customer.email) or ""
            if key and key not in found and email and not order.company:
                emails.setdefault(key, email.casefold())
        if not emails:
            return
        by_email = self._partners_by_email(set(emails.values()))
        bindings = []
        for key, email in emails.items():
            partner = by_email.get(email, self.env["res.partner"])
            if len(partner) == 1:
                found[key] = partner
                if key.startswith("gid://"):
                    bindings.append(self._binding_values(key, partner))
        self.env["o2c.shopify.customer"].create(bindings)

    def _partners_by_email(self, emails):
        """E-mail address in small letters -> the customers that have it.

        A business has the address of whoever ordered for it, who may buy privately, too.
        """
        partners = self.env["res.partner"].search(
            [
                ("email_normalized", "in", list(emails)),
                ("parent_id", "=", False),
                ("company_id", "in", (False, self.company_id.id)),
            ]
        )
        partners -= (
            self.env["o2c.shopify.customer"]
            .search([("partner_id", "in", partners.ids), ("gid", "=like", "gid://shopify/Company%")])
            .partner_id
        )
        # Who works here has an account of another kind: what a shopper types must not become theirs.
        users = self.env["res.users"].with_context(active_test=False)
        partners -= users.search([("partner_id", "in", partners.ids), ("share", "=", False)]).partner_id
        partners -= partners.filtered("ref_company_ids")
        return partners.grouped("email_normalized")

    def _binding_values(self, gid, partner):
        return {"shop_id": self.id, "gid": gid, "partner_id": partner.id}

    def _create_buyers(self, missing, found):
        if not missing:
            return
        countries = self._countries(missing.values())
        partners = (
            self.env["res.partner"]
            .with_context(**NO_CHECK)
            .create([self._buyer_values(order, countries) for order in missing.values()])
        )
        found.update(zip(missing, partners, strict=True))
        self.env["o2c.shopify.customer"].create(
            [self._binding_values(key, found[key]) for key in missing if key.startswith("gid://")]
        )

    def _complete_buyers(self, orders, keys, found):
        """Whom Shopify kept from us at first gets a name and an address once it tells them."""
        nobody = {}
        for order in orders:
            partner = found.get(keys[order.gid])
            told = order.customer and (order.customer.name or order.customer.email)
            if told and partner and not order.company and self._is_nobody(partner):
                nobody.setdefault(partner, order)
        if not nobody:
            return
        countries = self._countries(nobody.values())
        for partner, order in nobody.items():
            values = self._buyer_values(order, countries)
            del values["company_id"], values["lang"]
            partner.with_context(**NO_CHECK).write(values)

    def _is_nobody(self, partner):
        """Whether a contact is only what was made of an order without a name, and nobody knew more since."""
        known = partner.email or partner.street or partner.phone or partner.vat or partner.user_ids
        if known or not partner.active:
            return False
        orders = self.env["sale.order"].search([("partner_id", "=", partner.id)])
        return partner.name in {self.env._("Customer of %s", order.shopify_name) for order in orders}

    def _buyer_values(self, order, countries):
        address = order.billing if not order.billing.is_empty else order.shipping
        values = self._address_values(address, countries)
        customer = order.customer
        if order.company:
            values.update(
                name=order.company.name,
                is_company=True,
                company_name=False,
                vat=order.company.vat or False,
                ref=order.company.external_id or False,
            )
        else:
            name = (customer and customer.name) or address.name or order.email
            values["name"] = name or self.env._("Customer of %s", order.name)
            if address.name and address.name != values["name"]:
                # The bill goes to somebody else: that address is not the customer's own.
                values = {"name": values["name"]}
        values["email"] = (customer and customer.email) or order.email or False
        values["phone"] = (customer and customer.phone) or order.phone or values.get("phone") or False
        values["company_id"] = self.company_id.id if self._partners_per_company() else False
        values["lang"] = self._language(order.locale)
        return values

    def _partners_per_company(self):
        return bool(self.env["ir.config_parameter"].get_param("o2c.shopify_partners_per_company"))

    def _language(self, locale):
        """The installed language for a locale such as ``nl`` or ``nl-BE``, or the company's."""
        code = (locale or "").replace("-", "_")
        installed = [lang for lang, _name in self.env["res.lang"].get_installed()]
        for lang in installed:
            if lang == code:
                return lang
        for lang in installed:
            if code and lang.split("_")[0] == code.split("_")[0]:
                return lang
        return self.company_id.partner_id.lang

    # === Addresses === #

    def _countries(self, orders):
        codes = {
            address.country
            for order in orders
            for address in (order.billing, order.shipping)
            if address.country
        }
        countries = self.env["res.country"].search([("code", "in", list(codes))])
        return {country.code: country for country in countries}

    def _address_values(self, address, countries):
        country = countries.get(address.country)
        state = country and country.state_ids.filtered(lambda state: state.code == address.province)
        return {
            "name": address.name or False,
            "company_name": address.company_apart or False,
            "street": address.street or False,
            "street2": address.street2 or False,
            "zip": address.zip or False,
            "city": address.city or False,
            "state_id": state[:1].id if state else False,
            "country_id": country.id if country else False,
            "phone": address.phone or False,
        }

    def _known_addresses(self, partner_ids):
        """(customer id, content) -> partner, for the customers and their contacts."""
        partners = self.env["res.partner"].search(
            [
                "|",
                ("id", "in", list(partner_ids)),
                "&",
                ("parent_id", "in", list(partner_ids)),
                ("type", "in", ("invoice", "delivery", "other")),
            ],
            order="id",
        )
        known = {}
        for partner in partners:
            owner = partner.id if partner.id in partner_ids else partner.parent_id.id
            for key in self._partner_keys(partner, owner):
                known.setdefault(key, partner)
        return known

    @staticmethod
    def _partner_keys(partner, owner):
        content = address_key(
            partner.name,
            partner.company_name if partner.company_name != partner.name else "",
            partner.street,
            partner.street2,
            partner.zip,
            partner.city,
            partner.country_id.code,
            partner.phone,
        )
        # The customer's own address serves as both; a contact serves the purpose it was made for.
        purposes = (
            ("invoice", "delivery") if partner.id == owner or partner.type == "other" else (partner.type,)
        )
        return [(owner, purpose, content) for purpose in purposes]

    def _create_addresses(self, wanted, known, countries):
        new = {}
        for order, partner, billing, shipping in wanted:
            for purpose, address in (("invoice", billing), ("delivery", shipping)):
                key = (partner.id, purpose, address.key)
                if address.is_empty or key in known or key in new:
                    continue
                if self._is_own_address(partner, address):
                    known[key] = partner
                    continue
                new[key] = {
                    **self._address_values(address, countries),
                    "parent_id": partner.id,
                    "type": purpose,
                    "email": order.email or False,
                    "company_id": partner.company_id.id,
                    "lang": partner.lang,
                }
        if new:
            names = [values.pop("company_name") for values in new.values()]
            partners = self.env["res.partner"].with_context(**NO_CHECK).create(list(new.values()))
            known.update(zip(new, partners, strict=True))
            companies = dict(zip(partners, names, strict=True))
            # Odoo makes no contact with a company of its own, but keeps the one that it is given then.
            for company, contacts in partners.grouped(lambda partner: companies[partner]).items():
                if company:
                    contacts.company_name = company

    @staticmethod
    def _is_own_address(partner, address):
        """The same but for the phone number, which the customer may have given apart."""
        own = address_key(
            partner.name,
            "",
            partner.street,
            partner.street2,
            partner.zip,
            partner.city,
            partner.country_id.code,
        )
        name, company, *rest = address.key
        names = {name, company} if partner.is_company else {name}
        company_fits = not company or company in (
            address_key(partner.company_name)[0],
            address_key(partner.name)[0],
        )
        return own[0] in names and company_fits and own[2:] == tuple(rest[:-1])

    @staticmethod
    def _address(known, partner, purpose, address):
        return known.get((partner.id, purpose, address.key), partner)
