from decimal import Decimal

import pytest

from o2c_lib.o2c_base.lib.http import UnexpectedShape
from o2c_lib.o2c_sendcloud_shipping.lib.options import OptionQuery, read_options
from o2c_lib.o2c_sendcloud_shipping.lib.payload import Parcel

from .samples import OPTION


def test_an_option_with_its_quote_and_limits():
    (option,) = read_options({"data": [OPTION]})
    assert option.quote.price == Decimal("7.50")
    assert option.quote.lead_time_hours == 24
    assert option.max_weight == Decimal("23.001")
    assert option.max_size == (Decimal("175"), Decimal("78"), Decimal("58"))
    assert option.multicollo
    assert option.contract_id == 60


@pytest.mark.parametrize("quotes", [None, [], [{"price": {"total": None}}]])
def test_own_contracts_may_have_no_quote(quotes):
    (option,) = read_options({"data": [{**OPTION, "quotes": quotes}]})
    assert option.quote is None


def test_no_options_is_an_answer():
    assert read_options({"data": []}) == ()
    assert read_options({"data": None}) == ()


@pytest.mark.parametrize("body", [{}, [], {"data": "x"}, {"data": [{"name": "no code"}]}])
def test_nonsense_is_refused(body):
    with pytest.raises(UnexpectedShape):
        read_options(body)


def test_query_body():
    query = OptionQuery(
        "NL",
        "BE",
        (Parcel(Decimal("1.5"), size=(Decimal(30), Decimal(20), Decimal(10))),),
        to_postal_code="2000",
        option_code="postnl:standard",
        contract_id=60,
        service_point_id="1000001",
    )
    assert query.body() == {
        "from_country_code": "NL",
        "to_country_code": "BE",
        "to_postal_code": "2000",
        "calculate_quotes": True,
        "shipping_option_code": "postnl:standard",
        "contract_id": 60,
        "to_service_point_id": 1000001,
        "parcels": [
            {
                "weight": {"value": "1.500", "unit": "kg"},
                "dimensions": {"length": "30.00", "width": "20.00", "height": "10.00", "unit": "cm"},
            }
        ],
    }
