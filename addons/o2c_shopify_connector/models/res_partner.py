from odoo import api, models

ADDRESSES = ("invoice", "delivery")


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.depends("type")
    def _compute_commercial_company_name(self):
        """A parcel for another business than the one that buys carries the name of the other."""
        result = super()._compute_commercial_company_name()
        for partner in self:
            if partner.parent_id and partner.type in ADDRESSES and partner.company_name:
                partner.commercial_company_name = partner.company_name
        return result
