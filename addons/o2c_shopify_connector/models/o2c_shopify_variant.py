from odoo import fields, models


class O2cShopifyVariant(models.Model):
    _name = "o2c.shopify.variant"
    _description = "Shopify Product Variant"
    _check_company_auto = True
    _rec_name = "title"
    _order = "shop_id, title, id"

    shop_id = fields.Many2one("o2c.shopify.shop", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="shop_id.company_id", store=True, index=True)
    product_id = fields.Many2one(
        "product.product", required=True, index=True, check_company=True, ondelete="restrict"
    )
    gid = fields.Char(string="Shopify ID", required=True, readonly=True)
    product_gid = fields.Char(string="Shopify Product ID", readonly=True)
    inventory_gid = fields.Char(string="Shopify Inventory ID", readonly=True)
    title = fields.Char(readonly=True)
    sku = fields.Char(string="SKU", readonly=True)
    image_url = fields.Char(string="Picture in Shopify", readonly=True, help="The picture in Shopify.")
    image_taken = fields.Char(readonly=True, help="The picture in Shopify that the product has in Odoo.")
    tracked = fields.Boolean(readonly=True, help="Whether the shop counts this product's stock at all.")
    active = fields.Boolean(default=True)
    stocked_warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Stock Counted In",
        readonly=True,
        copy=False,
        help="The warehouses that have, or once had, this product on the shelf: Odoo sends their stock "
        "levels. Elsewhere Shopify's level is left alone.",
    )

    levels_sent = fields.Json(
        readonly=True, copy=False, help="What Shopify and Odoo last agreed on, for each location."
    )

    _gid_once = models.Constraint("UNIQUE(shop_id, gid)", "This variant of the shop is bound already.")
    _inventory_idx = models.Index("(shop_id, inventory_gid)")
