from odoo import models


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    _o2c_sync_method = "action_sync_orders"

    def _o2c_daily(self, since):
        domain = [("shopify_shop_id", "=", self.id)]
        return self.env._("Orders"), self._o2c_count_daily("sale.order", domain, "date_order", since)
