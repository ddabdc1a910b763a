from odoo import api, fields, models


class StockPickingBatch(models.Model):
    _inherit = "stock.picking.batch"

    sendcloud_label_count = fields.Integer(compute="_compute_sendcloud_label_count")
    sendcloud_waiting_count = fields.Integer(compute="_compute_sendcloud_label_count")

    @api.depends("picking_ids.sendcloud_label_ready", "picking_ids.sendcloud_state")
    def _compute_sendcloud_label_count(self):
        for batch in self:
            ready = batch.picking_ids.filtered(lambda picking: picking._sendcloud_label().label_ready)
            waiting = batch.picking_ids.filtered(lambda picking: picking._o2c_awaits_label())
            batch.sendcloud_label_count = len(ready)
            batch.sendcloud_waiting_count = len(waiting)

    def _sendcloud_pickings(self):
        """The deliveries of these batches in the order in which their lists show them."""
        pickings = self.env["stock.picking"]
        for batch in self:
            pickings |= batch.picking_ids.sorted("batch_sequence")
        return pickings

    def action_sendcloud_print_labels(self):
        """One file with the labels of these batches, in the order of their lists, each once."""
        return self._sendcloud_pickings().action_sendcloud_print_labels()

    def action_sendcloud_refresh(self):
        """Ask Sendcloud now where the parcels of these batches are."""
        return self._sendcloud_pickings().action_sendcloud_refresh()
