"""Connections: pages with cursors that stay valid when the list changes."""

import base64
import contextvars
import json

from graphql import GraphQLError

from sandbox.shopify import gid

MAX_PAGE = 250
# True while a bulk operation runs: then connections have no pages.
UNLIMITED = contextvars.ContextVar("unlimited", default=False)


class Page:
    """One page of a connection. ``items`` are (key, object) pairs in their order."""

    __slots__ = ("_rows", "pageInfo")

    def __init__(self, rows, has_previous, has_next):
        self._rows = rows
        self.pageInfo = {
            "hasNextPage": has_next,
            "hasPreviousPage": has_previous,
            "startCursor": encode(rows[0][0]) if rows else None,
            "endCursor": encode(rows[-1][0]) if rows else None,
        }

    @property
    def nodes(self):
        return [item for _key, item in self._rows]

    @property
    def edges(self):
        return [{"cursor": encode(key), "node": item} for key, item in self._rows]


def encode(key):
    """Write a cursor for a (value, number) key."""
    value, number = key
    raw = json.dumps({"last_id": number, "last_value": value}, separators=(",", ":"))
    return base64.b64encode(raw.encode()).decode()


def decode(cursor):
    """Read a cursor; GraphQLError as Shopify says it when it is none."""
    try:
        data = json.loads(base64.b64decode(cursor, validate=True))
        return data["last_value"], data["last_id"]
    except (ValueError, KeyError, TypeError) as error:
        raise GraphQLError(
            f"Invalid cursor for current pagination sort. (cursor: {cursor})",
            extensions={"code": "BAD_REQUEST"},
        ) from error


def check_size(first, last):
    """Refuse what Shopify refuses about page sizes."""
    if UNLIMITED.get():
        return
    if first is None and last is None:
        raise GraphQLError("you must provide one of first or last", extensions={"code": "BAD_REQUEST"})
    if first is not None and last is not None:
        raise GraphQLError(
            "providing both first and last is not supported", extensions={"code": "BAD_REQUEST"}
        )
    for name, value in (("first", first), ("last", last)):
        if value is None:
            continue
        if value > MAX_PAGE:
            raise GraphQLError(
                f"{name} cannot exceed {MAX_PAGE}. To query larger amounts of data with fewer "
                "limits, bulk operations should be used instead.",
                extensions={"code": "BAD_REQUEST"},
            )
        if value < 1:
            raise GraphQLError(f"{name} must be greater than 0", extensions={"code": "BAD_REQUEST"})


def page_of_list(items, arguments):
    """Page through a list that keeps its order; cursors carry the position and the id."""
    check_size(arguments.get("first"), arguments.get("last"))
    rows = []
    for index, item in enumerate(items):
        number = gid.number_of(item["id"]) if item.get("id") else index
        rows.append(((index, number), item))
    if arguments.get("reverse"):
        rows.reverse()
    numbers = [row[0][1] for row in rows]
    start, end = 0, len(rows)
    if arguments.get("after"):
        start = _position(numbers, decode(arguments["after"])[1]) + 1
    if arguments.get("before"):
        end = _position(numbers, decode(arguments["before"])[1])
    return _cut(rows, start, end, arguments)


def page_sorted(items, value_of, arguments):
    """Page through objects sorted by ``value_of`` and then by number.

    The cursor holds both, so objects that were added or moved in the meantime neither repeat nor
    hide others that did not move.
    """
    check_size(arguments.get("first"), arguments.get("last"))
    rows = sorted(
        (((value_of(item), gid.number_of(item["id"])), item) for item in items),
        key=lambda row: row[0],
        reverse=bool(arguments.get("reverse")),
    )
    descending = bool(arguments.get("reverse"))
    start, end = 0, len(rows)
    if arguments.get("after"):
        key = decode(arguments["after"])
        start = sum(1 for row in rows if (row[0] >= key if descending else row[0] <= key))
    if arguments.get("before"):
        key = decode(arguments["before"])
        end = sum(1 for row in rows if (row[0] > key if descending else row[0] < key))
    return _cut(rows, start, end, arguments)


def _position(numbers, number):
    return numbers.index(number) if number in numbers else len(numbers)


def _cut(rows, start, end, arguments):
    if UNLIMITED.get():
        return Page(rows, False, False)
    chosen = rows[start:end]
    first, last = arguments.get("first"), arguments.get("last")
    if first is not None:
        return Page(chosen[:first], start > 0, len(chosen) > first or end < len(rows))
    return Page(chosen[-last:], len(chosen) > last or start > 0, end < len(rows))
