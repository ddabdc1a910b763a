"""A product variant of Shopify as a frozen value."""

from dataclasses import dataclass
from decimal import Decimal

from .money import ZERO, parse

# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/WeightUnit
KILOGRAMS = {
    "KILOGRAMS": Decimal(1),
    "GRAMS": Decimal("0.001"),
    "POUNDS": Decimal("0.45359237"),
    "OUNCES": Decimal("0.028349523125"),
}


@dataclass(frozen=True)
class Variant:
    """``price`` is in the shop's currency as entered there, ``weight`` in kilograms."""

    gid: str
    product_gid: str
    inventory_gid: str
    title: str
    sku: str = ""
    barcode: str = ""
    price: Decimal = ZERO
    weight: Decimal = ZERO
    hs_code: str = ""
    origin: str = ""
    tracked: bool = False
    requires_shipping: bool = True
    is_gift_card: bool = False
    has_options: bool = False
    options: tuple[tuple[str, str], ...] = ()
    image_url: str = ""
    product_image_url: str = ""

    @property
    def full_title(self) -> str:
        """Product title with the chosen options."""
        chosen = " / ".join(value for _name, value in self.options) if self.has_options else ""
        return f"{self.title} - {chosen}" if chosen else self.title


def parse_variant(node: dict) -> Variant:
    """Read a ``ProductVariant`` as asked by ``documents.VARIANTS``."""
    product = node["product"]
    item = node["inventoryItem"]
    weight = (item.get("measurement") or {}).get("weight") or {}
    return Variant(
        gid=node["id"],
        product_gid=product["id"],
        inventory_gid=item["id"],
        title=product["title"],
        sku=(node.get("sku") or "").strip(),
        barcode=(node.get("barcode") or "").strip(),
        price=parse(node.get("price")),
        weight=parse(weight.get("value")) * KILOGRAMS.get(weight.get("unit"), Decimal(1)),
        hs_code=item.get("harmonizedSystemCode") or "",
        origin=item.get("countryCodeOfOrigin") or "",
        # The level of a bundle of Shopify's own follows from its components: nobody can set it.
        tracked=bool(item.get("tracked")) and not node.get("requiresComponents"),
        requires_shipping=bool(item.get("requiresShipping")),
        is_gift_card=bool(product.get("isGiftCard")),
        has_options=not product["hasOnlyDefaultVariant"],
        image_url=_url(((node.get("media") or {}).get("nodes") or [None])[0]),
        product_image_url=_url(product.get("featuredMedia")),
        options=tuple((option["name"], option["value"]) for option in node.get("selectedOptions") or ()),
    )


def _url(medium: dict | None) -> str:
    """The picture of a medium; a film has a still one."""
    return (((medium or {}).get("preview") or {}).get("image") or {}).get("url") or ""


def by_product(variants) -> list[list[Variant]]:
    """Variants of one product together, in the order in which they came."""
    groups: dict[str, list[Variant]] = {}
    for variant in variants:
        groups.setdefault(variant.product_gid, []).append(variant)
    return list(groups.values())
