"""Bulk operations: a query without pages, its result as a file of JSON lines.

A line is an object of a connection; one inside another connection names its parent in
``__parentId``. The operation ends a moment after it was asked for.
"""

import asyncio
import json

from graphql import GraphQLError, get_named_type, is_composite_type, parse

from sandbox.shopify import gid
from sandbox.shopify.errors import user_error

MAX_RUNNING = 5
MAX_CONNECTIONS = 5
MAX_DEPTH = 2
SECONDS = 0.5
ACTIVE = ("CREATED", "RUNNING", "CANCELING")


def run_query(_root, info, query, groupObjects):  # noqa: N803
    """bulkOperationRunQuery."""
    state = info.context.state
    problem = _problem(info.schema, query)
    running = [row for row in state.all("BulkOperation") if row["status"] in ACTIVE]
    if problem is None and len(running) >= MAX_RUNNING:
        problem = user_error(
            None,
            f"A bulk query operation for this app and shop is already in progress: {running[0]['id']}.",
            "OPERATION_IN_PROGRESS",
        )
    if problem:
        return {"bulkOperation": None, "userErrors": [problem]}
    made = state.add(
        "BulkOperation",
        {
            "completedAt": None,
            "createdAt": state.now(),
            "errorCode": None,
            "fileSize": None,
            "objectCount": "0",
            "partialDataUrl": None,
            "query": query,
            "rootObjectCount": "0",
            "status": "CREATED",
            "type": "QUERY",
            "url": None,
            "_grouped": groupObjects,
        },
    )
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        finish(state, made)
    else:
        loop.call_later(SECONDS / 4, _start, made)
        loop.call_later(SECONDS, finish, state, made)
    return {"bulkOperation": made, "userErrors": []}


def _start(operation):
    if operation["status"] == "CREATED":
        operation["status"] = "RUNNING"


def _problem(schema, text):
    try:
        document = parse(text)
    except GraphQLError as error:
        return user_error(["query"], f"Invalid bulk query: {error.message}", "INVALID")
    if len(document.definitions) != 1:
        return user_error(["query"], "Bulk queries cannot contain fragments.", "INVALID")
    found = list(_connections(schema, document.definitions[0].selection_set, schema.query_type, 1))
    if not found:
        message = "Bulk queries must contain at least one connection."
    elif len(found) > MAX_CONNECTIONS:
        message = f"Bulk queries cannot contain more than {MAX_CONNECTIONS} connections."
    elif max(found) > MAX_DEPTH:
        message = f"Bulk queries cannot contain connections with a nesting depth greater than {MAX_DEPTH}."
    else:
        return None
    return user_error(["query"], message, "INVALID")


def _connections(schema, selection_set, parent, depth):
    """Yield the depth of every connection in a selection."""
    if selection_set is None:
        return
    for node in selection_set.selections:
        if node.kind == "inline_fragment":
            target = parent
            if node.type_condition:
                target = schema.get_type(node.type_condition.name.value)
            yield from _connections(schema, node.selection_set, target, depth)
            continue
        field = getattr(parent, "fields", {}).get(node.name.value) if node.kind == "field" else None
        if field is None:
            continue
        named = get_named_type(field.type)
        if not is_composite_type(named):
            continue
        inner = depth
        if named.name.endswith("Connection"):
            yield depth
            inner = depth + 1
        yield from _connections(schema, node.selection_set, named, inner)


def finish(state, operation):
    """Carry the operation out, unless it was cancelled, and tell the subscribers."""
    from sandbox.shopify import executor

    if operation["status"] == "CANCELING":
        operation.update(status="CANCELED", completedAt=state.now())
    else:
        _carry_out(state, operation, executor)
    state.notifier.send(
        "BULK_OPERATIONS_FINISH",
        {
            "admin_graphql_api_id": operation["id"],
            "completed_at": operation["completedAt"],
            "created_at": operation["createdAt"],
            "error_code": operation["errorCode"] and operation["errorCode"].lower(),
            "status": operation["status"].lower(),
            "type": "query",
        },
    )


def _carry_out(state, operation, executor):
    try:
        result = executor.run_unlimited(state, operation["query"])
        errors = result.errors
    except ValueError:
        errors = True
    if errors:
        operation.update(status="FAILED", completedAt=state.now(), errorCode="INTERNAL_SERVER_ERROR")
        return
    failure = state.bulk_failures.pop(0) if state.bulk_failures else None
    lines, roots = [], 0
    for value in result.data.values():
        if _is_page(value):
            roots += len(_items(value))
            _flatten(value, None, lines, operation["_grouped"])
    if failure:
        # What was written before the operation broke off can still be fetched.
        lines = lines[: len(lines) // 2]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    number = gid.number_of(operation["id"])
    url = f"{state.world.base_url}/shopify/{state.domain}/bulk/{number}.jsonl"
    operation.update(
        status="FAILED" if failure else "COMPLETED",
        errorCode=failure,
        completedAt=state.now(),
        fileSize=str(len(text.encode())),
        objectCount=str(len(lines)),
        rootObjectCount=str(roots),
        url=url if lines and not failure else None,
        partialDataUrl=url if lines and failure else None,
        _result=text,
    )


def _is_page(value):
    return isinstance(value, dict) and ("edges" in value or "nodes" in value)


def _items(page):
    if "nodes" in page:
        return page["nodes"]
    return [edge["node"] for edge in page["edges"]]


def _flatten(page, parent, lines, grouped):
    """Write the objects of a page; children follow their parent, or stand after all parents."""
    later = []
    for item in _items(page):
        children = {key: value for key, value in item.items() if _is_page(value)}
        line = {key: value for key, value in item.items() if key not in children}
        if parent:
            line["__parentId"] = parent
        lines.append(line)
        for value in children.values():
            if grouped:
                _flatten(value, item.get("id"), lines, grouped)
            else:
                later.append((value, item.get("id")))
    for value, owner in later:
        _flatten(value, owner, lines, grouped)


def cancel(_root, info, id):  # noqa: A002
    """bulkOperationCancel."""
    state = info.context.state
    found = state.find(id, "BulkOperation")
    if found is None:
        return {"bulkOperation": None, "userErrors": [user_error(["id"], "Bulk operation not found")]}
    if found["status"] not in ACTIVE:
        message = "A bulk operation cannot be canceled when it is completed"
        return {"bulkOperation": found, "userErrors": [user_error(["id"], message)]}
    found["status"] = "CANCELING"
    return {"bulkOperation": found, "userErrors": []}


MUTATIONS = {"bulkOperationRunQuery": run_query, "bulkOperationCancel": cancel}
