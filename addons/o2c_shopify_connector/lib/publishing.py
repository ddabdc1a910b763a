"""A product of Odoo as Shopify wants it.

A new product is a draft: what customers see and pay is decided in Shopify. Its handle is made of Odoo's own
number, so that sending it again meets the same product and never makes a second one.
https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/productSet
"""

from dataclasses import dataclass
from decimal import Decimal

PRODUCT_SET = """
mutation o2cProductSet($identifier: ProductSetIdentifiers, $input: ProductSetInput!) {
  productSet(identifier: $identifier, input: $input, synchronous: true) {
    product {
      id
      variants(first: 250) { nodes { id sku selectedOptions { name value } inventoryItem { id tracked } } }
    }
    userErrors { code field message }
  }
}
"""

VARIANTS_UPDATE = """
mutation o2cVariantsUpdate($product: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $product, variants: $variants) {
    productVariants { id }
    userErrors { code field message }
  }
}
"""


def documents() -> dict[str, str]:
    """Name -> text of every document in this module."""
    return {"PRODUCT_SET": PRODUCT_SET, "VARIANTS_UPDATE": VARIANTS_UPDATE}


@dataclass(frozen=True)
class Piece:
    """A variant to be sent. ``price`` as the shop shows prices, ``weight`` in kilograms."""

    sku: str = ""
    barcode: str = ""
    price: Decimal | None = None
    weight: Decimal = Decimal(0)
    hs_code: str = ""
    origin: str = ""
    tracked: bool = False
    requires_shipping: bool = True
    options: tuple[tuple[str, str], ...] = ()


def new_product(title: str, handle: str, description: str, pieces: list[Piece]) -> dict:
    """Variables of :data:`PRODUCT_SET` for a product that the shop does not have."""
    values: dict[str, list[str]] = {}
    for piece in pieces:
        for name, value in piece.options:
            known = values.setdefault(name, [])
            if value not in known:
                known.append(value)
    if not values:
        values = {"Title": ["Default Title"]}
    return {
        "identifier": {"handle": handle},
        "input": {
            "title": title,
            "handle": handle,
            "descriptionHtml": description,
            "status": "DRAFT",
            "productOptions": [
                {"name": name, "position": position, "values": [{"name": item} for item in items]}
                for position, (name, items) in enumerate(values.items(), start=1)
            ],
            "variants": [
                {
                    **_piece(piece),
                    "price": str(piece.price),
                    "optionValues": [
                        {"optionName": name, "name": value}
                        for name, value in piece.options or (("Title", "Default Title"),)
                    ],
                }
                for piece in pieces
            ],
        },
    }


def changed_variants(product_gid: str, pieces: dict[str, Piece]) -> dict:
    """Variables of :data:`VARIANTS_UPDATE`. Prices stay as they are in the shop.

    :param pieces: variant gid -> what Odoo knows of it.
    """
    return {
        "product": product_gid,
        "variants": [{"id": gid, **_piece(piece)} for gid, piece in pieces.items()],
    }


def _piece(piece: Piece) -> dict:
    item = {
        "sku": piece.sku,
        "tracked": piece.tracked,
        "requiresShipping": piece.requires_shipping,
        "harmonizedSystemCode": piece.hs_code or None,
        "countryCodeOfOrigin": piece.origin or None,
        "measurement": {"weight": {"unit": "KILOGRAMS", "value": float(piece.weight)}},
    }
    # What Odoo does not know is not taken away from the shop.
    if not piece.weight:
        del item["measurement"]
    item = {key: value for key, value in item.items() if value is not None and value != ""}
    return {"inventoryItem": item, **({"barcode": piece.barcode} if piece.barcode else {})}
