from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    o2c_delivered_at = fields.Datetime(
        string="Delivered On",
        copy=False,
        help="When the carrier handed the last parcel over to the customer.",
    )

    def _o2c_label_ready(self):
        """Called when the label and tracking of these deliveries have arrived. Extend it."""

    def _o2c_tracking_changed(self):
        """Called when tracking numbers of these deliveries changed. Extend it."""

    def _o2c_set_delivered(self, when):
        """Record that the carrier delivered these deliveries.

        :param when: naive datetime in UTC. The first one told is kept: carriers repeat themselves.
        """
        self.filtered(lambda picking: not picking.o2c_delivered_at).write({"o2c_delivered_at": when})

    def _o2c_told_by(self):
        """Who tells the customer that this delivery is on its way: "shop", "carrier" or "odoo".

        False: the channel that sold it does not say; then the carrier's and Odoo's own settings count.
        """
        self.ensure_one()
        return False

    def _o2c_awaits_label(self):
        """Tell whether a label for this delivery was asked for and is not there yet."""
        self.ensure_one()
        return False

    def _o2c_is_on_its_way_out(self):
        """Tell whether this transfer still has to bring goods to, or nearer to, the customer.

        Where a warehouse picks, packs and ships, the later transfers come into being only when
        the earlier ones are done.
        """
        self.ensure_one()
        if self.state in ("done", "cancel"):
            return False
        return any(
            (move.location_final_id or move.location_dest_id)._is_outgoing()
            for move in self.move_ids
            if move.state != "cancel"
        )

    def _o2c_tracking(self):
        """The parcels on their way to the customer.

        :return: list of dicts ``company`` (carrier name), ``number``, ``url`` (text or False) and, where
            the carrier tells it, ``status`` (in the carrier's words).
        """
        self.ensure_one()
        if not self.carrier_tracking_ref:
            return []
        numbers = [number.strip() for number in self.carrier_tracking_ref.split(",")]
        urls = self._o2c_tracking_urls()
        alone = len(numbers) == 1 and self.carrier_tracking_url
        return [
            {
                "company": self.carrier_id.name or "",
                "number": number,
                "url": urls.get(number) or (alone and not urls and alone) or False,
            }
            for number in numbers
            if number
        ]

    def _o2c_tracking_urls(self):
        """Tracking number -> link, where the carrier gives one link per parcel."""
        links = self.get_multiple_carrier_tracking() if self.carrier_tracking_url else None
        if not isinstance(links, list):
            return {}
        return {link[0]: link[1] for link in links if isinstance(link, list) and len(link) == 2}

    def action_o2c_mark_delivered(self):
        """Let a person say that the goods arrived, where the carrier never will."""
        self.filtered(lambda picking: picking.state == "done")._o2c_set_delivered(fields.Datetime.now())
