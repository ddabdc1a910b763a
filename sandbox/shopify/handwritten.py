"""Orders written by hand, in the shape of Shopify's GraphQL answers.

What is written is taken as it is; what a check-out would add (ids, derived figures, payments,
fulfilment orders) is filled in. A connection may be written as a list, or as {"nodes": [...]}.
Money may be written as a MoneyBag, or as a text: an amount in the customer's currency.
"""

import copy
import json
from decimal import Decimal
from pathlib import Path

from sandbox.shopify import assemble, checkout
from sandbox.shopify.garden.build import mailing_address
from sandbox.shopify.garden.people import COUNTRIES
from sandbox.shopify.money import ZERO, Currencies, amount_of

WORLDS = Path(__file__).resolve().parent.parent / "worlds"


def load(name):
    """Return the orders of sandbox/worlds/<name>.json."""
    path = WORLDS / f"{name}.json"
    if not path.is_file() or path.parent != WORLDS:
        raise ValueError(f"There is no world file {name}.")
    return json.loads(path.read_text(encoding="utf-8"))["orders"]


def take(state, orders):
    """Bring orders into the shop as if they had been checked out; return them."""
    if isinstance(orders, str):
        orders = load(orders)
    if not isinstance(orders, list) or not orders:
        raise ValueError("orders must be a list of orders, or the name of a world file")
    return [_take(state, copy.deepcopy(data)) for data in orders]


def _take(state, data):
    if not isinstance(data, dict) or not data.get("lineItems"):
        raise ValueError("An order must be an object with lineItems.")
    currencies = Currencies(
        data.get("currencyCode", "EUR"),
        data.get("presentmentCurrencyCode") or data.get("currencyCode", "EUR"),
        Decimal(str(data.pop("_rate", 1))),
    )
    bag = currencies.bag
    data = _bags(data, bag)
    pay_with = data.pop("_pay_with", None)
    applications = _nodes(data.get("discountApplications"))
    order = {key: copy.copy(value) for key, value in assemble.ORDER_DEFAULTS.items()}
    order.update(data)
    number = order.get("number") or state.next_order_number
    state.next_order_number = max(state.next_order_number, number) + 1
    now = state.now()
    order.update(
        number=number,
        name=order.get("name") or f"#{number}",
        currencyCode=currencies.shop,
        presentmentCurrencyCode=currencies.presentment,
        _rate=currencies.rate,
        discountApplications=applications,
        taxesIncluded=order.get("taxesIncluded", True),
        customer=_customer(state, order.get("customer")),
        billingAddress=_address(state, order.get("billingAddress")),
        shippingAddress=_address(state, order.get("shippingAddress")),
        risk=assemble.risk(order.pop("_risk", "LOW")) if "risk" not in data else data["risk"],
    )
    order.setdefault("customerLocale", "nl")
    order.setdefault("email", order["customer"]["email"] if order["customer"] else None)
    for key in ("createdAt", "processedAt", "updatedAt"):
        order[key] = order.get(key) or order.get("createdAt") or now
    order.setdefault(
        "confirmationNumber", state.world.ids.token("confirmation", 9, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
    )
    order["displayAddress"] = order["shippingAddress"] or order["billingAddress"]
    order["billingAddressMatchesShippingAddress"] = assemble.same_address(
        order["billingAddress"], order["shippingAddress"]
    )
    order["purchasingEntity"] = _purchasing(state, order)
    order["discountCodes"] = [row["code"] for row in applications if row.get("code")]
    order["discountCode"] = order["discountCodes"][0] if order["discountCodes"] else None
    order["lineItems"] = [_line(state, row, applications, bag) for row in _nodes(data["lineItems"])]
    order["shippingLines"] = [
        _shipping(state, row, applications, bag) for row in _nodes(data.get("shippingLines"))
    ]
    order["shippingLine"] = order["shippingLines"][0] if order["shippingLines"] else None
    transactions = _nodes(order.pop("transactions"))
    order["transactions"] = []
    order["refunds"], order["returns"] = [], []
    _totals(order, bag)
    assemble.register(state, order)
    order["_kinds"] = order.get("_kinds") or ["handwritten"]
    _transactions(state, order, transactions, bag)
    checkout.place(state, order, pay_with=pay_with)
    return order


def _nodes(value):
    if value is None:
        return []
    if isinstance(value, dict):
        if "edges" in value:
            return [edge["node"] for edge in value["edges"]]
        return list(value.get("nodes") or [])
    return list(value)


def _bags(value, bag, key=""):
    """Turn amounts written as texts into MoneyBags wherever a field's name ends with Set."""
    if isinstance(value, dict):
        return {name: _bags(part, bag, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_bags(part, bag) for part in value]
    if key.endswith("Set") and isinstance(value, (str, int, float)):
        return bag(Decimal(str(value)))
    return value


def _customer(state, data):
    if not data:
        return None
    for customer in state.all("Customer"):
        if data.get("id") == customer["id"] or (data.get("email") and data["email"] == customer["email"]):
            return customer
    now = state.now()
    first, last = data.get("firstName"), data.get("lastName")
    made = {
        "addresses": [],
        "addressesV2": [],
        "createdAt": now,
        "updatedAt": now,
        "defaultAddress": None,
        "displayName": " ".join(part for part in (first, last) if part),
        "email": None,
        "firstName": first,
        "lastName": last,
        "locale": "nl",
        "note": None,
        "phone": None,
        "state": "DISABLED",
        "tags": [],
        "taxExempt": False,
        "taxExemptions": [],
        "verifiedEmail": True,
        "companyContactProfiles": [],
        **data,
    }
    made["defaultAddress"] = _address(state, made["defaultAddress"])
    if made["defaultAddress"] and not made["addresses"]:
        made["addresses"] = made["addressesV2"] = [made["defaultAddress"]]
    state.add("Customer", made)
    made["legacyResourceId"] = made["id"].rsplit("/", 1)[1]
    state.notifier.customer("CUSTOMERS_CREATE", made)
    return made


def _address(state, data):
    if not data:
        return None
    country = data.get("countryCodeV2") or data.get("countryCode") or "NL"
    known = country if country in COUNTRIES else "NL"
    made = mailing_address(
        state,
        data.get("firstName"),
        data.get("lastName"),
        data.get("address1"),
        data.get("address2"),
        data.get("zip") or "",
        data.get("city") or "",
        known,
        data.get("phone"),
        data.get("company"),
    )
    made.update({key: value for key, value in data.items() if key in made and value is not None})
    made["countryCode"] = made["countryCodeV2"] = country
    return made


def _purchasing(state, order):
    entity = order.get("purchasingEntity")
    if not entity or "company" not in entity:
        return order["customer"]
    for company in state.all("Company"):
        if entity["company"].get("name") == company["name"] or (entity["company"].get("id") == company["id"]):
            return {
                "__typename": "PurchasingCompany",
                "company": company,
                "contact": company["mainContact"],
                "location": company["locations"][0],
            }
    raise ValueError(f"There is no company {entity['company'].get('name')}.")


def _allocations(rows, applications):
    made = []
    for row in _nodes(rows):
        application = row.get("discountApplication") or applications[row.get("index", 0)]
        index = application.get("index", 0)
        made.append({**row, "discountApplication": applications[index]})
    return made


def _taxes(rows):
    made = []
    for row in _nodes(rows):
        rate = row.get("rate")
        made.append(
            {
                "channelLiable": False,
                "source": "shopify",
                "ratePercentage": None if rate is None else rate * 100,
                **row,
            }
        )
    return made


def _line(state, data, applications, bag):
    sku = data.get("sku")
    variant = None
    if "variant" not in data or data["variant"]:
        variant = next((row for row in state.all("ProductVariant") if row["sku"] == sku), None)
    product = variant["product"] if variant else None
    title = data.get("title") or (product["title"] if product else "Item")
    price = data.get("originalUnitPriceSet") or bag(Decimal(variant["price"]) if variant else ZERO)
    line = {
        "customAttributes": [],
        "duties": [],
        "image": None,
        "isGiftCard": False,
        "lineItemGroup": None,
        "name": title,
        "quantity": 1,
        "requiresShipping": bool(variant),
        "sku": sku,
        "title": title,
        "variantTitle": None,
        "vendor": product["vendor"] if product else None,
        "weight": variant["inventoryItem"]["measurement"]["weight"] if variant else None,
        **data,
        "originalUnitPriceSet": price,
        "product": product,
        "variant": variant,
        "discountAllocations": _allocations(data.get("discountAllocations"), applications),
        "taxLines": _taxes(data.get("taxLines")),
    }
    line.setdefault("taxable", bool(line["taxLines"]))
    return state.add("LineItem", line, listed=False)


def _shipping(state, data, applications, bag):
    allocations = _allocations(data.get("discountAllocations"), applications)
    given = sum((amount_of(row["allocatedAmountSet"]) for row in allocations), ZERO)
    original = data.get("originalPriceSet") or bag(ZERO)
    line = {
        "carrierIdentifier": None,
        "code": "standard",
        "custom": False,
        "deliveryCategory": None,
        "isRemoved": False,
        "phone": None,
        "shippingRateHandle": "rate-standard",
        "source": "shopify",
        "title": "Standard",
        "discountedPriceSet": bag(amount_of(original) - given),
        **data,
        "originalPriceSet": original,
        "discountAllocations": allocations,
        "taxLines": _taxes(data.get("taxLines")),
    }
    return state.add("ShippingLine", line, listed=False)


def _totals(order, bag):
    """Fill in the figures that were not written."""
    subtotal = discounts = tax = ZERO
    for line in order["lineItems"]:
        allocated = sum((amount_of(row["allocatedAmountSet"]) for row in line["discountAllocations"]), ZERO)
        subtotal += amount_of(line["originalUnitPriceSet"]) * line["quantity"] - allocated
        discounts += allocated
    shipping = ZERO
    for line in order["shippingLines"]:
        shipping += amount_of(line["discountedPriceSet"])
        discounts += amount_of(line["originalPriceSet"]) - amount_of(line["discountedPriceSet"])
    for part in (*order["lineItems"], *order["shippingLines"]):
        tax += sum((amount_of(row["priceSet"]) for row in part["taxLines"]), ZERO)
    total = subtotal + shipping + (ZERO if order["taxesIncluded"] else tax)
    total += amount_of(order["currentTotalDutiesSet"])
    weight = sum(
        int(line["weight"]["value"]) * line["quantity"] for line in order["lineItems"] if line["weight"]
    )
    defaults = {
        "subtotalPriceSet": bag(subtotal),
        "totalDiscountsSet": bag(discounts),
        "cartDiscountAmountSet": None,
        "totalShippingPriceSet": bag(shipping),
        "totalTaxSet": bag(tax),
        "totalTipReceivedSet": bag(ZERO),
        "totalPriceSet": bag(total),
        "originalTotalPriceSet": bag(total),
        "totalCashRoundingAdjustment": {"paymentSet": bag(ZERO), "refundSet": bag(ZERO)},
        "refundDiscrepancySet": bag(ZERO),
        "taxLines": assemble.order_tax_lines(order["lineItems"], order["shippingLines"], bag),
        "totalWeight": str(weight),
        "subtotalLineItemsQuantity": sum(line["quantity"] for line in order["lineItems"]),
        "requiresShipping": any(line["requiresShipping"] for line in order["lineItems"]),
    }
    for key, value in defaults.items():
        order.setdefault(key, value)
    order["taxLines"] = _taxes(order["taxLines"])


def _transactions(state, order, rows, bag):
    """Record written payments; those of a Mollie gateway are really paid there."""
    for row in rows:
        gateway = row.get("gateway") or "manual"
        amount = row.get("amountSet") or order["totalPriceSet"]
        payment_id = row.get("paymentId") or checkout.new_payment_id(state)
        kind, status = row.get("kind", "SALE"), row.get("status", "SUCCESS")
        made = checkout.add_transaction(state, order, kind, gateway, amount, payment_id, status=status)
        method = next((key for key, name in checkout.GATEWAYS.items() if name == gateway), None)
        if method and status == "SUCCESS" and kind == "SALE":
            money = amount["presentmentMoney"]
            payment = state.world.mollie.pay(
                Decimal(money["amount"]), money["currencyCode"], payment_id, method
            )
            made["_mollie_id"] = payment["id"]
        made.update({key: row[key] for key in ("processedAt", "createdAt") if key in row})


def plain(value, seen=()):
    """Return a copy without the sandbox's own keys and without what points back."""
    if isinstance(value, dict):
        if id(value) in seen:
            return {"id": value.get("id")}
        seen = (*seen, id(value))
        return {
            key: plain(part, seen)
            for key, part in value.items()
            if not key.startswith("_") and not (len(seen) > 1 and key == "order")
        }
    if isinstance(value, list):
        return [plain(part, seen) for part in value]
    return value
