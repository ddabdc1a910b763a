from odoo import fields, models
from odoo.tools import SQL

# Mollie's names of fees that are those of a kind of movement instead of a payment method.
CHARGED_BY_KIND = ("capture", "chargeback", "refund")


class O2cOrderReport(models.Model):
    _inherit = "o2c.order.report"

    mollie_fees = fields.Monetary(
        string="Fees",
        readonly=True,
        help="What Mollie kept for the payments of the order, without VAT. Where Mollie tells its fees in "
        "one sum for a payment method, each payment of the settlement bears its part by amount.",
    )
    mollie_fee_rate = fields.Float(
        string="Fees (% of Revenue)",
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        help="Fees as a share of the revenue of those orders whose fees are known: Mollie tells them with "
        "the settlement.",
    )

    def _columns(self):
        columns = super()._columns()
        fees = SQL("mollie.fees * account_currency_table.rate")
        return {
            **columns,
            "mollie_fees": fees,
            "mollie_fee_rate": SQL("100.0 * %s / NULLIF(%s, 0)", fees, columns["revenue"]),
        }

    def _read_group_select(self, aggregate_spec, query):
        # A rate of several orders is that of their sums: a small order must not count like a large one.
        if aggregate_spec != "mollie_fee_rate:avg":
            return super()._read_group_select(aggregate_spec, query)
        fees = self._field_to_sql(self._table, "mollie_fees", query)
        revenue = self._field_to_sql(self._table, "revenue", query)
        return SQL(
            "100.0 * SUM(%(fees)s) / NULLIF(SUM(%(revenue)s) FILTER (WHERE %(fees)s IS NOT NULL), 0)",
            fees=fees,
            revenue=revenue,
        )

    def _joins(self):
        return [
            *super()._joins(),
            SQL(
                """
                LEFT JOIN (
                    SELECT COALESCE(named.order_id, online.order_id) AS order_id,
                           SUM(cost.fees / COALESCE(named.orders, online.orders)) AS fees
                      FROM (%(costs)s) AS cost
                 LEFT JOIN (%(named)s) AS named
                        ON named.company_id = cost.company_id AND named.name = cost.mollie_description
                 LEFT JOIN (%(online)s) AS online
                        ON online.company_id = cost.company_id AND online.name = cost.mollie_payment_id
                  GROUP BY 1
                ) AS mollie ON mollie.order_id = o2c_order.id
                """,
                costs=SQL(" UNION ALL ").join([self._mollie_fee_of_each(), self._mollie_fee_by_method()]),
                named=self._mollie_orders(SQL("payment.o2c_reference")),
                online=self._mollie_orders(SQL("online.provider_reference")),
            ),
        ]

    def _mollie_orders(self, name):
        """SQL: ``company_id, name, order_id`` of payments by a name that Mollie knows, and how many orders
        (``orders``) the payment of this name was made for: each bears an equal part."""
        return SQL(
            """
            SELECT payment.company_id, %(name)s AS name, source.order_id,
                   COUNT(*) OVER (PARTITION BY payment.company_id, %(name)s) AS orders
              FROM (%(paid_by)s) AS source
              JOIN account_payment payment ON payment.id = source.payment_id
         LEFT JOIN payment_transaction online ON online.id = payment.payment_transaction_id
             WHERE %(name)s IS NOT NULL
          GROUP BY payment.company_id, %(name)s, source.order_id
            """,
            name=name,
            paid_by=SQL(" UNION ALL ").join(self._paid_by()),
        )

    def _mollie_fees(self):
        """SQL: the fees on statements, without VAT, in the currency of their company."""
        return SQL(
            """
            SELECT line.company_id, line.mollie_settlement_id, line.mollie_method,
                   line.mollie_payment_id, line.mollie_description,
                   -COALESCE(entry.balance, line.amount)
                       * (1 - COALESCE(line.mollie_vat, 0) / NULLIF(line.amount, 0)) AS fees
              FROM account_bank_statement_line line
              JOIN account_journal journal ON journal.id = line.journal_id
              JOIN res_company company ON company.id = line.company_id
         LEFT JOIN account_move_line entry
                ON entry.move_id = line.move_id AND entry.account_id = journal.default_account_id
               AND journal.currency_id <> company.currency_id
             WHERE line.mollie_kind = 'fee'
            """
        )

    def _mollie_fee_of_each(self):
        """SQL: fees that Mollie tells for each payment."""
        return SQL(
            "SELECT company_id, mollie_payment_id, mollie_description, fees FROM (%s) AS fee "
            "WHERE mollie_payment_id IS NOT NULL",
            self._mollie_fees(),
        )

    def _mollie_fee_by_method(self):
        """SQL: fees that Mollie tells in one sum, divided over what they were charged for, by amount.

        What no fee was charged for is left in, without one: told to leave it out, PostgreSQL expects to find
        next to nothing and joins the rest row by row.
        """
        return SQL(
            """
            SELECT item.company_id, item.mollie_payment_id, item.mollie_description,
                   charge.fees * ABS(item.amount) / NULLIF(charge.amount, 0)
              FROM (%(items)s) AS item
         LEFT JOIN (
                    SELECT mollie_settlement_id, charged_as, SUM(fees) AS fees, SUM(amount) AS amount
                      FROM (
                            SELECT mollie_settlement_id, mollie_method AS charged_as, fees, NULL AS amount
                              FROM (%(fees)s) AS fee
                             WHERE mollie_payment_id IS NULL
                         UNION ALL
                            SELECT mollie_settlement_id, charged_as, NULL, ABS(amount)
                              FROM (%(items)s) AS item
                           ) AS part
                  GROUP BY mollie_settlement_id, charged_as
                   ) AS charge
                ON charge.mollie_settlement_id = item.mollie_settlement_id
               AND charge.charged_as = item.charged_as
            """,
            items=self._mollie_charged(),
            fees=self._mollie_fees(),
        )

    def _mollie_charged(self):
        """SQL: what Mollie charges fees for, and under which name (``charged_as``): the payment method or,
        for what is not a payment, its kind. A capture may be charged as both."""
        return SQL(
            """
            SELECT mollie_settlement_id, company_id, mollie_payment_id, mollie_description, amount,
                   mollie_method AS charged_as
              FROM account_bank_statement_line
             WHERE mollie_kind IN ('payment', 'capture') AND mollie_method NOT IN %(kinds)s
         UNION ALL
            SELECT mollie_settlement_id, company_id, mollie_payment_id, mollie_description, amount,
                   mollie_kind
              FROM account_bank_statement_line
             WHERE mollie_kind IN %(kinds)s
            """,
            kinds=CHARGED_BY_KIND,
        )
