from odoo import fields, models

# The stations of an order's road; "done" is reached with the last of them.
STATIONS = ("ordered", "invoiced", "shipped", "delivered", "settled")


class SaleOrder(models.Model):
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    o2c_road = fields.Json(
        string="Stages",
        compute="_compute_o2c_road",
        # A salesman sees how far his order is, not the payments behind it.
        compute_sudo=True,
        help="The stations from order to cash, each with the day on which it was passed.",
    )

    def _compute_o2c_road(self):
        labels = dict(self._fields["o2c_stage"]._description_selection(self.env))
        for order in self:
            passed = order._o2c_passed() if order.o2c_stage and order.o2c_stage != "cancelled" else {}
            order.o2c_road = [
                {
                    "key": key,
                    "label": labels[key],
                    "passed": key in passed,
                    "date": fields.Date.to_string(passed.get(key)) or False,
                }
                for key in STATIONS
                if passed and (key not in ("shipped", "delivered") or order._o2c_has_goods())
            ]

    def _o2c_passed(self):
        """The stations that this order has passed, each with its day (None where no document tells it).

        Days are in the user's time zone.
        """
        self.ensure_one()
        invoices = self.invoice_ids.filtered(lambda move: move.state == "posted")
        passed = {"ordered": self._o2c_day(self.date_order)}
        if self._o2c_fully_invoiced(invoices):
            sold = invoices.filtered(lambda move: move.move_type == "out_invoice")
            passed["invoiced"] = max(filter(None, sold.mapped("invoice_date")), default=None)
        shipped, delivered = self._o2c_goods_progress()
        if shipped:
            passed["shipped"] = self._o2c_day(self.o2c_shipped_at)
        if delivered:
            passed["delivered"] = self._o2c_day(self.o2c_delivered_at)
        if "invoiced" in passed and self.o2c_settled:
            passed["settled"] = self.o2c_settled_on or None
        return passed

    def _o2c_day(self, moment):
        """The day of ``moment`` (UTC) in the user's time zone; None without one."""
        return fields.Datetime.context_timestamp(self, moment).date() if moment else None

    # === The moments behind it === #

    def _o2c_goods_moments(self, shipped, delivered):
        """``(shipped, delivered)``: when the last goods left and arrived (UTC), each False until then.

        :param shipped, delivered: have they, see :meth:`_o2c_goods_progress`
        """
        self.ensure_one()
        pickings = self._o2c_left_house()
        left = max(filter(None, pickings.mapped("date_done")), default=False)
        arrivals = [picking.o2c_delivered_at or picking.date_done for picking in pickings]
        return shipped and left, delivered and max(filter(None, arrivals), default=False)
