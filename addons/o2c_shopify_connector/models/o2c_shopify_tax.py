from odoo import fields, models


class O2cShopifyTax(models.Model):
    _name = "o2c.shopify.tax"
    _description = "Shopify Tax"
    _check_company_auto = True
    _order = "shop_id, country_id, rate desc, included"

    shop_id = fields.Many2one("o2c.shopify.shop", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="shop_id.company_id", store=True, index=True)
    country_id = fields.Many2one("res.country", required=True)
    rate = fields.Float(digits=(7, 4), string="Rate (%)", required=True)
    included = fields.Boolean(string="Included in Prices", help="Whether Shopify's prices contain this tax.")
    tax_id = fields.Many2one(
        "account.tax",
        string="Tax in Odoo",
        required=True,
        check_company=True,
        domain="[('type_tax_use', '=', 'sale')]",
        help="Shopify's own amount is booked on this tax, to the cent.",
    )
    proposed = fields.Boolean(
        readonly=True, help="Found by rate and country at set-up; nobody has changed it since."
    )

    _once = models.Constraint(
        "UNIQUE(shop_id, country_id, rate, included)",
        "There is a tax for this country and rate already.",
    )

    def write(self, vals):
        if "tax_id" in vals and "proposed" not in vals:
            vals = {**vals, "proposed": False}
        return super().write(vals)
