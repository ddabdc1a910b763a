from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lib.products import parse_variant
from .common import ShopCase

LOGGER = "odoo.addons.o2c_shopify_connector.models.shop_products"


def variant(number, product=1, title="Spade", options=(), **values):
    """A parsed variant. ``values`` override fields of Shopify's answer."""
    item = {
        "id": f"gid://shopify/InventoryItem/{number}",
        "tracked": True,
        "requiresShipping": True,
        "harmonizedSystemCode": "820110",
        "countryCodeOfOrigin": "DE",
        "measurement": {"weight": {"unit": "GRAMS", "value": 1250}},
    }
    return parse_variant(
        {
            "id": f"gid://shopify/ProductVariant/{number}",
            "sku": f"NEW-{number}",
            "barcode": f"40000000{number:05d}",
            "price": "24.95",
            "selectedOptions": [{"name": name, "value": value} for name, value in options],
            "media": {"nodes": []},
            "product": {
                "id": f"gid://shopify/Product/{product}",
                "title": title,
                "isGiftCard": False,
                "hasOnlyDefaultVariant": not options,
                "featuredMedia": None,
            },
            "inventoryItem": item,
            **values,
        }
    )


@tagged("post_install", "-at_install")
class TestProducts(ShopCase):
    def test_everything_that_shipping_and_customs_need(self):
        self.shop._bind_variants([variant(1)])
        product = self.env["product.product"].search([("default_code", "=", "NEW-1")])
        self.assertEqual(
            (product.name, product.barcode, product.weight, product.list_price),
            ("Spade", "4000000000001", 1.25, 24.95),
        )
        self.assertEqual((product.hs_code, product.country_of_origin.code), ("820110", "DE"))
        self.assertTrue(product.is_storable)

    def test_weighed_in_pounds(self):
        self.env["ir.config_parameter"].set_param("product.weight_in_lbs", "1")
        self.shop._bind_variants([variant(1)])
        product = self.env["product.product"].search([("default_code", "=", "NEW-1")])
        self.assertAlmostEqual(product.weight, 2.76, 2)

    def test_variants_with_attributes_share_a_template(self):
        items = [
            variant(1, options=[("Size", "S"), ("Colour", "Red")]),
            variant(2, options=[("Size", "M"), ("Colour", "Red")]),
        ]
        self.shop._bind_variants(items)
        later = variant(3, options=[("Size", "M"), ("Colour", "Blue")], sku="NEW-3")
        self.shop._bind_variants([later])
        products = self.env["product.product"].search([("default_code", "like", "NEW-%")], order="id")
        self.assertEqual(len(products.product_tmpl_id), 1)
        self.assertEqual(
            [product.product_template_attribute_value_ids.mapped("name") for product in products],
            [["S", "Red"], ["M", "Red"], ["M", "Blue"]],
        )
        self.assertEqual(len(products.product_tmpl_id.product_variant_ids), 3)
        # Known again, nothing is made twice.
        self.shop._bind_variants([*items, later])
        self.assertEqual(len(products.product_tmpl_id.product_variant_ids), 3)

    def test_matched_by_sku_or_barcode_and_only_completed(self):
        known = self.products[0]
        other = self.products[1]
        known.write({"weight": 7.0, "hs_code": "999"})
        other.barcode = "4000000000002"
        found = self.shop._bind_variants([variant(1, sku="SKU-1"), variant(2, product=2, sku="X")])
        self.assertEqual(list(found.values()), [known, other])
        self.assertEqual((known.weight, known.hs_code, known.country_of_origin.code), (7.0, "999", "DE"))
        self.assertEqual((known.name, other.weight), ("Article 1", 1.25))

    def test_a_barcode_twice_stands_for_the_first(self):
        self.shop._bind_variants([variant(1), variant(2, product=2, barcode="4000000000001")])
        products = self.env["product.product"].search([("default_code", "like", "NEW-%")], order="id")
        self.assertEqual(products.mapped("barcode"), ["4000000000001", False])

    def test_one_bad_product_does_not_stop_the_others(self):
        bad = variant(2, product=2, sku="NEW\x002")
        with mute_logger(LOGGER, "odoo.sql_db"):
            bound = self.shop._bind_variants([variant(1), bad, variant(3, product=3)])
        self.assertEqual(len(bound), 2)
        issue = self.issues(self.shop)
        self.assertEqual((issue.kind, issue.key), ("product", "gid://shopify/Product/2"))
        self.shop._bind_variants([variant(2, product=2)])
        self.assertEqual(issue.state, "resolved")

    def test_a_product_that_is_deleted_in_the_shop(self):
        self.shop._bind_variants([variant(1)])
        binding = self.shop.variant_ids
        self.shop._on_product_delete({"id": 1})
        self.assertFalse(binding.active)
        # An old order still finds it, and when it comes back it is the same.
        bound = self.shop._bound_products({binding.gid})
        self.assertEqual(bound, {binding.gid: binding.product_id})
        self.shop._bind_variants([variant(1)])
        self.assertTrue(binding.active)
