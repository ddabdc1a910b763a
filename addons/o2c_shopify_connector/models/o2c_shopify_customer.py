from odoo import fields, models


class O2cShopifyCustomer(models.Model):
    _name = "o2c.shopify.customer"
    _description = "Shopify Customer"
    _check_company_auto = True
    _rec_name = "partner_id"

    shop_id = fields.Many2one("o2c.shopify.shop", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="shop_id.company_id", store=True, index=True)
    gid = fields.Char(string="Shopify ID", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="cascade", check_company=True
    )

    _gid_once = models.Constraint("UNIQUE(shop_id, gid)", "This customer of the shop is bound already.")
