"""The name of a GraphQL call without executing it."""

import json
import re

NAMED = re.compile(r"\b(?:query|mutation)\s+([A-Za-z_]\w*)")
FIRST_FIELD = re.compile(r"\{\s*(?:[A-Za-z_]\w*\s*:\s*)?([A-Za-z_]\w*)")


def operation_name(method, path, body):
    """Return operation name and first root field ("GetOrders orders"), or method and path."""
    if not path.endswith("graphql.json"):
        return f"{method} {path}"
    try:
        data = json.loads(body)
        query = data["query"]
    except (ValueError, KeyError, TypeError):
        return "unreadable"
    if not isinstance(query, str):
        return "unreadable"
    name = data.get("operationName") or ""
    if not name and (match := NAMED.search(query)):
        name = match.group(1)
    field = ""
    operation = re.search(r"^\s*(?:query|mutation)\b[^{]*|^\s*(?=\{)", query, re.MULTILINE)
    if operation and (match := FIRST_FIELD.match(query[operation.end() :].lstrip())):
        field = match.group(1)
    return f"{name} {field}".strip()
