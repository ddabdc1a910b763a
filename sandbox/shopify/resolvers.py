"""Fields that are computed, fields that need a scope, fields that are personal data."""

from sandbox.shopify import gid
from sandbox.shopify.access import SCOPES as ALL_SCOPES
from sandbox.shopify.money import ZERO, Currencies, amount_of, money, rounded, shop_amount
from sandbox.shopify.paging import page_of_list, page_sorted
from sandbox.shopify.search import LEVEL_FIELDS, parse

_ADDRESS = (
    "address1",
    "address2",
    "firstName",
    "lastName",
    "name",
    "phone",
    "zip",
    "city",
    "company",
)
PROTECTED = {
    **{("MailingAddress", name): None for name in _ADDRESS},
    ("MailingAddress", "formatted"): [],
    **{("FulfillmentOrderDestination", name): None for name in (*_ADDRESS, "email") if name != "name"},
    ("Order", "email"): None,
    ("Order", "phone"): None,
    ("Customer", "email"): None,
    ("Customer", "phone"): None,
    ("Customer", "firstName"): None,
    ("Customer", "lastName"): None,
    ("Customer", "displayName"): "",
    ("Customer", "defaultEmailAddress"): None,
    ("Customer", "defaultPhoneNumber"): None,
}

ACTIONS = {
    "OPEN": ("CREATE_FULFILLMENT", "HOLD", "MOVE"),
    "IN_PROGRESS": ("CREATE_FULFILLMENT", "HOLD"),
    "ON_HOLD": ("RELEASE_HOLD",),
    "SCHEDULED": ("MARK_AS_OPEN",),
}


def _count(name):
    return lambda source, _state, **_arguments: {
        "count": len(source.get(name) or ()),
        "precision": "EXACT",
    }


def _orders_of(kind):
    def resolve(source, state, **arguments):
        return page_of_list([row for row in state.all("Order") if kind(row, source)], arguments)

    return resolve


def _by_customer(order, customer):
    return order["customer"] is customer


def _company_of(order):
    entity = order["purchasingEntity"]
    return entity if entity and entity["__typename"] == "PurchasingCompany" else None


def _by_company(order, company):
    entity = _company_of(order)
    return entity is not None and entity["company"] is company


def _by_location(order, location):
    entity = _company_of(order)
    return entity is not None and entity["location"] is location


def _by_contact(order, contact):
    entity = _company_of(order)
    return entity is not None and entity["contact"] is contact


def _spent(customer, state):
    total = sum(
        (shop_amount(row["netPaymentSet"]) for row in state.all("Order") if row["customer"] is customer),
        ZERO,
    )
    return money(total, "EUR")


def _last_order(customer, state):
    orders = [row for row in state.all("Order") if row["customer"] is customer]
    return orders[-1] if orders else None


def _levels_of_item(item, state, **arguments):
    rows = [level for level in state.all("InventoryLevel") if level["item"] is item]
    return _page_of_levels(rows, arguments)


def _levels_of_location(location, state, **arguments):
    rows = [level for level in state.all("InventoryLevel") if level["location"] is location]
    return _page_of_levels(rows, arguments)


def _page_of_levels(rows, arguments):
    if not arguments.get("includeInactive"):
        rows = [level for level in rows if level["isActive"]]
    if arguments.get("query"):
        search = parse(arguments["query"], LEVEL_FIELDS)
        rows = [level for level in rows if search.matches(level, LEVEL_FIELDS)]
    return page_sorted(rows, lambda _level: 0, arguments)


def _level(item_id, location_id, state):
    level = state.inventory.get((item_id.split("?")[0], location_id.split("?")[0]))
    return level if level and level["isActive"] else None


def _quantities(level, _state, names):
    return [
        {
            "id": f"gid://shopify/InventoryQuantity/{gid.number_of(level['id'])}?name={name}",
            "name": name,
            "quantity": level["_quantities"][name],
            "updatedAt": level["updatedAt"],
        }
        for name in names
        if name in level["_quantities"]
    ]


def _available(variant, state):
    item = variant["inventoryItem"]
    return sum(
        level["_quantities"]["available"]
        for level in (state.inventory.get((item["id"], place["id"])) for place in state.all("Location"))
        if level is not None and level["isActive"]
    )


def _discounted_total(line, _state, withCodeDiscounts=False):  # noqa: N803 (Shopify's name)
    return line["_discounted_with_codes" if withCodeDiscounts else "_discounted"]


def _fulfillment_part(key):
    def resolve(row, _state):
        line = row["lineItem"]
        whole = amount_of(line[key])
        bag = Currencies.of(line["_order"]).bag
        return bag(rounded(whole * row["quantity"] / line["quantity"]))

    return resolve


def _scope_list(_source, state):
    return [
        {"handle": scope, "description": scope.replace("_", " ").capitalize()}
        for scope in ALL_SCOPES
        if scope in state.access.scopes
    ]


def _weight_left(row, _state):
    grams = sum(
        (line["weight"]["value"] if line["weight"] else 0) * line["remainingQuantity"]
        for line in row["lineItems"]
    )
    return {"unit": "GRAMS", "value": float(grams)}


def _channel(order, _state):
    name = {"web": "Online Store", "pos": "Point of Sale"}.get(order["sourceName"])
    if name is None:
        return None
    number = 61000010 if order["sourceName"] == "web" else 61000011
    app = {
        "id": gid.make("App", number),
        "title": name,
        "handle": name.lower().replace(" ", "-"),
        "apiKey": f"channel-{number}",
    }
    return {
        "id": gid.make("ChannelInformation", number),
        "channelId": gid.make("Channel", number),
        "displayName": name,
        "app": app,
        "channelDefinition": {
            "id": gid.make("ChannelDefinition", number),
            "channelName": name,
            "handle": app["handle"],
            "isMarketplace": False,
            "subChannelName": name,
        },
    }


def _app_of_order(order, state):
    channel = _channel(order, state)
    return channel and {"id": channel["app"]["id"], "name": channel["displayName"]}


COMPUTED = {
    ("Order", "statusPageUrl"): lambda order, state, **_arguments: (
        f"https://{state.domain}/61000001/orders/{order['confirmationNumber'].lower()}/authenticate"
    ),
    ("Order", "channelInformation"): _channel,
    ("Order", "app"): _app_of_order,
    ("Order", "fulfillmentsCount"): _count("fulfillments"),
    ("Order", "transactionsCount"): _count("transactions"),
    ("Order", "fulfillable"): lambda order, _state: any(
        line["unfulfilledQuantity"] for line in order["lineItems"]
    ),
    ("Order", "shippingLines"): lambda order, _state, includeRemovals=False, **arguments: page_of_list(
        [row for row in order["shippingLines"] if includeRemovals or not row["isRemoved"]],
        arguments,
    ),
    ("Order", "nonFulfillableLineItems"): lambda order, _state, **arguments: page_of_list(
        [line for line in order["lineItems"] if not line["unfulfilledQuantity"]], arguments
    ),
    ("LineItem", "discountedTotalSet"): _discounted_total,
    ("Customer", "amountSpent"): _spent,
    ("Customer", "numberOfOrders"): lambda customer, state: str(
        sum(1 for row in state.all("Order") if row["customer"] is customer)
    ),
    ("Customer", "lastOrder"): _last_order,
    ("Customer", "orders"): _orders_of(_by_customer),
    ("Customer", "defaultEmailAddress"): lambda customer, _state: (
        customer["email"]
        and {
            "emailAddress": customer["email"],
            "marketingState": "NOT_SUBSCRIBED",
            "validFormat": True,
        }
    ),
    ("Customer", "defaultPhoneNumber"): lambda customer, _state: (
        customer["phone"]
        and {
            "phoneNumber": customer["phone"],
        }
    ),
    ("Customer", "taxSettings"): lambda _customer, _state: {"taxId": None},
    ("Company", "orders"): _orders_of(_by_company),
    ("Company", "ordersCount"): lambda company, state: {
        "count": sum(1 for row in state.all("Order") if _by_company(row, company)),
        "precision": "EXACT",
    },
    ("Company", "contactsCount"): _count("contacts"),
    ("Company", "locationsCount"): _count("locations"),
    ("CompanyLocation", "orders"): _orders_of(_by_location),
    ("CompanyContact", "orders"): _orders_of(_by_contact),
    ("FulfillmentOrder", "orderId"): lambda row, _state: row["order"]["id"],
    ("FulfillmentOrder", "orderName"): lambda row, _state: row["order"]["name"],
    ("FulfillmentOrder", "orderProcessedAt"): lambda row, _state: row["order"]["processedAt"],
    ("FulfillmentOrder", "remainingLineItemsWeight"): _weight_left,
    ("FulfillmentOrder", "supportedActions"): lambda row, _state: [
        {"action": action, "externalUrl": None} for action in ACTIONS.get(row["status"], ())
    ],
    ("FulfillmentOrderLineItem", "inventoryItemId"): lambda row, _state: (
        row["variant"] and row["variant"]["inventoryItem"]["id"]
    ),
    ("FulfillmentLineItem", "originalTotalSet"): _fulfillment_part("originalTotalSet"),
    ("FulfillmentLineItem", "discountedTotalSet"): _fulfillment_part("_discounted"),
    ("Fulfillment", "legacyResourceId"): lambda row, _state: str(gid.number_of(row["id"])),
    ("Fulfillment", "totalQuantity"): lambda row, _state: sum(
        item["quantity"] for item in row["fulfillmentLineItems"]
    ),
    ("Refund", "legacyResourceId"): lambda row, _state: str(gid.number_of(row["id"])),
    ("Product", "totalInventory"): lambda product, state: sum(
        _available(variant, state) for variant in product["variants"]
    ),
    ("Product", "variantsCount"): _count("variants"),
    ("ProductVariant", "inventoryQuantity"): _available,
    ("ProductVariant", "sellableOnlineQuantity"): _available,
    ("InventoryItem", "inventoryLevels"): _levels_of_item,
    ("InventoryItem", "inventoryLevel"): lambda item, state, locationId, **_arguments: _level(
        item["id"], locationId, state
    ),
    ("InventoryItem", "locationsCount"): lambda item, state: {
        "count": sum(1 for level in state.all("InventoryLevel") if level["item"] is item),
        "precision": "EXACT",
    },
    ("InventoryLevel", "quantities"): _quantities,
    ("Location", "inventoryLevels"): _levels_of_location,
    ("Location", "inventoryLevel"): lambda location, state, inventoryItemId, **_arguments: _level(
        inventoryItemId, location["id"], state
    ),
    ("Location", "hasActiveInventory"): lambda location, state: any(
        level["location"] is location for level in state.all("InventoryLevel")
    ),
    ("AppInstallation", "accessScopes"): _scope_list,
    ("InventoryAdjustmentGroup", "changes"): lambda group, _state, **_arguments: group["changes"],
    ("Return", "exchangeLineItems"): lambda row, _state, **arguments: page_of_list(
        row.get("exchangeLineItems") or (), arguments
    ),
}
