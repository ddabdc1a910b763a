from decimal import Decimal

from odoo import fields, models

from ..lib.rules import Rule


class O2cSendcloudRule(models.Model):
    """Which delivery method an order gets that was confirmed without one."""

    _name = "o2c.sendcloud.rule"
    _description = "Rule for Choosing a Delivery Method"
    _order = "sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    account_id = fields.Many2one("o2c.sendcloud.account", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    carrier_id = fields.Many2one(
        "delivery.carrier", string="Delivery Method", required=True, ondelete="cascade"
    )
    country_ids = fields.Many2many("res.country", string="Countries", help="Empty: any country.")
    titles = fields.Char(
        string="Shipping Line Contains",
        help="A part of what the customer chose at check-out, for example: express. Separate "
        "several with commas. Empty: whatever was chosen.",
    )
    min_weight = fields.Float(string="From Weight", digits="Stock Weight")
    max_weight = fields.Float(string="To Weight", digits="Stock Weight", help="0: without a limit.")
    min_value = fields.Monetary(string="From Value", help="Value of the goods, without shipping.")
    max_value = fields.Monetary(string="To Value", help="0: without a limit.")
    currency_id = fields.Many2one(related="company_id.currency_id")

    def _as_rule(self):
        """This rule as ``lib`` knows it; ``key`` is its id."""
        self.ensure_one()
        return Rule(
            key=self.id,
            countries=frozenset(self.country_ids.mapped("code")),
            titles=tuple(title.strip() for title in (self.titles or "").split(",") if title.strip()),
            min_weight=Decimal(str(self.min_weight)),
            max_weight=Decimal(str(self.max_weight)),
            min_value=Decimal(str(self.min_value)),
            max_value=Decimal(str(self.max_value)),
        )
