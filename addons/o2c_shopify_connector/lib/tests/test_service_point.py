import json

import pytest

from o2c_lib.o2c_shopify_connector.lib.service_point import service_point

POINT = {
    "id": 11239983,
    "name": "Primera Lombok",
    "street": "Kanaalstraat",
    "house_number": "82",
    "postal_code": "3531 CL",
    "city": "Utrecht",
    "country": "nl",
    "carrier": "postnl",
    "formatted_opening_times": {"0": ["09:00 - 18:00"]},
}


@pytest.mark.parametrize(
    "attributes",
    [
        [("service_point_id", "11239983")],
        [("Service Point ID", " 11239983 ")],
        [("sendcloud_service_point_id", "11239983")],
        [("sendcloud-service-point", "11239983")],
        [("servicePointId", "11239983")],
        [("to_service_point", "11239983")],
        [("Gift message", "Hi"), ("_sendcloud_service_point", json.dumps(POINT))],
    ],
)
def test_however_the_checkout_spells_it(attributes):
    assert service_point(attributes)["id"] == "11239983"


@pytest.mark.parametrize(
    "attributes",
    [
        [],
        [("service_point_id", "")],
        [("service_point_id", "0")],
        [("service_point_id", "Primera Lombok")],
        [("service_point", "{broken")],
        [("service_point", "[1]")],
        [("service_point_name", "77")],
        [("pickup_point_id", "11239983")],
        [("Packstation", "123")],
    ],
)
def test_what_is_no_point_of_sendcloud(attributes):
    assert service_point(attributes) is None


def test_the_address_comes_along():
    whole = service_point([("service_point", json.dumps(POINT))])
    apart = service_point([(f"service_point_{name}", str(value)) for name, value in POINT.items()])
    assert (
        whole
        == apart
        == {
            "id": "11239983",
            "name": "Primera Lombok",
            "street": "Kanaalstraat 82",
            "zip_code": "3531 CL",
            "city": "Utrecht",
            "country_code": "NL",
        }
    )
