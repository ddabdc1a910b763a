from odoo import fields, models
from odoo.exceptions import UserError

from .o2c_shopify_fulfillment import STANDING


class StockPicking(models.Model):
    _inherit = "stock.picking"

    shopify_fulfillment_ids = fields.One2many(
        "o2c.shopify.fulfillment", "picking_id", string="Shopify Fulfilments"
    )
    shopify_fulfillment_state = fields.Selection(
        related="shopify_fulfillment_ids.state", string="Shopify Fulfilment"
    )

    def _action_done(self):
        result = super()._action_done()
        self._shopify_intend()._enqueue()
        self.return_id._shopify_came_back()
        return result

    def action_cancel(self):
        result = super().action_cancel()
        # See _shopify_intend. Odoo itself refuses for what is done; an addon may allow it.
        self.sudo().filtered(
            lambda picking: picking.state == "cancel"
        ).shopify_fulfillment_ids.action_cancel()
        return result

    def write(self, vals):
        result = super().write(vals)
        if "carrier_tracking_ref" in vals:
            self.filtered(lambda picking: picking.state == "done")._shopify_tell_tracking()
        return result

    def _o2c_label_ready(self):
        result = super()._o2c_label_ready()
        self._shopify_intend()._enqueue()
        return result

    def _o2c_tracking_changed(self):
        result = super()._o2c_tracking_changed()
        self._shopify_tell_tracking()
        return result

    def _shopify_tell_tracking(self):
        # Goods may be back before their label is cancelled.
        self._shopify_came_back()
        # See _shopify_intend.
        self.sudo().shopify_fulfillment_ids.filtered(
            lambda fulfilment: fulfilment.state in STANDING
        )._enqueue()

    def _shopify_intend(self):
        """Write down, with the delivery itself, that Shopify is to be told of it.

        :return: the fulfilments that can be sent: the label, if one is to come, is there.
        """
        if self.env.context.get("o2c_shopify_sent"):
            # Shopify knows: it told us.
            return self.env["o2c.shopify.fulfillment"]
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

    def _shopify_came_back(self):
        """Take deliveries back in Shopify that never left: all is on the shelf again, the label is gone.

        Goods that a customer sends back keep their fulfilment: a parcel did leave. What Shopify was not
        told of by then, it need not be told.
        """
        # See _shopify_intend.
        for picking in self.sudo():
            standing = picking.shopify_fulfillment_ids.filtered(
                lambda fulfilment: fulfilment.state in STANDING
            )
            if not standing:
                continue
            gone = not picking.o2c_delivered_at and not picking._o2c_tracking()
            told_in_vain = standing.filtered(lambda fulfilment, gone=gone: fulfilment.tracking and gone)
            untold = standing.filtered(
                lambda fulfilment: fulfilment.state == "pending" and not fulfilment.gids
            )
            if (told_in_vain or untold) and picking._shopify_all_back():
                (told_in_vain | untold).action_cancel()

    def _shopify_back(self):
        """The moves that brought pieces back since it was decided to tell Shopify.

        Who says that goods left after all knows of the return that was before.
        """
        since = self.shopify_fulfillment_ids.intended_at
        return self.move_ids.returned_move_ids.filtered(
            lambda move: move.state == "done" and (not since or move.date >= since)
        )

    def _shopify_all_back(self):
        """Whether every piece of this delivery was returned."""
        returned = self._shopify_back()
        return all(
            move.product_uom.compare(
                move.quantity,
                sum(
                    back.product_uom._compute_quantity(back.quantity, move.product_uom)
                    for back in move.returned_move_ids & returned
                ),
            )
            <= 0
            for move in self.move_ids
            if move.state == "done"
        )

    def action_shopify_fulfil(self):
        """Tell Shopify about these deliveries again."""
        # See _shopify_intend.
        self.sudo().shopify_fulfillment_ids._enqueue()

    def _o2c_retry_shopify_refused(self):
        """Tell Shopify of the pieces that it did not take; called from an issue."""
        # See _shopify_intend.
        self.sudo().shopify_fulfillment_ids._try_refused()

    def _o2c_retry_shopify_cancel(self):
        """Ask Shopify once more to take these deliveries back; called from an issue."""
        # See _shopify_intend.
        self.sudo().shopify_fulfillment_ids.filtered(
            lambda fulfilment: fulfilment.state == "kept"
        ).action_cancel()

    def action_shopify_cancel(self):
        """Take these deliveries back in Shopify: the goods did not leave after all."""
        self.check_access("write")
        # See _shopify_intend.
        fulfilments = self.sudo().shopify_fulfillment_ids
        if not fulfilments.filtered(lambda fulfilment: fulfilment.state in STANDING):
            raise UserError(
                self.env._("Shopify was not told of this delivery, or knows that it was cancelled.")
            )
        fulfilments.action_cancel()

    # === Who tells the customer === #

    def _o2c_told_by(self):
        # See _shopify_intend.
        chosen = self.sudo().sale_id.shopify_shop_id.notified_by
        return {"shopify": "shop"}.get(chosen, chosen) or super()._o2c_told_by()

    def _send_confirmation_email(self):
        """Send Odoo's own message where the shop says so, and nowhere else.

        The carriers' part of this method, buying the label, takes place in any case.
        """
        told_by = {picking: picking._o2c_told_by() for picking in self}
        by_others = self.filtered(lambda picking: told_by[picking] in ("shop", "carrier"))
        result = super(StockPicking, self - by_others)._send_confirmation_email()
        if by_others:
            quiet = by_others.with_context(o2c_shopify_quiet=True, skip_sms=True)
            super(StockPicking, quiet)._send_confirmation_email()
        by_us = self.filtered(
            lambda picking: (
                told_by[picking] == "odoo"
                and picking.picking_type_code == "outgoing"
                and not picking.company_id.stock_move_email_validation
                and not picking._o2c_awaits_label()
            )
        )
        for picking in by_us:
            picking.message_post_with_source(
                picking.company_id.stock_mail_confirmation_template_id,
                email_layout_xmlid="mail.mail_notification_light",
                subtype_xmlid="mail.mt_comment",
            )
        return result

    def message_post_with_source(self, source_ref, **kwargs):
        if (
            self.env.context.get("o2c_shopify_quiet")
            and source_ref == self.company_id.stock_mail_confirmation_template_id
        ):
            return self.env["mail.message"]
        return super().message_post_with_source(source_ref, **kwargs)
