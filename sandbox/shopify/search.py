"""Shopify's search syntax, with its traps.

``updated_at:>='2026-01-01T00:00:00Z'`` works. Without the quotes the value ends at the first colon:
the date is read to the hour in the shop's own time zone, what follows becomes another (invalid)
field, and only a warning tells it. Measured on a real shop.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from sandbox.clock import parse_moment

TOKEN = re.compile(
    r"""\s*(?:
        (?P<open>\()|(?P<close>\))|
        (?P<not>-|NOT\s+)?
        (?P<field>[A-Za-z_0-9]+):(?P<op><=|>=|<|>)?
        (?:'(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<bare>[^\s:()]+))|
        (?P<word>[^\s()]+)
    )""",
    re.VERBOSE,
)
SHOP_ZONE = ZoneInfo("Europe/Amsterdam")


@dataclass
class Term:
    """One condition: field, operator ("" is equality), value."""

    field: str
    op: str
    value: str
    quoted: bool = False
    negated: bool = False


@dataclass
class Search:
    """A parsed query: alternatives of conditions that must all hold."""

    text: str
    alternatives: list = field(default_factory=lambda: [[]])
    warnings: list = field(default_factory=list)

    def matches(self, item, readers):
        """Say whether ``item`` satisfies the query; ``readers`` map field names to functions."""
        return any(all(_holds(term, item, readers) for term in terms) for terms in self.alternatives)


def parse(text, readers):
    """Parse a query; unknown fields are ignored and warned about, as Shopify does."""
    search = Search(text or "")
    position = 0
    negate_next = False
    while position < len(search.text):
        match = TOKEN.match(search.text, position)
        if match is None or match.end() == position:
            break
        position = match.end()
        if match["open"] or match["close"]:
            continue
        if match["word"]:
            word = match["word"]
            if word == "OR":
                search.alternatives.append([])
            elif word == "NOT":
                negate_next = True
            elif word != "AND" and not word.startswith(":"):
                search.alternatives[-1].append(Term("default", "", word, True, negate_next))
                negate_next = False
            continue
        bare = match["bare"]
        value = next(part for part in (match["single"], match["double"], bare, "") if part is not None)
        term = Term(match["field"], match["op"] or "", value, bare is None, bool(match["not"]) or negate_next)
        negate_next = False
        if search.text[position : position + 1] == ":":
            position += 1
        if term.field not in readers:
            search.warnings.append(
                {
                    "field": term.field,
                    "message": "Invalid search field for this query.",
                    "code": "invalid_field",
                }
            )
            continue
        search.alternatives[-1].append(term)
    return search


def _holds(term, item, readers):
    result = _compare(term, readers[term.field](item))
    return not result if term.negated else result


def _compare(term, actual):
    if isinstance(actual, (list, tuple, set)):
        return any(_compare(term, one) for one in actual)
    if actual is None:
        return False
    if isinstance(actual, datetime):
        return _compare_dates(term, actual)
    if isinstance(actual, bool):
        return str(actual).lower() == term.value.lower()
    if isinstance(actual, (int, float)) and not isinstance(actual, bool):
        try:
            return _ordered(term.op, actual, type(actual)(term.value))
        except ValueError:
            return False
    wanted, given = term.value.lower(), str(actual).lower()
    if term.op:
        return _ordered(term.op, given, wanted)
    if wanted == "*":
        return bool(given)
    if wanted.endswith("*"):
        return given.startswith(wanted[:-1])
    return given == wanted


def _compare_dates(term, actual):
    value = read_date(term.value)
    if value is None:
        return False
    actual = actual.replace(microsecond=0)
    if not term.op:
        return actual.date() == value.date() if len(term.value) <= 10 else actual == value
    return _ordered(term.op, actual, value)


def read_date(text):
    """Read a search date; one without an offset is in the shop's time zone."""
    for pattern in ("%Y-%m-%dT%H", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=SHOP_ZONE)
        except ValueError:
            continue
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=SHOP_ZONE)
    return moment.astimezone(timezone.utc)


def _ordered(operator, left, right):
    if operator == ">=":
        return left >= right
    if operator == "<=":
        return left <= right
    if operator == ">":
        return left > right
    if operator == "<":
        return left < right
    return left == right


def _moment(key):
    return lambda item: parse_moment(item[key]) if item.get(key) else None


def _number(item):
    return int(item["id"].rsplit("/", 1)[1])


ORDER_FIELDS = {
    "default": lambda order: [order["name"], order["name"].lstrip("#"), order["email"] or ""],
    "id": _number,
    "name": lambda order: [order["name"], order["name"].lstrip("#")],
    "created_at": _moment("createdAt"),
    "updated_at": _moment("updatedAt"),
    "processed_at": _moment("processedAt"),
    "financial_status": lambda order: order["displayFinancialStatus"],
    "fulfillment_status": lambda order: [
        order["displayFulfillmentStatus"],
        *(["unshipped"] if order["displayFulfillmentStatus"] == "UNFULFILLED" else []),
    ],
    "status": lambda order: [
        "any",
        "cancelled" if order["cancelledAt"] else "closed" if order["closedAt"] else "open",
    ],
    "tag": lambda order: order["tags"],
    "email": lambda order: order["email"],
    "test": lambda order: order["test"],
    "gateway": lambda order: order["paymentGatewayNames"],
    "customer_id": lambda order: _number(order["customer"]) if order["customer"] else None,
    "po_number": lambda order: order["poNumber"],
    "source_name": lambda order: order["sourceName"],
    "sku": lambda order: [line["sku"] for line in order["lineItems"]],
    "confirmation_number": lambda order: order["confirmationNumber"],
    "return_status": lambda order: order["returnStatus"],
    "discount_code": lambda order: order["discountCodes"],
    "payment_id": lambda order: [row["paymentId"] for row in order["transactions"]],
}
CUSTOMER_FIELDS = {
    "default": lambda customer: [customer["displayName"], customer["email"] or ""],
    "id": _number,
    "email": lambda customer: customer["email"],
    "phone": lambda customer: customer["phone"],
    "first_name": lambda customer: customer["firstName"],
    "last_name": lambda customer: customer["lastName"],
    "tag": lambda customer: customer["tags"],
    "created_at": _moment("createdAt"),
    "updated_at": _moment("updatedAt"),
}
COMPANY_FIELDS = {
    "default": lambda company: company["name"],
    "id": _number,
    "name": lambda company: company["name"],
    "external_id": lambda company: company["externalId"],
    "created_at": _moment("createdAt"),
    "updated_at": _moment("updatedAt"),
}
PRODUCT_FIELDS = {
    "default": lambda product: product["title"],
    "id": _number,
    "title": lambda product: product["title"],
    "handle": lambda product: product["handle"],
    "status": lambda product: product["status"],
    "vendor": lambda product: product["vendor"],
    "product_type": lambda product: product["productType"],
    "tag": lambda product: product["tags"],
    "sku": lambda product: [variant["sku"] for variant in product["variants"]],
    "barcode": lambda product: [variant["barcode"] for variant in product["variants"]],
    "created_at": _moment("createdAt"),
    "updated_at": _moment("updatedAt"),
}
VARIANT_FIELDS = {
    "default": lambda variant: [variant["title"], variant["sku"] or ""],
    "id": _number,
    "sku": lambda variant: variant["sku"],
    "barcode": lambda variant: variant["barcode"],
    "title": lambda variant: variant["title"],
    "product_id": lambda variant: _number(variant["product"]),
    "product_status": lambda variant: variant["product"]["status"],
    "updated_at": _moment("updatedAt"),
}
ITEM_FIELDS = {
    "default": lambda item: item["sku"],
    "id": _number,
    "sku": lambda item: item["sku"],
    "created_at": _moment("createdAt"),
    "updated_at": _moment("updatedAt"),
}
LEVEL_FIELDS = {
    "default": lambda level: level["item"]["sku"],
    "id": _number,
    "inventory_item_id": lambda level: _number(level["item"]),
    "updated_at": _moment("updatedAt"),
}
LOCATION_FIELDS = {
    "default": lambda location: location["name"],
    "id": _number,
    "name": lambda location: location["name"],
    "active": lambda location: location["isActive"],
    "created_at": _moment("createdAt"),
}
FULFILLMENT_ORDER_FIELDS = {
    "default": lambda order: order["orderName"],
    "id": _number,
    "status": lambda order: order["status"],
    "assigned_location_id": lambda order: _number(order["assignedLocation"]["location"]),
    "updated_at": _moment("updatedAt"),
    "created_at": _moment("createdAt"),
}
TENDER_FIELDS = {
    "default": lambda row: row["remoteReference"],
    "id": _number,
    "processed_at": _moment("processedAt"),
    "test": lambda row: row["test"],
}
SUBSCRIPTION_FIELDS = {
    "default": lambda row: row["uri"],
    "id": _number,
    "created_at": _moment("createdAt"),
    "updated_at": _moment("updatedAt"),
}
