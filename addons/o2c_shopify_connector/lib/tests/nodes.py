"""Builds orders in the shape of Shopify's answers, for tests."""

from decimal import Decimal
from itertools import count

_numbers = count(1001)


def money(amount, currency="EUR", presentment=None, presentment_currency=None):
    """A MoneyBag; both currencies are the same unless told otherwise."""
    return {
        "shopMoney": {"amount": str(amount), "currencyCode": currency},
        "presentmentMoney": {
            "amount": str(amount if presentment is None else presentment),
            "currencyCode": presentment_currency or currency,
        },
    }


def tax(rate, amount, title="BTW"):
    """A TaxLine; ``rate`` in percent."""
    return {
        "title": title,
        "rate": float(Decimal(str(rate)) / 100),
        "ratePercentage": float(rate),
        "channelLiable": False,
        "priceSet": money(amount),
    }


def line(number, quantity=1, unit="10.00", taxes=(), discounts=(), **values):
    """A LineItem. ``discounts`` are amounts allocated to the whole line."""
    total = Decimal(str(unit)) * quantity
    return {
        "id": f"gid://shopify/LineItem/{number}",
        "title": f"Article {number}",
        "variantTitle": None,
        "sku": f"SKU-{number}",
        "quantity": quantity,
        "currentQuantity": quantity,
        "unfulfilledQuantity": quantity,
        "requiresShipping": True,
        "isGiftCard": False,
        "taxable": True,
        "variant": {"id": f"gid://shopify/ProductVariant/{number}"},
        "product": {"id": f"gid://shopify/Product/{number}"},
        "originalUnitPriceSet": money(unit),
        "originalTotalSet": money(total),
        "discountAllocations": [
            {
                "allocatedAmountSet": money(amount),
                "discountApplication": {"targetType": "LINE_ITEM", "code": "SPRING"},
            }
            for amount in discounts
        ],
        "taxLines": list(taxes),
        "duties": [],
        **values,
    }


def shipping(number=1, price="4.95", discounted=None, taxes=(), **values):
    """A ShippingLine."""
    return {
        "id": f"gid://shopify/ShippingLine/{number}",
        "title": "Standard",
        "code": "standard",
        "isRemoved": False,
        "originalPriceSet": money(price),
        "discountedPriceSet": money(price if discounted is None else discounted),
        "taxLines": list(taxes),
        **values,
    }


def transaction(number, amount, kind="SALE", status="SUCCESS", gateway="Mollie - iDEAL", **values):
    """An OrderTransaction."""
    return {
        "id": f"gid://shopify/OrderTransaction/{number}",
        "kind": kind,
        "status": status,
        "test": False,
        "gateway": gateway,
        "formattedGateway": gateway,
        "paymentId": f"pay{number}",
        "processedAt": "2026-11-20T09:30:00Z",
        "createdAt": "2026-11-20T09:30:00Z",
        "errorCode": None,
        "amountSet": money(amount),
        "parentTransaction": None,
        **values,
    }


def address(**values):
    """A MailingAddress of a customer in Utrecht."""
    return {
        "firstName": "Sanne",
        "lastName": "Bakker",
        "company": None,
        "address1": "Oudegracht 12",
        "address2": None,
        "zip": "3511 AA",
        "city": "Utrecht",
        "provinceCode": None,
        "countryCodeV2": "NL",
        "phone": "+31301234567",
        **values,
    }


def refund(number, total, lines=(), shipping_lines=(), adjustments=(), transactions=(), **values):
    """A Refund. ``lines``: (line number, quantity, subtotal, tax, restock type)."""
    return {
        "id": f"gid://shopify/Refund/{number}",
        "createdAt": "2026-11-22T10:00:00Z",
        "processedAt": "2026-11-22T10:00:00Z",
        "note": None,
        "totalRefundedSet": money(total),
        "duties": [],
        "refundLineItems": {
            "nodes": [
                {
                    "id": f"gid://shopify/RefundLineItem/{number}{item[0]}",
                    "quantity": item[1],
                    "restockType": item[4],
                    "restocked": item[4] != "NO_RESTOCK",
                    "lineItem": {"id": f"gid://shopify/LineItem/{item[0]}"},
                    "location": None,
                    "subtotalSet": money(item[2]),
                    "totalTaxSet": money(item[3]),
                }
                for item in lines
            ],
            "pageInfo": {"hasNextPage": False, "endCursor": None},
        },
        "refundShippingLines": {
            "nodes": [
                {
                    "id": f"gid://shopify/RefundShippingLine/{number}{item[0]}",
                    "shippingLine": {"id": f"gid://shopify/ShippingLine/{item[0]}"},
                    "subtotalAmountSet": money(item[1]),
                    "taxAmountSet": money(item[2]),
                }
                for item in shipping_lines
            ]
        },
        "orderAdjustments": {
            "nodes": [
                {
                    "id": f"gid://shopify/OrderAdjustment/{number}{position}",
                    "reason": "REFUND_DISCREPANCY",
                    "amountSet": money(item[0]),
                    "taxAmountSet": money(item[1]),
                }
                for position, item in enumerate(adjustments)
            ]
        },
        "transactions": {
            "nodes": [{"id": f"gid://shopify/OrderTransaction/{item}"} for item in transactions]
        },
        **values,
    }


def order(lines, total, tax_total, shipping_lines=(), included=True, number=None, **values):
    """A complete order node."""
    number = number or next(_numbers)
    page = {"hasNextPage": False, "endCursor": None}
    node = {
        "id": f"gid://shopify/Order/{number}",
        "name": f"#{number}",
        "createdAt": "2026-11-20T09:29:00Z",
        "processedAt": "2026-11-20T09:30:00Z",
        "updatedAt": "2026-11-20T09:31:00Z",
        "cancelledAt": None,
        "cancelReason": None,
        "closed": False,
        "test": False,
        "edited": False,
        "taxesIncluded": included,
        "dutiesIncluded": False,
        "taxExempt": False,
        "currencyCode": "EUR",
        "presentmentCurrencyCode": "EUR",
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "returnStatus": "NO_RETURN",
        "sourceName": "web",
        "email": f"buyer{number}@example.com",
        "phone": None,
        "note": None,
        "poNumber": None,
        "customerLocale": "nl",
        "tags": [],
        "discountCodes": [],
        "paymentGatewayNames": ["Mollie - iDEAL"],
        "risk": {"recommendation": "ACCEPT"},
        "paymentTerms": None,
        "retailLocation": None,
        "customer": {
            "id": f"gid://shopify/Customer/{number}",
            "firstName": "Sanne",
            "lastName": "Bakker",
            "locale": "nl",
            "taxExempt": False,
            "defaultEmailAddress": {"emailAddress": f"buyer{number}@example.com"},
            "defaultPhoneNumber": None,
        },
        "purchasingEntity": {},
        "billingAddress": address(),
        "shippingAddress": address(),
        "totalPriceSet": money(total),
        "currentTotalPriceSet": money(total),
        "totalTaxSet": money(tax_total),
        "currentTotalTaxSet": money(tax_total),
        "totalTipReceivedSet": money("0.00"),
        "totalRefundedSet": money("0.00"),
        "originalTotalDutiesSet": None,
        "totalCashRoundingAdjustment": {"paymentSet": money("0.00")},
        "additionalFees": [],
        "transactionsCount": {"count": 1},
        "customAttributes": [],
        "lineItems": {"nodes": list(lines), "pageInfo": page},
        "shippingLines": {"nodes": list(shipping_lines), "pageInfo": page},
        "fulfillmentOrders": {"nodes": []},
        "transactions": [transaction(number, total)],
        "refunds": [],
    }
    node.update(values)
    return node
