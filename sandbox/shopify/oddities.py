"""What makes an order odd: goods outside the catalogue, bundles, duties, another location."""

from decimal import Decimal

from sandbox.shopify import totals
from sandbox.shopify.garden.build import stock_level
from sandbox.shopify.money import Currencies, amount_of, rounded


def tamper(state, random, kind, order):
    """Bring about what happens to lines after the check-out, or outside the catalogue."""
    line = order["lineItems"][0]
    if kind == "deleted_product":
        line["product"] = line["variant"] = None
    if kind == "unknown_sku":
        line["sku"] = f"OLD-{random.randint(100, 999)}"
        line["variant"] = line["product"] = None
    if kind == "pos":
        order["retailLocation"] = state.all("Location")[1]
        from_second_location(state, order)
    if kind == "bundle":
        bundle(state, order)
    if kind == "export_duties":
        charge_duties(state, order)
    if kind == "second_location":
        from_second_location(state, order)
    if kind == "two_locations":
        line["_location"] = state.all("Location")[1]
        stock_at(state, line, line["_location"])


def from_second_location(state, order):
    """Let an order be fulfilled from the shop in Antwerp, where its goods are in stock."""
    place = order["_location"] = state.all("Location")[1]
    for line in order["lineItems"]:
        stock_at(state, line, place)


def stock_at(state, line, place):
    """See to it that the goods of a line are in stock at a location."""
    item = line["variant"]["inventoryItem"]
    if state.level_of(item, place) is None:
        stock_level(state, item, place, 40)


def bundle(state, order):
    """Say that all lines of an order were bought as one bundle."""
    group = state.add(
        "LineItemGroup",
        {
            "customAttributes": [],
            "productId": None,
            "quantity": 1,
            "title": "Starter set",
            "variantId": None,
            "variantSku": "GL-SET",
        },
    )
    for line in order["lineItems"]:
        line["lineItemGroup"] = group


def charge_duties(state, order):
    """Charge import duties of 4 % per line at the check-out."""
    bag = Currencies.of(order).bag
    whole = Decimal(0)
    for line in order["lineItems"]:
        item = line["variant"]["inventoryItem"]
        amount = rounded(amount_of(line["originalTotalSet"]) * Decimal("0.04"))
        whole += amount
        line["duties"] = [
            state.add(
                "Duty",
                {
                    "countryCodeOfOrigin": item["countryCodeOfOrigin"],
                    "harmonizedSystemCode": item["harmonizedSystemCode"],
                    "price": bag(amount),
                    "taxLines": [],
                },
            )
        ]
    order["originalTotalDutiesSet"] = order["currentTotalDutiesSet"] = bag(whole)
    for key in ("totalPriceSet", "originalTotalPriceSet"):
        order[key] = bag(amount_of(order[key]) + whole)
    totals.refresh(order)
