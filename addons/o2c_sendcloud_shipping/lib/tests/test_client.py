import json
from decimal import Decimal

import pytest
from requests.structures import CaseInsensitiveDict

from o2c_lib.o2c_base.lib.http import HttpClient, RateLimited, Unavailable
from o2c_lib.o2c_sendcloud_shipping.lib.client import SendcloudClient
from o2c_lib.o2c_sendcloud_shipping.lib.options import OptionQuery
from o2c_lib.o2c_sendcloud_shipping.lib.payload import Parcel
from o2c_lib.o2c_sendcloud_shipping.lib.remote import Outcome, Result

from .samples import shipment

ENDPOINT = "https://panel.example.com"


class Answer:
    def __init__(self, status, body=None, headers=None, content=None):
        self.status_code = status
        self.headers = CaseInsensitiveDict(headers or {})
        self.content = content if content is not None else json.dumps(body).encode()


class Script:
    """A requests session that plays answers back and keeps what was asked."""

    trust_env = False

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = []

    def request(self, method, url, **kwargs):
        self.calls.append((method, url.removeprefix(f"{ENDPOINT}/api/v3"), kwargs))
        return self.answers.pop(0)


def client(*answers):
    session = Script(*answers)
    http = HttpClient(f"{ENDPOINT}/api/v3", session=session, sleep=lambda seconds: None)
    return SendcloudClient(ENDPOINT, "public", "secret", http=http), session


def test_the_same_text_goes_out_again_after_an_answer_that_never_came():
    sendcloud, session = client(Answer(500, {}), Answer(409, {"data": shipment()}))
    outcome = sendcloud.announce('{"frozen":1}')
    assert outcome.result is Result.EXISTS
    assert [call[2]["data"] for call in session.calls] == [b'{"frozen":1}'] * 2


def test_half_an_answer_may_be_a_sold_label():
    sendcloud, _session = client(Answer(201, content=b'{"data": {"id": "7f'))
    with pytest.raises(Unavailable) as caught:
        sendcloud.announce("{}")
    assert caught.value.temporary
    assert caught.value.maybe_done


def test_many_parcels_go_to_the_other_address():
    sendcloud, session = client(Answer(201, {"data": shipment()}))
    sendcloud.announce("{}", asynchronous=True)
    assert session.calls[0][1] == "/shipments"


def test_a_conflict_without_content_is_looked_up_by_reference():
    sendcloud, session = client(Answer(200, {"data": [shipment()]}))
    outcome = sendcloud.existing(Outcome(Result.EXISTS), "odoo-0123456789ab-7-o-1")
    assert outcome.result is Result.SOLD
    assert session.calls[0][2]["params"]["external_reference_id"] == "odoo-0123456789ab-7-o-1"


def test_a_conflict_that_leads_nowhere_is_a_refusal():
    sendcloud, _session = client(Answer(404, {"errors": [{"detail": "Not found"}]}))
    assert sendcloud.existing(Outcome(Result.EXISTS), "x").result is Result.REFUSED


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            Answer(200, {"data": {"status": "cancelled", "message": "Cancelled"}}),
            ("cancelled", "Cancelled"),
        ),
        (Answer(202, {"data": {"status": "queued", "message": "Queued"}}), ("queued", "Queued")),
        (Answer(409, {"errors": [{"detail": "Too late."}]}), ("refused", "Too late.")),
        (Answer(404, {"errors": [{"detail": "Not found"}]}), ("refused", "Not found")),
    ],
)
def test_three_ways_to_cancel(answer, expected):
    sendcloud, _session = client(answer)
    assert sendcloud.cancel("u-1") == expected


def test_pages_are_followed_and_ids_are_batched():
    following = {"Link": f'<{ENDPOINT}/api/v3/shipments?cursor=abc>; rel="next"'}
    sendcloud, session = client(
        Answer(200, {"data": [shipment(id="a")]}, following),
        Answer(200, {"data": [shipment(id="b")]}),
        Answer(200, {"data": []}),
    )
    found = list(sendcloud.shipments_by_id(str(number) for number in range(150)))
    assert [one.id for one in found] == ["a", "b"]
    assert [call[1] for call in session.calls] == [
        "/shipments",
        "/shipments?cursor=abc",
        "/shipments",
    ]
    assert session.calls[2][2]["params"]["shipment_uuids"].count(",") == 49


def test_a_service_point_that_is_gone_is_not_available():
    sendcloud, _session = client(
        Answer(404, {"errors": [{"detail": "gone"}]}), Answer(200, {"data": {"is_available": True}})
    )
    assert not sendcloud.service_point_available("1")
    assert sendcloud.service_point_available("1")


def test_returns_are_never_repeated():
    sendcloud, session = client(Answer(500, {}))
    with pytest.raises(Unavailable):
        sendcloud.announce_return("{}")
    assert len(session.calls) == 1


def test_returns_are_read_page_by_page():
    def page(number, following):
        entry = {"id": number, "label_url": f"https://x/parcels/{number}/documents/label"}
        return Answer(200, {"next": following, "previous": "", "data": [entry]})

    sendcloud, session = client(page(1, "http://elsewhere/returns?cursor=cD0z&page_size=40"), page(2, ""))
    found = sendcloud.returns("2026-11-24T10:00:00+00:00", "2026-11-24T11:00:00+00:00")
    assert [one.id for one in found] == ["1", "2"]
    first, second = (call[2]["params"] for call in session.calls)
    assert second["cursor"] == "cD0z"
    assert (second["from_date"], second["to_date"]) == (first["from_date"], first["to_date"])


class Budget:
    """Two writes at once, then one that has to wait, then none."""

    def __init__(self):
        self.answers = [(0.0, True), (0.7, True), (40.0, False)]
        self.patience = []
        self.held = []

    def reserve(self, patience):
        self.patience.append(patience)
        return self.answers.pop(0)

    def hold(self, seconds):
        self.held.append(seconds)


def with_budget(*answers):
    waits, budget = [], Budget()
    http = HttpClient(
        f"{ENDPOINT}/api/v3", session=Script(*answers), max_attempts=1, sleep=lambda seconds: None
    )
    sendcloud = SendcloudClient(
        ENDPOINT, "public", "secret", http=http, write_budget=budget, sleep=waits.append
    )
    return sendcloud, budget, waits


def test_labels_and_quotes_wait_for_one_budget_and_people_not_as_long():
    sendcloud, budget, waits = with_budget(Answer(201, {"data": shipment()}), Answer(200, {"data": []}))
    sendcloud.announce("{}")
    sendcloud.shipping_options(OptionQuery("NL", "NL", (Parcel(weight=Decimal(1)),)))
    assert waits == [0.7]
    assert budget.patience[0] > budget.patience[1]
    with pytest.raises(RateLimited) as caught:
        sendcloud.cancel("1")
    assert caught.value.temporary
    assert caught.value.retry_after == 40.0


def test_too_many_requests_make_everybody_wait():
    sendcloud, budget, _waits = with_budget(Answer(429, {}, headers={"Retry-After": "7"}))
    with pytest.raises(RateLimited):
        sendcloud.announce("{}")
    assert budget.held == [7.0]
