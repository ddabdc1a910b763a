from odoo import fields, models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    mollie_balance_ids = fields.One2many("o2c.mollie.balance", "journal_id", "Mollie balance", readonly=True)
