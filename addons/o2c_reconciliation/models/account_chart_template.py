from odoo import models


class AccountChartTemplate(models.AbstractModel):
    _inherit = "account.chart.template"

    def _post_load_data(self, template_code, company, template_data):
        """Override of `account`: loading a chart removes the company's models; bring ours back."""
        result = super()._post_load_data(template_code, company, template_data)
        (company or self.env.company)._o2c_create_reconcile_models()
        return result
