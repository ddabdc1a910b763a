from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    shopify_is_return = fields.Boolean(
        string="Return of Shopify",
        readonly=True,
        copy=False,
        help="Expected because Shopify told of a return; called off with it.",
    )

    def _action_done(self):
        result = super()._action_done()
        # A warehouse user sees neither the shop nor the invoices.
        orders = self.sudo().sale_id.filtered(
            lambda order: order.shopify_shop_id.invoice_policy == "delivery" and order.state == "sale"
        )
        for order in orders:
            order.with_delay(
                channel="root.o2c.shopify",
                identity_key=f"o2c.shopify.invoice:{order.id}",
                description=self.env._("Invoice what was delivered of %s", order.name),
            )._shopify_invoice_sent()
        return result
