"""The requests that Sendcloud takes, by shape (API v3, shipments and shipping options)."""

from decimal import Decimal

from .shapes import Either, Flag, ListOf, Number, Object, Text

TO_KG = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "lbs": Decimal("0.45359237"),
    "oz": Decimal("0.028349523125"),
}
ADDRESS_REQUIRED = ("name", "address_line_1", "postal_code", "city", "country_code")
MIME_TYPES = ("application/pdf", "application/zpl", "image/png")
PACKAGE_TYPES = (
    "package", "euro_pallet", "block_pallet", "mini_pallet", "one_way_pallet", "tube", "over_size_pallet",
    "bundle", "half_pallet", "letterbox",
)  # fmt: skip

ANY_TEXT = Text(null=True)
COUNTRY = Text(shortest=1, pattern="[A-Z]{2}", wrong="Not a valid ISO 3166-1 alpha-2 country code.")
ADDRESS = Object(
    {
        "name": Text(shortest=1),
        "company_name": Text(),
        "address_line_1": Text(shortest=1),
        "address_line_2": Text(),
        "house_number": Text(),
        "postal_code": Text(shortest=1),
        "city": Text(shortest=1),
        "po_box": ANY_TEXT,
        "state_province_code": Text(),
        "country_code": COUNTRY,
        "email": Text(pattern=r"[^@\s]+@[^@\s]+\.[^@\s]+", wrong="Not a valid email address."),
        "phone_number": Text(),
    },
    ADDRESS_REQUIRED,
    closed=True,
)
SENDER = Either(
    {
        "name": ADDRESS,
        "sender_address_id": Object({"sender_address_id": Number(whole=True)}, ("sender_address_id",)),
    }
)
PRICE = Object(
    {
        "value": Number(text=True),
        "currency": Text(pattern="[A-Z]{3}", wrong="String should have exactly 3 characters"),
    },
    ("value", "currency"),
)
MAYBE_PRICE = Object(PRICE.fields, PRICE.required, null=True)
UNIT = Text(choices=tuple(TO_KG))
WEIGHT = Object({"value": Number(text=True, more_than=0), "unit": UNIT}, ("value", "unit"))
ITEM_WEIGHT = Object({"value": Number(more_than=0), "unit": UNIT}, ("value", "unit"))
SIDE = Number(text=True, more_than=0)
DIMENSIONS = Object(
    {
        "length": SIDE,
        "width": SIDE,
        "height": SIDE,
        "unit": Text(choices=("cm", "mm", "m", "yd", "ft", "in")),
    },
    ("length", "width", "height", "unit"),
)
ITEM = Object(
    {
        "description": Text(1, 255),
        "quantity": Number(whole=True, more_than=0),
        "weight": ITEM_WEIGHT,
        "price": PRICE,
        "hs_code": Text(1, 12),
        "origin_country": Text(),
        "sku": Text(),
        "product_id": Text(),
        "item_id": Text(),
        "mid_code": ANY_TEXT,
    },
    ("description", "quantity", "hs_code", "weight", "price"),
)
PARCEL = Object(
    {
        "weight": WEIGHT,
        "dimensions": DIMENSIONS,
        "additional_insured_price": MAYBE_PRICE,
        "label_notes": ListOf(Text(1, 255), most=255),
        "sscc": Text(pattern=r"\d{18}", null=True, wrong="18 digits are required."),
        "package_type": Text(choices=PACKAGE_TYPES, null=True),
        "parcel_items": ListOf(ITEM, most=1000),
    },
    ("weight",),
)
TAX_NUMBERS = ListOf(
    Object(
        {"name": Text(1), "country_code": COUNTRY, "value": Text(1, 100)}, ("name", "country_code", "value")
    ),
    most=20,
)
IMPORTER = Object(
    {
        "name": Text(1, 75),
        "company_name": Text(longest=50),
        "address_line_1": Text(1, 150),
        "address_line_2": Text(longest=150),
        "house_number": Text(longest=20),
        "city": Text(1, 30),
        "postal_code": Text(1, 12),
        "country_code": COUNTRY,
        "state_province_code": Text(longest=14),
        "telephone": Text(longest=20),
        "email": Text(longest=320),
    },
    ("name", "address_line_1", "city", "postal_code", "country_code"),
)
CUSTOMS = Object(
    {
        "invoice_number": Text(1, 40),
        "export_reason": Text(choices=("gift", "documents", "commercial_goods", "commercial_sample")),
        "export_type": Text(choices=("private", "commercial_b2c", "commercial_b2b")),
        "invoice_date": Text(pattern=r"\d{4}-\d{2}-\d{2}", wrong="Not a valid date."),
        "discount_granted": MAYBE_PRICE,
        "freight_costs": MAYBE_PRICE,
        "insurance_costs": MAYBE_PRICE,
        "other_costs": MAYBE_PRICE,
        "goods_description": Text(longest=255),
        "general_notes": Text(longest=500),
        "additional_declaration_statements": ListOf(Text(1, 1024), most=100),
        "importer_of_record": IMPORTER,
        "tax_numbers": Object(
            {"sender": TAX_NUMBERS, "receiver": TAX_NUMBERS, "importer_of_record": TAX_NUMBERS},
            ("sender", "receiver", "importer_of_record"),
        ),
    },
    ("invoice_number", "export_reason"),
)
SHIP_WITH = Object(
    {
        "type": Text(choices=("shipping_option_code",)),
        "properties": Object(
            {"shipping_option_code": Text(1), "contract_id": Number(whole=True, more_than=0, null=True)},
            ("shipping_option_code",),
        ),
    },
    ("type", "properties"),
)
SERVICE_POINT = Either(
    {
        "id": Object({"id": Text(1)}, ("id",)),
        "carrier_service_point_id": Object(
            {"carrier_service_point_id": Text(1)}, ("carrier_service_point_id",)
        ),
    }
)
SHIPMENT = {
    "to_address": ADDRESS,
    "from_address": SENDER,
    "ship_with": SHIP_WITH,
    "order_number": Text(),
    "total_order_price": MAYBE_PRICE,
    "reference": ANY_TEXT,
    "external_reference_id": Text(1, null=True),
    "brand_id": Number(whole=True),
    "to_service_point": SERVICE_POINT,
    "label_details": Object(
        {"mime_type": Text(choices=MIME_TYPES), "dpi": Number(whole=True, choices=(72, 203, 300, 600))}
    ),
    "customs_information": CUSTOMS,
}


def shipment(most_parcels):
    """The shape of a request to announce at most ``most_parcels``."""
    return Object(
        {**SHIPMENT, "parcels": ListOf(PARCEL, 1, most_parcels)},
        ("to_address", "from_address", "ship_with", "parcels"),
    )


QUOTED_ADDRESS = Object(dict(ADDRESS.fields))
SHIPPING_OPTIONS = Object(
    {
        "from_country_code": COUNTRY,
        "to_country_code": COUNTRY,
        "from_postal_code": Text(longest=12),
        "to_postal_code": Text(longest=12),
        "from_address": QUOTED_ADDRESS,
        "to_address": QUOTED_ADDRESS,
        "parcels": ListOf(Object({"weight": WEIGHT, "dimensions": DIMENSIONS}), 1, 50),
        "carrier_code": ANY_TEXT,
        "contract_id": Number(whole=True, null=True),
        "shipping_product_code": ANY_TEXT,
        "shipping_option_code": ANY_TEXT,
        "functionalities": Object({}, null=True),
        "calculate_quotes": Flag(),
    }
)
VALIDATE_ADDRESS = Object({"address": QUOTED_ADDRESS, "carrier_code": Text(1)}, ("address", "carrier_code"))
URL = r"https?://[^\s/]+\S*"
INTEGRATION = Object(
    {
        "shop_name": Text(1, 250),
        "shop_url": Text(1, pattern=URL, wrong="Enter a valid URL."),
        "service_point_enabled": Flag(),
        "service_point_carriers": ListOf(Text()),
        "webhook_active": Flag(),
        "webhook_url": Text(1, pattern=URL, null=True, wrong="Enter a valid URL."),
        "feedback_type": Text(choices=("eager", "delayed", "none")),
    },
    closed=True,
)

LENGTH = Number(more_than=0)
RETURN_ADDRESS = Object(ADDRESS.fields, ADDRESS_REQUIRED)
RETURN_PRICE = Object({"value": Number(), "currency": PRICE.fields["currency"]}, ("value", "currency"))
RETURN = Object(
    {
        "from_address": RETURN_ADDRESS,
        "to_address": RETURN_ADDRESS,
        "ship_with": Object(
            {
                "type": Text(choices=("shipping_option_code", "shipping_product_code")),
                "shipping_option_code": Text(1),
                "contract": Number(whole=True),
            }
        ),
        "dimensions": Object(
            {"length": LENGTH, "width": LENGTH, "height": LENGTH, "unit": DIMENSIONS.fields["unit"]},
            DIMENSIONS.required,
        ),
        "weight": ITEM_WEIGHT,
        "collo_count": Number(whole=True, more_than=0),
        "parcel_items": ListOf(
            Object(
                {
                    "description": Text(),
                    "quantity": Number(whole=True, more_than=0),
                    "weight": ITEM_WEIGHT,
                    "value": RETURN_PRICE,
                    "price": RETURN_PRICE,
                    "hs_code": Text(longest=12),
                    "origin_country": Text(),
                    "sku": Text(),
                    "product_id": Text(),
                }
            )
        ),
        "send_tracking_emails": Flag(),
        "brand_id": Number(whole=True, more_than=0),
        "total_insured_value": RETURN_PRICE,
        "total_order_value": RETURN_PRICE,
        "order_number": Text(),
        "external_reference": Text(),
        "customs_invoice_nr": ANY_TEXT,
        "delivery_option": Text(
            choices=("drop_off_point", "drop_off_labelless", "pickup", "in_store"), null=True
        ),
    },
    ("from_address", "to_address", "ship_with", "weight"),
)
