"""A thin client of Shopify's Admin GraphQL API.

One object serves one shop: the token lives in the object, never in a class or a thread, so that
two shops in one process cannot swap tokens. Network errors, HTTP 429 and time limits are the
business of ``o2c_base``'s :class:`HttpClient`; what is particular to GraphQL at Shopify is here:
errors that arrive with HTTP 200, throttling by calculated cost, and fields refused one by one.
Sources: https://shopify.dev/docs/api/usage/limits, https://shopify.dev/docs/api/admin-graphql
"""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from shopify.api_version import ApiVersion, VersionNotFoundError
from shopify.utils.shop_url import sanitize_shop_domain

from ...o2c_base.lib.http import (
    AuthenticationError,
    HttpClient,
    RateLimited,
    RefusedError,
    UnexpectedShape,
)
from ...o2c_base.lib.text import texts_of
from . import refusals

_lt = texts_of(__name__)

API_VERSION = "2026-10"
_ADMIN = re.compile(r"(?:https://)?admin\.shopify\.com/store/(?P<name>[a-z0-9-]+)(?:[/?#]|$)")
_QUARTERS = ("01", "04", "07", "10")
_MAX_WAITS = 8
# Shopify was busy with, or broke down over, the very same request. A new key helps, or waiting.
AGAIN = {"IDEMPOTENCY_CONCURRENT_REQUEST", "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"}


def check_domain(domain: str) -> str:
    """The permanent ``….myshopify.com`` domain of a shop, cleaned of scheme, case and path.

    The shop's name alone will do, and so will the address of its admin.

    :raises ValueError: for anything else, so that a token can never be sent to another host.
    """
    admin = _ADMIN.match((domain or "").strip().lower())
    cleaned = sanitize_shop_domain(admin["name"] if admin else domain)
    if not cleaned:
        raise ValueError(domain)
    return cleaned


def check_version(version: str) -> str:
    """A version of the Admin API as Shopify names them, for example ``2026-10``.

    :raises ValueError: when it is not one.
    """
    try:
        found = ApiVersion.coerce_to_version((version or "").strip())
    except VersionNotFoundError as error:
        raise ValueError(version) from error
    if found.stable and found.name[-2:] not in _QUARTERS:
        raise ValueError(version)
    return found.name


class ScopeMissing(AuthenticationError):
    """The token is good, but the app may not do this: a scope is missing."""


class TooExpensive(RefusedError):
    """The query could cost more than Shopify admits at once (1000 points): ask for less of it."""


class UserErrors(RefusedError):
    """Shopify understood a mutation and said no; ``errors`` is its list of reasons."""

    def __init__(self, errors: list[dict]):
        self.errors = errors
        super().__init__("; ".join(error.get("message") or "?" for error in errors))

    @property
    def codes(self) -> set[str]:
        """Shopify's error codes, where the mutation gives any."""
        return {error["code"] for error in self.errors if error.get("code")}


@dataclass(frozen=True)
class Token:
    """An access token and the moment it ends. ``expires_in`` is in seconds, None: it does not."""

    access_token: str
    scopes: frozenset[str] = frozenset()
    expires_in: int | None = None


@dataclass(frozen=True)
class Answer:
    """What one call brought.

    ``denied`` are the dotted paths of fields that Shopify left empty for lack of permission
    (a missing scope, or protected customer data on a plan without it).
    ``version`` is the API version that answered: older versions fall forward silently.
    ``at`` is the moment of the answer by Shopify's own clock, None where it was not told.
    """

    data: dict
    denied: tuple[str, ...] = ()
    version: str = ""
    cost: dict = field(default_factory=dict)
    at: datetime | None = None


def request_token(http: HttpClient, client_id: str, client_secret: str) -> Token:
    """A token by the client-credentials grant, valid for 24 hours.

    Works for an app of the Dev Dashboard that belongs to the same organisation as the shop.
    https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens

    :raises AuthenticationError: wrong client id or secret, or the app is not installed.
    """
    data = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    try:
        # Asking twice makes two valid tokens and harms nothing.
        response = http.request("POST", "/admin/oauth/access_token", data=data, repeatable=True)
    except (AuthenticationError, RefusedError) as error:
        raise refusals.of_token_request(error) from error
    body = response.json()
    token = body.get("access_token") if isinstance(body, dict) else None
    if not token:
        raise UnexpectedShape(_lt("Shopify answered the request for a token without one."))
    scopes = frozenset(part for part in (body.get("scope") or "").split(",") if part)
    return Token(token, scopes, body.get("expires_in"))


class ShopifyClient:
    """Executes documents on one shop.

    :param http: client whose base URL is the shop's own (``https://{domain}``).
    :param token: current access token.
    :param version: API version asked for.
    :param renew: called once when Shopify refuses the token; returns a new one or None.
    """

    def __init__(
        self,
        http: HttpClient,
        token: str,
        *,
        version: str = API_VERSION,
        renew: Callable[[], str | None] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        max_wait: float = 60.0,
    ):
        self._http = http
        self._token = token
        self._version = check_version(version)
        self._renew = renew
        self._sleep = sleep
        self._max_wait = max_wait

    def execute(
        self, document: str, variables: dict | None = None, *, repeatable: bool | None = None
    ) -> Answer:
        """Run one document.

        :param repeatable: whether a call whose fate is unknown may be made again. Default: queries
            may; mutations only when the document carries ``@idempotent``.
        :raises AuthenticationError: token refused.
        :raises ScopeMissing: a scope is missing for the whole document.
        :raises RateLimited: still throttled after waiting ``max_wait`` seconds.
        :raises TooExpensive: ask for fewer records at once.
        :raises RefusedError: Shopify does not accept the document.
        """
        if repeatable is None:
            repeatable = "mutation " not in document or "@idempotent" in document
        waited = 0.0
        renewed = False
        for _attempt in range(_MAX_WAITS):
            try:
                response = self._post(document, variables, repeatable)
            except RefusedError as error:
                raise refusals.of_call(error) from error
            except AuthenticationError as error:
                token = None if renewed or not self._renew else self._renew()
                if not token:
                    raise refusals.of_call(error) from error
                renewed, self._token = True, token
                continue
            body = response.json()
            if not isinstance(body, dict):
                raise UnexpectedShape(_lt("Shopify answered something that is not a JSON object."))
            pause = throttle_pause(body)
            if pause is None:
                version = _header(response.headers, "X-Shopify-API-Version")
                return replace(self._answer(body, version), at=_moment(_header(response.headers, "Date")))
            if waited + pause > self._max_wait:
                break
            self._sleep(pause)
            waited += pause
        raise RateLimited(
            _lt("Shopify is busy with our earlier requests. This will be tried again."),
            retry_after=max(1.0, pause),
        )

    def mutate(self, document: str, variables: dict) -> dict:
        """Run a mutation and return its payload.

        :raises UserErrors: when Shopify refuses the content.
        :raises RateLimited: when it may take it another time.
        """
        answer = self.execute(document, variables)
        payload = next(iter(answer.data.values()), None)
        if payload is None:
            raise UnexpectedShape(_lt("Shopify answered a change without saying whether it was made."))
        if payload.get("userErrors"):
            error = UserErrors(payload["userErrors"])
            if error.codes & AGAIN:
                raise RateLimited(
                    _lt("Shopify has not finished our request before. This will be tried again.")
                ) from error
            raise error
        return payload

    def pages(self, document: str, variables: dict, path: Iterable[str]):
        """Yield every node of a connection, page after page. ``path`` leads to the connection."""
        path = tuple(path)
        variables = dict(variables)
        while True:
            connection = self.execute(document, variables).data
            for key in path:
                connection = (connection or {}).get(key)
            if not connection:
                return
            yield from connection["nodes"]
            page = connection["pageInfo"]
            if not page["hasNextPage"]:
                return
            variables["after"] = page["endCursor"]

    def _post(self, document, variables, repeatable):
        return self._http.request(
            "POST",
            f"/admin/api/{self._version}/graphql.json",
            json={"query": document, "variables": variables or {}},
            headers={"X-Shopify-Access-Token": self._token},
            repeatable=repeatable,
        )

    @staticmethod
    def _answer(body: dict, version: str) -> Answer:
        errors = body.get("errors") or []
        if isinstance(errors, str):
            errors = [{"message": errors}]
        data = body.get("data")
        codes = [(error.get("extensions") or {}).get("code") for error in errors]
        if "MAX_COST_EXCEEDED" in codes:
            raise TooExpensive(_lt("Shopify would not read so much at once."))
        denied = tuple(
            ".".join(str(step) for step in error.get("path") or ())
            for error, code in zip(errors, codes, strict=True)
            if code == "ACCESS_DENIED"
        )
        other = [error for error, code in zip(errors, codes, strict=True) if code != "ACCESS_DENIED"]
        if other:
            messages = "; ".join(str(error.get("message")) for error in other)
            if any(code == "INTERNAL_SERVER_ERROR" for code in codes):
                raise RateLimited(
                    _lt("Shopify had an internal error: %(reason)s", reason=messages), retry_after=30
                )
            raise RefusedError(
                _lt("Shopify did not accept the request: %(reason)s", reason=messages), detail=str(other)
            )
        if denied and not any(value is not None for value in (data or {}).values()):
            messages = "; ".join(str(error.get("message")) for error in errors)
            raise ScopeMissing(
                _lt(
                    "Shopify denies access: %(reason)s Press “Test connection” on the shop: it says which "
                    "permission is missing, and how to grant it.",
                    reason=messages,
                )
            )
        if not isinstance(data, dict):
            raise UnexpectedShape(_lt("Shopify answered without data."))
        cost = (body.get("extensions") or {}).get("cost") or {}
        return Answer(data, denied, version, cost)


def throttle_pause(body: dict) -> float | None:
    """Seconds to wait before a throttled document is admitted, or None when it was not throttled.

    Admission counts the *requested* cost against what is in the bucket, which refills by
    ``restoreRate`` points a second. Throttling is answered with HTTP 200 and no Retry-After.
    """
    errors = body.get("errors") or []
    if not isinstance(errors, list) or not any(
        (error.get("extensions") or {}).get("code") == "THROTTLED" for error in errors
    ):
        return None
    cost = (body.get("extensions") or {}).get("cost") or {}
    status = cost.get("throttleStatus") or {}
    missing = (cost.get("requestedQueryCost") or 100) - (status.get("currentlyAvailable") or 0)
    rate = status.get("restoreRate") or 50.0
    return max(0.5, float(missing) / float(rate))


def _header(headers, name: str) -> str:
    wanted = name.lower()
    return next((value for key, value in dict(headers).items() if key.lower() == wanted), "")


def _moment(text: str) -> datetime | None:
    """The moment of an HTTP header, in UTC; None for what is none."""
    try:
        return parsedate_to_datetime(text).astimezone(timezone.utc)
    except (TypeError, ValueError):
        return None
