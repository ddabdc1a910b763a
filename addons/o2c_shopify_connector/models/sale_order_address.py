from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    shopify_shipping_id = fields.Many2one(
        "res.partner",
        string="Delivery Address in Shopify",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Where Shopify wants the goods. The order's own address differs where a person changed it, or "
        "where the customer picks the parcel up at a service point.",
    )

    shopify_shipping_digest = fields.Char(
        readonly=True, copy=False, help="Tells whether the delivery address was changed in Shopify since."
    )

    shopify_contact_id = fields.Many2one(
        "res.partner",
        string="Ordered By",
        copy=False,
        index="btree_not_null",
        help="The person who ordered for a company.",
    )

    def _shopify_take_address(self, order):
        """The address was corrected in Shopify after the order was confirmed: ship to the new one.

        What somebody chose in Odoo stays, as long as Shopify's address does not change.
        """
        self.ensure_one()
        if order.shipping.is_empty:
            return
        if not self._shopify_address_changed(order):
            return
        shop, known = self.shopify_shop_id, self.shopify_shipping_id
        self.shopify_shipping_digest = order.shipping.digest
        wanted = shop._partners_for([order])[order.gid][2]
        if wanted == known:
            return
        self.shopify_shipping_id = wanted
        if not known and wanted == self.partner_shipping_id:
            return
        deliveries = self.picking_ids.filtered(lambda picking: picking.location_dest_id.usage == "customer")
        waiting = deliveries.filtered(lambda picking: picking.state not in ("done", "cancel"))
        labelled = waiting.filtered("carrier_tracking_ref")
        gone = deliveries.filtered(lambda picking: picking.state == "done")
        if waiting - labelled or not (labelled or gone):
            partners = {picking: picking.partner_id for picking in labelled | gone}
            self.with_context(update_delivery_shipping_partner=True, tracking_disable=True).write(
                {"partner_shipping_id": wanted.id}
            )
            for picking, partner in partners.items():
                picking.partner_id = partner
        if labelled or gone:
            self._shopify_report_address(order, labelled | gone)

    def _shopify_address_changed(self, order):
        """Whether Shopify's delivery address is another one than was taken over.

        The contact does not tell: somebody may have corrected it here.
        """
        if self.shopify_shipping_digest:
            return self.shopify_shipping_digest != order.shipping.digest
        known = self.shopify_shipping_id
        if not known:
            return True
        # Taken over when nothing was remembered, and no company was kept.
        name, _company, *rest = self.shopify_shop_id._partner_keys(known, known.id)[0][2]
        their_name, _company, *their_rest = order.shipping.key
        return (name, rest) != (their_name, their_rest)

    def _shopify_keep_chosen(self, order, values):
        """In the values of an order that is built anew, leave the delivery address that was chosen or
        corrected here."""
        same_buyer = values["partner_id"] == self.partner_id.id
        if same_buyer and self.shopify_shipping_id and not self._shopify_address_changed(order):
            for name in ("partner_shipping_id", "shopify_shipping_id"):
                values[name] = self[name].id

    def _shopify_report_address(self, order, pickings):
        self.env["o2c.issue"]._report(
            self,
            "order",
            self.env._(
                "The delivery address of order %(order)s was changed in Shopify to %(address)s, but there "
                "is a label with the old one on %(deliveries)s. Cancel the label and make a new one, or "
                "ask the carrier to redirect the parcel; then close this issue.",
                order=self.shopify_name,
                address=", ".join(
                    part
                    for part in (
                        order.shipping.name,
                        order.shipping.street,
                        f"{order.shipping.zip} {order.shipping.city}".strip(),
                    )
                    if part
                ),
                deliveries=", ".join(pickings.mapped("name")),
            ),
            key="address",
        )
