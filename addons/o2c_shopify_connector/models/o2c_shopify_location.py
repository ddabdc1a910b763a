from odoo import fields, models


class O2cShopifyLocation(models.Model):
    _name = "o2c.shopify.location"
    _description = "Shopify Location"
    _check_company_auto = True
    _order = "shop_id, name"

    shop_id = fields.Many2one("o2c.shopify.shop", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="shop_id.company_id", store=True, index=True)
    name = fields.Char(required=True)
    gid = fields.Char(string="Shopify ID", required=True, readonly=True)
    active = fields.Boolean(default=True)
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        help="Its free stock is what the shop offers at this location.",
    )

    levels_sent_at = fields.Datetime(
        readonly=True, copy=False, help="When stock levels of this location were last compared (UTC)."
    )

    _gid_once = models.Constraint("UNIQUE(shop_id, gid)", "This location of the shop is mapped already.")
