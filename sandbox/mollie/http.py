"""What every Mollie route shares: who calls, paging, answers in HAL."""

import json
from urllib.parse import urlencode

from starlette.responses import Response

from . import problems, render
from .problems import Problem
from .state import ACCESS_TOKEN, LIVE_KEY, TEST_KEY

DEFAULT_LIMIT = 50
MAX_LIMIT = 250


def answer(body, status=200, headers=None):
    return Response(json.dumps(body), status, headers=headers, media_type=render.HAL)


def handler(get_world, function, *scopes):
    """An endpoint: checks the token and its ``scopes``, calls ``function(state, request)``, answers errors.

    Without scopes any key will do; an API key is refused where a scope belongs to the organization.
    """

    async def endpoint(request):
        state = get_world(request).mollie
        try:
            _authorize(state, request, scopes)
            result = function(state, request)
            if hasattr(result, "__await__"):
                result = await result
        except Problem as problem:
            return problems.response(problem.status, problem.detail, problem.field)
        return result if isinstance(result, Response) else answer(result)

    return endpoint


# What API keys, which belong to one profile, may not read.
ORGANIZATION_SCOPES = {
    "settlements.read",
    "balances.read",
    "balance-reports.read",
    "invoices.read",
    "organizations.read",
    "webhooks.read",
    "webhooks.write",
}


def _authorize(state, request, scopes):
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or token not in (ACCESS_TOKEN, LIVE_KEY, TEST_KEY):
        raise Problem(401, "Missing authentication, or failed to authenticate")
    if token != ACCESS_TOKEN:
        if ORGANIZATION_SCOPES & set(scopes):
            raise Problem(
                401,
                "This endpoint cannot be used with an API key. Use an access token of the "
                "organization, or OAuth, instead.",
            )
        if token == TEST_KEY:
            raise Problem(404, "Nothing was found in test mode: everything here was paid in live mode.")
        return
    missing = [scope for scope in scopes if scope in state.options.missing_scopes]
    if missing:
        raise Problem(403, f"The access token does not have the required permission: {', '.join(missing)}")


async def read_body(request):
    """The JSON (or form) body of a write; a Problem otherwise."""
    raw = await request.body()
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise Problem(400, "The request body contains invalid JSON") from None
    if not isinstance(body, dict):
        raise Problem(400, "The request body must be a JSON object")
    return body


def inner_path(request):
    """The path after /v2/ as it was called."""
    return request.url.path.split("/v2/", 1)[1]


def listing(state, request, name, items, draw, page):
    """One page of ``items`` (oldest first; shown newest first), drawn by ``draw(item)``.

    ``from`` is the id of the first item shown, ``limit`` at most 250; ``_links.next`` leads on.
    """
    query = dict(request.query_params)
    limit = _limit(query)
    if query.get("sort", "desc") == "desc":
        items = items[::-1]
    start = _start(items, query.get("from"))
    shown = items[start : start + limit]
    url = f"{state.endpoint}/v2/{inner_path(request)}"

    def to(position):
        if not 0 <= position < len(items):
            return None
        return render.link(f"{url}?{urlencode({**query, 'from': items[position].id, 'limit': limit})}")

    return {
        "count": len(shown),
        "_embedded": {name: [draw(item) for item in shown]},
        "_links": {
            "self": render.link(f"{url}?{urlencode(query)}" if query else url),
            "previous": to(max(0, start - limit)) if start else None,
            "next": to(start + limit),
            "documentation": render.documentation(page),
        },
    }


def _limit(query):
    text = query.get("limit", str(DEFAULT_LIMIT))
    if not text.isdigit() or not 1 <= int(text):
        raise Problem(400, "The limit should be a positive whole number", "limit")
    if int(text) > MAX_LIMIT:
        raise Problem(400, f"The maximum value for the limit is {MAX_LIMIT}", "limit")
    return int(text)


def _start(items, first):
    if first is None:
        return 0
    for position, item in enumerate(items):
        if item.id == first:
            return position
    raise Problem(400, "The value of the from parameter is not an item of this list", "from")
