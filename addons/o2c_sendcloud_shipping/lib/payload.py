"""Bodies of the requests that cost money, built once and frozen.

Field names and types: Sendcloud API v3, "Shipments" and "Returns". Weights are kilograms, sizes
centimetres, prices per piece in the currency given. The shipments API wants numbers as strings
(but item weights as numbers), the returns API wants numbers.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .address import Address

SYNC_PARCELS = 15
ASYNC_PARCELS = 50
INSURED_MIN = Decimal(2)
INSURED_MAX = Decimal(5000)
TEST_OPTION = "sendcloud:letter"

_GRAM = Decimal("0.001")
_CENT = Decimal("0.01")


def kilograms(value: Decimal) -> Decimal:
    """Rounded to the gram, at least one gram: carriers refuse a weight of zero."""
    return max(Decimal(value).quantize(_GRAM, ROUND_HALF_UP), _GRAM)


def _price(value: Decimal, currency: str) -> dict:
    return {"value": str(Decimal(value).quantize(_CENT, ROUND_HALF_UP)), "currency": currency}


def _number_price(value: Decimal, currency: str) -> dict:
    return {"value": float(Decimal(value).quantize(_CENT, ROUND_HALF_UP)), "currency": currency}


@dataclass(frozen=True)
class Item:
    """One product in a parcel; weight (kg) and price are for a single piece."""

    description: str
    quantity: int
    weight: Decimal
    price: Decimal
    currency: str
    hs_code: str = ""
    origin_country: str = ""
    sku: str = ""
    product_id: str = ""

    def _common(self) -> dict:
        values = {
            "description": self.description[:255],
            "quantity": self.quantity,
            "weight": {"value": float(kilograms(self.weight)), "unit": "kg"},
            "hs_code": self.hs_code,
            "origin_country": self.origin_country,
            "sku": self.sku,
            "product_id": self.product_id,
        }
        return {key: value for key, value in values.items() if value}

    def shipment_body(self) -> dict:
        return {**self._common(), "price": _price(self.price, self.currency)}

    def return_body(self) -> dict:
        return {**self._common(), "value": _number_price(self.price, self.currency)}


@dataclass(frozen=True)
class Parcel:
    """A box: weight in kg, ``size`` = (length, width, height) in cm or None."""

    weight: Decimal
    size: tuple[Decimal, Decimal, Decimal] | None = None
    items: tuple[Item, ...] = ()
    insured: Decimal | None = None
    notes: tuple[str, ...] = ()

    def dimensions(self) -> dict | None:
        if not self.size:
            return None
        length, width, height = (str(Decimal(side).quantize(_CENT)) for side in self.size)
        return {"length": length, "width": width, "height": height, "unit": "cm"}

    def body(self, currency: str, with_items: bool) -> dict:
        body: dict = {"weight": {"value": str(kilograms(self.weight)), "unit": "kg"}}
        if dimensions := self.dimensions():
            body["dimensions"] = dimensions
        if self.insured:
            body["additional_insured_price"] = _price(self.insured, currency)
        if self.notes:
            body["label_notes"] = [note[:255] for note in self.notes if note]
        if with_items and self.items:
            body["parcel_items"] = [item.shipment_body() for item in self.items]
        return body


@dataclass(frozen=True)
class TaxNumber:
    name: str
    country_code: str
    value: str

    def body(self) -> dict:
        return {"name": self.name, "country_code": self.country_code, "value": self.value}


@dataclass(frozen=True)
class Customs:
    """What the customs paper says; ``export_type``: private, commercial_b2c or commercial_b2b."""

    invoice_number: str
    invoice_date: date | None = None
    export_reason: str = "commercial_goods"
    export_type: str = "commercial_b2c"
    sender_numbers: tuple[TaxNumber, ...] = ()
    receiver_numbers: tuple[TaxNumber, ...] = ()

    def body(self) -> dict:
        body: dict = {
            "invoice_number": self.invoice_number[:40],
            "export_reason": self.export_reason,
            "export_type": self.export_type,
        }
        if self.invoice_date:
            body["invoice_date"] = self.invoice_date.isoformat()
        if self.sender_numbers or self.receiver_numbers:
            body["tax_numbers"] = {
                "sender": [number.body() for number in self.sender_numbers],
                "receiver": [number.body() for number in self.receiver_numbers],
                "importer_of_record": [],
            }
        return body


@dataclass(frozen=True)
class ShipmentRequest:
    """Everything that one outgoing shipment consists of."""

    external_reference_id: str
    to_address: Address
    option_code: str
    parcels: tuple[Parcel, ...]
    currency: str
    sender_address_id: int | None = None
    from_address: Address | None = None
    contract_id: int | None = None
    order_number: str = ""
    order_value: Decimal | None = None
    reference: str = ""
    brand_id: int | None = None
    service_point_id: str = ""
    label_mime_type: str = "application/pdf"
    label_dpi: int = 72
    customs: Customs | None = None

    @property
    def asynchronous(self) -> bool:
        """More parcels than the synchronous call takes."""
        return len(self.parcels) > SYNC_PARCELS

    def body(self) -> dict:
        """The body of ``POST /shipments/announce`` (or ``POST /shipments``, the same)."""
        properties: dict = {"shipping_option_code": self.option_code}
        if self.contract_id:
            properties["contract_id"] = self.contract_id
        body: dict = {
            "external_reference_id": self.external_reference_id,
            "from_address": self._from_body(),
            "to_address": self.to_address.body(),
            "ship_with": {"type": "shipping_option_code", "properties": properties},
            "parcels": [
                parcel.body(self.currency, with_items=self.customs is not None) for parcel in self.parcels
            ],
            "label_details": {"mime_type": self.label_mime_type, "dpi": self.label_dpi},
        }
        if self.order_number:
            body["order_number"] = self.order_number
        if self.order_value:
            body["total_order_price"] = _price(self.order_value, self.currency)
        if self.reference:
            body["reference"] = self.reference
        if self.brand_id:
            body["brand_id"] = self.brand_id
        if self.service_point_id:
            body["to_service_point"] = {"id": self.service_point_id}
        if self.customs:
            body["customs_information"] = self.customs.body()
        return body

    def _from_body(self) -> dict:
        if self.sender_address_id:
            return {"sender_address_id": self.sender_address_id}
        if self.from_address is None:
            raise ValueError("a shipment needs a sender address")
        return self.from_address.body()


@dataclass(frozen=True)
class ReturnRequest:
    """A parcel that comes back: ``from_address`` is the customer's."""

    from_address: Address
    to_address: Address
    option_code: str
    weight: Decimal
    external_reference: str
    currency: str
    contract_id: int | None = None
    size: tuple[Decimal, Decimal, Decimal] | None = None
    items: tuple[Item, ...] = ()
    order_number: str = ""
    order_value: Decimal | None = None
    brand_id: int | None = None
    send_tracking_emails: bool = False
    customs_invoice: str = ""

    def body(self) -> dict:
        """The body of ``POST /returns/announce-synchronously``."""
        ship_with: dict = {
            "type": "shipping_option_code",
            "shipping_option_code": self.option_code,
        }
        if self.contract_id:
            ship_with["contract"] = self.contract_id
        body: dict = {
            "from_address": self.from_address.body(),
            "to_address": self.to_address.body(),
            "ship_with": ship_with,
            "weight": {"value": float(kilograms(self.weight)), "unit": "kg"},
            "collo_count": 1,
            "external_reference": self.external_reference,
            "send_tracking_emails": self.send_tracking_emails,
        }
        if self.size:
            length, width, height = (float(side) for side in self.size)
            body["dimensions"] = {
                "length": length,
                "width": width,
                "height": height,
                "unit": "cm",
            }
        if self.items:
            body["parcel_items"] = [item.return_body() for item in self.items]
        if self.order_number:
            body["order_number"] = self.order_number
        if self.order_value:
            body["total_order_value"] = _number_price(self.order_value, self.currency)
        if self.brand_id:
            body["brand_id"] = self.brand_id
        if self.customs_invoice:
            body["customs_invoice_nr"] = self.customs_invoice[:40]
            body["customs_information"] = {
                "invoice_number": self.customs_invoice[:40],
                "export_reason": "returned_goods",
            }
        return body


def external_reference(database_uuid: str, picking_id: int, direction: str, attempt: int) -> str:
    """The key under which Sendcloud refuses to sell twice.

    Carries the database's uuid, so that a copy of a database never gets hold of the labels of the
    original, and the attempt, because Sendcloud never forgets a reference, not even a cancelled one.
    """
    return f"odoo-{database_uuid.replace('-', '')[:12]}-{picking_id}-{direction}-{attempt}"


def reference_prefix(database_uuid: str) -> str:
    """How every reference of this database begins."""
    return f"odoo-{database_uuid.replace('-', '')[:12]}-"


def read_reference(reference: str) -> tuple[int, str, int]:
    """``(picking id, direction, attempt)`` of a reference, zeros and "" when it is none of ours."""
    parts = reference.split("-")
    if len(parts) != 5 or parts[0] != "odoo" or not (parts[2].isdigit() and parts[4].isdigit()):
        return 0, "", 0
    return int(parts[2]), parts[3], int(parts[4])


def freeze(body: dict) -> tuple[str, str]:
    """``(text, sha256)``: the exact text that is sent on every attempt, and its fingerprint."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text, fingerprint(text)


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
