from odoo import fields, models


class O2cShopifyStockChange(models.Model):
    """A variant whose free stock moved and is to be sent. Rows are only added and taken away.

    Marking the variant itself would make two warehouse users who move the same product wait for
    each other.
    """

    _name = "o2c.shopify.stock.change"
    _description = "Stock Level to Send to Shopify"

    variant_id = fields.Many2one("o2c.shopify.variant", required=True, index=True, ondelete="cascade")
    shop_id = fields.Many2one("o2c.shopify.shop", required=True, index=True, ondelete="cascade")
    tries = fields.Integer(help="How often somebody in Shopify was quicker.")
