from odoo import api, fields, models

from ..lib.remote import plain


class O2cSendcloudSender(models.Model):
    """A sender address kept at Sendcloud, which a warehouse ships from."""

    _name = "o2c.sendcloud.sender"
    _description = "Sendcloud Sender Address"
    _order = "name, id"

    account_id = fields.Many2one(
        "o2c.sendcloud.account", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    active = fields.Boolean(default=True)
    remote_id = fields.Char(string="Sendcloud ID", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    address = fields.Char(readonly=True)
    country_code = fields.Char(readonly=True)
    postal_code = fields.Char(readonly=True)

    _once = models.Constraint("UNIQUE(account_id, remote_id)", "This sender address is already known.")

    def _is_at(self, partner):
        """Whether this is the address of ``partner``: country, postal code, street and house number."""
        self.ensure_one()
        ours = partner._sendcloud_address()
        street = plain(f"{ours.address_line_1} {ours.house_number}")
        return (
            bool(street)
            and self.country_code == ours.country_code
            and plain(self.postal_code) == plain(ours.postal_code)
            and plain((self.address or "").split(",")[0]) == street
        )

    @api.model
    def _values_from_remote(self, data):
        """Field values of a sender address as ``GET /addresses/sender-addresses`` shows it."""
        street = " ".join(filter(None, (data.get("address_line_1"), data.get("house_number"))))
        place = " ".join(filter(None, (data.get("postal_code"), data.get("city"))))
        company = data.get("company_name") or data.get("name") or ""
        return {
            "remote_id": str(data["id"]),
            "name": ", ".join(filter(None, (company, data.get("city")))) or str(data["id"]),
            "address": ", ".join(filter(None, (street, place, data.get("country_code")))),
            "country_code": data.get("country_code") or "",
            "postal_code": data.get("postal_code") or "",
            "active": True,
        }
