from odoo import models


class O2cSendcloudAccount(models.Model):
    _inherit = "o2c.sendcloud.account"  # pylint: disable=consider-merging-classes-inherited

    _o2c_sync_method = "action_poll"

    def action_poll(self):
        """Ask Sendcloud now where the parcels are, instead of waiting for its word."""
        self._check_not_demo()
        shipments = self.env["o2c.sendcloud.shipment"]._unfinished()
        for account in self:
            account._enqueue_poll(shipments.filtered(lambda row, mine=account: row.account_id == mine))
        return self[:1]._notification(self.env._("Sendcloud is being asked in the background."), "success")

    def _o2c_daily(self, since):
        domain = [("account_id", "=", self.id), ("announced_at", "!=", False)]
        return self.env._("Labels"), self._o2c_count_daily(
            "o2c.sendcloud.shipment", domain, "announced_at", since
        )
