from decimal import Decimal

import pytest

from o2c_lib.o2c_base.lib.http import UnexpectedShape
from o2c_lib.o2c_sendcloud_shipping.lib.remote import (
    Result,
    differences,
    judge,
    read_announcement,
    read_errors,
    read_shipment,
)

from .samples import parcel, shipment

FAILED = {"code": "ANNOUNCEMENT_FAILED", "message": "Announcement Failed"}


def test_a_label_was_sold():
    outcome = read_announcement(201, {"data": shipment()})
    assert outcome.result is Result.SOLD
    bought = outcome.shipment.parcels[0]
    assert bought.id == "383707309"
    assert bought.label == b"%PDF-1.4 label"
    assert bought.documents == ("label",)


def test_created_may_still_be_a_failure():
    error = {"status": "500", "code": "parcel_announcement_error", "detail": "Carrier is down."}
    data = shipment(errors=[error], parcels=[parcel(status=FAILED, label_file=None)])
    outcome = read_announcement(201, {"data": data})
    assert outcome.result is Result.FAILED
    assert outcome.messages == ("Carrier is down.",)


def test_one_failed_parcel_of_two_fails_the_shipment():
    data = shipment(parcels=[parcel(), parcel(id=2, status=FAILED)])
    assert read_announcement(201, {"data": data}).result is Result.FAILED


def test_the_carrier_has_not_answered_yet():
    data = shipment(parcels=[parcel(status={"code": "ANNOUNCING", "message": "Being announced"})])
    assert read_announcement(201, {"data": data}).result is Result.PENDING


def test_conflict_with_and_without_the_first_shipment():
    with_data = read_announcement(409, {"data": shipment()})
    assert with_data.result is Result.EXISTS
    assert judge(with_data.shipment).result is Result.SOLD
    without = read_announcement(409, {"errors": [{"detail": "Reference was used before."}]})
    assert without.result is Result.EXISTS
    assert without.shipment is None
    assert without.messages == ("Reference was used before.",)


def test_a_cancelled_first_shipment_has_burned_its_reference():
    cancelled = {"code": "CANCELLED", "message": "Cancelled"}
    assert judge(read_shipment(shipment(parcels=[parcel(status=cancelled)]))).result is (Result.FAILED)


def test_refused_keeps_the_words_and_where_they_point():
    error = {
        "status": "400",
        "code": "required",
        "detail": "This field is required.",
        "source": {"pointer": "/data/attributes/to_address/house_number"},
    }
    outcome = read_announcement(400, {"errors": [error]})
    assert outcome.result is Result.REFUSED
    assert outcome.messages == ("This field is required.",)
    assert outcome.pointers == ("/data/attributes/to_address/house_number",)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"detail": "Not found."}, ("Not found.",)),
        ({"detail": [{"loc": ["path"], "msg": "Too short"}]}, ("Too short",)),
        ({"error": {"code": 400, "message": "weight: Too much"}}, ("weight: Too much",)),
        ({"errors": [{"field": "returns", "code": 409, "message": "Too late"}]}, ("Too late",)),
        ("not json", ()),
        ({}, ()),
    ],
)
def test_other_error_forms(body, expected):
    assert read_errors(body)[0] == expected


@pytest.mark.parametrize("data", [None, {}, {"parcels": []}, {"id": "x", "parcels": [{}]}])
def test_answers_without_an_id_are_not_believed(data):
    with pytest.raises(UnexpectedShape):
        read_announcement(201, {"data": data})


def test_a_damaged_inline_label_is_left_for_the_download():
    assert read_shipment(shipment(parcels=[parcel(label_file="%%")])).parcels[0].label is None


SENT = shipment()


def test_same_shipment_has_no_differences():
    tidied = shipment()
    tidied["to_address"] = {**tidied["to_address"], "postal_code": "1012ab", "name": "JANE DOE"}
    tidied["parcels"] = [parcel(weight={"value": Decimal("1320"), "unit": "g"})]
    assert differences(SENT, tidied) == ()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"to_address": {**SENT["to_address"], "postal_code": "9999 ZZ"}}, "postal code"),
        ({"to_address": {**SENT["to_address"], "name": "John Roe"}}, "name"),
        ({"order_number": "S00099"}, "order number"),
        ({"parcels": [parcel(), parcel()]}, "parcels"),
        ({"parcels": [parcel(weight={"value": "2", "unit": "kg"})]}, "weight"),
        (
            {"ship_with": {"properties": {"shipping_option_code": "dpd:home"}}},
            "shipping option",
        ),
    ],
)
def test_differences_are_named(change, what):
    found = differences(SENT, shipment(**change))
    assert [difference[0] for difference in found] == [what]
