from odoo import models


class StockPicking(models.Model):
    """What is wrong with a delivery, in the user's words: which field, and where to mend it."""

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    def _sendcloud_problem(self, problem):
        """One sentence for a problem found before buying.

        :param problem: a ``lib.preflight.Problem``.
        """
        self.ensure_one()
        words = self._sendcloud_address_problem(problem) or self._sendcloud_goods_problem(problem)
        return f"{self.name}: {words}"

    def _sendcloud_address_problem(self, problem):
        contact = self._sendcloud_recipient().display_name or self.env._("the customer")
        missing = {
            "name": self.env._("Name"),
            "street": self.env._("Street"),
            "postal_code": self.env._("ZIP"),
            "city": self.env._("City"),
            "country": self.env._("Country"),
            "state": self.env._("State"),
            "phone": self.env._("Phone"),
            "email": self.env._("Email"),
        }.get(problem.code)
        if missing:
            return self.env._(
                "the field %(field)s of the delivery address %(contact)s is empty. Fill it in on "
                "that contact.",
                field=missing,
                contact=contact,
            )
        if problem.code == "house_number":
            return self.env._(
                "the field Street of the delivery address %(contact)s has no house number "
                "(%(street)s). Add it on that contact.",
                contact=contact,
                street=problem.subject,
            )
        if problem.code == "email_invalid":
            return self.env._(
                "the field Email of the delivery address %(contact)s is no e-mail address "
                "(%(email)s). Correct it on that contact.",
                contact=contact,
                email=problem.subject,
            )
        if problem.code == "service_point":
            return self.env._(
                "%(carrier)s delivers to a service point, and none was chosen. Choose one with "
                "the button Service Point on the delivery.",
                carrier=self.carrier_id.name,
            )
        return None

    def _sendcloud_goods_problem(self, problem):
        values = {
            "carrier": self.carrier_id.name,
            "subject": problem.subject,
            "limit": problem.limit,
        }
        product_field = {
            "hs_code": self.env._("HS Code"),
            "origin": self.env._("Origin of Goods"),
            "item_weight": self.env._("Weight"),
            "item_value": self.env._("Sales Price"),
        }.get(problem.code)
        if product_field:
            return self.env._(
                "customs need the field %(field)s of the product %(subject)s. Fill it in on the product.",
                field=product_field,
                **values,
            )
        words = {
            "no_parcels": self.env._("there is nothing in this delivery to send."),
            "too_many_parcels": self.env._(
                "%(subject)s parcels are more than Sendcloud takes at once (%(limit)s). Split the delivery."
            ),
            "no_multicollo": self.env._(
                "%(carrier)s takes one parcel, and this delivery has %(subject)s packages. Choose "
                "another delivery method or split the delivery."
            ),
            "weight_zero": self.env._(
                "parcel %(subject)s weighs nothing. Fill in Weight for Shipping on the delivery "
                "or Weight on its products."
            ),
            "too_heavy": self.env._(
                "parcel %(subject)s is heavier than %(carrier)s takes (%(limit)s). Put the goods "
                "in several packages or choose another delivery method."
            ),
            "too_large": self.env._(
                "parcel %(subject)s is larger than %(carrier)s takes (%(limit)s). Choose another "
                "package type or delivery method."
            ),
            "insurance": self.env._(
                "a value of %(subject)s cannot be insured (%(limit)s can). Change the insurance "
                "percentage of %(carrier)s."
            ),
            "customs_needed": self.env._(
                "%(carrier)s is for destinations that need customs papers. Choose another delivery method."
            ),
            "invoice_number": self.env._("customs need an invoice number. Post the invoice."),
            "no_items": self.env._("customs need to know what is in the parcels."),
            "mixed_currencies": self.env._("customs papers can have one currency only."),
        }[problem.code]
        return words % values

    def _sendcloud_place(self, pointer):
        """The Odoo field behind a JSON pointer of Sendcloud's error, empty when there is none."""
        parts = [part for part in (pointer or "").split("/") if part]
        if not parts:
            return ""
        fields = {
            "name": self.env._("Name"),
            "company_name": self.env._("Company Name"),
            "address_line_1": self.env._("Street"),
            "address_line_2": self.env._("Street 2"),
            "house_number": self.env._("Street (house number)"),
            "postal_code": self.env._("ZIP"),
            "city": self.env._("City"),
            "state_province_code": self.env._("State"),
            "country_code": self.env._("Country"),
            "email": self.env._("Email"),
            "phone_number": self.env._("Phone"),
            "weight": self.env._("Weight for Shipping"),
            "dimensions": self.env._("the sizes of the package type"),
            "hs_code": self.env._("HS Code of the product"),
            "origin_country": self.env._("Origin of Goods of the product"),
            "price": self.env._("Sales Price of the product"),
            "description": self.env._("Name of the product"),
            "to_service_point": self.env._("Service Point"),
            "shipping_option_code": self.env._("Shipping Option of the delivery method"),
            "contract_id": self.env._("Shipping Option of the delivery method"),
            "sender_address_id": self.env._("Sendcloud Sender Address of the warehouse"),
            "brand_id": self.env._("Brand ID of the Sendcloud account"),
            "invoice_number": self.env._("Invoice Number"),
        }
        field = next((fields[part] for part in reversed(parts) if part in fields), "")
        if "to_address" in parts and field:
            return self.env._(
                "%(field)s of %(contact)s",
                field=field,
                contact=self._sendcloud_recipient().display_name,
            )
        if "from_address" in parts and field:
            return self.env._("%(field)s of the warehouse's address", field=field)
        return field
