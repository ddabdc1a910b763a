from decimal import Decimal

from odoo import fields, models


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
        """(length, width, height) in centimetres, or None when they are not all known."""
        sides = (self.packaging_length, self.width, self.height)
        if not all(sides):
            return None
        if self.package_carrier_type != "sendcloud":
            unit = self.env["product.template"]._get_length_uom_id_from_ir_config_parameter()
            centimetre = self.env.ref("uom.product_uom_cm")
            sides = [unit._compute_quantity(side, centimetre, round=False) for side in sides]
        return tuple(Decimal(str(round(side, 2))) for side in sides)
