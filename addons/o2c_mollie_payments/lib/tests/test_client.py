import pytest

from o2c_lib.o2c_base.lib.http import (
    AuthenticationError,
    RateLimited,
    RefusedError,
    Unavailable,
    UnexpectedShape,
)
from o2c_lib.o2c_mollie_payments.lib.client import MollieClient, NotAnAccessToken

from .fake_mollie import TOKEN, Answer, FakeMollie


def client_of(mollie, **options):
    waits = []
    options.setdefault("sleep", waits.append)
    client = MollieClient(TOKEN, session=mollie, **options)
    client.waits = waits
    return client


@pytest.mark.parametrize("key", ["live_abc", "test_abc", "", None, "abc"])
def test_only_an_access_token_will_do(key):
    with pytest.raises(NotAnAccessToken) as caught:
        MollieClient(key)
    assert "access_" in str(caught.value)
    if key and key.startswith("live_"):
        assert "settlement" in str(caught.value)


@pytest.mark.parametrize("page", [1, 3, 250])
def test_follows_all_pages(page):
    mollie = FakeMollie(1, payments=12)
    items = list(client_of(mollie, page=page).settlement_items("stl_fake", "payments"))
    assert [item.id for item in items] == [raw["id"] for raw in mollie.lists["payments"]]


def test_two_lists_can_be_read_at_the_same_time():
    mollie = FakeMollie(1, payments=6)
    client = client_of(mollie, page=2)
    pairs = [
        (outer.id, inner.id)
        for outer in client.settlement_items("stl_fake", "payments")
        for inner in client.settlement_items("stl_fake", "payments")
    ]
    number = len(mollie.lists["payments"])
    assert len(pairs) == number * number


def test_a_page_at_another_host_is_not_opened():
    mollie = FakeMollie(1)
    away = "https://api.mollie.com.evil.example/v2/settlements"
    page = {"_embedded": {"settlements": []}, "_links": {"next": {"href": away}}}
    mollie.request = lambda **call: Answer(200, page)
    with pytest.raises(UnexpectedShape, match="another address"):
        list(client_of(mollie).settlements())


def test_pages_in_a_circle_end():
    mollie = FakeMollie(1)
    again = "https://api.mollie.com/v2/settlements?from=stl_1"
    page = {"_embedded": {"settlements": []}, "_links": {"next": {"href": again}}}
    mollie.request = lambda **call: Answer(200, page)
    with pytest.raises(UnexpectedShape, match="circle"):
        list(client_of(mollie).settlements())


@pytest.mark.parametrize("fault", ["timeout", "broken", (429,), (429, 2), (500,), (503,)])
def test_what_is_temporary_is_tried_again(fault):
    mollie = FakeMollie(1)
    mollie.faults = {1: fault, 2: fault}
    client = client_of(mollie)
    assert [settlement.id for settlement in client.settlements()] == ["stl_fake"]
    assert len(client.waits) == 2
    if fault == (429, 2):
        assert client.waits == [2.0, 2.0]


def test_waiting_has_a_limit():
    mollie = FakeMollie(1)
    mollie.faults = {1: (429, 3600)}
    client = client_of(mollie, time_budget=60)
    with pytest.raises(RateLimited) as caught:
        list(client.settlements())
    assert caught.value.retry_after == 3600
    assert client.waits == []


def test_attempts_have_a_limit():
    mollie = FakeMollie(1)
    mollie.faults = {number: (500,) for number in range(1, 50)}
    with pytest.raises(Unavailable):
        list(client_of(mollie, max_attempts=3).settlements())
    assert len(mollie.calls) == 3


@pytest.mark.parametrize(
    ("status", "error"), [(401, AuthenticationError), (403, AuthenticationError), (422, RefusedError)]
)
def test_what_is_final_is_not_tried_again_and_never_tells_the_token(status, error):
    mollie = FakeMollie(1)
    mollie.faults = {1: (status,)}
    with pytest.raises(error) as caught:
        list(client_of(mollie).settlements())
    assert len(mollie.calls) == 1
    assert TOKEN not in str(caught.value) + str(caught.value.detail)


def test_a_network_error_never_tells_the_token():
    mollie = FakeMollie(1)
    mollie.faults = {number: "timeout" for number in range(1, 9)}
    with pytest.raises(Unavailable) as caught:
        list(client_of(mollie).settlements())
    assert TOKEN not in str(caught.value) + str(caught.value.detail)


def test_this_machine_is_not_named():
    mollie = FakeMollie(1)
    seen = {}

    def request(**call):
        seen.update(call["headers"])
        return Answer(200, {})

    mollie.request = request
    client_of(mollie).balances()
    assert seen["X-Mollie-Client-Info"] == "Odoo"


def test_the_settlement_that_is_still_open_is_left_out():
    mollie = FakeMollie(1)
    mollie.id = "open"
    assert list(client_of(mollie).settlements()) == []
