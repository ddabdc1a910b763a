from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    mollie_knows = fields.Boolean(
        string="Paid through Mollie",
        compute="_compute_mollie_knows",
        # Whoever may see the order may follow it to its payment; nothing of the invoice is shown.
        compute_sudo=True,
    )

    @api.depends("o2c_payment_ids")
    def _compute_mollie_knows(self):
        for order in self:
            order.mollie_knows = any(order.o2c_payment_ids.mapped("mollie_payment_id"))

    def action_open_in_mollie(self):
        """Show the payment of this order in Mollie's dashboard."""
        # See mollie_knows.
        return self.sudo().invoice_ids.action_open_in_mollie()
