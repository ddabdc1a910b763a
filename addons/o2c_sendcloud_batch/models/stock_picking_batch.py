from odoo import api, fields, models


class StockPickingBatch(models.Model):
    _inherit = "stock.picking.batch"

    sendcloud_label_count = fields.Integer(compute="_compute_sendcloud_label_count")
    sendcloud_waiting_count = fields.Integer(compute="_compute_sendcloud_label_count")

    @api.depends("picking_ids.sendcloud_label_ready", "picking_ids.sendcloud_state")
    def _compute_sendcloud_label_count(self):
        for batch in self:
            wanted = batch.picking_ids.filtered("sendcloud_state")
            ready = wanted.filtered("sendcloud_label_ready")
            batch.sendcloud_label_count = len(ready)
            batch.sendcloud_waiting_count = len(wanted - ready)

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
