from odoo import api, models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    @api.model_create_multi
    def create(self, vals_list):
        journals = super().create(vals_list)
        companies = journals.filtered(lambda journal: journal.type == "bank").company_id
        if companies:
            # Shops that were set up before Mollie was connected wait for its journal. Whoever makes it may
            # have no rights to shops.
            waiting = [
                ("name", "=ilike", "mollie"),
                ("journal_id", "=", False),
                ("company_id", "in", companies.ids),
            ]
            for gateway in self.env["o2c.shopify.gateway"].sudo().search(waiting):
                gateway.journal_id = gateway.shop_id._mollie_journal()
        return journals
