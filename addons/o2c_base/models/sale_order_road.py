from odoo import fields, models
from odoo.tools import SQL

# The stations of an order's road; "done" is reached with the last of them.
STATIONS = ("ordered", "invoiced", "shipped", "delivered", "settled")


def _counterparts(line):
    """SQL: the ids of the journal items that ``line`` is reconciled with, as ``line_id``."""
    return SQL(
        """
        SELECT credit_move_id AS line_id FROM account_partial_reconcile WHERE debit_move_id = %(line)s
     UNION ALL
        SELECT debit_move_id FROM account_partial_reconcile WHERE credit_move_id = %(line)s
        """,
        line=line,
    )


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

    def _o2c_goods_moments(self):
        """``(shipped, delivered)``: when the last goods left and arrived (UTC), each False until then."""
        self.ensure_one()
        if self.state != "sale":
            return False, False
        shipped, delivered = self._o2c_goods_progress()
        pickings = self._o2c_left_house()
        left = max(filter(None, pickings.mapped("date_done")), default=False)
        arrivals = [picking.o2c_delivered_at or picking.date_done for picking in pickings]
        return shipped and left, delivered and max(filter(None, arrivals), default=False)

    def _o2c_settled_days(self):
        """``{order: day}``: the last bank statement line that paid the invoices of these orders.

        Either the line pays the invoice itself, or it shows the payment that does. An invoice that was
        credited in full has none.
        """
        invoices = self.invoice_ids._origin.filtered(lambda move: move.state == "posted")
        if not invoices:
            return {}
        self.env["account.partial.reconcile"].flush_model()
        self.env["account.move.line"].flush_model(["date", "move_id", "statement_line_id"])
        self.env["account.move"].flush_model(["origin_payment_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.move_id, MAX(bank.date)
                  FROM account_move_line line
                  JOIN LATERAL (%(paid_by)s) paid_by ON TRUE
                  JOIN account_move_line paying ON paying.id = paid_by.line_id
                  JOIN account_move move ON move.id = paying.move_id
             LEFT JOIN account_move_line part ON part.move_id = move.id
                       AND move.origin_payment_id IS NOT NULL
             LEFT JOIN LATERAL (%(seen_as)s) seen_as ON TRUE
                  JOIN account_move_line bank ON bank.id = ANY(ARRAY[paying.id, seen_as.line_id])
                       AND bank.statement_line_id IS NOT NULL
                 WHERE line.move_id = ANY(%(invoices)s)
              GROUP BY line.move_id
                """,
                paid_by=_counterparts(SQL.identifier("line", "id")),
                seen_as=_counterparts(SQL.identifier("part", "id")),
                invoices=invoices.ids,
            )
        )
        days = dict(rows)
        found = {order: [days[move.id] for move in order.invoice_ids if move.id in days] for order in self}
        return {order: max(dates) for order, dates in found.items() if dates}
