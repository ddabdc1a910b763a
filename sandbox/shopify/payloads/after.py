"""Bodies of what happens to an order: payments, refunds, fulfilments, returns."""

from sandbox.shopify.money import shop_amount
from sandbox.shopify.payloads.line import line_item
from sandbox.shopify.payloads.parts import address, local_time, number, price, price_set


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
        "return": data["return"]
        and {
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
                "subtotal": float(shop_amount(row["subtotalSet"])),
                "subtotal_set": price_set(row["subtotalSet"]),
                "total_tax": float(shop_amount(row["totalTaxSet"])),
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
