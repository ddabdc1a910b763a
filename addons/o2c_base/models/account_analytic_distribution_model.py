from odoo import api, models

KNOWN = "o2c.analytic.models"


class AccountAnalyticDistributionModel(models.Model):
    _inherit = "account.analytic.distribution.model"

    @api.model
    def _get_distribution(self, vals):
        # Odoo searches once and more for each line of an order, an invoice and its entry; that is a tenth
        # of all queries of an imported order, and in vain where a company has no such model.
        return super()._get_distribution(vals) if self._o2c_exist() else {}

    @api.model
    def _o2c_exist(self):
        """Whether there is any model; asked once in a transaction, and again by each that makes one."""
        data = self.env.cr.precommit.data
        if KNOWN not in data:
            # Whether there are any is no secret; which of them apply is asked with the user's rights.
            data[KNOWN] = bool(self.sudo().search_count([], limit=1))
        return data[KNOWN]

    @api.model_create_multi
    def create(self, vals_list):
        self.env.cr.precommit.data.pop(KNOWN, None)
        return super().create(vals_list)
