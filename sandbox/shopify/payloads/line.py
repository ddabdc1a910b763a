"""A line of an order, as orders, refunds and fulfilments carry it."""

from sandbox.shopify.payloads.parts import allocation, number, price, price_set, tax_line


def line_item(line):
    variant = line["variant"]
    return {
        "id": number(line),
        "admin_graphql_api_id": line["id"],
        "attributed_staffs": [],
        "current_quantity": line["currentQuantity"],
        "fulfillable_quantity": line["fulfillableQuantity"],
        "fulfillment_service": "manual",
        "fulfillment_status": (
            None if line["fulfillmentStatus"] == "unfulfilled" else line["fulfillmentStatus"]
        ),
        "gift_card": line["isGiftCard"],
        "grams": int(line["weight"]["value"]) if line["weight"] else 0,
        "name": line["name"],
        "price": price(line["originalUnitPriceSet"]),
        "price_set": price_set(line["originalUnitPriceSet"]),
        "product_exists": line["product"] is not None,
        "product_id": number(line["product"]),
        "properties": [{"name": row["key"], "value": row["value"]} for row in line["customAttributes"]],
        "quantity": line["quantity"],
        "requires_shipping": line["requiresShipping"],
        "sales_line_item_group_id": None,
        "sku": line["sku"],
        "taxable": line["taxable"],
        "title": line["title"],
        "total_discount": price(line["totalDiscountSet"]),
        "total_discount_set": price_set(line["totalDiscountSet"]),
        "variant_id": number(variant),
        "variant_inventory_management": "shopify" if variant else None,
        "variant_title": line["variantTitle"],
        "vendor": line["vendor"],
        "tax_lines": [tax_line(row) for row in line["taxLines"]],
        "duties": [],
        "discount_allocations": [allocation(row) for row in line["discountAllocations"]],
    }
