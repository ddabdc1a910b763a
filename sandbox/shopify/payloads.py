"""Webhook bodies: the REST shape of Shopify's objects.

Numbers instead of global ids, snake case, tags as one text, times with the shop's offset, and
amounts as texts: different from GraphQL in each of these, as on the real platform.
"""

from sandbox.clock import parse_moment
from sandbox.shopify import gid
from sandbox.shopify.money import ZERO, amount_of
from sandbox.shopify.search import SHOP_ZONE


def local_time(text):
    """Write a UTC time with the shop's own offset."""
    return parse_moment(text).astimezone(SHOP_ZONE).isoformat() if text else None


def number(data):
    return gid.number_of(data["id"]) if data else None


def price(bag):
    return f"{amount_of(bag):.2f}"


def price_set(bag):
    """Write a MoneyBag as a price set; None stays None."""
    if bag is None:
        return None
    return {
        key: {
            "amount": f"{amount_of({'shopMoney': bag[source]}):.2f}",
            "currency_code": bag[source]["currencyCode"],
        }
        for key, source in (("shop_money", "shopMoney"), ("presentment_money", "presentmentMoney"))
    }


def address(data):
    if data is None:
        return None
    return {
        "first_name": data["firstName"],
        "last_name": data["lastName"],
        "name": data["name"],
        "company": data["company"],
        "address1": data["address1"],
        "address2": data["address2"],
        "city": data["city"],
        "zip": data["zip"],
        "province": data["province"],
        "province_code": data["provinceCode"],
        "country": data["country"],
        "country_code": data["countryCodeV2"],
        "phone": data["phone"],
        "latitude": data["latitude"],
        "longitude": data["longitude"],
    }


def customer(data):
    """customers/create and customers/update."""
    if data is None:
        return None
    default = data["defaultAddress"]
    places = [
        {
            **address(row),
            "id": number(row),
            "customer_id": number(data),
            "country_name": row["country"],
            "default": row is default,
        }
        for row in data["addresses"]
    ]
    return {
        "id": number(data),
        "admin_graphql_api_id": data["id"],
        "created_at": local_time(data["createdAt"]),
        "updated_at": local_time(data["updatedAt"]),
        "first_name": data["firstName"],
        "last_name": data["lastName"],
        "email": data["email"],
        "phone": data["phone"],
        "state": data["state"].lower(),
        "note": data["note"] or "",
        "verified_email": data["verifiedEmail"],
        "multipass_identifier": None,
        "tax_exempt": data["taxExempt"],
        "tax_exemptions": list(data["taxExemptions"]),
        "currency": "EUR",
        "addresses": places,
        "default_address": next((row for row in places if row["default"]), None),
    }


def tax_line(row):
    return {
        "title": row["title"],
        "rate": row["rate"],
        "price": price(row["priceSet"]),
        "price_set": price_set(row["priceSet"]),
        "channel_liable": row["channelLiable"],
    }


def allocation(row):
    return {
        "amount": price(row["allocatedAmountSet"]),
        "amount_set": price_set(row["allocatedAmountSet"]),
        "discount_application_index": row["discountApplication"]["index"],
    }


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
        "properties": [
            {"name": row["key"], "value": row["value"]} for row in line["customAttributes"]
        ],
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
    like = data["totalPriceSet"]
    goods_set = {
        "shop_money": {"amount": f"{goods:.2f}", "currency_code": data["currencyCode"]},
        "presentment_money": {
            "amount": f"{goods:.2f}",
            "currency_code": like["presentmentMoney"]["currencyCode"],
        },
    }
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
        "note_attributes": [
            {"name": row["key"], "value": row["value"]} for row in data["customAttributes"]
        ],
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
        "total_line_items_price": f"{goods:.2f}",
        "total_line_items_price_set": goods_set,
        "total_outstanding": price(data["totalOutstandingSet"]),
        "total_tip_received": price(data["totalTipReceivedSet"]),
        "total_weight": int(data["totalWeight"]),
        "updated_at": local_time(data["updatedAt"]),
        "user_id": None,
        "billing_address": address(data["billingAddress"]),
        "shipping_address": address(data["shippingAddress"]),
        "customer": customer(data["customer"]),
        "discount_applications": [
            discount_application(row) for row in data["discountApplications"]
        ],
        "fulfillments": [fulfillment(row) for row in data["fulfillments"]],
        "line_items": [line_item(row) for row in data["lineItems"]],
        "refunds": [refund(row) for row in data["refunds"]],
        "returns": [],
        "shipping_lines": [shipping_line(row) for row in data["shippingLines"]],
    }


def transaction(row):
    """order_transactions/create."""
    return {
        "id": number(row),
        "admin_graphql_api_id": row["id"],
        "order_id": number(row["order"]),
        "amount": price(row["amountSet"]),
        "amount_rounding": None,
        "authorization": row["authorizationCode"] or "",
        "created_at": local_time(row["createdAt"]),
        "currency": row["amountSet"]["shopMoney"]["currencyCode"],
        "device_id": None,
        "error_code": row["errorCode"] and row["errorCode"].lower(),
        "gateway": row["gateway"],
        "kind": row["kind"].lower(),
        "location_id": number(row["location"]),
        "manual_payment_gateway": row["manualPaymentGateway"],
        "message": None,
        "parent_id": number(row["parentTransaction"]),
        "payment_id": row["paymentId"] or "",
        "processed_at": local_time(row["processedAt"]),
        "receipt": {},
        "source_name": "web",
        "status": row["status"].lower(),
        "test": row["test"],
        "user_id": None,
        "payment_details": {
            "credit_card_bin": None,
            "avs_result_code": None,
            "cvv_result_code": None,
            "credit_card_number": None,
            "credit_card_company": None,
            "buyer_action_info": None,
            "credit_card_name": None,
            "credit_card_wallet": None,
            "credit_card_expiration_month": None,
            "credit_card_expiration_year": None,
            "payment_method_name": None,
        },
        "total_unsettled_set": {
            "presentment_money": {"amount": "0.0", "currency": "EUR"},
            "shop_money": {"amount": "0.0", "currency": "EUR"},
        },
    }


def refund(data):
    """refunds/create."""
    return {
        "id": number(data),
        "admin_graphql_api_id": data["id"],
        "order_id": number(data["order"]),
        "created_at": local_time(data["createdAt"]),
        "processed_at": local_time(data["processedAt"]),
        "note": data["note"] or "",
        "restock": any(row["restocked"] for row in data["refundLineItems"]),
        "user_id": 0,
        "return": data["return"] and {
            "id": number(data["return"]),
            "admin_graphql_api_id": data["return"]["id"],
        },
        "total_duties_set": {
            "shop_money": {"amount": "0.00", "currency_code": "EUR"},
            "presentment_money": {"amount": "0.00", "currency_code": "EUR"},
        },
        "duties": [],
        "order_adjustments": [
            {
                "id": number(row),
                "order_id": number(data["order"]),
                "refund_id": number(data),
                "amount": price(row["amountSet"]),
                "amount_set": price_set(row["amountSet"]),
                "tax_amount": price(row["taxAmountSet"]),
                "tax_amount_set": price_set(row["taxAmountSet"]),
                "kind": "refund_discrepancy",
                "reason": row["reason"] and row["reason"].lower(),
            }
            for row in data["orderAdjustments"]
        ],
        "refund_line_items": [
            {
                "id": number(row),
                "line_item_id": number(row["lineItem"]),
                "location_id": number(row["location"]),
                "quantity": row["quantity"],
                "restock_type": row["restockType"].lower(),
                "subtotal": float(amount_of(row["subtotalSet"])),
                "subtotal_set": price_set(row["subtotalSet"]),
                "total_tax": float(amount_of(row["totalTaxSet"])),
                "total_tax_set": price_set(row["totalTaxSet"]),
                "line_item": line_item(row["lineItem"]),
            }
            for row in data["refundLineItems"]
        ],
        "refund_shipping_lines": [
            {
                "id": number(row),
                "shipping_line_id": number(row["shippingLine"]),
                "subtotal_amount_set": price_set(row["subtotalAmountSet"]),
                "tax_amount_set": price_set(row["taxAmountSet"]),
            }
            for row in data["refundShippingLines"]
        ],
        "transactions": [transaction(row) for row in data["transactions"]],
    }


def fulfillment(data):
    """fulfillments/create and fulfillments/update."""
    numbers = [row["number"] for row in data["trackingInfo"] if row["number"]]
    urls = [row["url"] for row in data["trackingInfo"] if row["url"]]
    owner = data["order"]
    return {
        "id": number(data),
        "admin_graphql_api_id": data["id"],
        "order_id": number(owner),
        "created_at": local_time(data["createdAt"]),
        "updated_at": local_time(data["updatedAt"]),
        "name": data["name"],
        "email": owner["email"],
        "location_id": number(data["location"]),
        "origin_address": {},
        "destination": address(owner["shippingAddress"]),
        "receipt": {},
        "service": "manual",
        "shipment_status": None,
        "status": {"SUCCESS": "success", "CANCELLED": "cancelled"}.get(data["status"], "pending"),
        "tracking_company": data["trackingInfo"][0]["company"] if data["trackingInfo"] else None,
        "tracking_number": numbers[0] if numbers else None,
        "tracking_numbers": numbers,
        "tracking_url": urls[0] if urls else None,
        "tracking_urls": urls,
        "line_items": [line_item(row["lineItem"]) for row in data["fulfillmentLineItems"]],
    }


def return_closed(data):
    """returns/close."""
    return {
        "id": number(data),
        "admin_graphql_api_id": data["id"],
        "order_id": number(data["order"]),
        "status": data["status"].lower(),
    }


def return_declined(data):
    """returns/decline."""
    reason = data["decline"]["reason"].lower()
    return {**return_(data), "decline": {"reason": reason, "note": data["decline"]["note"]}}


def return_(data):
    """returns/request and returns/approve."""
    return {
        "id": number(data),
        "admin_graphql_api_id": data["id"],
        "status": data["status"].lower(),
        "order": {"id": number(data["order"]), "admin_graphql_api_id": data["order"]["id"]},
        "name": data["name"],
        "total_return_line_items": data["totalQuantity"],
        "total_exchange_line_items": sum(row["quantity"] for row in data["exchangeLineItems"]),
        "return_line_items": [
            {
                "id": number(row),
                "admin_graphql_api_id": row["id"],
                "fulfillment_line_item": {
                    "id": number(row["fulfillmentLineItem"]),
                    "admin_graphql_api_id": row["fulfillmentLineItem"]["id"],
                    "line_item": {
                        "id": number(row["fulfillmentLineItem"]["lineItem"]),
                        "admin_graphql_api_id": row["fulfillmentLineItem"]["lineItem"]["id"],
                    },
                },
                "quantity": row["quantity"],
                "return_reason": row["returnReason"].lower(),
                "return_reason_note": row["returnReasonNote"],
                "customer_note": row["customerNote"],
            }
            for row in data["returnLineItems"]
        ],
        "exchange_line_items": [
            {"id": number(row), "admin_graphql_api_id": row["id"], "line_item": None}
            for row in data["exchangeLineItems"]
        ],
        "return_shipping_fees": [
            {
                "id": number(row),
                "admin_graphql_api_id": row["id"],
                "price": price_set(row["amountSet"]),
            }
            for row in data["returnShippingFees"]
        ],
    }


def fulfillment_order(row):
    """fulfillment_orders/...: only id and status."""
    return {"fulfillment_order": {"id": row["id"], "status": row["status"].lower()}}


def inventory_level(level):
    """inventory_levels/update."""
    return {
        "inventory_item_id": number(level["item"]),
        "location_id": number(level["location"]),
        "available": level["_quantities"]["available"],
        "updated_at": local_time(level["updatedAt"]),
        "admin_graphql_api_id": f"{level['id']}?inventory_item_id={number(level['item'])}",
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
