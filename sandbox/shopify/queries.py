"""Root fields of queries."""

from datetime import timedelta

from sandbox.clock import parse_moment
from sandbox.shopify import gid, search
from sandbox.shopify.errors import access_denied
from sandbox.shopify.money import shop_amount
from sandbox.shopify.paging import page_sorted
from sandbox.shopify.scopes import scopes_of_type
from sandbox.shopify.versions import SUPPORTED

SIXTY_DAYS = timedelta(days=60)


def _visible_orders(state):
    """Without read_all_orders only the last sixty days can be seen, and nothing says so."""
    return [order for order in state.all("Order") if _visible(state, order)]


def _visible(state, order):
    if state.access.allows("read_all_orders"):
        return True
    return parse_moment(order["createdAt"]) >= state.world.clock.now() - SIXTY_DAYS


def _found(info, items, query, readers):
    if not query:
        return items
    parsed = search.parse(query, readers)
    if parsed.warnings:
        info.context.search.append(
            {
                "path": [info.path.key],
                "query": query,
                "parsed": _parsed(parsed),
                "warnings": parsed.warnings,
            }
        )
    return [item for item in items if parsed.matches(item, readers)]


def _parsed(parsed):
    names = {"": "match_all", ">=": "range_gte", ">": "range_gt", "<=": "range_lte", "<": "range_lt"}
    terms = []
    for term in parsed.alternatives[0]:
        value = term.value
        if term.field.endswith("_at") and (moment := search.read_date(value)):
            value = moment.isoformat()
        terms.append({"field": term.field, names[term.op]: value})
    return {"and": terms}


def _listing(source, readers, sort_keys, default):
    """Make a resolver for a root connection; ``source(state)`` gives all objects."""

    def resolve(_root, info, **arguments):
        state = info.context.state
        items = _found(info, source(state), arguments.get("query"), readers)
        value_of = sort_keys.get(arguments.get("sortKey") or default, sort_keys[default])
        return page_sorted(items, value_of, arguments)

    return resolve


def _counting(source, readers):
    def resolve(_root, info, query=None, limit=10000, **_arguments):
        count = len(_found(info, source(info.context.state), query, readers))
        if limit is not None and count > limit:
            return {"count": limit, "precision": "AT_LEAST"}
        return {"count": count, "precision": "EXACT"}

    return resolve


def _one(kind):
    def resolve(_root, info, id, **_arguments):  # noqa: A002 (Shopify's name)
        found = info.context.state.find(id, kind)
        if kind == "Order" and found is not None and not _visible(info.context.state, found):
            return None
        return found

    return resolve


def _node(info, global_id):
    state = info.context.state
    kind = gid.kind_of(global_id)
    scopes = scopes_of_type(kind)
    if scopes and not state.access.allows(*scopes):
        raise access_denied("node", scopes)
    found = state.find(global_id)
    if kind == "Order" and found is not None and not _visible(state, found):
        return None
    return found


def _nodes(_root, info, ids):
    return [_node(info, global_id) for global_id in ids]


def _by_id(item):
    return gid.number_of(item["id"])


def _key(name):
    return lambda item: item.get(name) or ""


ORDER_SORT = {
    "PROCESSED_AT": _key("processedAt"),
    "CREATED_AT": _key("createdAt"),
    "UPDATED_AT": _key("updatedAt"),
    "ID": _by_id,
    "ORDER_NUMBER": lambda order: order["number"],
    "TOTAL_PRICE": lambda order: float(shop_amount(order["totalPriceSet"])),
    "CURRENT_TOTAL_PRICE": lambda order: float(shop_amount(order["currentTotalPriceSet"])),
    "FINANCIAL_STATUS": _key("displayFinancialStatus"),
    "FULFILLMENT_STATUS": _key("displayFulfillmentStatus"),
}
COMMON_SORT = {
    "ID": _by_id,
    "CREATED_AT": _key("createdAt"),
    "UPDATED_AT": _key("updatedAt"),
    "TITLE": _key("title"),
    "NAME": _key("name"),
    "SKU": _key("sku"),
    "VENDOR": _key("vendor"),
    "LAST_UPDATE": _key("updatedAt"),
}


def _everything(kind):
    return lambda state: state.all(kind)


def _fulfillment_orders(_root, info, includeClosed=False, **arguments):  # noqa: N803
    readers = search.FULFILLMENT_ORDER_FIELDS
    rows = _found(info, info.context.state.all("FulfillmentOrder"), arguments.get("query"), readers)
    if not includeClosed:
        rows = [row for row in rows if row["status"] not in ("CLOSED", "CANCELLED")]
    key = COMMON_SORT.get(arguments.get("sortKey") or "ID", _by_id)
    return page_sorted(rows, key, arguments)


def _locations(_root, info, includeInactive=False, **arguments):  # noqa: N803
    rows = _found(info, info.context.state.all("Location"), arguments.get("query"), search.LOCATION_FIELDS)
    if not includeInactive:
        rows = [row for row in rows if row["isActive"]]
    return page_sorted(rows, COMMON_SORT.get(arguments.get("sortKey") or "NAME"), arguments)


def _location(_root, info, id=None):  # noqa: A002
    state = info.context.state
    return state.find(id, "Location") if id else state.primary_location()


def _subscriptions(_root, info, topics=None, callbackUrl=None, uri=None, **arguments):  # noqa: N803
    rows = _found(
        info,
        info.context.state.all("WebhookSubscription"),
        arguments.get("query"),
        search.SUBSCRIPTION_FIELDS,
    )
    if topics:
        rows = [row for row in rows if row["topic"] in topics]
    address = uri or callbackUrl
    if address:
        rows = [row for row in rows if row["uri"] == address]
    return page_sorted(rows, COMMON_SORT["ID"], arguments)


def _versions(_root, _info):
    return [{"handle": handle, "displayName": handle, "supported": True} for handle in SUPPORTED]


def _installation(_root, info):
    return info.context.state.all("AppInstallation")[0]


QUERIES = {
    "shop": lambda _root, info: info.context.state.all("Shop")[0],
    "node": lambda _root, info, id: _node(info, id),
    "nodes": _nodes,
    "orders": _listing(_visible_orders, search.ORDER_FIELDS, ORDER_SORT, "PROCESSED_AT"),
    "order": _one("Order"),
    "ordersCount": _counting(_visible_orders, search.ORDER_FIELDS),
    "customers": _listing(_everything("Customer"), search.CUSTOMER_FIELDS, COMMON_SORT, "ID"),
    "customer": _one("Customer"),
    "customersCount": _counting(_everything("Customer"), search.CUSTOMER_FIELDS),
    "companies": _listing(_everything("Company"), search.COMPANY_FIELDS, COMMON_SORT, "ID"),
    "company": _one("Company"),
    "companyLocation": _one("CompanyLocation"),
    "products": _listing(_everything("Product"), search.PRODUCT_FIELDS, COMMON_SORT, "ID"),
    "product": _one("Product"),
    "productsCount": _counting(_everything("Product"), search.PRODUCT_FIELDS),
    "productVariants": _listing(_everything("ProductVariant"), search.VARIANT_FIELDS, COMMON_SORT, "ID"),
    "productVariant": _one("ProductVariant"),
    # Measured: the real count of variants pays no heed to its filter.
    "productVariantsCount": lambda _root, info, **_arguments: {
        "count": len(info.context.state.all("ProductVariant")),
        "precision": "EXACT",
    },
    "locations": _locations,
    "location": _location,
    "inventoryItems": _listing(_everything("InventoryItem"), search.ITEM_FIELDS, COMMON_SORT, "ID"),
    "inventoryItem": _one("InventoryItem"),
    "inventoryLevel": _one("InventoryLevel"),
    "currentAppInstallation": _installation,
    "webhookSubscriptions": _subscriptions,
    "webhookSubscription": _one("WebhookSubscription"),
    "webhookSubscriptionsCount": _counting(_everything("WebhookSubscription"), search.SUBSCRIPTION_FIELDS),
    "fulfillmentOrders": _fulfillment_orders,
    "fulfillmentOrder": _one("FulfillmentOrder"),
    "fulfillment": _one("Fulfillment"),
    "refund": _one("Refund"),
    "return": _one("Return"),
    "bulkOperation": _one("BulkOperation"),
    "bulkOperations": _listing(_everything("BulkOperation"), search.SUBSCRIPTION_FIELDS, COMMON_SORT, "ID"),
    "publicApiVersions": _versions,
    "tenderTransactions": _listing(_everything("TenderTransaction"), search.TENDER_FIELDS, COMMON_SORT, "ID"),
}
