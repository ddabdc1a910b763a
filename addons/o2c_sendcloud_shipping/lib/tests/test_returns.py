import pytest

from o2c_lib.o2c_base.lib.http import UnexpectedShape
from o2c_lib.o2c_sendcloud_shipping.lib.returns import find_ours, read_return, read_returns

DATA = {
    "id": 12345,
    "external_reference": "odoo-0123456789ab-7-r-1",
    "order_number": "S00007",
    "label_url": "https://panel.example.com/api/v3/parcels/67880/documents/label",
    "tracking_number": "3SRET",
    "tracking_url": "https://example.com/3SRET",
    "status_history": [
        {
            "carrier_update_timestamp": "2026-11-24T10:00:00Z",
            "parent_status": "ready-to-send",
            "carrier_message": "Ready to send",
        },
        {
            "carrier_update_timestamp": "2026-11-25T10:00:00Z",
            "parent_status": "picked-up-by-driver",
            "carrier_message": "Picked up",
        },
    ],
}


def test_the_newest_status_counts():
    shown = read_return(DATA)
    assert (shown.id, shown.parcel_id) == ("12345", "67880")
    assert (shown.status_code, shown.status_message) == ("PICKED_UP_BY_DRIVER", "Picked up")
    assert shown.changed_at == "2026-11-25T10:00:00Z"


@pytest.mark.parametrize("data", [None, {}, []])
def test_nonsense(data):
    with pytest.raises(UnexpectedShape):
        read_return(data)


def test_lists():
    assert len(read_returns([DATA])) == 1
    with pytest.raises(UnexpectedShape):
        read_returns(None)


def test_ours_is_known_by_its_reference():
    returns = read_returns([{**DATA, "external_reference": "other"}, DATA])
    ours, doubtful = find_ours(returns, DATA["external_reference"], "S00007")
    assert ours == returns[1]
    assert not doubtful


def test_without_references_a_return_of_the_same_order_is_a_doubt():
    returns = read_returns([{**DATA, "external_reference": None}])
    assert find_ours(returns, "x", "S00007") == (None, True)
    assert find_ours(returns, "x", "S00008") == (None, False)
    assert find_ours(read_returns([DATA]), "x", "S00007") == (None, False)
