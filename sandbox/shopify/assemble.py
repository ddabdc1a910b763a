"""Turns a priced cart into an order in the shape of Shopify's GraphQL type."""

from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.shopify import gid, totals
from sandbox.shopify.money import ZERO, Currencies, amount_of, money, shop_amount

ORDER_DEFAULTS = {
    "additionalFees": [],
    "cancelReason": None,
    "cancellation": None,
    "cancelledAt": None,
    "canNotifyCustomer": True,
    "cartToken": None,
    "checkoutToken": None,
    "clientIp": None,
    "closedAt": None,
    "confirmed": True,
    "currentTotalAdditionalFeesSet": None,
    "currentTotalDutiesSet": None,
    "customAttributes": [],
    "customerAcceptsMarketing": False,
    "discountCode": None,
    "disputes": [],
    "dutiesIncluded": False,
    "edited": False,
    "estimatedTaxes": False,
    "fulfillmentOrders": [],
    "fulfillments": [],
    "merchantEditable": True,
    "merchantEditableErrors": [],
    "merchantOfRecordApp": None,
    "note": None,
    "originalTotalAdditionalFeesSet": None,
    "originalTotalDutiesSet": None,
    "paymentGatewayNames": [],
    "paymentTerms": None,
    "phone": None,
    "poNumber": None,
    "purchasingEntity": None,
    "refunds": [],
    "registeredSourceUrl": None,
    "retailLocation": None,
    "returns": [],
    "sourceIdentifier": None,
    "sourceName": "web",
    "tags": [],
    "taxExempt": False,
    "test": False,
    "transactions": [],
}


@dataclass
class Buyer:
    """Who buys, and where it goes."""

    customer: dict | None
    email: str | None
    billing: dict | None
    shipping: dict | None
    phone: str | None = None
    locale: str = "nl"
    purchasing_company: dict | None = None


@dataclass
class Extras:
    """What an order may have besides goods and addresses."""

    note: str | None = None
    attributes: list = field(default_factory=list)
    tags: list = field(default_factory=list)
    po_number: str | None = None
    tip: Decimal = ZERO
    source: str = "web"
    test: bool = False
    tax_exempt: bool = False
    risk: str = "LOW"
    payment_terms_days: int | None = None


def order_of(state, cart, buyer, extras, currencies=None):
    """Make the order (unpaid, nothing fulfilled yet) and return it."""
    currencies = currencies or Currencies(cart.currency)
    bag = currencies.bag
    now = state.now()
    lines = [line_item(state, cart, line, bag) for line in cart.lines]
    if extras.tip:
        lines.append(tip_line(state, extras.tip, bag))
    shipping = [shipping_line(state, cart, bag)] if cart.shipping else []
    number = state.next_order_number
    state.next_order_number += 1
    order = {
        **{key: _copy(value) for key, value in ORDER_DEFAULTS.items()},
        "name": f"#{number}",
        "number": number,
        "billingAddress": buyer.billing,
        "shippingAddress": buyer.shipping,
        "displayAddress": buyer.shipping or buyer.billing,
        "billingAddressMatchesShippingAddress": same_address(buyer.billing, buyer.shipping),
        "confirmationNumber": state.world.ids.token("confirmation", 9, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"),
        "createdAt": now,
        "processedAt": now,
        "updatedAt": now,
        "currencyCode": currencies.shop,
        "presentmentCurrencyCode": currencies.presentment,
        "_rate": currencies.rate,
        "customAttributes": list(extras.attributes),
        "customer": buyer.customer,
        "customerLocale": buyer.locale,
        "discountApplications": list(cart.applications),
        "discountCodes": [row["code"] for row in cart.applications if "code" in row],
        "email": buyer.email,
        "lineItems": lines,
        "note": extras.note,
        "phone": buyer.phone,
        "poNumber": extras.po_number,
        "purchasingEntity": buyer.purchasing_company or buyer.customer,
        "risk": risk(extras.risk),
        "shippingLines": shipping,
        "shippingLine": shipping[0] if shipping else None,
        "sourceName": extras.source,
        "tags": list(extras.tags),
        "taxExempt": extras.tax_exempt,
        "taxesIncluded": cart.taxes_included,
        "test": extras.test,
    }
    order["discountCode"] = order["discountCodes"][0] if order["discountCodes"] else None
    put_totals(order, cart, extras.tip, bag)
    if extras.payment_terms_days is not None:
        order["paymentTerms"] = payment_terms(state, order, extras.payment_terms_days)
    return register(state, order)


def register(state, order):
    """Give an order its ids, list it, and compute what follows from its parts."""
    state.add("Order", order)
    order["legacyResourceId"] = str(gid.number_of(order["id"]))
    for line in order["lineItems"]:
        line["_order"] = order
    for row in order["transactions"]:
        row["order"] = order
    totals.refresh(order)
    return order


def _copy(value):
    return list(value) if isinstance(value, list) else value


def same_address(one, other):
    """Say whether two addresses are the same place and name."""
    keys = ("name", "company", "address1", "address2", "zip", "city", "countryCodeV2")
    return one == other or (bool(one) and bool(other) and all(one[key] == other[key] for key in keys))


def put_totals(order, cart, tip, bag):
    """Write the figures at the time of the order."""
    shipping = cart.shipping
    discounts = [amount for line in cart.lines for amount, _app in line.allocations]
    cart_level = [
        amount
        for line in cart.lines
        for amount, application in line.allocations
        if totals.is_order_level(application)
    ]
    if shipping:
        discounts += [amount for amount, _app in shipping.allocations]
    total = cart.total + tip
    weight = sum(
        int(line["weight"]["value"]) * line["quantity"] for line in order["lineItems"] if line["weight"]
    )
    order.update(
        subtotalPriceSet=bag(cart.subtotal + tip),
        totalDiscountsSet=bag(sum(discounts, ZERO)),
        cartDiscountAmountSet=bag(sum(cart_level, ZERO)) if cart_level else None,
        totalShippingPriceSet=bag(shipping.discounted if shipping else ZERO),
        totalTaxSet=bag(cart.tax_total),
        totalTipReceivedSet=bag(tip),
        totalPriceSet=bag(total),
        originalTotalPriceSet=bag(total),
        totalCashRoundingAdjustment={"paymentSet": bag(ZERO), "refundSet": bag(ZERO)},
        refundDiscrepancySet=bag(ZERO),
        taxLines=order_tax_lines(order["lineItems"], order["shippingLines"], bag),
        totalWeight=str(weight),
        subtotalLineItemsQuantity=sum(line.quantity for line in cart.lines),
        requiresShipping=any(line["requiresShipping"] for line in order["lineItems"]),
    )


def order_tax_lines(lines, shipping_lines, bag):
    """Sum the tax lines of lines and shipping by title and rate."""
    sums = {}
    for part in (*lines, *shipping_lines):
        for row in part["taxLines"]:
            key = (row["title"], row["rate"])
            amount = amount_of(row["priceSet"])
            sums[key] = sums.get(key, ZERO) + amount
    return [tax_line(title, Decimal(str(rate)), amount, bag) for (title, rate), amount in sums.items()]


def tax_line(title, rate, amount, bag):
    """Return a TaxLine."""
    return {
        "title": title,
        "rate": float(rate),
        "ratePercentage": float(rate * 100),
        "priceSet": bag(amount),
        "channelLiable": False,
        "source": "shopify",
    }


def _tax_lines(cart, part, bag):
    if not part.tax:
        return []
    title, rate = part.tax
    return [tax_line(title, rate, cart.tax_of(part), bag)]


def _allocations(part, bag):
    return [
        {"allocatedAmountSet": bag(amount), "discountApplication": application}
        for amount, application in part.allocations
    ]


def line_item(state, cart, line, bag):
    """Make a LineItem."""
    variant = line.variant
    product = variant["product"] if variant else None
    title = line.title or (product["title"] if product else "Item")
    variant_title = None
    if variant and not product["hasOnlyDefaultVariant"]:
        variant_title = variant["title"]
    item = variant["inventoryItem"] if variant else None
    return state.add(
        "LineItem",
        {
            "customAttributes": list(line.properties),
            "discountAllocations": _allocations(line, bag),
            "duties": [],
            "image": variant["image"] if variant else None,
            "isGiftCard": line.gift_card,
            "lineItemGroup": None,
            "name": f"{title} - {variant_title}" if variant_title else title,
            "originalUnitPriceSet": bag(line.price),
            "product": product,
            "quantity": line.quantity,
            "requiresShipping": bool(item and item["requiresShipping"]) and not line.gift_card,
            "sku": variant["sku"] if variant else None,
            "taxLines": _tax_lines(cart, line, bag),
            "taxable": bool(line.tax),
            "title": title,
            "variant": variant,
            "variantTitle": variant_title,
            "vendor": product["vendor"] if product else None,
            "weight": item["measurement"]["weight"] if item else None,
        },
        listed=False,
    )


def tip_line(state, amount, bag):
    """Make the line by which a tip stands on an order."""
    return state.add(
        "LineItem",
        {
            "customAttributes": [],
            "discountAllocations": [],
            "duties": [],
            "image": None,
            "isGiftCard": False,
            "lineItemGroup": None,
            "_tip": True,
            "name": "Tip",
            "originalUnitPriceSet": bag(amount),
            "product": None,
            "quantity": 1,
            "requiresShipping": False,
            "sku": None,
            "taxLines": [],
            "taxable": False,
            "title": "Tip",
            "variant": None,
            "variantTitle": None,
            "vendor": None,
            "weight": None,
        },
        listed=False,
    )


def shipping_line(state, cart, bag):
    """Make a ShippingLine."""
    shipping = cart.shipping
    return state.add(
        "ShippingLine",
        {
            "carrierIdentifier": None,
            "code": shipping.code,
            "custom": False,
            "deliveryCategory": None,
            "discountAllocations": _allocations(shipping, bag),
            "discountedPriceSet": bag(shipping.discounted),
            "isRemoved": False,
            "originalPriceSet": bag(shipping.price),
            "phone": None,
            "shippingRateHandle": f"rate-{shipping.code}",
            "source": "shopify",
            "taxLines": _tax_lines(cart, shipping, bag),
            "title": shipping.title,
        },
        listed=False,
    )


def risk(level):
    """Return an OrderRiskSummary whose only assessment has this level."""
    recommendation = {"LOW": "ACCEPT", "MEDIUM": "INVESTIGATE", "HIGH": "CANCEL"}.get(level, "NONE")
    return {
        "assessments": [{"facts": [], "provider": None, "riskLevel": level}],
        "recommendation": recommendation,
    }


def payment_terms(state, order, days):
    """Make payment terms of so many days for an order."""
    total = shop_amount(order["totalPriceSet"])
    amount = money(total, order["currencyCode"])
    terms = state.add(
        "PaymentTerms",
        {
            "due": False,
            "dueInDays": days,
            "order": order,
            "overdue": False,
            "paymentTermsName": f"Net {days}",
            "paymentTermsType": "NET",
            "translatedName": f"Net {days}",
        },
    )
    schedule = state.add(
        "PaymentSchedule",
        {
            "balanceDue": amount,
            "completedAt": None,
            "due": False,
            "dueAt": order["processedAt"],
            "issuedAt": order["processedAt"],
            "paymentTerms": terms,
            "totalBalance": amount,
        },
    )
    terms["paymentSchedules"] = [schedule]
    return terms
