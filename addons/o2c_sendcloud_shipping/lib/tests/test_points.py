from o2c_lib.o2c_sendcloud_shipping.lib.points import read_points

POINT = {
    "id": 1000001,
    "name": "Stadhuisplein Parcel Shop",
    "carrier": {"code": "dhl", "name": "DHL"},
    "address": {
        "street": "Stadhuisplein",
        "house_number": "1",
        "postal_code": "5611 EM",
        "city": "Eindhoven",
        "country_code": "NL",
    },
    "position": {"latitude": 51.438022, "longitude": 5.478543},
    "opening_times": {
        "monday": [
            {"start_time": "09:00", "end_time": "12:00"},
            {"start_time": "13:00", "end_time": "17:00"},
        ],
        "sunday": None,
    },
    "is_expired": False,
    "distance": 85,
}


def test_a_point_as_odoo_shows_it():
    (point,) = read_points([POINT])
    location = point.location()
    assert location["id"] == "1000001"
    assert location["street"] == "Stadhuisplein 1"
    assert location["latitude"] == "51.438022"
    assert location["opening_hours"]["0"] == ["09:00-12:00", "13:00-17:00"]
    assert location["opening_hours"]["6"] == []
    assert len(location["opening_hours"]) == 7


def test_closed_points_and_nonsense_are_left_out():
    assert read_points([{**POINT, "is_expired": True}, {}, "x"]) == ()
    assert read_points(None) == ()


def test_a_point_may_say_little():
    (point,) = read_points([{"id": 5}])
    assert point.name == "5"
    assert point.opening_hours == ((),) * 7
