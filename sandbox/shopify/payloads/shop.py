"""Bodies about stock, the shop and its products."""

from sandbox.shopify.payloads.parts import local_time, number


def inventory_level(level):
    """inventory_levels/update."""
    return {
        "inventory_item_id": number(level["item"]),
        "location_id": number(level["location"]),
        "available": level["_quantities"]["available"],
        "updated_at": local_time(level["updatedAt"]),
        "admin_graphql_api_id": f"{level['id']}?inventory_item_id={number(level['item'])}",
    }


def shop(data):
    """The main fields of app/uninstalled and shop/update."""
    return {
        "id": number(data),
        "name": data["name"],
        "email": data["email"],
        "domain": data["myshopifyDomain"],
        "myshopify_domain": data["myshopifyDomain"],
        "currency": data["currencyCode"],
        "plan_name": data["plan"]["publicDisplayName"].lower(),
        "iana_timezone": data["ianaTimezone"],
        "taxes_included": data["taxesIncluded"],
        "tax_shipping": data["taxShipping"],
        "updated_at": local_time(data["updatedAt"]),
    }


def product(data):
    """products/create and products/update: the main fields."""
    return {
        "id": number(data),
        "admin_graphql_api_id": data["id"],
        "title": data["title"],
        "body_html": data["descriptionHtml"],
        "handle": data["handle"],
        "product_type": data["productType"],
        "vendor": data["vendor"],
        "status": data["status"].lower(),
        "tags": ", ".join(data["tags"]),
        "created_at": local_time(data["createdAt"]),
        "updated_at": local_time(data["updatedAt"]),
        "published_at": local_time(data["publishedAt"]),
        "variants": [
            {
                "id": number(row),
                "admin_graphql_api_id": row["id"],
                "product_id": number(data),
                "title": row["title"],
                "sku": row["sku"],
                "barcode": row["barcode"],
                "price": row["price"],
                "position": row["position"],
                "inventory_item_id": number(row["inventoryItem"]),
                "taxable": row["taxable"],
            }
            for row in data["variants"]
        ],
    }
