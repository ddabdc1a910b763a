"""One HTTP client for the platforms: time-outs, retries of what may be repeated, rate budgets.

Nothing in here knows a platform. Errors are those of ``errors.py``, re-exported for callers.
"""

import base64
import email.utils
import json as jsonlib
import math
import random
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from urllib.parse import quote, quote_plus, urlsplit

import requests

from .budget import RateBudget
from .endpoint import check_endpoint
from .errors import (
    AuthenticationError,
    O2cError,
    RateLimited,
    RefusedError,
    Unavailable,
    UnexpectedShape,
)
from .text import texts_of

__all__ = [
    "AuthenticationError",
    "HttpClient",
    "O2cError",
    "RateBudget",
    "RateLimited",
    "RefusedError",
    "Response",
    "Unavailable",
    "UnexpectedShape",
    "check_endpoint",
    "mask",
]

_lt = texts_of(__name__)

MASK = "***"
DETAIL_LENGTH = 2000
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 20.0


def mask(text, secrets):
    """Replace every secret in ``text``, also where it is URL- or Base64-encoded."""
    text = str(text)
    forms = set()
    for secret in filter(None, secrets):
        forms |= {secret, quote(secret, safe=""), quote_plus(secret)}
        forms.add(base64.b64encode(secret.encode()).decode())
    # The longest first, for one secret may be a part of another.
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASK)
    return text


@dataclass(frozen=True)
class Response:
    """An answer. ``headers`` is case-insensitive."""

    status: int
    headers: requests.structures.CaseInsensitiveDict
    content: bytes
    _secrets: tuple = field(default=(), repr=False)

    @property
    def text(self):
        return self.content.decode("utf-8", errors="replace")

    def json(self):
        """The parsed body; numbers with a fraction come as Decimal, because money does.

        :raises UnexpectedShape: when it is not JSON.
        """
        try:
            return jsonlib.loads(self.content, parse_float=Decimal)
        except ValueError as error:
            raise UnexpectedShape(
                _lt("The platform sent an answer that cannot be read."),
                detail=mask(f"HTTP {self.status}: {self.text[:DETAIL_LENGTH]}", self._secrets),
            ) from error


class HttpClient:
    """Calls one platform with one set of keys.

    :param base_url: paths are appended to it; also fixes the only origin that is ever called.
    :param auth: ``(user, password)`` or a requests auth object.
    :param headers: sent with every request.
    :param secrets: texts that must never show up in a message.
    :param timeout: seconds, ``(to connect, between two bytes)``.
    :param max_attempts: how often one request is tried in all.
    :param time_budget: seconds after which no further attempt begins.
    :param budget: a RateBudget to stay within.
    :param sleep, clock: for tests.
    """

    def __init__(
        self,
        base_url,
        *,
        auth=None,
        headers=None,
        secrets=(),
        timeout=(5, 30),
        max_attempts=3,
        time_budget=60.0,
        budget=None,
        session=None,
        sleep=time.sleep,
        clock=time.monotonic,
    ):
        self.base_url = check_endpoint(base_url)
        self._origin = _origin(self.base_url)
        self._host = urlsplit(self.base_url).hostname
        self._auth = auth
        self._headers = dict(headers or {})
        self._secrets = tuple(str(secret) for secret in secrets if secret)
        self._timeout = timeout
        self._max_attempts = max_attempts
        self._time_budget = time_budget
        self._budget = budget
        self._session = session or requests.Session()
        # A ~/.netrc or proxy variable must not replace the keys that were configured.
        self._session.trust_env = False
        self._sleep = sleep
        self._clock = clock

    def request(
        self,
        method,
        path,
        *,
        json=None,
        data=None,
        params=None,
        headers=None,
        repeatable=None,
        timeout=None,
        accept=(),
    ):
        """Make one request, again if it may be repeated, and return the Response.

        :param path: appended to the base URL; an absolute URL is taken as it is, but only on
            the same origin (paging links).
        :param repeatable: whether doing it twice is harmless; by default only GET and HEAD are.
            Others are repeated only when it is certain that nothing was done.
        :param accept: statuses >= 400 that are returned instead of raised.
        :raises AuthenticationError, RefusedError, RateLimited, Unavailable: see ``errors.py``.
        """
        method = method.upper()
        if repeatable is None:
            repeatable = method in ("GET", "HEAD")
        arguments = {
            "method": method,
            "url": self._url(path),
            "params": params,
            "json": json,
            "data": data,
            "headers": {**self._headers, **(headers or {})},
            "auth": self._auth,
            "timeout": timeout or self._timeout,
            "allow_redirects": False,
        }
        deadline = self._clock() + self._time_budget
        attempt = 1
        while True:
            try:
                return self._attempt(arguments, accept)
            except (RateLimited, Unavailable) as error:
                safe = repeatable or not error.maybe_done
                pause = _pause(attempt, error.retry_after)
                if not safe or attempt >= self._max_attempts or self._clock() + pause >= deadline:
                    raise
                self._sleep(pause)
                attempt += 1

    def get(self, path, **kwargs):
        return self.request("GET", path, **kwargs)

    def post(self, path, **kwargs):
        return self.request("POST", path, **kwargs)

    # === One attempt === #

    def _attempt(self, arguments, accept):
        if self._budget:
            wait = self._budget.reserve()
            if wait:
                self._sleep(wait)
        try:
            answer = self._session.request(**arguments)
        except requests.exceptions.ConnectTimeout as error:
            message = _lt("%(host)s does not answer.", host=self._host)
            raise self._unavailable(error, message, maybe_done=False) from None
        except requests.exceptions.Timeout as error:
            message = _lt("%(host)s took too long to answer.", host=self._host)
            raise self._unavailable(error, message, maybe_done=True) from None
        except requests.exceptions.ConnectionError as error:
            never_connected = _never_connected(error)
            if never_connected:
                message = _lt("%(host)s cannot be reached.", host=self._host)
            else:
                message = _lt("%(host)s broke the connection off.", host=self._host)
            raise self._unavailable(error, message, maybe_done=not never_connected) from None
        except requests.exceptions.RequestException as error:
            message = _lt("%(host)s broke the answer off.", host=self._host)
            raise self._unavailable(error, message, maybe_done=True) from None
        response = Response(answer.status_code, answer.headers, answer.content, self._secrets)
        if response.status < 300 or response.status in accept:
            return response
        raise self._error(arguments, response)

    def _unavailable(self, error, message, *, maybe_done):
        return Unavailable(message, maybe_done=maybe_done, detail=self.mask(error))

    def _error(self, arguments, response):
        status = response.status
        body = _parsed(response)
        path = urlsplit(arguments["url"]).path
        detail = self.mask(f"{arguments['method']} {path}: HTTP {status}\n{response.text[:DETAIL_LENGTH]}")
        if status in (401, 403):
            message = (
                _lt("%(host)s does not accept the keys.", host=self._host)
                if status == 401
                else _lt("%(host)s says that the keys lack a permission for this.", host=self._host)
            )
            return AuthenticationError(message, status=status, body=body, detail=detail)
        if status == 429:
            return RateLimited(
                _lt("%(host)s asks to slow down.", host=self._host),
                retry_after=retry_after_seconds(response.headers.get("Retry-After")),
                detail=detail,
            )
        if status >= 500:
            return Unavailable(
                _lt("%(host)s has a problem of its own (HTTP %(status)s).", host=self._host, status=status),
                maybe_done=True,
                status=status,
                retry_after=retry_after_seconds(response.headers.get("Retry-After")),
                detail=detail,
            )
        if status < 400:
            return UnexpectedShape(
                _lt("%(host)s redirects to another address, which is not followed.", host=self._host),
                detail=detail,
            )
        explanation = self.mask(_explanation(body))
        message = _lt("%(host)s refused the request (HTTP %(status)s).", host=self._host, status=status)
        if explanation:
            message = _lt(
                "%(host)s refused the request (HTTP %(status)s): %(reason)s",
                host=self._host,
                status=status,
                reason=explanation,
            )
        return RefusedError(message, status=status, body=body, detail=detail)

    def mask(self, text):
        """``text`` without this client's secrets."""
        return mask(text, self._secrets)

    def _url(self, path):
        if "://" in path:
            if _origin(path) != self._origin:
                raise UnexpectedShape(
                    _lt("%(host)s points to another server, which is not followed.", host=self._host),
                    detail=self.mask(path),
                )
            return path
        return f"{self.base_url}/{path.lstrip('/')}"


def retry_after_seconds(value, *, now=None):
    """Seconds from a Retry-After header: a number or an HTTP date. None if absent or nonsense.

    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        return _seconds_until(value, now or datetime.now(timezone.utc))
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(date, now):
    try:
        moment = email.utils.parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - now).total_seconds())


def _pause(attempt, retry_after):
    """Seconds before the next attempt: what was asked for, else growing; never in lockstep."""
    if retry_after is not None:
        return retry_after + random.uniform(0.0, 0.25)
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1))
    return random.uniform(longest / 2, longest)


def _origin(url):
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname, port


def _never_connected(error):
    """Whether a ConnectionError came before anything was sent (refused, unknown host, TLS)."""
    if isinstance(error, requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    names = {base.__name__ for base in type(reason).__mro__}
    return bool(names & {"NewConnectionError", "ConnectTimeoutError", "NameResolutionError"})


def _parsed(response):
    try:
        return response.json()
    except UnexpectedShape:
        return response.text


def _explanation(body):
    """The sentence in which a platform says what is wrong, from the usual places."""
    if isinstance(body, str):
        return "" if "<" in body else body.strip()[:200]
    if not isinstance(body, dict):
        return ""
    errors = body.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        body = errors[0]
    elif isinstance(errors, str):
        return errors[:200]
    for key in ("detail", "message", "title", "error_description", "error"):
        value = body.get(key)
        if isinstance(value, str) and value:
            return value[:200]
    return ""
