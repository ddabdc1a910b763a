from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_open_in_mollie(self):
        """Show the payment of this order in Mollie's dashboard."""
        # Whoever may see the order may follow it to its payment; nothing of the invoice is shown.
        return self.sudo().invoice_ids.action_open_in_mollie()
