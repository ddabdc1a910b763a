from odoo import api, fields, models


class O2cShopifyGateway(models.Model):
    _name = "o2c.shopify.gateway"
    _description = "Shopify Payment Gateway"
    _check_company_auto = True
    _order = "shop_id, sequence, id"

    shop_id = fields.Many2one("o2c.shopify.shop", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="shop_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="Gateway",
        required=True,
        help="The name of the gateway in Shopify, or how it begins. “mollie” stands for every "
        "payment method of Mollie.",
    )
    match = fields.Selection(
        [("exact", "Is exactly"), ("prefix", "Begins with")], default="exact", required=True
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        help="Where payments through this gateway are registered.",
    )

    _name_once = models.Constraint(
        "UNIQUE(shop_id, name)", "This payment gateway of the shop is mapped already."
    )

    @api.model
    def _find(self, gateways, name):
        """The mapping for a gateway's name: the exact one first, then the longest beginning.

        Letter case does not count: Shopify's own names vary in it.

        :param gateways: the mappings of one shop.
        """
        wanted = (name or "").strip().casefold()
        for gateway in gateways:
            if gateway.match == "exact" and gateway.name.strip().casefold() == wanted:
                return gateway
        fitting = gateways.filtered(
            lambda gateway: gateway.match == "prefix" and wanted.startswith(gateway.name.strip().casefold())
        )
        return fitting.sorted(lambda gateway: -len(gateway.name))[:1]
