from decimal import Decimal

from odoo import api, models

KG_PER_POUND = Decimal("0.45359237")


class ProductTemplate(models.Model):
    _inherit = "product.template"

    @api.model
    def _sendcloud_to_kg(self, weight):
        """Kilograms of a weight in the unit that this database weighs in (kg or pounds)."""
        # Not secret; asking for the unit's record instead would be a query for every parcel.
        parameters = self.env["ir.config_parameter"].sudo()
        factor = KG_PER_POUND if parameters.get_param("product.weight_in_lbs") == "1" else 1
        return Decimal(str(round(weight, 6))) * factor
