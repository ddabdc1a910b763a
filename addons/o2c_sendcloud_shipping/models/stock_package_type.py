from decimal import Decimal

from odoo import fields, models

CM_PER_MILLIMETRE = Decimal("0.1")
CM_PER_FOOT = Decimal("30.48")


class StockPackageType(models.Model):
    _inherit = "stock.package.type"

    package_carrier_type = fields.Selection(
        selection_add=[("sendcloud", "Sendcloud")], ondelete={"sendcloud": "set default"}
    )

    def _compute_length_uom_name(self):
        result = super()._compute_length_uom_name()
        for package_type in self.filtered(lambda kind: kind.package_carrier_type == "sendcloud"):
            package_type.length_uom_name = "cm"
        return result

    def _sendcloud_size(self):
        """(length, width, height) in centimetres, or None when they are not all known.

        Odoo measures package types in millimetres or feet, but those of a carrier in its own unit.
        """
        sides = (self.packaging_length, self.width, self.height)
        if not all(sides):
            return None
        factor = Decimal(1)
        if self.package_carrier_type != "sendcloud":
            # Not secret; the same parameter decides which unit Odoo shows.
            parameters = self.env["ir.config_parameter"].sudo()
            feet = parameters.get_param("product.volume_in_cubic_feet") == "1"
            factor = CM_PER_FOOT if feet else CM_PER_MILLIMETRE
        return tuple(round(Decimal(str(side)) * factor, 2) for side in sides)
