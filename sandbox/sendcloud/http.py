"""What every Sendcloud route shares: who calls, how often, and answers."""

import base64
import binascii
import json

from starlette.responses import JSONResponse, Response

from . import errors
from .errors import Refused
from .state import PUBLIC_KEY, SECRET_KEY


def handler(get_world, function):
    """An endpoint: counts the call, checks the keys, calls ``function(state, request)`` (maybe a
    coroutine).
    """

    async def endpoint(request):
        state = get_world(request).sendcloud
        if not state.spend(request.method not in ("GET", "HEAD")):
            return Response(status_code=429)
        try:
            _authenticate(request)
            state.tick()
            result = function(state, request)
            if hasattr(result, "__await__"):
                result = await result
        except Refused as refused:
            return errors.response(refused)
        return result if isinstance(result, Response) else JSONResponse(result)

    return endpoint


def _authenticate(request):
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        raise errors.refuse(
            401, "authentication_failed", "Authentication credentials were not provided.", "/data"
        )
    try:
        pair = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        pair = ""
    if pair != f"{PUBLIC_KEY}:{SECRET_KEY}":
        raise errors.refuse(401, "authentication_failed", "Invalid username/password.", "/data")


async def read_body(request):
    """The JSON object of a request, or ``Refused``."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise errors.refuse(400, "invalid", "JSON parse error.", "/data") from None
    if not isinstance(body, dict):
        raise errors.refuse(400, "invalid", "The request must be a JSON object.", "/data")
    return body


def paged(state, request, items, path):
    """Cut ``items`` by cursor and page_size (at most 100, 40 by default); the way on stands in a Link
    header.
    """
    query = request.query_params
    size = query.get("page_size", "40")
    if not size.isdigit() or not 1 <= int(size) <= 100:
        raise errors.refuse(400, "invalid", "page_size must be between 1 and 100.", parameter="page_size")
    start = 0
    if "cursor" in query:
        try:
            start = int(base64.urlsafe_b64decode(query["cursor"]).decode().removeprefix("o="))
        except ValueError:
            raise errors.refuse(404, "not_found", "Invalid cursor", "/data") from None
    size = int(size)
    links = []
    others = [(key, value) for key, value in query.multi_items() if key != "cursor"]

    def link(position, relation):
        cursor = base64.urlsafe_b64encode(f"o={position}".encode()).decode()
        words = "&".join(f"{key}={value}" for key, value in [*others, ("cursor", cursor)])
        links.append(f'<{state.world.base_url}/sendcloud/api/v3/{path}?{words}>; rel="{relation}"')

    if start:
        link(max(0, start - size), "prev")
    if start + size < len(items):
        link(start + size, "next")
    return items[start : start + size], {"Link": ", ".join(links)} if links else {}
