import pytest

from o2c_lib.o2c_sendcloud_shipping.lib.address import Address, split_street, subdivision_code


@pytest.mark.parametrize(
    ("street", "street2", "expected"),
    [
        ("Insulindelaan 115", "", ("Insulindelaan", "115", "")),
        ("Kerkstraat 12-A", "", ("Kerkstraat", "12-A", "")),
        ("Kerkstraat 12 a", "", ("Kerkstraat", "12 a", "")),
        ("Kerkstraat, 12", "2e verdieping", ("Kerkstraat", "12", "2e verdieping")),
        ("Rue Neuve 5 bte 3", "", ("Rue Neuve", "5", "bte 3")),
        ("Meir 24 bus 11", "", ("Meir", "24", "bus 11")),
        ("Hauptstraße 7b", "", ("Hauptstraße", "7b", "")),
        ("10 rue de la Paix", "", ("rue de la Paix", "10", "")),
        ("10 bis rue de la Paix", "", ("rue de la Paix", "10 bis", "")),
        ("1e Oosterparkstraat 88", "", ("1e Oosterparkstraat", "88", "")),
        ("Plein 1940 12", "", ("Plein 1940", "12", "")),
        ("Kerkstraat", "12 B", ("Kerkstraat", "12 B", "")),
        ("Kerkstraat", "Achterhuis", ("Kerkstraat", "", "Achterhuis")),
        ("Kerkstraat  12 ", "", ("Kerkstraat", "12", "")),
        ("", "", ("", "", "")),
    ],
)
def test_split_street(street, street2, expected):
    assert split_street(street, street2) == expected


@pytest.mark.parametrize(
    ("country", "state", "expected"),
    [("IT", "RM", "IT-RM"), ("US", "US-NY", "US-NY"), ("NL", "", ""), ("US", " ny ", "US-NY")],
)
def test_subdivision_code(country, state, expected):
    assert subdivision_code(country, state) == expected


def test_body_leaves_out_what_is_empty():
    address = Address("Jane Doe", "Kerkstraat", "1012 AB", "Amsterdam", "NL", house_number="12")
    assert address.body() == {
        "name": "Jane Doe",
        "address_line_1": "Kerkstraat",
        "house_number": "12",
        "postal_code": "1012 AB",
        "city": "Amsterdam",
        "country_code": "NL",
    }
