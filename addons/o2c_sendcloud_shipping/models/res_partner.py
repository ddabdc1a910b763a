from odoo import models

from ..lib.address import Address, split_street, subdivision_code
from ..lib.territory import STATE_REQUIRED


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _sendcloud_address(self, email="", phone=""):
        """This contact as a postal address of Sendcloud."""
        self.ensure_one()
        street, number, second = split_street(self.street, self.street2)
        # Filled by base_address_extended, where it is installed.
        if "street_number" in self._fields and self.street_number:
            street, number = self.street_name or street, self.street_number
            second = ", ".join(filter(None, (self.street_number2, self.street2)))
        country = self.country_id.code or ""
        name = self.name or self.parent_id.name or ""
        company = self.commercial_company_name or ""
        return Address(
            name=name,
            company_name=company if company != name else "",
            address_line_1=street,
            house_number=number,
            address_line_2=second,
            postal_code=(self.zip or "").strip(),
            city=(self.city or "").strip(),
            state_province_code=(
                subdivision_code(country, self.state_id.code) if country in STATE_REQUIRED else ""
            ),
            country_code=country,
            email=(email or "").strip(),
            phone_number=(phone or "").strip(),
        )
