from odoo import api, models

# (key, strategy, posts by itself); the order is the order in which they run.
SHIPPED_MODELS = [
    ("mollie_payment", "platform_payment", True),
    ("mollie_refund", "platform_refund", True),
    ("mollie_chargeback", "platform_chargeback", True),
    ("mollie_fee", "platform_fee", True),
    ("mollie_payout", "payout_deposit", True),
    ("structured_reference", "structured_reference", True),
    ("document_reference", "document_reference", True),
    ("partner_amount", "partner_amount", True),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._o2c_create_reconcile_models()
        return companies

    def _o2c_model_names(self):
        return {
            "mollie_payment": self.env._("Mollie payment"),
            "mollie_refund": self.env._("Mollie refund"),
            "mollie_chargeback": self.env._("Mollie chargeback"),
            "mollie_fee": self.env._("Mollie fee"),
            "mollie_payout": self.env._("Mollie payout and bank deposit"),
            "structured_reference": self.env._("Structured reference"),
            "document_reference": self.env._("Document reference"),
            "partner_amount": self.env._("Partner and exact amount"),
        }

    def _o2c_create_reconcile_models(self):
        """Create the shipped reconciliation models that a company does not have yet.

        They belong to a company, so they cannot be plain data records; each gets an external id with
        the company's number in it, like the records of a chart of accounts, so that one that a user
        deleted or changed is not brought back.
        """
        module = "o2c_reconciliation"
        # The companies may be made by somebody without accounting rights.
        environment = self.sudo().env
        names = self._o2c_model_names()
        known = set(
            environment["ir.model.data"]
            .search([("module", "=", module), ("model", "=", "account.reconcile.model")])
            .mapped("name")
        )
        values, data = [], []
        for company in self:
            for place, (key, strategy, posts) in enumerate(SHIPPED_MODELS, 1):
                xml_name = f"{company.id}_{key}"
                if xml_name in known:
                    continue
                values.append(
                    {
                        "name": names[key],
                        "company_id": company.id,
                        "sequence": place,
                        "o2c_matching": strategy,
                        "trigger": "auto_reconcile" if posts else "manual",
                    }
                )
                data.append({"module": module, "name": xml_name, "noupdate": True})
        records = environment["account.reconcile.model"].create(values)
        environment["ir.model.data"].create(
            [
                {**row, "model": record._name, "res_id": record.id}
                for row, record in zip(data, records, strict=True)
            ]
        )
        return records
