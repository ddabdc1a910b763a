from odoo import api, models

from odoo.addons.o2c_base.models.o2c_overview import SETTINGS


class O2cOverview(models.AbstractModel):
    _inherit = "o2c.overview"

    @api.model
    def _checklist(self):
        shops = self.env["o2c.shopify.shop"].search([("company_id", "in", self.env.companies.ids)])
        # Whoever configures may have no rights to orders; only whether there is one is told.
        orders = self.env["sale.order"].sudo().search([("shopify_shop_id", "in", shops.ids)], limit=1)
        variants = self.env["o2c.shopify.variant"].search([("shop_id", "in", shops.ids)], limit=1)
        # Without a shop there is only Settings to go to.
        opens = "o2c_shopify_connector.o2c_shopify_shop_open_action" if shops else SETTINGS
        return [
            *super()._checklist(),
            {
                "key": "shopify_connect",
                "sequence": 10,
                "label": self.env._("Connect the shop"),
                "hint": self.env._(
                    "In Shopify's Dev Dashboard make an app, install it in the shop, and copy its client ID "
                    "and client secret into Settings. Test Connection says which permissions are missing."
                ),
                "done": bool(shops.filtered(lambda shop: shop.state in ("connected", "demo"))),
                "action": SETTINGS,
                "anchor": "o2c_shopify_connection",
            },
            {
                "key": "shopify_locations",
                "sequence": 40,
                "label": self.env._("Say which warehouse serves which Shopify location"),
                "hint": self.env._(
                    "Open the shop and press Set Up. It proposes locations, payment methods and taxes."
                ),
                # Others may be left alone on purpose.
                "done": bool(shops.location_ids.warehouse_id),
                "action": opens,
            },
            {
                "key": "shopify_gateways",
                "sequence": 42,
                "label": self.env._("Say in which journal each payment method is booked"),
                "hint": self.env._(
                    "Mollie's payment methods are recognised; look at the tab Payment Gateways."
                ),
                "done": bool(shops.gateway_ids) and all(gate.journal_id for gate in shops.gateway_ids),
                "action": opens,
            },
            {
                "key": "shopify_taxes",
                "sequence": 41,
                "label": self.env._("Check the taxes"),
                "hint": self.env._(
                    "For every rate and country that the shop charges, a tax of Odoo is proposed. "
                    "Confirm each."
                ),
                "done": bool(shops.tax_ids) and not any(shops.tax_ids.mapped("proposed")),
                "action": opens,
            },
            {
                "key": "shopify_products",
                "sequence": 43,
                "label": self.env._("Import the products"),
                "hint": self.env._("They are found again by SKU or barcode, so nothing comes twice."),
                "done": bool(variants),
                "action": opens,
            },
            {
                "key": "shopify_order",
                "sequence": 50,
                "label": self.env._("See the first order arrive"),
                "hint": self.env._("Place an order in the shop, or press Sync Now on the shop's card below."),
                "done": bool(orders),
                "action": "o2c_base.sale_order_action",
            },
        ]
