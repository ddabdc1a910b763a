from odoo import models


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    def _o2c_reports_delivery(self):
        """Tell whether the carrier will let us know when a parcel has arrived.

        Where nobody does, a delivery counts as delivered when it leaves. Connectors that call
        ``stock.picking._o2c_set_delivered`` override this.
        """
        self.ensure_one()
        return False
