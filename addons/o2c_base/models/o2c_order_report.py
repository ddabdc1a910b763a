from odoo import fields, models
from odoo.tools import SQL

from .sale_order import STAGES

SECONDS_A_DAY = 86400


class O2cOrderReport(models.Model):
    """Confirmed orders as figures: revenue, and the days from the order to each station of its road.

    One row for each order, under the order's own id. Amounts are in the currency of the user's company. Days
    are averaged over the orders that have come that far; the others have none.

    Connectors add fields, and for each of them a column: see :meth:`_columns`. A source of facts is joined
    as a query that is grouped by order (:meth:`_joins`): PostgreSQL then leaves out every join whose facts
    nobody asks for.
    """

    _name = "o2c.order.report"
    _description = "Order Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one("sale.order", readonly=True)
    date = fields.Datetime(string="Order Date", readonly=True)
    stage = fields.Selection(STAGES, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    customer_kind = fields.Selection(
        [("b2b", "Businesses (B2B)"), ("b2c", "Consumers (B2C)")],
        readonly=True,
        help="A customer that is a company, belongs to one, or has a VAT number is a business.",
    )
    country_id = fields.Many2one("res.country", string="Destination", readonly=True)
    carrier_id = fields.Many2one("delivery.carrier", string="Delivery Method", readonly=True)
    payment_method = fields.Char(
        readonly=True, help="How the customer paid, in the words of the shop or the payment provider."
    )
    revenue = fields.Monetary(readonly=True, help="The order's amount without tax.")
    amount_total = fields.Monetary(string="Total", readonly=True, help="The order's amount with tax.")
    days_to_ship = fields.Float(string="Days to Shipment", readonly=True, aggregator="avg", digits=(16, 1))
    days_to_deliver = fields.Float(string="Days to Delivery", readonly=True, aggregator="avg", digits=(16, 1))
    days_to_cash = fields.Float(
        string="Days to Cash",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Until the bank statement shows the last of the money.",
    )

    @property
    def _table_query(self):
        columns = self._columns()
        return SQL(
            "SELECT %s FROM sale_order AS o2c_order %s WHERE o2c_order.o2c_stage IS NOT NULL",
            SQL(", ").join(SQL("%s AS %s", value, SQL.identifier(name)) for name, value in columns.items()),
            SQL(" ").join(self._joins()),
        )

    def _columns(self):
        """``{field: SQL}`` of a row; the order is ``o2c_order``. Connectors add their own."""
        return {
            "id": SQL("o2c_order.id"),
            "order_id": SQL("o2c_order.id"),
            "date": SQL("o2c_order.date_order"),
            "stage": SQL("o2c_order.o2c_stage"),
            "company_id": SQL("o2c_order.company_id"),
            "currency_id": SQL("%s", self.env.company.currency_id.id),
            "partner_id": SQL("o2c_order.partner_id"),
            "customer_kind": SQL(
                "CASE WHEN customer.is_company OR COALESCE(customer.vat, '') NOT IN ('', '/') "
                "THEN 'b2b' ELSE 'b2c' END"
            ),
            "country_id": SQL("destination.country_id"),
            "carrier_id": SQL("o2c_order.carrier_id"),
            "payment_method": SQL("COALESCE(%s)", SQL(", ").join(self._payment_methods())),
            "revenue": self._in_company_currency(SQL("o2c_order.amount_untaxed")),
            "amount_total": self._in_company_currency(SQL("o2c_order.amount_total")),
            "days_to_ship": self._days_until(SQL("o2c_order.o2c_shipped_at")),
            "days_to_deliver": self._days_until(SQL("o2c_order.o2c_delivered_at")),
            # Bank statements know days only; the order's day is that of the user's calendar.
            "days_to_cash": SQL(
                "o2c_order.o2c_settled_on - (o2c_order.date_order AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
                str(self.env.tz),
            ),
        }

    def _joins(self):
        """List of SQL joins behind the columns. Connectors add their own, one row for each order at most."""
        return [
            SQL("JOIN res_partner AS buyer ON buyer.id = o2c_order.partner_id"),
            SQL("LEFT JOIN res_partner AS customer ON customer.id = buyer.commercial_partner_id"),
            SQL("LEFT JOIN res_partner AS destination ON destination.id = o2c_order.partner_shipping_id"),
            SQL(
                "JOIN %s ON account_currency_table.company_id = o2c_order.company_id",
                self.env["res.currency"]._get_simple_currency_table(self.env.companies),
            ),
            SQL(
                """
                LEFT JOIN (
                    SELECT link.sale_order_id AS order_id,
                           (ARRAY_AGG(method.code ORDER BY online.amount DESC))[1] AS code
                      FROM sale_order_transaction_rel link
                      JOIN payment_transaction online ON online.id = link.transaction_id
                      JOIN payment_method method ON method.id = online.payment_method_id
                     WHERE online.state IN ('authorized', 'done')
                  GROUP BY link.sale_order_id
                ) AS online ON online.order_id = o2c_order.id
                """
            ),
        ]

    def _payment_methods(self):
        """List of SQL for the payment method, the best first. Connectors put theirs before it."""
        return [SQL("online.code")]

    def _paid_by(self):
        """List of SQL queries of ``payment_id, order_id``: which payment was made for which order.

        Base knows Odoo's own online payments. Connectors add what their shop tells.
        """
        return [
            SQL(
                """
                SELECT payment.id AS payment_id, link.sale_order_id AS order_id
                  FROM sale_order_transaction_rel link
                  JOIN account_payment payment ON payment.payment_transaction_id = link.transaction_id
                """
            )
        ]

    def _read_group_select(self, aggregate_spec, query):
        # The web client asks which currencies the amounts of a group are in, and for their sum in one of
        # them. All are in that of the user's company; to look at each order takes a sort for every level.
        if aggregate_spec == "currency_id:array_agg_distinct":
            return SQL("ARRAY[%s]", self.env.company.currency_id.id)
        return super()._read_group_select(aggregate_spec.replace(":sum_currency", ":sum"), query)

    def _in_company_currency(self, amount):
        """SQL: an amount in the order's currency, in that of the user's company.

        The rate of the day of the order leads to the currency of the order's company, today's rate from
        there to that of the user's, as in Odoo's own sales analysis.
        """
        return SQL(
            "%s / COALESCE(NULLIF(o2c_order.currency_rate, 0), 1.0) * account_currency_table.rate", amount
        )

    def _days_until(self, moment):
        """SQL: days from the order until a point in time (UTC); NULL without it."""
        return SQL("EXTRACT(EPOCH FROM %s - o2c_order.date_order) / %s", moment, SECONDS_A_DAY)

    def action_open_order(self):
        """Open the order of this row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.id,
            "views": [(False, "form")],
        }
