"""Bodies of orders/*."""

from sandbox.shopify.money import ZERO, Currencies, amount_of
from sandbox.shopify.payloads.after import fulfillment, refund
from sandbox.shopify.payloads.line import line_item
from sandbox.shopify.payloads.parts import (
    address,
    allocation,
    customer,
    local_time,
    number,
    price,
    price_set,
    tax_line,
)


def shipping_line(line):
    return {
        "id": number(line),
        "carrier_identifier": line["carrierIdentifier"],
        "code": line["code"],
        "current_discounted_price_set": price_set(line["currentDiscountedPriceSet"]),
        "discounted_price": price(line["discountedPriceSet"]),
        "discounted_price_set": price_set(line["discountedPriceSet"]),
        "is_removed": line["isRemoved"],
        "phone": line["phone"],
        "price": price(line["originalPriceSet"]),
        "price_set": price_set(line["originalPriceSet"]),
        "requested_fulfillment_service_id": None,
        "source": line["source"],
        "title": line["title"],
        "tax_lines": [tax_line(row) for row in line["taxLines"]],
        "discount_allocations": [allocation(row) for row in line["discountAllocations"]],
    }


def discount_application(row):
    value = row["value"]
    percentage = "percentage" in value
    data = {
        "target_type": row["targetType"].lower(),
        "target_selection": row["targetSelection"].lower(),
        "allocation_method": row["allocationMethod"].lower(),
        "type": {
            "DiscountCodeApplication": "discount_code",
            "AutomaticDiscountApplication": "automatic",
            "ManualDiscountApplication": "manual",
            "ScriptDiscountApplication": "script",
        }[row["__typename"]],
        "value": str(value["percentage"]) if percentage else value["amount"],
        "value_type": "percentage" if percentage else "fixed_amount",
    }
    for key in ("code", "title", "description"):
        if row.get(key):
            data[key] = row[key]
    return data


def _prices(data, names):
    result = {}
    for key, source, plain in names:
        result[f"{key}_set"] = price_set(data[source])
        if plain:
            result[key] = price(data[source])
    return result


ORDER_PRICES = (
    ("current_shipping_price", "currentShippingPriceSet", False),
    ("current_subtotal_price", "currentSubtotalPriceSet", True),
    ("current_total_additional_fees", "currentTotalAdditionalFeesSet", False),
    ("current_total_discounts", "currentTotalDiscountsSet", True),
    ("current_total_duties", "currentTotalDutiesSet", False),
    ("current_total_price", "currentTotalPriceSet", True),
    ("current_total_tax", "currentTotalTaxSet", True),
    ("original_total_additional_fees", "originalTotalAdditionalFeesSet", False),
    ("original_total_duties", "originalTotalDutiesSet", False),
    ("subtotal_price", "subtotalPriceSet", True),
    ("total_discounts", "totalDiscountsSet", True),
    ("total_price", "totalPriceSet", True),
    ("total_shipping_price", "totalShippingPriceSet", False),
    ("total_tax", "totalTaxSet", True),
)


def order(data):
    """orders/create, orders/updated, orders/paid, orders/cancelled, orders/fulfilled."""
    fulfilled = {"FULFILLED": "fulfilled", "PARTIALLY_FULFILLED": "partial"}
    goods = sum((amount_of(line["originalTotalSet"]) for line in data["lineItems"]), ZERO)
    goods_bag = Currencies.of(data).bag(goods)
    company = None
    entity = data["purchasingEntity"]
    if entity and entity["__typename"] == "PurchasingCompany":
        company = {"id": number(entity["company"]), "location_id": number(entity["location"])}
    token = data["confirmationNumber"].lower()
    return {
        "id": number(data),
        "admin_graphql_api_id": data["id"],
        "app_id": None,
        "browser_ip": data["clientIp"],
        "buyer_accepts_marketing": data["customerAcceptsMarketing"],
        "cancel_reason": data["cancelReason"] and data["cancelReason"].lower(),
        "cancelled_at": local_time(data["cancelledAt"]),
        "cart_token": data["cartToken"],
        "checkout_token": data["checkoutToken"],
        "client_details": None,
        "closed_at": local_time(data["closedAt"]),
        "company": company,
        "confirmation_number": data["confirmationNumber"],
        "confirmed": data["confirmed"],
        "contact_email": data["email"],
        "created_at": local_time(data["createdAt"]),
        "currency": data["currencyCode"],
        **_prices(data, ORDER_PRICES),
        "customer_locale": data["customerLocale"],
        "device_id": None,
        "discount_codes": [
            {"code": code, "amount": price(data["totalDiscountsSet"]), "type": "percentage"}
            for code in data["discountCodes"]
        ],
        "duties_included": data["dutiesIncluded"],
        "email": data["email"],
        "estimated_taxes": data["estimatedTaxes"],
        "financial_status": data["displayFinancialStatus"].lower(),
        "fulfillment_status": fulfilled.get(data["displayFulfillmentStatus"]),
        "landing_site": None,
        "landing_site_ref": None,
        "line_item_groups": [],
        "location_id": number(data["retailLocation"]),
        "merchant_business_entity_id": "NjEwMDAwMDE",
        "merchant_of_record_app_id": None,
        "name": data["name"],
        "note": data["note"],
        "note_attributes": [{"name": row["key"], "value": row["value"]} for row in data["customAttributes"]],
        "number": data["number"] - 1000,
        "order_number": data["number"],
        "order_status_url": f"https://garden-lane.myshopify.com/61000001/orders/{token}/authenticate",
        "payment_gateway_names": list(data["paymentGatewayNames"]),
        "payment_terms": None,
        "phone": data["phone"],
        "po_number": data["poNumber"],
        "presentment_currency": data["presentmentCurrencyCode"],
        "processed_at": local_time(data["processedAt"]),
        "reference": None,
        "referring_site": None,
        "source_identifier": data["sourceIdentifier"],
        "source_name": data["sourceName"],
        "source_url": None,
        "tags": ", ".join(data["tags"]),
        "tax_exempt": data["taxExempt"],
        "tax_lines": [tax_line(row) for row in data["taxLines"]],
        "taxes_included": data["taxesIncluded"],
        "test": data["test"],
        "token": token,
        "total_cash_rounding_payment_adjustment_set": price_set(
            data["totalCashRoundingAdjustment"]["paymentSet"]
        ),
        "total_cash_rounding_refund_adjustment_set": price_set(
            data["totalCashRoundingAdjustment"]["refundSet"]
        ),
        "total_line_items_price": price(goods_bag),
        "total_line_items_price_set": price_set(goods_bag),
        "total_outstanding": price(data["totalOutstandingSet"]),
        "total_tip_received": price(data["totalTipReceivedSet"]),
        "total_weight": int(data["totalWeight"]),
        "updated_at": local_time(data["updatedAt"]),
        "user_id": None,
        "billing_address": address(data["billingAddress"]),
        "shipping_address": address(data["shippingAddress"]),
        "customer": customer(data["customer"]),
        "discount_applications": [discount_application(row) for row in data["discountApplications"]],
        "fulfillments": [fulfillment(row) for row in data["fulfillments"]],
        "line_items": [line_item(row) for row in data["lineItems"]],
        "refunds": [refund(row) for row in data["refunds"]],
        "returns": [],
        "shipping_lines": [shipping_line(row) for row in data["shippingLines"]],
    }


def order_edit(data, additions, removals):
    """orders/edited: ids of lines and the change of their quantities."""
    return {
        "order_edit": {
            "id": number(data),
            "app_id": None,
            "committed_at": local_time(data["updatedAt"]),
            "created_at": local_time(data["updatedAt"]),
            "notify_customer": False,
            "order_id": number(data),
            "staff_note": "",
            "user_id": None,
            "line_items": {
                "additions": [{"id": number(line), "delta": delta} for line, delta in additions],
                "removals": [{"id": number(line), "delta": delta} for line, delta in removals],
            },
            "discounts": {"line_item": {"additions": [], "removals": []}},
            "shipping_lines": {"additions": [], "removals": []},
        }
    }
