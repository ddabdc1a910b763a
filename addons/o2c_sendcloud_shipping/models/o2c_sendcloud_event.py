from odoo import fields, models


class O2cSendcloudEvent(models.Model):
    """A step on a parcel's way, as Sendcloud told it."""

    _name = "o2c.sendcloud.event"
    _description = "Sendcloud Parcel Event"
    _order = "occurred_at desc, id desc"

    parcel_id = fields.Many2one(
        "o2c.sendcloud.parcel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    shipment_id = fields.Many2one(related="parcel_id.shipment_id", store=True, index=True)
    picking_id = fields.Many2one(related="parcel_id.shipment_id.picking_id", store=True, index=True)
    company_id = fields.Many2one(related="parcel_id.company_id", store=True, index=True)
    occurred_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    code = fields.Char(readonly=True)
    message = fields.Char(readonly=True)
