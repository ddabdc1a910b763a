from datetime import date, timedelta

from odoo import api, fields, models

from ..lib.objects import parse_invoice, parse_settlement
from . import settlements


class O2cDemo(models.AbstractModel):
    """What Mollie bills for the fees that it withheld."""

    _inherit = "o2c.demo"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _bill(self, account):
        """A bill for each month that is over; the last one is still a draft."""
        months = {}
        for settlement in self.env["o2c.mollie.settlement"].search([("account_id", "=", account.id)]):
            for row in parse_settlement(settlement.payload).costs:
                count, net = months.setdefault(row.period, {}).get(row.description, (0, 0))
                months[row.period][row.description] = (count + row.count, net + row.gross)
        answers = settlements.Answers()
        for period, rows in sorted(months.items()):
            following = (date.fromisoformat(f"{period}-01") + timedelta(days=31)).replace(day=1)
            if following <= fields.Date.today():
                raw = settlements.bill(period, following, rows, account.company_id.currency_id.name)
                account._make_bill(answers, parse_invoice(raw))
        bills = self.env["account.move"].search(
            [("mollie_invoice_id", "=like", "inv_demo%")], order="invoice_date"
        )
        bills[:-1].action_post()
