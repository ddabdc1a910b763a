import pytest

from o2c_lib.o2c_sendcloud_shipping.lib.webhook import delivery_id, read_hint


def test_the_parcel_is_taken_and_its_status_is_not():
    body = b'{"action": "parcel_status_changed", "parcel": {"id": 1, "shipment_uuid": "u-1"}}'
    hint = read_hint(body)
    assert (hint.action, hint.parcel_id, hint.shipment_id) == ("parcel_status_changed", "1", "u-1")


def test_integration_webhooks_have_no_parcel():
    hint = read_hint('{"action": "integration_updated", "integration": {"id": 3}}')
    assert (hint.parcel_id, hint.shipment_id) == ("", "")


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"action": ""}', "null"])
def test_nonsense(body):
    with pytest.raises(ValueError):
        read_hint(body)


def test_the_same_bytes_are_the_same_delivery():
    assert delivery_id(b"{}") == delivery_id(b"{}")
    assert delivery_id(b"{}") != delivery_id(b"{} ")
