"""A small, bounded client for the part of Mollie's API that is needed here.

It stands on ``mollie-api-python``: authentication, user agent and transport are the package's.
The rest is done here, because the package's own way would hurt a background job (4.0.0):

- iterating over a list covers one page only, and the list object holds the iterator's state;
- ``Retry-After`` is honoured up to ten times without a limit, while 5xx is not retried at all;
- its objects misjudge some states (``Settlement.is_canceled()`` is true for a paid-out one).

So pages are followed here, answers are taken as plain dictionaries, and waiting has a limit.
One client serves one job: it holds one HTTP session and is not shared between threads.
"""

import random
import time
from urllib.parse import quote

import requests
from mollie.api.client import Client
from mollie.api.error import Error as MollieError

from ...o2c_base.lib.http import (
    AuthenticationError,
    RateLimited,
    RefusedError,
    Unavailable,
    UnexpectedShape,
    mask,
)
from ...o2c_base.lib.text import texts_of
from .objects import (
    LISTS,
    parse_balance,
    parse_invoice,
    parse_item,
    parse_ledger_entry,
    parse_settlement,
)

_lt = texts_of(__name__)

ENDPOINT = "https://api.mollie.com"
PAGE = 250  # the most that Mollie gives at once
MAX_PDF = 5_000_000
MAX_PAGES = 400  # 100,000 items: a list that goes on beyond this is a loop, not a list
SCOPES = (
    "balances.read",
    "invoices.read",
    "organizations.read",
    "payments.read",
    "refunds.read",
    "settlements.read",
)


class NotAnAccessToken(AuthenticationError):
    """The key given cannot read settlements; the message says why and what to do."""


def check_access_token(token):
    """:return: the token without surrounding blanks.

    :raises NotAnAccessToken: it is empty, or an API key of a single profile.
    """
    token = (token or "").strip()
    if token.startswith(("live_", "test_")):
        raise NotAnAccessToken(
            _lt(
                "This is an API key (it starts with live_ or test_). Mollie does not show settlements "
                "to API keys, because a settlement belongs to the whole organisation and not to one "
                "website profile. Create an advanced access token in Mollie's dashboard under "
                "Developers, Access tokens: it starts with access_."
            )
        )
    if not token.startswith("access_"):
        raise NotAnAccessToken(
            _lt(
                "Fill in Mollie's advanced access token. It starts with access_ and is created in "
                "Mollie's dashboard under Developers, Access tokens."
            )
        )
    return token


class MollieClient:
    """Reads balances, settlements, ledger and bills, and gives refunds.

    :param str token: an advanced access token (``access_...``).
    :param str endpoint: where the API lives, without the version.
    :param int page: how many items to ask for at once.
    :param float time_budget: seconds that one call may take with all its repetitions.
    :raises NotAnAccessToken: the token cannot work.
    """

    def __init__(
        self,
        token,
        *,
        endpoint=ENDPOINT,
        page=None,
        max_attempts=4,
        time_budget=90.0,
        session=None,
        sleep=time.sleep,
        clock=time.monotonic,
    ):
        self._token = check_access_token(token)
        self._client = Client(api_endpoint=endpoint, timeout=(5, 30), retry=0)
        self._client.set_access_token(self._token)
        self._client.set_user_agent_component("OdooOrderToCash", "19.0")
        # The package would send this machine's name and kernel with every call.
        self._client.UNAME = "Odoo"
        session = session or requests.Session()
        # Following a redirect could carry the token somewhere else.
        session.max_redirects = 0
        self._client._client = session
        self._root = f"{self._client.api_endpoint}/{self._client.api_version}/"
        self._page = page or PAGE
        self._max_attempts = max_attempts
        self._time_budget = time_budget
        self._sleep = sleep
        self._clock = clock
        self.calls = 0

    # --- what the addon asks for ---

    def organization(self):
        """:return: the organisation's id (``org_...``) and name as Mollie knows them."""
        answer = self._get("organizations/me")
        return answer.get("id") or "", answer.get("name") or ""

    def missing_scopes(self):
        """:return: the scopes of :data:`SCOPES` that the token was not granted."""
        listed = self._get("permissions").get("_embedded") or {}
        granted = {
            permission.get("id") for permission in listed.get("permissions", ()) if permission.get("granted")
        }
        return [scope for scope in SCOPES if scope not in granted]

    def balances(self):
        """:return: list of Balance."""
        return [parse_balance(raw) for raw in self._pages("balances", "balances")]

    def settlements(self):
        """Yield Settlement, newest first; without the one that is still open and has no id yet."""
        for raw in self._pages("settlements", "settlements"):
            if str(raw.get("id", "")).startswith("stl_"):
                yield parse_settlement(raw)

    def settlement(self, identifier):
        """:return: Settlement, by id (``stl_...``) or bank reference."""
        return parse_settlement(self._get(f"settlements/{quote(identifier, safe='')}"))

    def settlement_items(self, identifier, name):
        """Yield Item of one of a settlement's lists.

        :param str name: a key of :data:`o2c_mollie_payments.lib.objects.LISTS`.
        """
        # Without the payment, a refund would not tell which order it belongs to.
        extra = {} if name == "payments" else {"embed": "payment"}
        path = f"settlements/{quote(identifier, safe='')}/{name}"
        for raw in self._pages(path, name, **extra):
            yield parse_item(LISTS[name], raw)

    def payment(self, identifier):
        """:return: Item of a single payment. ``settled`` is not to be relied on here: Mollie
        removes it from this answer on 2027-01-01."""
        return parse_item("payment", self._get(f"payments/{quote(identifier, safe='')}"))

    def ledger(self, balance_id):
        """Yield LedgerEntry of a balance, newest first."""
        path = f"balances/{quote(balance_id, safe='')}/transactions"
        for raw in self._pages(path, "balance_transactions"):
            yield parse_ledger_entry(raw)

    def invoices(self, year=None):
        """Yield Invoice: Mollie's own bills, of one year if given."""
        extra = {"year": str(year)} if year else {}
        for raw in self._pages("invoices", "invoices", **extra):
            yield parse_invoice(raw)

    def invoice_pdf(self, invoice):
        """:return: the PDF of one of Mollie's own bills, or None when it cannot be had.

        The address in the bill carries its own key and may be at another host than the API, so
        the access token is not sent along.
        """
        allowed = invoice.pdf_url.startswith(("https://", f"{self._client.api_endpoint}/"))
        if not allowed:
            return None
        try:
            response = self._client._client.get(invoice.pdf_url, timeout=(5, 30))
        except requests.exceptions.RequestException:
            return None
        content = response.content
        good = response.status_code == 200 and content.startswith(b"%PDF")
        return content if good and len(content) <= MAX_PDF else None

    def find_refund(self, payment_id, key):
        """:return: id of the refund that was made under ``key``, or "".

        Mollie remembers an idempotency key for an hour only; the key is in the refund's metadata
        for good.
        """
        path = f"payments/{quote(payment_id, safe='')}/refunds"
        for raw in self._pages(path, "refunds"):
            metadata = raw.get("metadata")
            if isinstance(metadata, dict) and metadata.get("odoo_key") == key:
                return raw["id"]
        return ""

    def create_refund(self, payment_id, *, value, currency, description, key):
        """Give money back to the customer.

        :param str value: the amount as Mollie writes it (``"10.00"``).
        :param str key: idempotency key; a repetition with the same key gives back only once.
        :return: id of the refund (``re_...``).
        """
        answer = self._call(
            "POST",
            f"payments/{quote(payment_id, safe='')}/refunds",
            data={
                "amount": {"value": value, "currency": currency},
                "description": description,
                "metadata": {"odoo_key": key},
            },
            key=key,
        )
        if not answer.get("id"):
            raise UnexpectedShape(_lt("Mollie accepted a refund without giving its id."))
        return answer["id"]

    # --- transport ---

    def _get(self, path, **params):
        return self._call("GET", path, params=params or None)

    def _pages(self, path, name, **params):
        """Yield the raw items of a list, following its pages one by one."""
        answer = self._get(path, limit=str(self._page), **params)
        seen = set()
        for _number in range(MAX_PAGES):
            embedded = answer.get("_embedded") or {}
            if not isinstance(embedded, dict):
                raise UnexpectedShape(_lt("Mollie sent a list without its items (%(name)s).", name=name))
            # Mollie's documents use both spellings for two-word names.
            items = embedded.get(name, embedded.get(name.replace("_", "-")))
            yield from items or ()
            following = ((answer.get("_links") or {}).get("next") or {}).get("href")
            if not following:
                return
            if not following.startswith(self._root):
                raise UnexpectedShape(
                    _lt(
                        "The next page of a list (%(name)s) is at another address (%(address)s); "
                        "it was not opened, so that the access token stays where it belongs.",
                        name=name,
                        address=following[:80],
                    )
                )
            if following in seen:
                raise UnexpectedShape(
                    _lt("The pages of one of Mollie's lists go round in a circle (%(name)s).", name=name)
                )
            seen.add(following)
            answer = self._get(following)
        raise UnexpectedShape(
            _lt(
                "One of Mollie's lists has more than %(number)s pages (%(name)s).",
                number=MAX_PAGES,
                name=name,
            )
        )

    def _call(self, method, path, *, data=None, params=None, key=""):
        """One call, repeated within bounds while the failure is temporary.

        A POST carries an idempotency key, so that a repetition is as harmless as a GET.
        """
        started = self._clock()
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._once(method, path, data, params, key)
            except (RateLimited, Unavailable) as error:
                wait = getattr(error, "retry_after", None)
                if wait is None:
                    wait = min(8.0, 0.5 * 2 ** (attempt - 1)) * (0.5 + random.random())
                spent = self._clock() - started
                if attempt >= self._max_attempts or spent + wait > self._time_budget:
                    raise
                self._sleep(wait)

    def _once(self, method, path, data, params, key):
        self.calls += 1
        try:
            response = self._client.perform_http_call(method, path, data, params, key)
        except MollieError as error:
            raise Unavailable(
                _lt("Mollie could not be reached."),
                detail=mask(str(error), (self._token,)),
                maybe_done=method != "GET",
            ) from None
        status = response.status_code
        if 200 <= status < 300:
            return self._json(response)
        raise self._problem(response, status)

    def _json(self, response):
        try:
            answer = response.json() if response.status_code != 204 else {}
        except ValueError:
            # A body cut short on the way is as temporary as no body at all.
            raise Unavailable(
                _lt("Mollie's answer was not readable."),
                detail=mask(response.text[:500], (self._token,)),
            ) from None
        if not isinstance(answer, dict):
            raise UnexpectedShape(_lt("Mollie's answer is not an object."))
        return answer

    def _problem(self, response, status):
        """:return: the error that stands for a problem answer (``{status, title, detail}``)."""
        try:
            body = response.json()
        except ValueError:
            body = {}
        body = body if isinstance(body, dict) else {}
        told = mask(str(body.get("detail") or body.get("title") or ""), (self._token,))[:500]
        if status in (401, 403):
            return AuthenticationError(
                _lt(
                    "Mollie refused the access token: %(reason)s. Create a new one in Mollie's dashboard "
                    "under Developers, Access tokens.",
                    reason=told.rstrip("."),
                )
                if told
                else _lt("Mollie refused the access token and gave no reason."),
                detail=told,
            )
        if status == 429:
            return RateLimited(_lt("Mollie asks to slow down."), retry_after=_seconds(response), detail=told)
        if status >= 500:
            return Unavailable(
                _lt("Mollie is not available (status %(status)s).", status=status), detail=told
            )
        return RefusedError(
            _lt("Mollie refused the request: %(reason)s", reason=told or f"HTTP {status}"),
            status=status,
            body=body,
        )


def _seconds(response):
    """:return: seconds to wait as told by ``Retry-After``, or None."""
    try:
        return max(0.0, float(response.headers.get("Retry-After", "")))
    except ValueError:
        return None
