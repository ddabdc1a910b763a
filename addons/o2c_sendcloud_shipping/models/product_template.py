from decimal import Decimal

from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def _sendcloud_to_kg(self, weight):
        """Kilograms of a weight in the unit that this database weighs in."""
        unit = self._get_weight_uom_id_from_ir_config_parameter()
        kilogram = self.env.ref("uom.product_uom_kgm")
        if unit != kilogram:
            weight = unit._compute_quantity(weight, kilogram, round=False)
        return Decimal(str(round(weight, 6)))
