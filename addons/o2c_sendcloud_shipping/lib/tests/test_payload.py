import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from o2c_lib.o2c_sendcloud_shipping.lib.address import Address
from o2c_lib.o2c_sendcloud_shipping.lib.payload import (
    Customs,
    Item,
    Parcel,
    ShipmentRequest,
    TaxNumber,
    external_reference,
    fingerprint,
    freeze,
    kilograms,
    reference_prefix,
)

ADDRESS = Address(
    "Jane Doe", "Kerkstraat", "1012 AB", "Amsterdam", "NL", house_number="12", email="j@example.com"
)
ITEM = Item("Trowel", 2, Decimal("0.3"), Decimal("12.655"), "EUR", "820110", "NL", "TR-1", "5")
REQUEST = ShipmentRequest(
    external_reference_id="odoo-0123456789ab-7-o-1",
    to_address=ADDRESS,
    option_code="postnl:standard",
    parcels=(Parcel(Decimal("1.32"), items=(ITEM,)),),
    currency="EUR",
    sender_address_id=192,
    order_number="S00007",
    order_value=Decimal("25.3"),
)


def test_domestic_body_has_no_customs_items():
    body = REQUEST.body()
    assert body["from_address"] == {"sender_address_id": 192}
    assert body["parcels"] == [{"weight": {"value": "1.320", "unit": "kg"}}]
    assert body["total_order_price"] == {"value": "25.30", "currency": "EUR"}
    assert "customs_information" not in body


def test_customs_body_names_every_item_with_its_price_per_piece():
    customs = Customs(
        "INV/1",
        invoice_date=date(2026, 11, 24),
        sender_numbers=(TaxNumber("EORI", "NL", "NL123456789"),),
    )
    body = replace(REQUEST, customs=customs).body()
    assert body["parcels"][0]["parcel_items"] == [
        {
            "description": "Trowel",
            "quantity": 2,
            "weight": {"value": 0.3, "unit": "kg"},
            "hs_code": "820110",
            "origin_country": "NL",
            "sku": "TR-1",
            "product_id": "5",
            "price": {"value": "12.66", "currency": "EUR"},
        }
    ]
    assert body["customs_information"] == {
        "invoice_number": "INV/1",
        "export_reason": "commercial_goods",
        "export_type": "commercial_b2c",
        "invoice_date": "2026-11-24",
        "tax_numbers": {
            "sender": [{"name": "EORI", "country_code": "NL", "value": "NL123456789"}],
            "receiver": [],
            "importer_of_record": [],
        },
    }


def test_contract_brand_service_point_size_and_notes():
    request = replace(
        REQUEST,
        contract_id=60,
        brand_id=3,
        service_point_id="1000001",
        parcels=(
            Parcel(
                Decimal("0.0004"),
                size=(Decimal(30), Decimal(20), Decimal("10.5")),
                insured=Decimal(50),
                notes=("S00007", ""),
            ),
        ),
    )
    body = request.body()
    assert body["ship_with"]["properties"]["contract_id"] == 60
    assert body["brand_id"] == 3
    assert body["to_service_point"] == {"id": "1000001"}
    assert body["parcels"][0] == {
        "weight": {"value": "0.001", "unit": "kg"},
        "dimensions": {"length": "30.00", "width": "20.00", "height": "10.50", "unit": "cm"},
        "additional_insured_price": {"value": "50.00", "currency": "EUR"},
        "label_notes": ["S00007"],
    }


def test_more_than_fifteen_parcels_go_the_asynchronous_way():
    parcel = REQUEST.parcels[0]
    assert not replace(REQUEST, parcels=(parcel,) * 15).asynchronous
    assert replace(REQUEST, parcels=(parcel,) * 16).asynchronous


def test_a_shipment_needs_a_sender():
    with pytest.raises(ValueError, match="sender"):
        replace(REQUEST, sender_address_id=None).body()
    body = replace(REQUEST, sender_address_id=None, from_address=ADDRESS).body()
    assert body["from_address"]["house_number"] == "12"


def test_frozen_text_is_stable_and_fingerprinted():
    text, digest = freeze(REQUEST.body())
    shuffled = json.loads(json.dumps(dict(reversed(list(REQUEST.body().items())))))
    assert freeze(shuffled) == (text, digest)
    assert fingerprint(text) == digest
    assert fingerprint(text + " ") != digest


def test_reference_differs_by_database_picking_direction_and_attempt():
    uuid = "01234567-89ab-cdef-0123-456789abcdef"
    references = {
        external_reference(uuid, 7, "o", 1),
        external_reference(uuid, 7, "o", 2),
        external_reference(uuid, 7, "r", 1),
        external_reference(uuid, 8, "o", 1),
        external_reference("f" * 36, 7, "o", 1),
    }
    assert len(references) == 5
    assert external_reference(uuid, 7, "o", 1) == "odoo-0123456789ab-7-o-1"
    assert external_reference(uuid, 7, "o", 1).startswith(reference_prefix(uuid))


@pytest.mark.parametrize(("value", "expected"), [("0", "0.001"), ("1.2345", "1.235"), ("2", "2.000")])
def test_kilograms(value, expected):
    assert str(kilograms(Decimal(value))) == expected
