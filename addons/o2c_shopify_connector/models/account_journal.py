from odoo import api, models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    @api.model_create_multi
    def create(self, vals_list):
        journals = super().create(vals_list)
        # Shops that were set up before Mollie was connected wait for its journal. Whoever makes it may
        # have no rights to shops.
        gateways = self.env["o2c.shopify.gateway"].sudo()
        for gateway in gateways.search(
            [
                ("name", "=ilike", "mollie"),
                ("journal_id", "=", False),
                (
                    "company_id",
                    "in",
                    journals.filtered(lambda journal: journal.type == "bank").company_id.ids,
                ),
            ]
        ):
            gateway.journal_id = gateway.shop_id._mollie_journal()
        return journals
