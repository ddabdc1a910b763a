from odoo import fields, models
from odoo.tools import SQL


class O2cMollieFeeReport(models.Model):
    """What each payment method costs, by month of the settlement.

    Amounts are in the journal's currency. ``rate`` is in percent of what customers paid; averaged
    over rows, it is exact as long as month and method are told apart.
    """

    _name = "o2c.mollie.fee.report"
    _description = "Mollie Fee Rates"
    _auto = False
    _order = "date desc, method"
    _rec_name = "method"

    date = fields.Date("Month", readonly=True)
    method = fields.Char("Payment method", readonly=True)
    journal_id = fields.Many2one("account.journal", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    count = fields.Integer("Payments", readonly=True)
    gross = fields.Monetary("Received", readonly=True)
    fees = fields.Monetary(readonly=True)
    rate = fields.Float("Fee rate (%)", readonly=True, aggregator="avg", digits=(16, 2))

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(line.id) AS id,
                   DATE_TRUNC('month', move.date)::date AS date,
                   line.mollie_method AS method,
                   line.journal_id,
                   line.company_id,
                   line.currency_id,
                   COUNT(*) FILTER (WHERE line.mollie_kind IN ('payment', 'capture')) AS count,
                   COALESCE(SUM(line.amount) FILTER (
                       WHERE line.mollie_kind IN ('payment', 'capture')), 0) AS gross,
                   COALESCE(-SUM(line.amount) FILTER (WHERE line.mollie_kind = 'fee'), 0) AS fees,
                   -100.0 * SUM(line.amount) FILTER (WHERE line.mollie_kind = 'fee')
                       / NULLIF(SUM(line.amount) FILTER (
                           WHERE line.mollie_kind IN ('payment', 'capture')), 0) AS rate
              FROM account_bank_statement_line line
              JOIN account_move move ON move.id = line.move_id
             WHERE line.mollie_kind IN ('payment', 'capture', 'fee')
               AND line.mollie_method IS NOT NULL
          GROUP BY 2, 3, 4, 5, 6
            """
        )
