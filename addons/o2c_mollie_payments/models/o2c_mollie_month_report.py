from odoo import fields, models
from odoo.tools import SQL


class O2cMollieMonthReport(models.Model):
    """What came in, what went back, what it cost and what was paid out, by month of the booking.

    Amounts are in the journal's currency. Each part is told as people speak of it: received, given back
    (refunds and chargebacks), fees and paid out are positive; everything else has the sign with which it
    changed the balance.
    """

    _name = "o2c.mollie.month.report"
    _description = "Mollie by Month"
    _auto = False
    _order = "date desc, part"
    _rec_name = "part"

    date = fields.Date("Month", readonly=True)
    part = fields.Selection(
        [
            ("received", "Received"),
            ("returned", "Given Back"),
            ("fees", "Fees"),
            ("payout", "Paid Out"),
            ("other", "Reserves and Others"),
        ],
        readonly=True,
    )
    journal_id = fields.Many2one("account.journal", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    count = fields.Integer("Lines", readonly=True)
    amount = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(line.id) AS id,
                   DATE_TRUNC('month', move.date)::date AS date,
                   kind.part,
                   line.journal_id,
                   line.company_id,
                   line.currency_id,
                   COUNT(*) AS count,
                   SUM(line.amount * kind.sign) AS amount
              FROM account_bank_statement_line line
              JOIN account_move move ON move.id = line.move_id
        CROSS JOIN LATERAL (
                   SELECT CASE
                              WHEN line.mollie_kind IN ('payment', 'capture') THEN 'received'
                              WHEN line.mollie_kind IN
                                   ('refund', 'chargeback', 'chargeback_reversal', 'returned_refund')
                                  THEN 'returned'
                              WHEN line.mollie_kind IN ('fee', 'rounding') THEN 'fees'
                              WHEN line.mollie_kind IN ('payout', 'payout_return', 'custom_payout')
                                  THEN 'payout'
                              ELSE 'other'
                          END AS part,
                          CASE
                              WHEN line.mollie_kind IN
                                   ('refund', 'chargeback', 'chargeback_reversal', 'returned_refund', 'fee',
                                    'rounding', 'payout', 'payout_return', 'custom_payout')
                                  THEN -1
                              ELSE 1
                          END AS sign
                   ) kind
             WHERE line.mollie_kind IS NOT NULL
          GROUP BY 2, 3, 4, 5, 6
            """
        )
