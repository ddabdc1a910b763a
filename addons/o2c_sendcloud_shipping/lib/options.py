"""Shipping options: what Sendcloud offers for a route and a weight, and at what price.

``POST /shipping-options`` is a live question (there is no list to copy): the same code may exist
under several contracts, and its price depends on sender, destination and parcels.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ...o2c_base.lib.http import UnexpectedShape
from ...o2c_base.lib.text import texts_of
from .payload import Parcel, kilograms

_lt = texts_of(__name__)

_TO_KG = {"kg": Decimal(1), "g": Decimal("0.001"), "lbs": Decimal("0.45359237")}
_TO_CM = {"cm": Decimal(1), "mm": Decimal("0.1"), "m": Decimal(100), "in": Decimal("2.54")}


@dataclass(frozen=True)
class Quote:
    """Price in ``currency``; whether VAT is in it Sendcloud does not say."""

    price: Decimal
    currency: str
    lead_time_hours: int | None


@dataclass(frozen=True)
class ShippingOption:
    """Weights in kg, sizes in cm (longest side first); ``None`` means no limit is known."""

    code: str
    name: str
    carrier_code: str
    carrier_name: str
    contract_id: int | None
    contract_name: str
    min_weight: Decimal | None
    max_weight: Decimal | None
    max_size: tuple[Decimal, ...] | None
    needs_service_point: bool
    needs_customs: bool
    required_fields: tuple[str, ...]
    multicollo: bool
    returns: bool
    tracked: bool
    quote: Quote | None
    incoterm: str = ""


@dataclass(frozen=True)
class OptionQuery:
    """A route and its parcels; two equal queries may share an answer (see ``cache_key``)."""

    from_country: str
    to_country: str
    parcels: tuple[Parcel, ...]
    from_postal_code: str = ""
    to_postal_code: str = ""
    option_code: str = ""
    contract_id: int | None = None
    service_point_id: str = ""

    def body(self) -> dict:
        body: dict = {
            "from_country_code": self.from_country,
            "to_country_code": self.to_country,
            "calculate_quotes": True,
            "parcels": [self._parcel(parcel) for parcel in self.parcels],
        }
        if self.from_postal_code:
            body["from_postal_code"] = self.from_postal_code[:12]
        if self.to_postal_code:
            body["to_postal_code"] = self.to_postal_code[:12]
        if self.option_code:
            body["shipping_option_code"] = self.option_code
        if self.contract_id:
            body["contract_id"] = self.contract_id
        if self.service_point_id.isdigit():
            body["to_service_point_id"] = int(self.service_point_id)
        return body

    @staticmethod
    def _parcel(parcel: Parcel) -> dict:
        body: dict = {"weight": {"value": str(kilograms(parcel.weight)), "unit": "kg"}}
        if dimensions := parcel.dimensions():
            body["dimensions"] = dimensions
        if parcel.insured:
            body["additional_insured_price"] = float(parcel.insured)
        return body


def _decimal(value) -> Decimal | None:
    try:
        return None if value in (None, "") else Decimal(str(value))
    except InvalidOperation:
        return None


def _measure(data, factors) -> Decimal | None:
    number = _decimal((data or {}).get("value"))
    factor = factors.get((data or {}).get("unit"))
    return None if number is None or factor is None else number * factor


def _size(data) -> tuple[Decimal, ...] | None:
    if not data:
        return None
    factor = _TO_CM.get(data.get("unit"))
    sides = [_decimal(data.get(side)) for side in ("length", "width", "height")]
    if factor is None or None in sides:
        return None
    return tuple(sorted((side * factor for side in sides), reverse=True))


def _quote(quotes) -> Quote | None:
    """The quote for all parcels; options of an own contract may have none."""
    for data in quotes or ():
        total = ((data or {}).get("price") or {}).get("total") or {}
        price = _decimal(total.get("value"))
        if price is not None and total.get("currency"):
            return Quote(price, total["currency"], data.get("lead_time"))
    return None


def read_options(body) -> tuple[ShippingOption, ...]:
    """Raises ``UnexpectedShape`` when there is no list of options in the answer."""
    data = body.get("data") if isinstance(body, dict) else None
    if data is None and isinstance(body, dict) and "data" in body:
        return ()
    if not isinstance(data, list):
        raise UnexpectedShape(_lt("Sendcloud's answer holds no list of shipping options."))
    return tuple(_read_option(option) for option in data)


def _read_option(data: dict) -> ShippingOption:
    if not isinstance(data, dict) or not data.get("code"):
        raise UnexpectedShape(_lt("Sendcloud sent a shipping option without a code."))
    carrier = data.get("carrier") or {}
    contract = data.get("contract") or {}
    weight = data.get("weight") or {}
    requirements = data.get("requirements") or {}
    features = data.get("functionalities") or {}
    return ShippingOption(
        code=data["code"],
        name=data.get("name") or data["code"],
        carrier_code=carrier.get("code") or "",
        carrier_name=carrier.get("name") or "",
        contract_id=contract.get("id"),
        contract_name=contract.get("name") or contract.get("client_id") or "",
        min_weight=_measure(weight.get("min"), _TO_KG),
        max_weight=_measure(weight.get("max"), _TO_KG),
        max_size=_size(data.get("max_dimensions")),
        needs_service_point=bool(requirements.get("is_service_point_required")),
        needs_customs=bool(requirements.get("export_documents")),
        required_fields=tuple(str(name) for name in requirements.get("fields") or ()),
        multicollo=bool(features.get("multicollo")),
        returns=bool(features.get("returns")),
        tracked=features.get("tracked") is not False,
        quote=_quote(data.get("quotes")),
        incoterm=str(features.get("incoterm") or "").upper(),
    )
