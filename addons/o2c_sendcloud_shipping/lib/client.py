"""Sendcloud's API v3, call by call. Plain HTTP Basic with the two keys of one integration.

https://sendcloud.dev/api/v3 - there is no test host and there are no test keys.
Every method raises the errors of ``o2c_base.lib.http``.
"""

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import parse_qs, quote, urlsplit

from ...o2c_base.lib.http import (
    HttpClient,
    RateLimited,
    RefusedError,
    Response,
    Unavailable,
    UnexpectedShape,
)
from ...o2c_base.lib.text import texts_of
from .options import OptionQuery, ShippingOption, read_options
from .pace import PATIENCE_OF_JOBS, PATIENCE_OF_PEOPLE
from .remote import (
    Outcome,
    RemoteShipment,
    Result,
    judge,
    read_announcement,
    read_errors,
    read_shipment,
)
from .returns import RemoteReturn, read_return, read_returns

_lt = texts_of(__name__)

DEFAULT_ENDPOINT = "https://panel.sendcloud.sc"
IDS_PER_REQUEST = 100
RETURNS_PER_PAGE = 40
_NEXT = re.compile(r'<([^>]+)>\s*;\s*rel="?next"?')


class SendcloudClient:
    """One integration.

    ``write_budget`` is shared by everything that writes with the same keys: ``reserve(patience)``
    returns ``(seconds to wait, whether it was booked)``, ``hold(seconds)`` makes everybody wait.
    """

    def __init__(
        self,
        endpoint: str,
        public_key: str,
        secret_key: str,
        *,
        write_budget=None,
        http: HttpClient | None = None,
        sleep=time.sleep,
    ):
        self._write_budget = write_budget
        self._sleep = sleep
        self._http = http or HttpClient(
            f"{endpoint.rstrip('/')}/api/v3",
            auth=(public_key, secret_key),
            headers={"Accept": "application/json"},
            secrets=(secret_key,),
            timeout=(5, 60),
            time_budget=90.0,
        )

    def _write(self, method: str, path: str, *, patience=PATIENCE_OF_JOBS, **kwargs) -> Response:
        """A request that counts against the write budget. Raises ``RateLimited`` when that is used up."""
        if not self._write_budget:
            return self._http.request(method, path, **kwargs)
        wait, booked = self._write_budget.reserve(patience)
        if not booked:
            raise RateLimited(_lt("Sendcloud takes no more requests at this moment."), retry_after=wait)
        if wait:
            self._sleep(wait)
        try:
            return self._http.request(method, path, **kwargs)
        except RateLimited as error:
            self._write_budget.hold(error.retry_after)
            raise

    @staticmethod
    def _data(response: Response):
        body = response.json()
        if not isinstance(body, dict) or "data" not in body:
            raise UnexpectedShape(_lt("Sendcloud's answer holds no data."))
        return body["data"]

    # Account

    def metadata(self) -> dict:
        """``{user_id, integration_id}`` of the keys: the cheapest proof that they are right."""
        return self._data(self._http.request("GET", "/user/auth/metadata"))

    def integration(self, integration_id: int) -> dict:
        return self._data(self._http.request("GET", f"/integrations/{int(integration_id)}"))

    def set_webhook(self, integration_id: int, url: str) -> None:
        """Have parcel updates of this integration sent to ``url``."""
        self._write(
            "PATCH",
            f"/integrations/{int(integration_id)}",
            json={"webhook_active": True, "webhook_url": url},
            repeatable=True,
        )

    def sender_addresses(self) -> list[dict]:
        return self._data(self._http.request("GET", "/addresses/sender-addresses"))

    # Choosing

    def shipping_options(self, query: OptionQuery) -> tuple[ShippingOption, ...]:
        """A question, although it is a POST: it may be repeated, but counts as a write."""
        response = self._write(
            "POST",
            "/shipping-options",
            patience=PATIENCE_OF_PEOPLE,
            json=query.body(),
            repeatable=True,
        )
        return read_options(response.json())

    def service_points(
        self, country_code: str, postal_code: str, carriers: Sequence[str] = (), limit: int = 20
    ) -> list[dict]:
        params: list[tuple[str, str]] = [
            ("country_code", country_code),
            ("address_postal_code", postal_code),
            ("limit", str(limit)),
        ]
        params += [("carrier_code", code) for code in carriers]
        data = self._data(self._http.request("GET", "/service-points", params=params))
        return data.get("results") or [] if isinstance(data, dict) else data

    def service_point_available(self, service_point_id: str) -> bool:
        """Whether the point still takes parcels; a point that is gone does not."""
        response = self._write(
            "POST",
            f"/service-points/{quote(service_point_id, safe='')}/check-availability",
            repeatable=True,
            accept=(404,),
        )
        if response.status == 404:
            return False
        return bool(self._data(response).get("is_available"))

    # Shipments

    def announce(self, text: str, *, asynchronous: bool = False) -> Outcome:
        """Buy the label that the frozen ``text`` describes.

        May be repeated with the same text at any time: the ``external_reference_id`` in it makes
        Sendcloud answer with the first shipment instead of selling a second one (409). Also raises
        ``Unavailable`` for an answer that cannot be read: the label may have been sold.
        """
        response = self._write(
            "POST",
            "/shipments" if asynchronous else "/shipments/announce",
            data=text.encode(),
            headers={"Content-Type": "application/json"},
            repeatable=True,
            accept=(400, 404, 409, 422),
        )
        try:
            return read_announcement(response.status, response.json())
        except UnexpectedShape as error:
            raise Unavailable(error.message, maybe_done=True, detail=error.detail) from error

    def shipment(self, shipment_id: str) -> RemoteShipment:
        path = f"/shipments/{quote(shipment_id, safe='')}"
        return read_shipment(self._data(self._http.request("GET", path)))

    def shipments(self, **filters: str) -> Iterator[RemoteShipment]:
        """All shipments that the filters of ``GET /shipments`` let through, page by page."""
        params: dict | None = {"page_size": "100", **filters}
        path = "/shipments"
        while path:
            response = self._http.request("GET", path, params=params)
            for data in self._data(response) or ():
                yield read_shipment(data)
            following = _NEXT.search(response.headers.get("Link") or "")
            # The cursor's URL repeats the filters.
            path, params = (following.group(1), None) if following else ("", None)

    def shipments_by_id(self, ids: Iterable[str]) -> Iterator[RemoteShipment]:
        """The named shipments in as few requests as the API allows (100 ids each)."""
        ids = list(ids)
        for start in range(0, len(ids), IDS_PER_REQUEST):
            yield from self.shipments(shipment_uuids=",".join(ids[start : start + IDS_PER_REQUEST]))

    def by_reference(self, reference: str) -> RemoteShipment | None:
        try:
            return next(self.shipments(external_reference_id=reference), None)
        except RefusedError as error:
            if error.status == 404:
                return None
            raise

    def existing(self, outcome: Outcome, reference: str) -> Outcome:
        """What became of the shipment that a 409 speaks of."""
        found = outcome.shipment or self.by_reference(reference)
        if found is None:
            return Outcome(Result.REFUSED, None, outcome.messages)
        return judge(found)

    def cancel(self, shipment_id: str) -> tuple[str, str]:
        """``(status, words)``: status is "cancelled", "queued" or "refused".

        "queued" means that Sendcloud watches an unscanned label for 14 days before it gives the
        money back; "refused" that it is cancelled already, delivered, or older than 42 days.
        """
        response = self._write(
            "POST",
            f"/shipments/{quote(shipment_id, safe='')}/cancel",
            repeatable=True,
            accept=(404, 409),
        )
        if response.status in (404, 409):
            outcome = read_announcement(400, response.json())
            return "refused", " ".join(outcome.messages)
        data = self._data(response)
        return ("queued" if response.status == 202 else "cancelled"), str(data.get("message") or "")

    def document(
        self,
        parcel_id: str,
        kind: str = "label",
        *,
        mime_type: str = "application/pdf",
        paper_size: str = "",
    ) -> bytes:
        """A document of a parcel; ``kind``: label, customs-declaration or air-waybill."""
        params = {"paper_size": paper_size} if paper_size else None
        response = self._http.request(
            "GET",
            f"/parcels/{int(parcel_id)}/documents/{kind}",
            params=params,
            headers={"Accept": mime_type},
        )
        if not response.content:
            raise UnexpectedShape(_lt("Sendcloud sent an empty document."))
        return response.content

    def document_if_any(self, parcel_id: str, kind: str) -> bytes | None:
        """A document that not every parcel has."""
        try:
            return self.document(parcel_id, kind)
        except RefusedError as error:
            if error.status == 404:
                return None
            raise

    def return_portal_url(self, shipment_id: str) -> str:
        """Link to the return portal, empty when none is set up for the shipment's brand."""
        path = f"/shipments/{quote(shipment_id, safe='')}/return-portal-url"
        response = self._http.request("GET", path, accept=(404,))
        if response.status == 404:
            return ""
        body = response.json()
        data = body.get("data", body) if isinstance(body, dict) else {}
        return str(data.get("url") or "") if isinstance(data, dict) else ""

    # Returns

    def announce_return(self, text: str) -> dict:
        """``{return_id, parcel_id, multi_collo_ids}``. Never repeated: returns have no unique key."""
        response = self._write(
            "POST",
            "/returns/announce-synchronously",
            data=text.encode(),
            headers={"Content-Type": "application/json"},
            repeatable=False,
        )
        body = response.json()
        if not isinstance(body, dict) or not body.get("return_id"):
            raise UnexpectedShape(_lt("Sendcloud's answer names no return."))
        return body

    def returns(self, from_date: str, to_date: str) -> tuple[RemoteReturn, ...]:
        """All returns created between two ISO 8601 moments, page by page."""
        params = {"from_date": from_date, "to_date": to_date, "page_size": str(RETURNS_PER_PAGE)}
        found: list[RemoteReturn] = []
        while True:
            body = self._http.request("GET", "/returns", params=params).json()
            found += read_returns(body.get("data") if isinstance(body, dict) else None)
            # Only the cursor is taken: the published examples show links with another scheme.
            cursor = parse_qs(urlsplit(str(body.get("next") or "")).query).get("cursor", [""])[0]
            if not cursor or cursor == params.get("cursor"):
                return tuple(found)
            params["cursor"] = cursor

    def return_shown(self, return_id: str) -> RemoteReturn:
        response = self._http.request("GET", f"/returns/{int(return_id)}")
        body = response.json()
        return read_return(body.get("data", body) if isinstance(body, dict) else {})

    def cancel_return(self, return_id: str) -> tuple[str, str]:
        """As ``cancel``: returns are only ever "queued" or "refused"."""
        response = self._write(
            "PATCH", f"/returns/{int(return_id)}/cancel", repeatable=True, accept=(404, 409)
        )
        if response.status == 202:
            return "queued", str(response.json().get("message") or "")
        words, _pointers = read_errors(response.json())
        return "refused", " ".join(words)
