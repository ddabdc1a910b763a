from odoo import fields, models


class O2cIssue(models.Model):
    _inherit = "o2c.issue"

    kind = fields.Selection(
        selection_add=[
            ("mollie_balance", "Mollie Balance"),
            ("mollie_unknown", "Unknown Movement at Mollie"),
            ("mollie_changed", "Settlement Changed Afterwards"),
            ("chargeback", "Chargeback"),
        ],
        ondelete={
            "mollie_balance": "cascade",
            "mollie_unknown": "cascade",
            "mollie_changed": "cascade",
            "chargeback": "cascade",
        },
    )
