from odoo import api, fields, models


class O2cSendcloudParcel(models.Model):
    """One box of a shipment: its own tracking number, its own label."""

    _name = "o2c.sendcloud.parcel"
    _description = "Sendcloud Parcel"
    _order = "shipment_id desc, sequence, id"
    _rec_name = "tracking_number"

    shipment_id = fields.Many2one(
        "o2c.sendcloud.shipment", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="shipment_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=1, readonly=True)
    package_id = fields.Many2one("stock.package", readonly=True, ondelete="set null")
    weight = fields.Float(string="Weight (kg)", readonly=True, digits=(16, 3))
    remote_id = fields.Char(string="Sendcloud ID", readonly=True, index="btree_not_null")
    tracking_number = fields.Char(readonly=True)
    tracking_url = fields.Char(string="Tracking Link", readonly=True)
    status_code = fields.Char(readonly=True)
    status_message = fields.Char(string="Status", readonly=True)
    label_id = fields.Many2one("ir.attachment", readonly=True, ondelete="set null")
    printed_at = fields.Datetime(readonly=True)
    event_ids = fields.One2many("o2c.sendcloud.event", "parcel_id", string="Timeline")

    @api.depends("tracking_number", "sequence")
    def _compute_display_name(self):
        for parcel in self:
            parcel.display_name = parcel.tracking_number or self.env._("Parcel %s", parcel.sequence)

    def _values_from_remote(self, remote):
        """Changed values of a parcel as Sendcloud shows it now."""
        self.ensure_one()
        values = {
            "remote_id": remote.id,
            "tracking_number": remote.tracking_number or self.tracking_number,
            "tracking_url": remote.tracking_url or self.tracking_url,
            "status_code": remote.status_code,
            "status_message": remote.status_message,
        }
        return {name: value for name, value in values.items() if self[name] != value}
