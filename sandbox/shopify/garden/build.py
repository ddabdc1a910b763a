"""Fills a shop: its settings and locations, its goods, its customers."""

from decimal import Decimal

from sandbox.shopify import gid
from sandbox.shopify.garden.goods import GOODS
from sandbox.shopify.garden.people import COMPANIES, COUNTRIES, PEOPLE
from sandbox.shopify.money import money

SHOP_CREATED = "2021-03-15T09:00:00Z"


def shop(state):
    """Make the shop, its app and its two locations."""
    address = {
        "id": gid.make("ShopAddress", 61000001),
        "address1": "Kanaaldijk 40",
        "address2": None,
        "city": "Utrecht",
        "company": "Garden Lane B.V.",
        "country": "Netherlands",
        "countryCode": "NL",
        "countryCodeV2": "NL",
        "firstName": None,
        "lastName": None,
        "name": "Garden Lane B.V.",
        "formatted": ["Garden Lane B.V.", "Kanaaldijk 40", "3542 AB Utrecht", "Netherlands"],
        "formattedArea": "Utrecht, Netherlands",
        "latitude": None,
        "longitude": None,
        "phone": "+31600000100",
        "province": None,
        "provinceCode": None,
        "zip": "3542 AB",
    }
    state.add(
        "Shop",
        {
            "id": gid.make("Shop", 61000001),
            "name": "Garden Lane",
            "email": "shop@example.com",
            "contactEmail": "service@example.com",
            "myshopifyDomain": state.domain,
            "currencyCode": "EUR",
            "enabledPresentmentCurrencies": ["EUR", "GBP"],
            "ianaTimezone": "Europe/Amsterdam",
            "timezoneOffset": "+0100",
            "timezoneOffsetMinutes": 60,
            "timezoneAbbreviation": "CET",
            "taxesIncluded": True,
            "taxShipping": True,
            "weightUnit": "GRAMS",
            "unitSystem": "METRIC_SYSTEM",
            "url": f"https://{state.domain}",
            "primaryDomain": {
                "__typename": "Domain",
                "id": gid.make("Domain", 61000001),
                "host": state.domain,
                "sslEnabled": True,
                "url": f"https://{state.domain}",
            },
            "plan": {
                "displayName": "Advanced",
                "publicDisplayName": "Advanced",
                "partnerDevelopment": False,
                "shopifyPlus": False,
            },
            "shopAddress": address,
            "billingAddress": address,
            "createdAt": SHOP_CREATED,
            "updatedAt": SHOP_CREATED,
            "setupRequired": False,
            "orderNumberFormatPrefix": "#",
            "orderNumberFormatSuffix": "",
            "shipsToCountries": list(COUNTRIES),
            "countriesInShippingZones": {
                "countryCodes": list(COUNTRIES),
                "includeRestOfWorld": False,
            },
            "fulfillmentServices": [],
            "shopOwnerName": "Garden Lane",
            "checkoutApiSupported": True,
            "description": "Tools, seeds and pots for small gardens.",
        },
    )
    app = state.add(
        "App",
        {
            "id": gid.make("App", 61000002),
            "apiKey": "sandbox-client",
            "handle": "order-to-cash",
            "title": "Order to Cash",
        },
    )
    state.add(
        "AppInstallation",
        {
            "id": gid.make("AppInstallation", 61000003),
            "app": app,
            "launchUrl": f"https://{state.domain}/admin/apps/order-to-cash",
        },
    )
    location(state, "Garden Lane Warehouse", "Kanaaldijk 40", "3542 AB", "Utrecht", "NL", True)
    location(state, "Garden Lane Antwerp", "Kloosterstraat 101", "2000", "Antwerpen", "BE", False)


def location(state, name, street, postcode, city, country, primary):
    """Make a location."""
    number = state.world.ids.sequence("Location", 71000001)
    return state.add(
        "Location",
        {
            "id": gid.make("Location", number),
            "legacyResourceId": str(number),
            "name": name,
            "address": {
                "address1": street,
                "address2": None,
                "city": city,
                "country": COUNTRIES[country],
                "countryCode": country,
                "formatted": [street, f"{postcode} {city}", COUNTRIES[country]],
                "latitude": None,
                "longitude": None,
                "phone": None,
                "province": None,
                "provinceCode": None,
                "zip": postcode,
            },
            "addressVerified": True,
            "createdAt": SHOP_CREATED,
            "updatedAt": SHOP_CREATED,
            "fulfillmentService": None,
            "fulfillsOnlineOrders": True,
            "isActive": True,
            "isFulfillmentService": False,
            "isPrimary": primary,
            "shipsInventory": True,
        },
    )


def goods(state):
    """Make the catalogue, with stock at the warehouse."""
    for index, row in enumerate(GOODS):
        product(state, row, index)


def product(state, row, index):
    """Make one product with its variants, inventory items and stock."""
    handle, title, kind, vendor, tax_class, hs_code, origin, option, variants = row
    number = state.world.ids.sequence("Product", 9100000001)
    options = [value for value, *_rest in variants]
    option_name = option or "Title"
    option_values = [
        {
            "__typename": "ProductOptionValue",
            "id": state.new_id("ProductOptionValue"),
            "name": value or "Default Title",
            "hasVariants": True,
        }
        for value in options
    ]
    image = {
        "id": gid.make("ImageSource", 910000 + index),
        "altText": title,
        "height": 1200,
        "width": 1200,
        "url": f"{state.world.base_url}/shopify/{state.domain}/cdn/{handle}.png",
    }
    media = {
        "__typename": "MediaImage",
        "id": gid.make("MediaImage", 910000 + index),
        "alt": title,
        "createdAt": SHOP_CREATED,
        "updatedAt": SHOP_CREATED,
        "image": image,
        "mediaContentType": "IMAGE",
        "mimeType": "image/png",
        "preview": {"image": image, "status": "READY"},
        "status": "READY",
    }
    data = state.add(
        "Product",
        {
            "id": gid.make("Product", number),
            "legacyResourceId": str(number),
            "category": None,
            "createdAt": SHOP_CREATED,
            "updatedAt": SHOP_CREATED,
            "publishedAt": SHOP_CREATED,
            "description": f"{title}, from {vendor}.",
            "descriptionHtml": f"<p>{title}, from {vendor}.</p>",
            "featuredMedia": media,
            "media": [media],
            "images": [image],
            "handle": handle,
            "hasOnlyDefaultVariant": option is None,
            "isGiftCard": False,
            "onlineStoreUrl": f"https://{state.domain}/products/{handle}",
            "options": [
                {
                    "__typename": "ProductOption",
                    "id": state.new_id("ProductOption"),
                    "name": option_name,
                    "position": 1,
                    "values": [value["name"] for value in option_values],
                    "optionValues": option_values,
                }
            ],
            "productType": kind,
            "seo": {"title": None, "description": None},
            "status": "ACTIVE",
            "tags": sorted({kind.lower(), tax_class}),
            "title": title,
            "tracksInventory": True,
            "variants": [],
            "vendor": vendor,
            "_tax_class": tax_class,
        },
    )
    for position, (values, option_value) in enumerate(zip(variants, option_values, strict=True), 1):
        variant(state, data, position, values, option_value, hs_code, origin, image)
    return data


def variant(state, parent, position, values, option_value, hs_code, origin, image):
    """Make one variant with its inventory item, and stock at the warehouse."""
    name, sku, price, grams = values
    number = state.world.ids.sequence("ProductVariant", 46100000001)
    item_number = state.world.ids.sequence("InventoryItem", 48100000001)
    weight = {"unit": "GRAMS", "value": float(grams)}
    item = state.add(
        "InventoryItem",
        {
            "id": gid.make("InventoryItem", item_number),
            "legacyResourceId": str(item_number),
            "countryCodeOfOrigin": origin,
            "provinceCodeOfOrigin": None,
            "harmonizedSystemCode": hs_code,
            "countryHarmonizedSystemCodes": [],
            "createdAt": SHOP_CREATED,
            "updatedAt": SHOP_CREATED,
            "duplicateSkuCount": 0,
            "measurement": {
                "id": gid.make("InventoryItemMeasurement", item_number),
                "weight": weight,
            },
            "requiresShipping": True,
            "sku": sku,
            "tracked": True,
            "unitCost": money(Decimal(price) * Decimal("0.4"), "EUR"),
        },
    )
    title = name or "Default Title"
    made = state.add(
        "ProductVariant",
        {
            "id": gid.make("ProductVariant", number),
            "legacyResourceId": str(number),
            "availableForSale": True,
            "barcode": ean13(200000000000 + number % 10**9),
            "compareAtPrice": None,
            "createdAt": SHOP_CREATED,
            "updatedAt": SHOP_CREATED,
            "displayName": f"{parent['title']} - {title}",
            "inventoryItem": item,
            "inventoryPolicy": "CONTINUE",
            "media": [],
            "image": image,
            "position": position,
            "price": price,
            "product": parent,
            "requiresComponents": False,
            "productVariantComponents": [],
            "selectedOptions": [
                {
                    "name": parent["options"][0]["name"],
                    "value": title,
                    "optionValue": option_value,
                }
            ],
            "sku": sku,
            "taxCode": None,
            "taxable": True,
            "title": title,
        },
    )
    item["variant"] = made
    item["variants"] = [made]
    parent["variants"].append(made)
    stock = 120 + (number * 37) % 480
    stock_level(state, item, state.primary_location(), stock)
    return made


def stock_level(state, item, place, available):
    """Stock an item at a location."""
    number = state.world.ids.sequence("InventoryLevel", 51000001)
    level = state.add(
        "InventoryLevel",
        {
            "id": f"gid://shopify/InventoryLevel/{number}",
            "canDeactivate": True,
            "createdAt": SHOP_CREATED,
            "updatedAt": SHOP_CREATED,
            "isActive": True,
            "item": item,
            "location": place,
            "_quantities": {
                "available": available,
                "committed": 0,
                "damaged": 0,
                "incoming": 0,
                "on_hand": available,
                "quality_control": 0,
                "reserved": 0,
                "safety_stock": 0,
            },
        },
    )
    state.inventory[(item["id"], place["id"])] = level
    return level


def ean13(number):
    """Return a 13-digit article number with its check digit (prefix 2: in-store use)."""
    digits = f"{number:012d}"
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits))
    return digits + str(-total % 10)


def people(state):
    """Make the customers and the companies."""
    for row in PEOPLE:
        person(state, row)
    for row in COMPANIES:
        company(state, row)


def person(state, row, email=None):
    """Make one customer with a default address."""
    first, last, street, extra, postcode, city, country, phone = row
    number = state.world.ids.sequence("Customer", 8200000003001)
    address = mailing_address(state, first, last, street, extra, postcode, city, country, phone, None)
    email = email or email_of(first, last)
    customer = {
        "id": gid.make("Customer", number),
        "legacyResourceId": str(number),
        "addresses": [address],
        "addressesV2": [address],
        "createdAt": SHOP_CREATED,
        "updatedAt": SHOP_CREATED,
        "defaultAddress": address,
        "displayName": f"{first} {last}",
        "email": email,
        "firstName": first,
        "lastName": last,
        "locale": {"NL": "nl", "BE": "nl", "FR": "fr", "DE": "de"}[country],
        "note": None,
        "phone": phone,
        "state": "DISABLED",
        "tags": [],
        "taxExempt": False,
        "taxExemptions": [],
        "verifiedEmail": True,
        "companyContactProfiles": [],
    }
    return state.add("Customer", customer)


def email_of(first, last):
    """Return an address on example.com for a name."""
    plain = f"{first}.{last}".lower()
    for letters, letter in (("éèëê", "e"), ("äà", "a"), ("ü", "u"), ("öô", "o"), ("ï", "i")):
        for accented in letters:
            plain = plain.replace(accented, letter)
    plain = plain.replace("ß", "ss")
    return "".join(sign for sign in plain if sign.isalnum() or sign in ".-") + "@example.com"


def mailing_address(state, first, last, street, extra, postcode, city, country, phone, company_name):
    """Make a MailingAddress."""
    name = " ".join(part for part in (first, last) if part) or None
    lines = [name, company_name, street, extra, f"{postcode} {city}", COUNTRIES[country]]
    return {
        "__typename": "MailingAddress",
        "id": state.new_id("MailingAddress"),
        "address1": street,
        "address2": extra,
        "city": city,
        "company": company_name,
        "country": COUNTRIES[country],
        "countryCode": country,
        "countryCodeV2": country,
        "firstName": first,
        "formatted": [line for line in lines if line],
        "formattedArea": f"{city}, {COUNTRIES[country]}",
        "lastName": last,
        "latitude": None,
        "longitude": None,
        "name": name,
        "phone": phone,
        "province": None,
        "provinceCode": None,
        "zip": postcode,
    }


def company(state, row):
    """Make one company with a location, a contact and its tax settings."""
    name, vat, street, postcode, city, country, contact_name, phone = row
    customer = person(state, (*contact_name, street, None, postcode, city, country, phone))
    data = state.add(
        "Company",
        {
            "createdAt": SHOP_CREATED,
            "customerSince": SHOP_CREATED,
            "updatedAt": SHOP_CREATED,
            "externalId": f"C-{vat[-4:]}",
            "name": name,
            "note": None,
            "contacts": [],
            "locations": [],
        },
    )
    address = state.add(
        "CompanyAddress",
        {
            "address1": street,
            "address2": None,
            "city": city,
            "companyName": name,
            "country": COUNTRIES[country],
            "countryCode": country,
            "createdAt": SHOP_CREATED,
            "updatedAt": SHOP_CREATED,
            "firstName": contact_name[0],
            "lastName": contact_name[1],
            "recipient": " ".join(contact_name),
            "formattedAddress": [name, street, f"{postcode} {city}", COUNTRIES[country]],
            "formattedArea": f"{city}, {COUNTRIES[country]}",
            "phone": phone,
            "province": None,
            "zip": postcode,
            "zoneCode": None,
        },
    )
    foreign = country != "NL"
    exemptions = ["EU_REVERSE_CHARGE_EXEMPTION_RULE"] if foreign else []
    place = state.add(
        "CompanyLocation",
        {
            "billingAddress": address,
            "shippingAddress": address,
            "buyerExperienceConfiguration": {
                "checkoutToDraft": False,
                "editableShippingAddress": True,
                "paymentTermsTemplate": None,
            },
            "company": data,
            "createdAt": SHOP_CREATED,
            "updatedAt": SHOP_CREATED,
            "currency": "EUR",
            "externalId": None,
            "locale": customer["locale"],
            "name": f"{name}, {city}",
            "note": None,
            "phone": phone,
            "taxExemptions": exemptions,
            "taxRegistrationId": vat,
            "taxSettings": {
                "taxExempt": False,
                "taxExemptions": exemptions,
                "taxRegistrationId": vat,
            },
        },
    )
    contact = state.add(
        "CompanyContact",
        {
            "company": data,
            "createdAt": SHOP_CREATED,
            "updatedAt": SHOP_CREATED,
            "customer": customer,
            "isMainContact": True,
            "locale": customer["locale"],
            "title": None,
        },
    )
    data["locations"].append(place)
    data["contacts"].append(contact)
    data["mainContact"] = contact
    customer["companyContactProfiles"].append(contact)
    return data
