"""Mollie's errors: problem JSON with status, title, detail and, where one is to blame, the field."""

import json

from starlette.responses import Response

TITLES = {
    400: "Bad Request",
    401: "Unauthorized Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Problem(Exception):
    """Raised by a handler, answered as problem JSON."""

    def __init__(self, status, detail, field=None):
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.field = field


def response(status, detail, field=None, headers=None):
    body = {"status": status, "title": TITLES[status], "detail": detail}
    if field:
        body["field"] = field
    body["_links"] = {
        "documentation": {"href": "https://docs.mollie.com/reference/handling-errors", "type": "text/html"}
    }
    return Response(json.dumps(body), status, headers=headers, media_type="application/hal+json")


def fault(kind):
    """How Mollie says that it is not in the mood."""
    if kind in ("429", "throttled"):
        return response(429, "Too many requests were sent; try again later.", headers={"Retry-After": "1"})
    return response(500, "An unexpected error occurred on our side.")
