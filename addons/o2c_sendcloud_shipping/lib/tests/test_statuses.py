import pytest

from o2c_lib.o2c_sendcloud_shipping.lib.statuses import (
    STATE_OF_CODE,
    TERMINAL,
    advance,
    combine,
    state_of,
)


def test_all_published_statuses_are_known():
    assert len(STATE_OF_CODE) == 35


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("READY_TO_SEND", "announced"),
        ("ready_to_send", "announced"),
        ("AT_CUSTOMS", "in_transit"),
        ("DRIVER_ON_ROUTE", "out_for_delivery"),
        ("AWAITING_CUSTOMER_PICKUP", "at_service_point"),
        ("COLLECTED_BY_CUSTOMER", "delivered"),
        ("REFUSED_BY_RECIPIENT", "exception"),
        ("RETURNED_TO_SENDER", "returned"),
        ("CANCELLING_UPSTREAM", "cancelling"),
        ("UNKNOWN", None),
        ("SOMETHING_NEW", None),
        ("", None),
    ],
)
def test_state_of(code, state):
    assert state_of(code) == state


@pytest.mark.parametrize("terminal", sorted(TERMINAL))
@pytest.mark.parametrize("late", ["announced", "in_transit", "exception", None])
def test_terminal_states_never_go_back(terminal, late):
    assert advance(terminal, late) == terminal


@pytest.mark.parametrize(
    ("current", "incoming", "expected"),
    [
        ("announced", "in_transit", "in_transit"),
        ("in_transit", "announced", "in_transit"),
        ("exception", "in_transit", "in_transit"),
        ("announced", "announcing", "announced"),
        ("announcing", "announced", "announced"),
        ("announced", "failed", "failed"),
        ("out_for_delivery", "at_service_point", "at_service_point"),
        ("cancelling", "in_transit", "in_transit"),
        ("cancelling", "announced", "cancelling"),
        ("cancelling", "cancelled", "cancelled"),
        ("announced", None, "announced"),
    ],
)
def test_advance(current, incoming, expected):
    assert advance(current, incoming) == expected


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], None),
        (["delivered", "delivered"], "delivered"),
        (["delivered", "in_transit"], "in_transit"),
        (["announced", "in_transit"], "in_transit"),
        (["announced", "delivered"], "announced"),
        (["delivered", "exception"], "exception"),
        (["delivered", "returned"], "exception"),
        (["cancelled", "delivered"], "delivered"),
        (["cancelled", "cancelled"], "cancelled"),
        (["announced", "cancelling"], "cancelling"),
    ],
)
def test_combine(states, expected):
    assert combine(states) == expected
