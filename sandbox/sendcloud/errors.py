"""Sendcloud's errors, in the form of JSON:API (https://sendcloud.dev, API v3, errors)."""

from starlette.responses import JSONResponse, Response


class Refused(Exception):
    """Raised by a handler: ``errors`` are answered with ``status``."""

    def __init__(self, status, errors):
        super().__init__(errors[0]["detail"])
        self.status = status
        self.errors = errors


def error(status, code, detail, pointer=None, parameter=None):
    body = {"status": str(status), "code": code, "detail": detail}
    if pointer:
        body["source"] = {"pointer": pointer}
    elif parameter:
        body["source"] = {"parameter": parameter}
    return body


def refuse(status, code, detail, pointer=None, parameter=None):
    return Refused(status, [error(status, code, detail, pointer, parameter)])


def not_found(detail="Not found."):
    return refuse(404, "not_found", detail)


def response(refused):
    return JSONResponse({"errors": refused.errors}, refused.status)


def fault(kind):
    """How Sendcloud says that it is not in the mood; its 429 has no body and no Retry-After."""
    if kind in ("429", "throttled"):
        return Response(status_code=429)
    return Response("<html><body><h1>Server Error (500)</h1></body></html>", 500, media_type="text/html")
