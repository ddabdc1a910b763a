"""The HTTP side of Shopify: GraphQL and the token endpoint."""

import base64
import json
import re
from urllib.parse import parse_qs

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.shopify import executor
from sandbox.shopify.access import CLIENT_ID, TOKEN_SECONDS
from sandbox.shopify.versions import SUPPORTED, answered_version

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def routes(get_world):
    """Return the routes under /{world}/shopify."""

    async def graphql(request):
        state = get_world(request).shopify
        asked = request.path_params.get("version")
        version = answered_version(asked) if asked else SUPPORTED[0]
        if request.path_params["domain"] != state.domain or version is None:
            return JSONResponse({"errors": "Not Found"}, 404)
        headers = {
            "X-Shopify-API-Version": version,
            "X-Request-Id": state.world.ids.token("request", 20),
        }
        if not state.access.accepts(request.headers.get("x-shopify-access-token")):
            text = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return JSONResponse({"errors": text}, 401, headers=headers)
        try:
            data = json.loads(await request.body())
            query = data["query"]
        except (ValueError, KeyError, TypeError):
            text = "The request has no GraphQL query in a JSON body."
            return JSONResponse({"errors": text}, 400, headers=headers)
        if not isinstance(query, str):
            return JSONResponse({"errors": "query must be a text"}, 400, headers=headers)
        answer = executor.run(state, query, data.get("variables"), data.get("operationName"))
        return JSONResponse(answer, headers=headers)

    async def token(request):
        state = get_world(request).shopify
        if request.path_params["domain"] != state.domain:
            return JSONResponse({"errors": "Not Found"}, 404)
        data = _form(await request.body(), request.headers.get("content-type", ""))
        if data.get("grant_type") != "client_credentials":
            return _refused("unsupported_grant_type", "The grant type is not supported.")
        known = data.get("client_id") == CLIENT_ID
        if not known or data.get("client_secret") != state.access.client_secret:
            return _refused("invalid_client", "Client authentication failed.", 401)
        if not state.access.static_token_valid:
            return _refused("app_not_installed", "The app is not installed on this shop.")
        return JSONResponse(
            {
                "access_token": state.access.issue(),
                "scope": ",".join(sorted(state.access.scopes)),
                "expires_in": TOKEN_SECONDS,
            }
        )

    async def picture(_request):
        return Response(PIXEL, media_type="image/png")

    async def bulk_result(request):
        state = get_world(request).shopify
        found = state.find(f"gid://shopify/BulkOperation/{request.path_params['number']}")
        if found is None:
            return JSONResponse({"errors": "Not Found"}, 404)
        return _in_range(found["_result"].encode(), request.headers.get("range", ""))

    return [
        Route("/{domain}/admin/api/{version}/graphql.json", graphql, methods=["POST"]),
        Route("/{domain}/admin/api/graphql.json", graphql, methods=["POST"]),
        Route("/{domain}/admin/oauth/access_token", token, methods=["POST"]),
        Route("/{domain}/cdn/{name}.png", picture, methods=["GET"]),
        Route("/{domain}/bulk/{number}.jsonl", bulk_result, methods=["GET"]),
    ]


def _in_range(content, asked):
    """A file as Shopify's storage gives it: whole, or from one byte to another."""
    match = re.fullmatch(r"bytes=(\d+)-(\d*)", asked)
    if match is None:
        return Response(content, media_type="application/jsonl")
    first = int(match[1])
    if first >= len(content):
        return Response(b"", 416, headers={"Content-Range": f"bytes */{len(content)}"})
    last = min(int(match[2] or len(content)), len(content) - 1)
    headers = {"Content-Range": f"bytes {first}-{last}/{len(content)}", "Accept-Ranges": "bytes"}
    return Response(content[first : last + 1], 206, headers=headers, media_type="application/jsonl")


def _form(body, content_type):
    if "json" in content_type:
        try:
            data = json.loads(body)
        except ValueError:
            return {}
        return data if isinstance(data, dict) else {}
    return {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _refused(code, description, status=400):
    return JSONResponse({"error": code, "error_description": description}, status)
