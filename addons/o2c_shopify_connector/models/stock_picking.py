from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    shopify_fulfillment_ids = fields.One2many(
        "o2c.shopify.fulfillment", "picking_id", string="Shopify Fulfilments"
    )

    def _action_done(self):
        result = super()._action_done()
        self._shopify_intend()._enqueue()
        return result

    def _o2c_label_ready(self):
        result = super()._o2c_label_ready()
        self._shopify_intend()._enqueue()
        return result

    def _o2c_tracking_changed(self):
        result = super()._o2c_tracking_changed()
        # See _shopify_intend.
        self.sudo().shopify_fulfillment_ids._enqueue()
        return result

    def _shopify_intend(self):
        """Write down, with the delivery itself, that Shopify is to be told of it.

        :return: the fulfilments that can be sent: the label, if one is to come, is there.
        """
        # A warehouse user has no access to the connector's records.
        pickings = self.sudo().filtered(
            lambda picking: (
                picking.state == "done"
                and picking.location_dest_id.usage == "customer"
                and picking.sale_id.shopify_shop_id.push_fulfilments
            )
        )
        new = pickings.filtered(lambda picking: not picking.shopify_fulfillment_ids)
        fulfilments = self.env["o2c.shopify.fulfillment"].sudo()
        fulfilments.create(
            [{"picking_id": picking.id, "sale_order_id": picking.sale_id.id} for picking in new]
        )
        ready = pickings.filtered(lambda picking: not picking._o2c_awaits_label())
        return ready.shopify_fulfillment_ids

    def action_shopify_fulfil(self):
        """Tell Shopify about these deliveries again."""
        # See _shopify_intend.
        self.sudo().shopify_fulfillment_ids._enqueue()
