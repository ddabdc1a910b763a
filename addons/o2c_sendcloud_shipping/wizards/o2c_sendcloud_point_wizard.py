import json

from odoo import api, fields, models
from odoo.exceptions import UserError


class O2cSendcloudPointWizard(models.TransientModel):
    """Choosing a service point in the back office, for an order or for a delivery."""

    _name = "o2c.sendcloud.point.wizard"
    _description = "Choose a Service Point"

    order_id = fields.Many2one("sale.order")
    picking_id = fields.Many2one("stock.picking")
    carrier_id = fields.Many2one("delivery.carrier", compute="_compute_carrier_id")
    country_id = fields.Many2one("res.country", required=True)
    postal_code = fields.Char(string="ZIP", required=True)
    line_ids = fields.One2many("o2c.sendcloud.point.wizard.line", "wizard_id")

    @api.depends("order_id", "picking_id")
    def _compute_carrier_id(self):
        for wizard in self:
            wizard.carrier_id = wizard.picking_id.carrier_id or wizard.order_id.carrier_id

    @api.model
    def _open(self, document, partner):
        """Open the dialog for an order or a delivery, with the points near ``partner``."""
        if not document.carrier_id.sendcloud_needs_service_point:
            raise UserError(self.env._("The delivery method of %s goes to the door.", document.display_name))
        field = "order_id" if document._name == "sale.order" else "picking_id"
        wizard = self.create(
            {
                field: document.id,
                "country_id": partner.country_id.id or document.company_id.country_id.id,
                "postal_code": partner.zip or "",
            }
        )
        if partner.zip:
            wizard._search_points()
        return wizard._reopen()

    def action_search(self):
        """Look for points near the postal code that was entered."""
        self._search_points()
        return self._reopen()

    def _search_points(self):
        self.ensure_one()
        address = self.env["res.partner"].new({"zip": self.postal_code, "country_id": self.country_id.id})
        locations = self.carrier_id._sendcloud_get_close_locations(address)
        self.line_ids = [(5, 0, 0)] + [
            (
                0,
                0,
                {
                    "name": location["name"],
                    "address": ", ".join(
                        filter(
                            None,
                            (
                                location["street"],
                                " ".join((location["zip_code"], location["city"])),
                            ),
                        )
                    ),
                    "location": json.dumps(location),
                },
            )
            for location in locations
        ]

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Choose a Service Point"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class O2cSendcloudPointWizardLine(models.TransientModel):
    _name = "o2c.sendcloud.point.wizard.line"
    _description = "Service Point"

    wizard_id = fields.Many2one("o2c.sendcloud.point.wizard", required=True, ondelete="cascade", index=True)
    name = fields.Char()
    address = fields.Char()
    location = fields.Text()

    def action_choose(self):
        """Send the parcel to this point."""
        self.ensure_one()
        wizard = self.wizard_id
        if wizard.order_id:
            wizard.order_id._set_pickup_location(self.location)
        if wizard.picking_id:
            wizard.picking_id.write(
                {
                    "sendcloud_service_point": json.loads(self.location)["id"],
                    "sendcloud_service_point_name": f"{self.name}, {self.address}",
                }
            )
        return {"type": "ir.actions.act_window_close"}
