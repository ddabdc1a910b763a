from odoo import models


class O2cMollieAccount(models.Model):
    _inherit = "o2c.mollie.account"  # pylint: disable=consider-merging-classes-inherited

    _o2c_sync_method = "action_sync_settlements"

    def _o2c_daily(self, since):
        domain = [("account_id", "=", self.id)]
        return self.env._("Settlements"), self._o2c_count_daily(
            "o2c.mollie.settlement", domain, "created_at", since
        )
