from odoo import models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    """Deliveries that left without a delivery method, so that nobody bought a label for them."""

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    def button_validate(self):
        result = super().button_validate()
        for picking in self._sendcloud_without_method():
            self.env["o2c.issue"]._report(
                picking,
                "shipment",
                picking._sendcloud_words_on_method(),
                key="method",
                retry="_o2c_retry_method",
                order=picking.sale_id,
            )
        return result

    def _sendcloud_without_method(self):
        """Those of orders whose customers chose a shipping, where rules should have found a method."""
        # Packers see neither the order's lines nor the account.
        left = self.sudo().filtered(
            lambda picking: (
                picking.state == "done"
                and picking.picking_type_code == "outgoing"
                and not picking.carrier_id
                and picking.sale_id.order_line.filtered("is_delivery")
            )
        )
        if not left:
            return self.browse()
        accounts = left.env["o2c.sendcloud.account"].search(
            [
                ("state", "=", "connected"),
                ("use_rules", "=", True),
                ("company_id", "in", left.company_id.ids),
            ]
        )
        return left.filtered(lambda picking: picking.company_id in accounts.company_id).with_env(self.env)

    def _sendcloud_words_on_method(self):
        return self.env._(
            "%(delivery)s left without a label: it has no delivery method, and no rule of the Sendcloud "
            "account fits. Add a rule for %(country)s there and retry, or close this issue if it needs no "
            "label.",
            delivery=self.name,
            country=self.partner_id.country_id.name or "?",
        )

    def _o2c_retry_method(self):
        """Let the rules choose once more, and buy the label."""
        for picking in self:
            if not picking.carrier_id:
                picking.sale_id._sendcloud_choose_carriers()
                picking.carrier_id = picking.sale_id.carrier_id
            if not picking.carrier_id:
                raise UserError(picking._sendcloud_words_on_method())
            if picking._sendcloud_ships():
                picking._o2c_retry_label()
