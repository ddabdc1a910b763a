from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from ..lib.payload import ReturnRequest
from ..lib.territory import needs_customs


class StockPicking(models.Model):
    """Return labels: ordered from the delivery that may come back, or from the return itself."""

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    sendcloud_can_return = fields.Boolean(related="carrier_id.can_generate_return")

    def _sendcloud_return_label(self):
        """The return shipment that stands for this transfer, or an empty one."""
        self.ensure_one()
        # Whoever asks for a return label may not see the outbox, but must not buy a second one.
        return self.sudo().sendcloud_return_ids.filtered(lambda row: row._is_active())[:1]

    def action_sendcloud_return_label(self):
        """Have a return label for these transfers bought after this transaction."""
        self.check_access("write")
        # Users ask for labels; the outbox itself is not theirs to write.
        pickings = self.sudo()
        pickings.env["o2c.sendcloud.shipment"]._order_returns(pickings)

    def action_sendcloud_cancel_return(self):
        self.check_access("write")
        for picking in self:
            picking._sendcloud_return_label()._cancel()

    def action_sendcloud_return_portal(self):
        """Open Sendcloud's return portal for this delivery: the link to send to the customer."""
        self.ensure_one()
        self.check_access("read")
        shipment = self._sendcloud_label()
        url = shipment.remote_id and shipment.account_id._client().return_portal_url(shipment.remote_id)
        if not url:
            raise UserError(
                self.env._(
                    "Sendcloud has no return portal for %s. Set one up there for the brand of the "
                    "sender address (Settings > Brands), or buy a return label here.",
                    self.name,
                )
            )
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def _o2c_retry_return(self):
        for picking in self:
            if not picking._sendcloud_return_label():
                picking.action_sendcloud_return_label()

    def _sendcloud_check_return(self):
        """Raise UserError naming what is missing for a return label."""
        self.ensure_one()
        if not self.carrier_id.sendcloud_return_option_id:
            raise UserError(
                self.env._(
                    "The delivery method %(carrier)s has no return option. Choose one on its page Sendcloud.",
                    carrier=self.carrier_id.name or self.name,
                )
            )
        if self.carrier_id.sendcloud_account_id.test_mode:
            raise UserError(
                self.env._(
                    "There are no return labels in test mode: the letter that costs nothing cannot come back."
                )
            )
        customer = self._sendcloud_to_address()
        missing = [
            label
            for label, value in (
                (self.env._("Name"), customer.name),
                (self.env._("Street"), customer.address_line_1),
                (self.env._("ZIP"), customer.postal_code),
                (self.env._("City"), customer.city),
                (self.env._("Country"), customer.country_code),
            )
            if not value
        ]
        if missing:
            raise UserError(
                self.env._(
                    "%(picking)s: fill in %(fields)s of %(contact)s first.",
                    picking=self.name,
                    fields=", ".join(missing),
                    contact=self._sendcloud_recipient().display_name,
                )
            )

    def _sendcloud_return_request(self, reference):
        order = self.sale_id
        currency = order.currency_id or self.company_id.currency_id
        customer, shop = self._sendcloud_to_address(), self._sendcloud_from_address()
        abroad = needs_customs(
            customer.country_code, shop.country_code, customer.postal_code, shop.postal_code
        )
        option = self.carrier_id.sendcloud_return_option_id
        weight = self.env["product.template"]._sendcloud_to_kg(self._get_estimated_weight())
        invoice = order.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )[:1]
        items = tuple(self._sendcloud_items(self.move_line_ids, currency)) if abroad else ()
        return ReturnRequest(
            from_address=customer,
            to_address=shop,
            option_code=option.code,
            contract_id=option.contract_id or None,
            weight=weight or Decimal(1),
            external_reference=reference,
            currency=currency.name,
            items=items,
            order_number=order.name or self.origin or self.name,
            order_value=Decimal(str(order.amount_total)) if order else None,
            brand_id=self.carrier_id.sendcloud_account_id.brand_id or None,
            customs_invoice=(invoice.name or order.name or self.name) if abroad else "",
        )
