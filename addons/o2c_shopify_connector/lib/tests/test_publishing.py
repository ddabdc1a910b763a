from decimal import Decimal as D

from o2c_lib.o2c_shopify_connector.lib.publishing import Piece, changed_variants, new_product


def test_a_product_without_options_has_shopifys_default_one():
    variables = new_product("Spade", "odoo-7", "", [Piece(sku="S", price=D("24.95"))])
    (variant,) = variables["input"]["variants"]
    assert variables["identifier"] == {"handle": "odoo-7"}
    assert variables["input"]["status"] == "DRAFT"
    assert variant["optionValues"] == [{"optionName": "Title", "name": "Default Title"}]
    assert variant["price"] == "24.95"


def test_options_in_the_order_of_the_variants():
    pieces = [
        Piece(sku=size + colour, price=D(1), options=(("Size", size), ("Colour", colour)))
        for size in "SM"
        for colour in ("Red", "Blue")
    ]
    options = new_product("T", "h", "", pieces)["input"]["productOptions"]
    assert [(item["name"], [value["name"] for value in item["values"]]) for item in options] == [
        ("Size", ["S", "M"]),
        ("Colour", ["Red", "Blue"]),
    ]


def test_what_odoo_does_not_know_is_not_taken_away():
    variables = changed_variants("p", {"v": Piece(sku="S", hs_code="820110")})
    (variant,) = variables["variants"]
    assert variant["id"] == "v" and "price" not in variant and "barcode" not in variant
    assert variant["inventoryItem"] == {
        "sku": "S",
        "tracked": False,
        "requiresShipping": True,
        "harmonizedSystemCode": "820110",
    }
