"""Products out: productSet, bulk updates of variants, inventory items."""

import pytest

from sandbox.shopify.shopper import Shopper
from sandbox.tests.shop import levels, mutate, query, world

SET = """mutation($input: ProductSetInput!, $identifier: ProductSetIdentifiers) {
  productSet(input: $input, identifier: $identifier, synchronous: true) {
    product {id handle title status hasOnlyDefaultVariant options {name values}
      variants(first: 20) {nodes {id title sku price barcode inventoryQuantity
        selectedOptions {name value} inventoryItem {id measurement {weight {value unit}}}}}}
    userErrors {code field message}}}"""
UPDATE = """mutation($id: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $id, variants: $variants) {
    productVariants {id price sku} userErrors {code field}}}"""


def shirt(**others):
    sizes = ["S", "M"]
    return {
        "title": "Garden shirt",
        "productOptions": [{"name": "Size", "values": [{"name": size} for size in sizes]}],
        "variants": [
            {
                "optionValues": [{"optionName": "Size", "name": size}],
                "sku": f"GL-4001-{size}",
                "price": "34.5",
                "barcode": f"20000000000{index}",
                "inventoryItem": {
                    "measurement": {"weight": {"value": 210, "unit": "GRAMS"}},
                    "harmonizedSystemCode": "610510",
                    "countryCodeOfOrigin": "PT",
                },
            }
            for index, size in enumerate(sizes)
        ],
        **others,
    }


def test_a_product_is_made_with_its_variants_and_can_be_bought():
    state = world().shopify
    data = shirt()
    data["variants"][0]["inventoryQuantities"] = [
        {"locationId": state.primary_location()["id"], "name": "available", "quantity": 12}
    ]
    product = mutate(state, SET, input=data)["product"]
    assert product["handle"] == "garden-shirt" and not product["hasOnlyDefaultVariant"]
    first, second = product["variants"]["nodes"]
    assert (first["title"], first["sku"], first["price"]) == ("S", "GL-4001-S", "34.50")
    assert first["inventoryItem"]["measurement"]["weight"] == {"value": 210.0, "unit": "GRAMS"}
    assert (first["inventoryQuantity"], second["inventoryQuantity"]) == (12, 0)
    assert levels(state, "GL-4001-S")["available"] == 12
    found = query(state, '{productVariants(first: 5, query: "sku:GL-4001-M") {nodes {id}}}')
    assert found["productVariants"]["nodes"] == [{"id": second["id"]}]
    Shopper(state, 1).orders(10)


def test_setting_again_changes_adds_and_removes():
    state = world().shopify
    made = mutate(state, SET, input=shirt())["product"]
    data = shirt(title="Gardener's shirt")
    data["productOptions"] = [{"name": "Size", "values": [{"name": "M"}, {"name": "L"}]}]
    data["variants"] = [
        {"optionValues": [{"optionName": "Size", "name": name}], "sku": f"GL-4001-{name}", "price": "36"}
        for name in ("M", "L")
    ]
    again = mutate(state, SET, input=data, identifier={"handle": "garden-shirt"})["product"]
    assert again["id"] == made["id"] and again["title"] == "Gardener's shirt"
    rows = again["variants"]["nodes"]
    assert [row["title"] for row in rows] == ["M", "L"]
    assert rows[0]["id"] == made["variants"]["nodes"][1]["id"]
    assert state.find(made["variants"]["nodes"][0]["id"]) is None


def test_a_simple_product_has_the_default_variant():
    product = mutate(world().shopify, SET, input={"title": "Bucket"})["product"]
    assert product["hasOnlyDefaultVariant"]
    assert [row["title"] for row in product["variants"]["nodes"]] == ["Default Title"]


@pytest.mark.parametrize(
    ("data", "identifier", "code"),
    [
        ({}, None, "INVALID_PRODUCT"),
        ({"title": "x", "handle": "hand-fork"}, None, "HANDLE_NOT_UNIQUE"),
        ({"title": "x"}, {"id": "gid://shopify/Product/1"}, "PRODUCT_DOES_NOT_EXIST"),
        (
            {"title": "x", "variants": [{"optionValues": [{"optionName": "Size", "name": "S"}]}]},
            None,
            "PRODUCT_OPTIONS_INPUT_MISSING",
        ),
        (
            shirt(variants=[{"optionValues": [{"optionName": "Size", "name": "XL"}]}]),
            None,
            "OPTION_VALUE_DOES_NOT_EXIST",
        ),
    ],
)
def test_bad_products_are_refused(data, identifier, code):
    state = world().shopify
    before = len(state.all("Product"))
    payload = mutate(state, SET, input=data, identifier=identifier)
    assert payload["userErrors"][0]["code"] == code and payload["product"] is None
    assert len(state.all("Product")) == before


def test_variants_are_updated_in_bulk_or_not_at_all():
    state = world().shopify
    product = state.all("Product")[0]
    first, second = product["variants"]
    rows = [{"id": first["id"], "price": "21.00"}, {"id": second["id"], "inventoryItem": {"sku": "NEW"}}]
    payload = mutate(state, UPDATE, id=product["id"], variants=rows)
    assert payload["userErrors"] == []
    assert (first["price"], second["sku"], second["inventoryItem"]["sku"]) == ("21.00", "NEW", "NEW")
    rows = [{"id": first["id"], "price": "1.00"}, {"price": "2.00"}]
    payload = mutate(state, UPDATE, id=product["id"], variants=rows)
    assert payload["userErrors"][0]["code"] == "PRODUCT_VARIANT_ID_MISSING"
    assert first["price"] == "21.00"


def test_inventory_item_update():
    state = world().shopify
    item = state.all("InventoryItem")[0]
    text = """mutation($id: ID!) {inventoryItemUpdate(id: $id, input: {cost: "3.25", tracked: true,
      countryCodeOfOrigin: BE}) {inventoryItem {unitCost {amount} countryCodeOfOrigin}
        userErrors {message}}}"""
    payload = mutate(state, text, id=item["id"])
    assert payload["inventoryItem"] == {"unitCost": {"amount": "3.25"}, "countryCodeOfOrigin": "BE"}
