"""Shipments and parcels as Sendcloud answers them, and what an answer to "announce" means."""

import base64
import binascii
import enum
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ...o2c_base.lib.http import UnexpectedShape
from ...o2c_base.lib.text import texts_of

_lt = texts_of(__name__)

_DIFFERING = {
    "name": _lt("name"),
    "postal_code": _lt("postal code"),
    "city": _lt("city"),
    "country_code": _lt("country"),
    "shipping_option": _lt("shipping option"),
    "order_number": _lt("order number"),
}
_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class RemoteParcel:
    """A parcel of a shipment; ``label`` holds the file when Sendcloud sent it along."""

    id: str
    status_code: str
    status_message: str
    tracking_number: str
    tracking_url: str
    documents: tuple[str, ...]
    announced_at: str
    updated_at: str
    label: bytes | None


@dataclass(frozen=True)
class RemoteShipment:
    """A shipment at Sendcloud; ``raw`` is the answer it was read from."""

    id: str
    external_reference_id: str
    order_number: str
    option_code: str
    carrier_code: str
    carrier_name: str
    parcels: tuple[RemoteParcel, ...]
    messages: tuple[str, ...]
    raw: dict

    @property
    def burned(self) -> bool:
        """No label will ever come of it, and its reference cannot be used again."""
        codes = {parcel.status_code for parcel in self.parcels}
        return bool(codes) and codes <= {"ANNOUNCEMENT_FAILED", "CANCELLED", "CANCELLED_UPSTREAM"}


class Result(enum.Enum):
    """How an announcement ended."""

    SOLD = "sold"  # the label exists
    PENDING = "pending"  # accepted, the carrier has not answered yet
    FAILED = "failed"  # the carrier refused; the reference is used up
    EXISTS = "exists"  # this reference was announced before
    REFUSED = "refused"  # the request was not understood; nothing was bought


@dataclass(frozen=True)
class Outcome:
    result: Result
    shipment: RemoteShipment | None = None
    messages: tuple[str, ...] = ()
    pointers: tuple[str, ...] = ()


def _text(value) -> str:
    return "" if value is None else str(value)


def read_parcel(data: dict) -> RemoteParcel:
    if not isinstance(data, dict) or not data.get("id"):
        raise UnexpectedShape(_lt("Sendcloud sent a parcel without an id."))
    status = data.get("status") or {}
    label = None
    if data.get("label_file"):
        try:
            label = base64.b64decode(data["label_file"], validate=True)
        except (binascii.Error, ValueError, TypeError):
            # Not worth failing for: the same file can be downloaded by itself.
            label = None
    return RemoteParcel(
        id=str(data["id"]),
        status_code=_text(status.get("code")).upper(),
        status_message=_text(status.get("message")),
        tracking_number=_text(data.get("tracking_number")),
        tracking_url=_text(data.get("tracking_url")),
        documents=tuple(
            _text(document.get("document_type") or document.get("type"))
            for document in data.get("documents") or ()
        ),
        announced_at=_text(data.get("announced_at")),
        updated_at=_text(data.get("updated_at")),
        label=label,
    )


def read_shipment(data: dict) -> RemoteShipment:
    """Raises ``UnexpectedShape`` when the answer lacks an id or parcels."""
    if not isinstance(data, dict) or not data.get("id"):
        raise UnexpectedShape(_lt("Sendcloud sent a shipment without an id."))
    messages, _pointers = read_errors({"errors": data.get("errors") or []})
    ship_with = (data.get("ship_with") or {}).get("properties") or {}
    return RemoteShipment(
        id=str(data["id"]),
        external_reference_id=_text(data.get("external_reference_id")),
        order_number=_text(data.get("order_number")),
        option_code=_text(ship_with.get("shipping_option_code")),
        carrier_code=_text((data.get("carrier") or {}).get("code")),
        carrier_name=_text((data.get("carrier") or {}).get("name")),
        parcels=tuple(read_parcel(parcel) for parcel in data.get("parcels") or ()),
        messages=messages,
        raw=data,
    )


def read_errors(body) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """``(messages, pointers)`` of an error answer, in Sendcloud's own words.

    Knows the JSON:API form of v3, the two forms (``detail``) of its tracking service, and the two of
    its returns service (``message``).
    """
    if not isinstance(body, dict):
        return (), ()
    messages, pointers = [], []
    errors = body.get("errors")
    if isinstance(errors, list):
        for error in errors:
            if not isinstance(error, dict):
                continue
            source = error.get("source") or {}
            place = source.get("pointer") or source.get("parameter") or error.get("field")
            pointers.append(_text(place))
            words = (error.get(key) for key in ("detail", "message", "title", "code"))
            messages.append(_text(next(filter(None, words), "")))
    elif isinstance(body.get("error"), dict):
        messages.append(_text(body["error"].get("message") or body["error"].get("code")))
        pointers.append("")
    elif body.get("detail"):
        detail = body["detail"]
        messages = (
            [detail]
            if isinstance(detail, str)
            else [_text(part.get("msg")) for part in detail if isinstance(part, dict)]
        )
        pointers = [""] * len(messages)
    return tuple(messages), tuple(pointers)


def read_announcement(status: int, body) -> Outcome:
    """What the answer to an announcement means, by HTTP status and content.

    201 may still be a failure: the shipment then carries ``errors`` and its parcels are
    ANNOUNCEMENT_FAILED. 409 says that the reference was used before and usually carries the shipment.
    """
    data = body.get("data") if isinstance(body, dict) else None
    if status == 409:
        shipment = read_shipment(data) if isinstance(data, dict) and data.get("id") else None
        return Outcome(Result.EXISTS, shipment, read_errors(body)[0])
    if status >= 400:
        messages, pointers = read_errors(body)
        return Outcome(Result.REFUSED, None, messages, pointers)
    return judge(read_shipment(data))


def judge(shipment: RemoteShipment) -> Outcome:
    """Whether a shipment that exists at Sendcloud has a label, will have one, or never will."""
    codes = {parcel.status_code for parcel in shipment.parcels}
    if not codes or "ANNOUNCEMENT_FAILED" in codes or shipment.burned:
        return Outcome(Result.FAILED, shipment, shipment.messages)
    if codes & {"ANNOUNCING", "NO_LABEL"}:
        return Outcome(Result.PENDING, shipment, shipment.messages)
    return Outcome(Result.SOLD, shipment, shipment.messages)


def plain(value) -> str:
    """A text without what Sendcloud may have tidied up: case, spaces and punctuation."""
    return _WORD.sub("", _text(value)).casefold()


def _weight(parcels) -> Decimal | None:
    total = Decimal(0)
    try:
        for parcel in parcels:
            weight = parcel.get("weight") or {}
            factor = {"kg": Decimal(1), "g": Decimal("0.001")}.get(weight.get("unit"))
            if factor is None:
                return None
            total += Decimal(str(weight.get("value"))) * factor
    except InvalidOperation:
        return None
    return total.quantize(Decimal("0.001"))


def differences(sent: dict, found: dict) -> tuple[tuple[str, str, str], ...]:
    """Where a shipment found under our reference is not the one we asked for.

    Returns ``(what, ours, theirs)`` triples. Compared is what decides where a parcel ends up and what
    it costs; spelling, case and punctuation are not, because Sendcloud tidies addresses up.
    """
    found_to, sent_to = found.get("to_address") or {}, sent.get("to_address") or {}
    pairs = [
        (key, sent_to.get(key), found_to.get(key)) for key in ("name", "postal_code", "city", "country_code")
    ]
    ours = (sent.get("ship_with") or {}).get("properties") or {}
    theirs = (found.get("ship_with") or {}).get("properties") or {}
    pairs.append(("shipping_option", ours.get("shipping_option_code"), theirs.get("shipping_option_code")))
    pairs.append(("order_number", sent.get("order_number"), found.get("order_number")))
    result = [
        (_DIFFERING[what], _text(mine), _text(other))
        for what, mine, other in pairs
        if other is not None and plain(mine) != plain(other)
    ]
    sent_parcels, found_parcels = sent.get("parcels") or [], found.get("parcels") or []
    if len(sent_parcels) != len(found_parcels):
        result.append((_lt("parcels"), str(len(sent_parcels)), str(len(found_parcels))))
    else:
        mine, other = _weight(sent_parcels), _weight(found_parcels)
        if mine is not None and other is not None and mine != other:
            result.append((_lt("weight"), f"{mine} kg", f"{other} kg"))
    return tuple(result)
