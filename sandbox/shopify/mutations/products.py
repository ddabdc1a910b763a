"""Products out: productSet makes or changes a product, bulk updates change its variants."""

from decimal import Decimal, InvalidOperation

from sandbox.shopify import checkout, gid
from sandbox.shopify.errors import bad_request, user_error
from sandbox.shopify.garden.build import ean13, stock_level

MAX_VARIANTS = 250
PRODUCT_FIELDS = ("title", "vendor", "productType", "status", "tags", "handle", "descriptionHtml")
VARIANT_FIELDS = ("barcode", "inventoryPolicy", "taxable", "position")
ITEM_FIELDS = (
    "countryCodeOfOrigin",
    "harmonizedSystemCode",
    "provinceCodeOfOrigin",
    "requiresShipping",
    "tracked",
)


def set_product(_root, info, input, identifier=None, synchronous=True):  # noqa: A002
    """productSet: the product afterwards has exactly the variants that were given."""
    state = info.context.state
    found, problem = _wanted_product(state, input, identifier)
    if problem:
        return {"product": None, "userErrors": [problem]}
    rows = input.get("variants")
    problem = _check_variants(input, rows, found)
    if problem:
        return {"product": None, "userErrors": [problem]}
    new = found is None
    product = found or _new_product(state, input)
    for name in PRODUCT_FIELDS:
        if input.get(name) is not None:
            product[name] = input[name]
    if input.get("descriptionHtml") is not None:
        product["description"] = _plain(input["descriptionHtml"])
    if input.get("productOptions") is not None:
        _set_options(state, product, input["productOptions"])
    if rows is not None:
        _set_variants(state, product, rows)
    elif new:
        _set_variants(state, product, [{"optionValues": []}])
    product["updatedAt"] = state.now()
    state.notifier.product("PRODUCTS_CREATE" if new else "PRODUCTS_UPDATE", product)
    return {"product": product if synchronous else None, "userErrors": []}


def _wanted_product(state, data, identifier):
    """Return (product or None, user error or None)."""
    identifier = identifier or {}
    wanted = identifier.get("id") or data.get("id")
    if wanted:
        found = state.find(wanted, "Product")
        if found is None:
            message = "Product does not exist"
            return None, user_error(["input"], message, "PRODUCT_DOES_NOT_EXIST")
        return found, None
    handle = identifier.get("handle")
    by_handle = {row["handle"]: row for row in state.all("Product")}
    if handle:
        data.setdefault("handle", handle)
        return by_handle.get(handle), None
    if not data.get("title"):
        return None, user_error(["input", "title"], "Title can't be blank", "INVALID_PRODUCT")
    if data.get("handle") in by_handle:
        message = f"Handle '{data['handle']}' already in use."
        return None, user_error(["input", "handle"], message, "HANDLE_NOT_UNIQUE")
    return None, None


def _check_variants(data, rows, found):
    if rows is None:
        return None
    if len(rows) > MAX_VARIANTS:
        raise bad_request(f"The input array size of {len(rows)} is greater than {MAX_VARIANTS}.")
    options = data.get("productOptions")
    if options is None and found is None and any(row["optionValues"] for row in rows):
        message = "productOptions must be given with variants"
        return user_error(["input", "productOptions"], message, "PRODUCT_OPTIONS_INPUT_MISSING")
    seen = set()
    for index, row in enumerate(rows):
        values = tuple(value.get("name") for value in row["optionValues"])
        if values in seen:
            message = f"The variant '{' / '.join(map(str, values))}' already exists."
            return user_error(["input", "variants", str(index)], message, "INVALID_VARIANT")
        seen.add(values)
        if row.get("price") is not None and not _is_price(row["price"]):
            field = ["input", "variants", str(index), "price"]
            return user_error(field, "Price is invalid", "INVALID_VARIANT")
        known = {value.get("name") for option in options or () for value in option.get("values") or ()}
        if options is not None and set(values) - known:
            field = ["input", "variants", str(index)]
            return user_error(field, "Option value does not exist", "OPTION_VALUE_DOES_NOT_EXIST")
    return None


def _is_price(value):
    try:
        return Decimal(str(value)) >= 0
    except InvalidOperation:
        return False


def _plain(html):
    text, inside = "", False
    for sign in html:
        inside = sign == "<" or (inside and sign != ">")
        if not inside and sign != ">":
            text += sign
    return text


def _new_product(state, data):
    now = state.now()
    number = state.world.ids.sequence("Product", 9100000001)
    handle = data.get("handle") or "-".join(data["title"].lower().split())
    product = state.add(
        "Product",
        {
            "id": gid.make("Product", number),
            "legacyResourceId": str(number),
            "category": None,
            "createdAt": now,
            "updatedAt": now,
            "publishedAt": None,
            "description": "",
            "descriptionHtml": "",
            "featuredMedia": None,
            "media": [],
            "images": [],
            "handle": handle,
            "hasOnlyDefaultVariant": True,
            "isGiftCard": False,
            "onlineStoreUrl": None,
            "options": [],
            "productType": "",
            "seo": {"title": None, "description": None},
            "status": "ACTIVE",
            "tags": [],
            "title": data.get("title") or handle,
            "tracksInventory": True,
            "variants": [],
            "vendor": state.all("Shop")[0]["name"],
            "_tax_class": "standard",
        },
    )
    _set_options(state, product, [{"name": "Title", "values": [{"name": "Default Title"}]}])
    return product


def _set_options(state, product, options):
    product["options"] = [
        {
            "__typename": "ProductOption",
            "id": state.new_id("ProductOption"),
            "name": option.get("name"),
            "position": option.get("position") or index,
            "values": [value.get("name") for value in option.get("values") or ()],
            "optionValues": [
                {
                    "__typename": "ProductOptionValue",
                    "id": state.new_id("ProductOptionValue"),
                    "name": value.get("name"),
                    "hasVariants": True,
                }
                for value in option.get("values") or ()
            ],
        }
        for index, option in enumerate(options, 1)
    ]
    default = [option["values"] for option in product["options"]] == [["Default Title"]]
    product["hasOnlyDefaultVariant"] = default


def _set_variants(state, product, rows):
    before = {row["id"]: row for row in product["variants"]}
    by_values = {row["title"]: row for row in product["variants"]}
    product["variants"] = []
    for position, row in enumerate(rows, 1):
        names = [value.get("name") for value in row["optionValues"]] or ["Default Title"]
        title = " / ".join(names)
        variant = before.get(row.get("id")) or by_values.get(title) or _new_variant(state, product)
        variant.update(title=title, position=position, displayName=f"{product['title']} - {title}")
        variant["selectedOptions"] = [
            {
                "name": option["name"],
                "value": name,
                "optionValue": next(value for value in option["optionValues"] if value["name"] == name),
            }
            for option, name in zip(product["options"], names, strict=True)
        ]
        _write_variant(state, variant, row)
        product["variants"].append(variant)
    kept = {row["id"] for row in product["variants"]}
    for row in before.values():
        if row["id"] not in kept:
            state.forget(row)


def _new_variant(state, product):
    now = state.now()
    number = state.world.ids.sequence("ProductVariant", 46100000001)
    item_number = state.world.ids.sequence("InventoryItem", 48100000001)
    item = state.add(
        "InventoryItem",
        {
            "id": gid.make("InventoryItem", item_number),
            "legacyResourceId": str(item_number),
            "countryCodeOfOrigin": None,
            "provinceCodeOfOrigin": None,
            "harmonizedSystemCode": None,
            "countryHarmonizedSystemCodes": [],
            "createdAt": now,
            "updatedAt": now,
            "duplicateSkuCount": 0,
            "measurement": {
                "id": gid.make("InventoryItemMeasurement", item_number),
                "weight": {"unit": "GRAMS", "value": 0.0},
            },
            "requiresShipping": True,
            "sku": None,
            "tracked": True,
            "unitCost": None,
        },
    )
    variant = state.add(
        "ProductVariant",
        {
            "id": gid.make("ProductVariant", number),
            "legacyResourceId": str(number),
            "availableForSale": True,
            "barcode": ean13(200000000000 + number % 10**9),
            "compareAtPrice": None,
            "createdAt": now,
            "updatedAt": now,
            "displayName": "",
            "inventoryItem": item,
            "inventoryPolicy": "DENY",
            "media": [],
            "image": None,
            "position": 1,
            "price": "0.00",
            "product": product,
            "requiresComponents": False,
            "productVariantComponents": [],
            "selectedOptions": [],
            "sku": None,
            "taxCode": None,
            "taxable": True,
            "title": "",
        },
    )
    item["variant"], item["variants"] = variant, [variant]
    stock_level(state, item, state.primary_location(), 0)
    return variant


def _write_variant(state, variant, row):
    for name in VARIANT_FIELDS:
        if row.get(name) is not None:
            variant[name] = row[name]
    for name in ("price", "compareAtPrice"):
        if row.get(name) is not None:
            variant[name] = f"{Decimal(str(row[name])):.2f}"
    if row.get("inventoryItem"):
        write_item(state, variant["inventoryItem"], row["inventoryItem"])
    if row.get("sku") is not None:
        variant["sku"] = variant["inventoryItem"]["sku"] = row["sku"]
    for quantity in row.get("inventoryQuantities") or ():
        place = state.find(quantity["locationId"], "Location")
        if place is None or quantity["name"] != "available":
            continue
        item = variant["inventoryItem"]
        level = state.level_of(item, place) or stock_level(state, item, place, 0)
        delta = quantity["quantity"] - level["_quantities"]["available"]
        checkout.change_level(state, item, place, available=delta)
    variant["updatedAt"] = state.now()


def write_item(state, item, data):
    """Write an InventoryItemInput into an inventory item."""
    for name in ITEM_FIELDS:
        if name in data:
            item[name] = data[name]
    if data.get("sku") is not None:
        item["sku"] = item["variant"]["sku"] = data["sku"]
    if data.get("cost") is not None:
        item["unitCost"] = {"amount": f"{Decimal(str(data['cost'])):f}", "currencyCode": "EUR"}
    weight = (data.get("measurement") or {}).get("weight")
    if weight:
        item["measurement"]["weight"] = {"unit": weight["unit"], "value": float(weight["value"])}
    item["updatedAt"] = state.now()


def update_variants(_root, info, productId, variants, allowPartialUpdates=False):  # noqa: N803
    """productVariantsBulkUpdate."""
    state = info.context.state
    product = state.find(productId, "Product")
    if product is None:
        error = user_error(["productId"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
        return {"product": None, "productVariants": None, "userErrors": [error]}
    known = {row["id"]: row for row in product["variants"]}
    problems, wanted = [], []
    for index, row in enumerate(variants):
        field = ["variants", str(index)]
        if not row.get("id"):
            problems.append(
                user_error(
                    [*field, "id"], "Product variant is missing ID attribute", "PRODUCT_VARIANT_ID_MISSING"
                )
            )
        elif row["id"] not in known:
            problems.append(
                user_error([*field, "id"], "Product variant does not exist", "PRODUCT_VARIANT_DOES_NOT_EXIST")
            )
        elif row.get("price") is not None and not _is_price(row["price"]):
            problems.append(
                user_error(
                    [*field, "price"], "Price must be greater than or equal to 0", "GREATER_THAN_OR_EQUAL_TO"
                )
            )
        else:
            wanted.append((known[row["id"]], row))
    if problems and not allowPartialUpdates:
        return {"product": None, "productVariants": None, "userErrors": problems}
    for variant, row in wanted:
        _write_variant(state, variant, row)
    product["updatedAt"] = state.now()
    state.notifier.product("PRODUCTS_UPDATE", product)
    return {
        "product": product,
        "productVariants": [variant for variant, _row in wanted],
        "userErrors": problems,
    }


def update_item(_root, info, id, input):  # noqa: A002
    """inventoryItemUpdate."""
    state = info.context.state
    item = state.find(id, "InventoryItem")
    if item is None:
        error = user_error(["id"], "The product couldn't be updated because it does not exist.")
        return {"inventoryItem": None, "userErrors": [error]}
    write_item(state, item, input)
    return {"inventoryItem": item, "userErrors": []}


MUTATIONS = {
    "productSet": set_product,
    "productVariantsBulkUpdate": update_variants,
    "inventoryItemUpdate": update_item,
}
