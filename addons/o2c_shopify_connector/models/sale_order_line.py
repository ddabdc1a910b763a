from odoo import api, fields, models

from ..lib.pricing import part


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    shopify_gid = fields.Char(string="Shopify ID", readonly=True, copy=False)

    @api.depends("order_id.shopify_shop_id.invoice_policy")
    def _compute_qty_to_invoice(self):
        """An order that is paid is invoiced whole, whatever the policy of its products."""
        result = super()._compute_qty_to_invoice()
        for line in self:
            if (
                line.shopify_gid
                and line.state == "sale"
                and not line.display_type
                and line.order_id.shopify_shop_id.invoice_policy == "payment"
            ):
                line.qty_to_invoice = line.product_uom_qty - line.qty_invoiced
        return result

    def _prepare_invoice_line(self, **optional_values):
        """Divide the pinned amounts when only part of the line is invoiced."""
        values = super()._prepare_invoice_line(**optional_values)
        pinned = self.extra_tax_data
        if (
            self.shopify_gid
            and pinned
            and pinned.get("manual_tax_amounts")
            and values.get("quantity") != pinned.get("quantity")
            and values.get("quantity")
        ):
            values["extra_tax_data"] = part(pinned, values["quantity"], self.qty_invoiced)
        return values
