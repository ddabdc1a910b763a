from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from ..lib import documents
from ..lib.publishing import PRODUCT_SET, VARIANTS_UPDATE, Piece, changed_variants, new_product


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_shopify_publish(self):
        """Send these products to the shops that take products from Odoo; runs in the background.

        :raises UserError: when no shop does.
        """
        shops = self.env["o2c.shopify.shop"].search(
            [("push_products", "=", True), ("company_id", "=", self.env.company.id)]
        )
        if not shops:
            raise UserError(
                self.env._(
                    "No shop takes products from Odoo. Tick “Send Products” on the Shopify shop, and give "
                    "the app the permission write_products."
                )
            )
        for shop in shops:
            for template in self:
                shop.with_delay(
                    channel="root.o2c.shopify",
                    identity_key=f"o2c.shopify.publish:{shop.id}:{template.id}",
                    description=self.env._("Send %s to Shopify", template.name),
                )._publish(template.id)
        return shops[:1]._notification(self.env._("Products are being sent in the background."), "success")


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    push_products = fields.Boolean(
        string="Send Products",
        help="Products can be sent to the shop (action “Send to Shopify” of a product), as drafts: prices, "
        "texts and pictures that customers see stay Shopify's business. The app needs write_products.",
    )

    def _publish(self, template_id):
        """Make or bring up to date one product in the shop."""
        shop = self._as_odoobot()
        template = shop.env["product.template"].browse(template_id).exists()
        if not template:
            return
        with shop.env["o2c.issue"]._guard(
            template, "product", key=f"shop-{shop.id}", retry="action_shopify_publish"
        ):
            bindings = shop.variant_ids.filtered(
                lambda binding: binding.product_id.product_tmpl_id == template
            )
            if bindings:
                shop._publish_changes(template, bindings)
            else:
                shop._publish_new(template)

    def _publish_new(self, template):
        client = self._client()
        shown = client.execute(documents.SHOP).data["shop"]["taxesIncluded"]
        products = template.product_variant_ids
        pieces = {product: self._piece(product, shown) for product in products}
        handle = f"odoo-{self._current_database_uuid()[:8]}-{template.id}"
        payload = client.mutate(
            PRODUCT_SET,
            new_product(template.name, handle, template.description_sale or "", list(pieces.values())),
        )
        made = {
            tuple((option["name"], option["value"]) for option in node["selectedOptions"]): node
            for node in payload["product"]["variants"]["nodes"]
        }
        self.env["o2c.shopify.variant"].create(
            [
                {
                    "shop_id": self.id,
                    "product_id": product.id,
                    "gid": node["id"],
                    "product_gid": payload["product"]["id"],
                    "inventory_gid": node["inventoryItem"]["id"],
                    "tracked": node["inventoryItem"]["tracked"],
                    "title": product.display_name,
                    "sku": product.default_code,
                }
                for product, piece in pieces.items()
                for node in [made[piece.options or (("Title", "Default Title"),)]]
            ]
        )

    def _publish_changes(self, template, bindings):
        missing = template.product_variant_ids - bindings.product_id
        for product_gid, part in bindings.grouped("product_gid").items():
            pieces = {binding.gid: self._piece(binding.product_id) for binding in part}
            self._client().mutate(VARIANTS_UPDATE, changed_variants(product_gid, pieces))
        if missing:
            raise UserError(
                self.env._(
                    "These variants are not in the shop: %s. Add them to the product in Shopify, then press "
                    "“Take over products” on the shop.",
                    ", ".join(missing.mapped("display_name")),
                )
            )

    def _piece(self, product, taxes_shown=None):
        """:param taxes_shown: whether the shop shows prices with tax; None for no price at all."""
        price = None
        if taxes_shown is not None:
            taxes = product.taxes_id._filter_taxes_by_company(self.company_id)
            total = taxes.compute_all(product.lst_price, product=product)
            amount = total["total_included" if taxes_shown else "total_excluded"]
            price = Decimal(f"{amount:.{self.company_id.currency_id.decimal_places}f}")
        unit = self.env["product.template"]._get_weight_uom_id_from_ir_config_parameter()
        weight = unit._compute_quantity(product.weight, self.env.ref("uom.product_uom_kgm"), round=False)
        return Piece(
            sku=product.default_code or "",
            barcode=product.barcode or "",
            price=price,
            weight=Decimal(f"{weight:.3f}"),
            hs_code=product.hs_code or "",
            origin=product.country_of_origin.code or "",
            tracked=product.is_storable,
            requires_shipping=product.type == "consu",
            options=tuple(
                (value.attribute_id.name, value.name)
                for value in product.product_template_attribute_value_ids
            ),
        )
