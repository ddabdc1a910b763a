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

    shopify_billing_digest = fields.Char(
        readonly=True, copy=False, help="Tells whether the billing address was changed in Shopify since."
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
        """In the values of an order that is built anew, leave the addresses that were chosen or corrected
        here."""
        if values["partner_id"] != self.partner_id.id:
            return
        if self.shopify_shipping_id and not self._shopify_address_changed(order):
            for name in ("partner_shipping_id", "shopify_shipping_id"):
                values[name] = self[name].id
        if self.shopify_billing_digest and self.shopify_billing_digest == order.billing.digest:
            values["partner_invoice_id"] = self.partner_invoice_id.id

    def _shopify_take_billing(self, order):
        """The billing address was corrected in Shopify after the order was confirmed: bill to the new one.

        A posted invoice stays as it is, and a person is told. What somebody chose in Odoo stays, as long as
        Shopify's address does not change.
        """
        self.ensure_one()
        known, now = self.shopify_billing_digest, order.billing.digest
        if not now or known == now:
            return
        self.shopify_billing_digest = now
        if known is False:
            # Of an order of before nothing was remembered: it cannot be told who chose its address.
            return
        wanted = self.shopify_shop_id._partners_for([order])[order.gid][1]
        if wanted == self.partner_invoice_id:
            return
        posted = self._shopify_posted_invoices()
        # Payments are booked on the customer of before.
        same_customer = wanted.commercial_partner_id == self.partner_invoice_id.commercial_partner_id
        if posted or not same_customer:
            self._shopify_report_billing(order, posted)
            return
        self.with_context(tracking_disable=True).partner_invoice_id = wanted
        for move in self.invoice_ids.filtered(lambda move: move.state == "draft"):
            # All else of the invoice is the order's, which has not changed.
            kept = ("partner_shipping_id", "fiscal_position_id", "invoice_payment_term_id", "narration")
            values = move._convert_to_write({name: move[name] for name in kept})
            move.write({**values, "partner_id": wanted.id})

    def _shopify_report_billing(self, order, invoices):
        words = {
            "order": self.shopify_name,
            "address": self._shopify_address_shown(order.billing),
            "before": self.partner_invoice_id.with_context(show_address=True).display_name.replace(
                "\n", ", "
            ),
        }
        if invoices:
            message = self.env._(
                "The billing address of order %(order)s was changed in Shopify to %(address)s, but "
                "%(invoices)s is posted with the old one (%(before)s). If the customer needs the new one on "
                "it: reset it to draft, or credit it and invoice again, choose the new address as customer, "
                "and post it. Then close this issue.",
                invoices=", ".join(invoices.mapped("name")),
                **words,
            )
        else:
            message = self.env._(
                "The billing address of order %(order)s was changed in Shopify to %(address)s, but here the "
                "bill goes to another customer (%(before)s). Choose the invoice address of the order, and "
                "close this issue.",
                **words,
            )
        self.env["o2c.issue"]._report(self, "invoice", message, key="billing")

    @staticmethod
    def _shopify_address_shown(address):
        place = f"{address.zip} {address.city}".strip()
        return ", ".join(part for part in (address.name, address.street, place) if part)

    def _shopify_report_address(self, order, pickings):
        self.env["o2c.issue"]._report(
            self,
            "order",
            self.env._(
                "The delivery address of order %(order)s was changed in Shopify to %(address)s, but there "
                "is a label with the old one on %(deliveries)s. Cancel the label and make a new one, or "
                "ask the carrier to redirect the parcel; then close this issue.",
                order=self.shopify_name,
                address=self._shopify_address_shown(order.shipping),
                deliveries=", ".join(pickings.mapped("name")),
            ),
            key="address",
        )
