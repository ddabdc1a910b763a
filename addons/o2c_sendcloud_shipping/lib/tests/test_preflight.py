from dataclasses import replace
from decimal import Decimal

import pytest

from o2c_lib.o2c_sendcloud_shipping.lib.options import read_options
from o2c_lib.o2c_sendcloud_shipping.lib.payload import Customs, Parcel
from o2c_lib.o2c_sendcloud_shipping.lib.preflight import check
from o2c_lib.o2c_sendcloud_shipping.lib.territory import needs_customs

from .samples import OPTION
from .test_payload import ADDRESS, ITEM, REQUEST

(LIMITS,) = read_options({"data": [OPTION]})
(POINT,) = read_options(
    {"data": [{**OPTION, "requirements": {"is_service_point_required": True, "fields": []}}]}
)
ABROAD = replace(
    REQUEST,
    to_address=replace(
        ADDRESS,
        country_code="US",
        state_province_code="US-NY",
        house_number="",
        phone_number="+15551234567",
    ),
    customs=Customs("INV/1"),
)


def codes(request, option=LIMITS):
    return [problem.code for problem in check(request, option)]


def test_a_good_shipment_has_no_problems():
    assert codes(REQUEST) == []
    assert codes(REQUEST, None) == []
    assert codes(ABROAD) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": ""}, "name"),
        ({"address_line_1": ""}, "street"),
        ({"postal_code": ""}, "postal_code"),
        ({"city": ""}, "city"),
        ({"country_code": ""}, "country"),
        ({"house_number": ""}, "house_number"),
        ({"email": "nobody"}, "email_invalid"),
        ({"country_code": "IT"}, "state"),
    ],
)
def test_address(change, problem):
    assert codes(replace(REQUEST, to_address=replace(ADDRESS, **change))) == [problem]


def test_countries_without_house_numbers_and_post_codes():
    british = replace(ADDRESS, country_code="GB", house_number="")
    assert codes(replace(REQUEST, to_address=british)) == []
    irish = replace(ADDRESS, country_code="IE", house_number="", postal_code="")
    assert codes(replace(REQUEST, to_address=irish)) == []


def test_service_point_wants_a_point_and_a_way_to_tell_the_customer():
    assert codes(REQUEST, POINT) == ["phone", "service_point"]
    chosen = replace(
        REQUEST,
        service_point_id="1000001",
        to_address=replace(ADDRESS, phone_number="+31612345678", house_number=""),
    )
    assert codes(chosen, POINT) == []


@pytest.mark.parametrize(
    ("parcels", "problem"),
    [
        ((), "no_parcels"),
        ((Parcel(Decimal(0)),), "weight_zero"),
        ((Parcel(Decimal(30)),), "too_heavy"),
        ((Parcel(Decimal(1), size=(Decimal(20), Decimal(176), Decimal(2))),), "too_large"),
        ((Parcel(Decimal(1), insured=Decimal(1)),), "insurance"),
        ((Parcel(Decimal(1), insured=Decimal(5001)),), "insurance"),
        ((Parcel(Decimal(1)),) * 51, "too_many_parcels"),
    ],
)
def test_parcels(parcels, problem):
    assert codes(replace(REQUEST, parcels=parcels)) == [problem]


def test_several_parcels_need_an_option_that_takes_them():
    (single,) = read_options({"data": [{**OPTION, "functionalities": {"multicollo": False}}]})
    two = replace(REQUEST, parcels=REQUEST.parcels * 2)
    assert codes(two, single) == ["no_multicollo"]
    assert codes(two) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"hs_code": ""}, "hs_code"),
        ({"hs_code": "12"}, "hs_code"),
        ({"origin_country": ""}, "origin"),
        ({"weight": Decimal(0)}, "item_weight"),
        ({"price": Decimal(0)}, "item_value"),
    ],
)
def test_customs_items(change, problem):
    item = replace(ITEM, **change)
    assert codes(replace(ABROAD, parcels=(Parcel(Decimal(1), items=(item, item)),))) == [problem]


def test_customs_papers():
    assert codes(replace(ABROAD, customs=Customs(""))) == ["invoice_number"]
    assert codes(replace(ABROAD, parcels=(Parcel(Decimal(1)),))) == ["no_items"]
    mixed = (ITEM, replace(ITEM, product_id="6", currency="USD"))
    assert codes(replace(ABROAD, parcels=(Parcel(Decimal(1), items=mixed),))) == ["mixed_currencies"]
    without_phone = replace(ABROAD, to_address=replace(ABROAD.to_address, phone_number=""))
    assert codes(without_phone) == ["phone"]


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        (("NL", "DE"), False),
        (("NL", "NL"), False),
        (("NL", "GB"), True),
        (("NL", "CH"), True),
        (("NL", "US"), True),
        (("GB", "NL"), True),
        (("GB", "GB"), False),
        (("NL", "ES", "", "35001"), True),
        (("NL", "ES", "", "28001"), False),
        (("NL", "FR", "", "97400"), True),
    ],
)
def test_needs_customs(route, expected):
    assert needs_customs(*route) is expected
