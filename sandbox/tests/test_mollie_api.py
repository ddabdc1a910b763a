"""Mollie over HTTP, as a merchant's program meets it."""

import hashlib
import hmac
import json
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from mollie.api.client import Client
from mollie.api.error import UnauthorizedError

from sandbox.tests.merchant import TOKEN


@pytest.fixture
def client(merchant):
    client = Client(api_endpoint=f"{merchant.base_url}/mollie")
    client.set_access_token(TOKEN)
    return client


def paid(merchant, amount="49.90", **values):
    return merchant.control("mollie/pay", {"amount": amount, "description": "rKx1", **values})


# -- the official client works unchanged


def test_the_official_client_reads_a_settlement_through_all_its_pages(merchant, client):
    made = merchant.control("mollie/generate", {"count": 612})
    settlement = client.settlements.get(made["settlements"][0]["id"])
    page = settlement.payments.list(limit=250)
    payments = []
    while True:
        payments += list(page)
        if not page.has_next():
            break
        page = page.get_next()
    assert len({payment["id"] for payment in payments}) == 612
    gross = sum(Decimal(payment["settlementAmount"]["value"]) for payment in payments)
    transactions = client.balances.get("primary").get_transactions(limit=250)
    fees = Decimal(0)
    while True:
        fees += sum(Decimal(row["deductions"]["value"]) for row in transactions if row["deductions"])
        if not transactions.has_next():
            break
        transactions = transactions.get_next()
    assert Decimal(settlement["amount"]["value"]) == gross + fees


def test_the_official_client_reads_everything_else(merchant, client):
    payment = paid(merchant)
    merchant.control(
        "mollie/capture", {"payment": paid(merchant, method="creditcard", capture="manual")["id"]}
    )
    merchant.control("mollie/refund", {"payment": payment["id"], "amount": "5.00"})
    merchant.control(
        "mollie/chargeback", {"payment": paid(merchant, method="creditcard")["id"], "reason": "AC01"}
    )
    merchant.control("mollie/settle", {})
    merchant.control("mollie/invoice", {})
    settlement = client.settlements.list().__next__()
    assert client.settlements.get(settlement.reference).id == settlement.id
    assert settlement.refunds.list().count == 1
    assert settlement.captures.list().count == 1
    assert settlement.chargebacks.list().count == 1
    assert client.payments.get(payment["id"]).description == "rKx1"
    assert client.payments.get(payment["id"]).refunds.list().count == 1
    assert client.organizations.get("me").name == "Garden Lane B.V."
    assert client.invoices.list().count == 1
    assert client.permissions.get("settlements.read").granted
    refund = client.payments.get(payment["id"]).refunds.create(
        {"amount": {"value": "1.00", "currency": "EUR"}}
    )
    assert refund.status == "pending"
    created = client.payments.create(
        {
            "amount": {"value": "12.00", "currency": "EUR"},
            "description": "S00012",
            "redirectUrl": "https://shop.example/done",
        }
    )
    assert created.status == "open"
    assert created.checkout_url.startswith(f"{merchant.base_url}/mollie")
    merchant.session.get(created.checkout_url, allow_redirects=False, timeout=10)
    assert client.payments.get(created.id).status == "paid"


def test_an_api_key_is_refused_where_an_access_token_is_needed(merchant, client):
    client.set_api_key("live_sandbox_garden")
    assert client.payments.list().count == 0
    for ask in (client.settlements.list, client.balances.list, lambda: client.organizations.get("me")):
        with pytest.raises(UnauthorizedError, match="API key"):
            ask()


def test_a_wrong_token_and_a_missing_scope_are_told_apart(merchant):
    wrong = merchant.mollie("settlements", token="access_wrong")
    assert (wrong.status_code, wrong.json()["title"]) == (401, "Unauthorized Request")
    merchant.control("mollie/options", {"missing_scopes": ["settlements.read"]})
    missing = merchant.mollie("settlements")
    assert missing.status_code == 403
    assert "settlements.read" in missing.json()["detail"]
    assert not merchant.mollie("permissions/settlements.read").json()["granted"]
    assert merchant.mollie("balances").status_code == 200


# -- paging and shape


def test_pages_begin_at_from_and_lead_on_by_links(merchant):
    for number in range(7):
        paid(merchant, description=f"r{number}")
    first = merchant.mollie("payments?limit=3").json()
    assert [item["description"] for item in first["_embedded"]["payments"]] == ["r6", "r5", "r4"]
    assert first["_links"]["previous"] is None
    following = first["_links"]["next"]["href"]
    assert following.startswith(f"{merchant.base_url}/mollie/v2/payments?")
    second = merchant.mollie(following).json()
    assert [item["description"] for item in second["_embedded"]["payments"]] == ["r3", "r2", "r1"]
    last = merchant.mollie(second["_links"]["next"]["href"]).json()
    assert (last["count"], last["_links"]["next"]) == (1, None)
    oldest_first = merchant.mollie("payments?sort=asc&limit=2").json()
    assert [item["description"] for item in oldest_first["_embedded"]["payments"]] == ["r0", "r1"]


@pytest.mark.parametrize("query", ["limit=251", "limit=0", "limit=some", "from=tr_unknown"])
def test_a_page_that_cannot_be_is_refused(merchant, query):
    answer = merchant.mollie(f"payments?{query}")
    assert answer.status_code == 400
    assert answer.json()["field"] == query.partition("=")[0]


def test_answers_are_hal_and_errors_are_problems(merchant):
    assert merchant.mollie("balances").headers["content-type"] == "application/hal+json"
    for path in (
        "payments/tr_x",
        "settlements/stl_x",
        "balances/bal_x",
        "nothing",
        "settlements/stl_x/payments",
    ):
        answer = merchant.mollie(path)
        assert answer.status_code == 404
        assert {"status", "title", "detail", "_links"} <= set(answer.json())


def test_open_and_next_settlement(merchant):
    assert merchant.mollie("settlements/next").json()["amount"]["value"] == "0.00"
    paid(merchant, "20.00")
    merchant.control("mollie/available", {})
    assert merchant.mollie("settlements/open").json()["amount"]["value"] == "19.61"
    made = merchant.control("mollie/settle", {"status": "pending"})["settlements"][0]
    assert merchant.mollie("settlements/next").json()["id"] == made["id"]


def test_the_context_of_a_balance_transaction_has_two_shapes(merchant):
    payment = paid(merchant)
    merchant.control("mollie/settle", {})

    def contexts():
        rows = merchant.mollie("balances/primary/transactions").json()["_embedded"]["balance_transactions"]
        return {row["type"]: row["context"] for row in rows}

    assert contexts()["payment"] == {"paymentId": payment["id"]}
    assert set(contexts()["outgoing-transfer"]) == {"settlementId", "transferId"}
    merchant.control("mollie/options", {"context": "nested"})
    assert contexts()["payment"] == {"payment": {"paymentId": payment["id"]}}


def test_settlement_amounts_stand_only_in_the_lists_of_a_settlement(merchant):
    payment = paid(merchant)
    made = merchant.control("mollie/settle", {})["settlements"][0]
    listed = merchant.mollie(f"settlements/{made['id']}/payments").json()["_embedded"]["payments"][0]
    assert listed["settlementAmount"] == {"value": "49.90", "currency": "EUR"}
    assert "settlementAmount" not in merchant.mollie(f"payments/{payment['id']}").json()


def test_the_balance_report_closes_where_the_balance_stands(merchant):
    merchant.control("mollie/generate", {"count": 5, "settle": False})
    merchant.control("mollie/available", {})
    report = merchant.mollie("balances/primary/report?from=2020-01-01&until=2099-01-01").json()
    balance = merchant.mollie("balances/primary").json()
    assert report["totals"]["close"]["available"]["amount"] == balance["availableAmount"]
    assert merchant.mollie("balances/primary/report?from=2020-01-01").status_code == 400


# -- writes


def test_a_refund_with_the_same_key_is_made_once(merchant):
    payment = paid(merchant)
    path = f"payments/{payment['id']}/refunds"
    body = {"amount": {"value": "9.90", "currency": "EUR"}}
    first, again = (
        merchant.mollie(path, "POST", json=body, headers={"Idempotency-Key": "k1"}) for _number in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    body["amount"]["value"] = "1.00"
    other = merchant.mollie(path, "POST", json=body, headers={"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["detail"]) == (
        400,
        "This Idempotency-Key has already been used.",
    )
    assert merchant.mollie(path).json()["count"] == 1
    merchant.mollie(path, "POST", json=body)
    assert merchant.mollie(path).json()["count"] == 2


@pytest.mark.parametrize(
    "amount, field",
    [
        ({"value": "100.00", "currency": "EUR"}, "amount"),
        ({"value": "1.0", "currency": "EUR"}, "amount.value"),
        ({"value": 1, "currency": "EUR"}, "amount"),
        ({"value": "1.00", "currency": "USD"}, "amount.currency"),
    ],
)
def test_a_refund_that_cannot_be_is_refused(merchant, amount, field):
    payment = paid(merchant)
    answer = merchant.mollie(f"payments/{payment['id']}/refunds", "POST", json={"amount": amount})
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert merchant.mollie("refunds").json()["count"] == 0


def test_a_refund_whose_answer_got_lost_is_found_again_by_its_key(merchant):
    payment = paid(merchant)
    merchant.control("faults", {"platform": "mollie", "kind": "broken_json", "times": 1, "match": "POST"})
    ask = {"json": {"amount": {"value": "5.00", "currency": "EUR"}}, "headers": {"Idempotency-Key": "k2"}}
    broken = merchant.mollie(f"payments/{payment['id']}/refunds", "POST", **ask)
    with pytest.raises(ValueError):
        broken.json()
    again = merchant.mollie(f"payments/{payment['id']}/refunds", "POST", **ask)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert merchant.mollie("refunds").json()["count"] == 1


# -- bad days and the control API


@pytest.mark.parametrize("kind, status", [("429", 429), ("500", 500), ("throttled", 429)])
def test_faults_are_told_in_mollies_words(merchant, kind, status):
    merchant.control("faults", {"platform": "mollie", "kind": kind, "times": 1})
    answer = merchant.mollie("balances")
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert merchant.mollie("balances").status_code == 200


@pytest.mark.parametrize("ask", [{}, {"hide": True}])
def test_an_unbalanced_settlement_does_not_add_up_until_it_is_undone(merchant, ask):
    for _number in range(3):
        paid(merchant, "10.00")
    made = merchant.control("mollie/settle", {})["settlements"][0]

    def adds_up():
        listed = merchant.mollie(f"settlements/{made['id']}/payments").json()["_embedded"]["payments"]
        gross = sum(Decimal(item["settlementAmount"]["value"]) for item in listed)
        amount = merchant.mollie(f"settlements/{made['id']}").json()["amount"]["value"]
        return Decimal(amount) == gross - 3 * Decimal("0.39")

    assert adds_up()
    merchant.control("mollie/unbalance", {"settlement": made["id"], **ask})
    assert not adds_up()
    merchant.control("mollie/unbalance", {"settlement": made["id"], "undo": True})
    assert adds_up()


def test_the_control_api_says_what_is_wrong(merchant):
    for path, data in (
        ("mollie/settle", {"status": "lost"}),
        ("mollie/refund", {"payment": "tr_unknown"}),
        ("mollie/pay", {"amount": "1.00"}),
        ("mollie/options", {"colour": "red"}),
        ("mollie/options", {"missing_scopes": ["everything"]}),
        ("mollie/unbalance", {"settlement": "stl_x"}),
        ("mollie/fail", {"settlement": "stl_x"}),
    ):
        assert merchant.control(path, data, status=(400,))["error"]


def test_a_failed_settlement_is_shown_and_its_money_is_back(merchant):
    paid(merchant, "10.00")
    made = merchant.control("mollie/settle", {})["settlements"][0]
    assert merchant.control("mollie/balances")["balances"][0]["available"] == "0.00"
    failed = merchant.control("mollie/fail", {"settlement": made["id"]})
    assert failed["status"] == "failed"
    assert merchant.control("mollie/balances")["balances"][0]["available"] == "9.61"
    types = [
        row["type"]
        for row in merchant.mollie("balances/primary/transactions").json()["_embedded"][
            "balance_transactions"
        ]
    ]
    assert types == ["returned-transfer", "outgoing-transfer", "payment"]


def test_a_payout_is_shown_with_what_became_of_it(merchant):
    assert merchant.mollie("payouts").json()["count"] == 0
    for number in range(3):
        paid(merchant, "10.00")
        merchant.control("mollie/settle", {"status": ("pending", "paidout", "paidout")[number]})
    settlements = merchant.mollie("settlements").json()["_embedded"]["settlements"]
    merchant.control("mollie/fail", {"settlement": settlements[0]["id"]})
    page = merchant.mollie("payouts?limit=1").json()
    following = merchant.mollie(page["_links"]["next"]["href"]).json()
    shown = [answer["_embedded"]["payouts"][0] for answer in (page, following)]
    assert [payout["status"] for payout in shown] == ["failed", "completed"]
    assert shown[0]["statusReason"]["code"] == "returned"
    assert following["_links"]["next"] is None  # the pending one has not been handed to the bank
    assert merchant.mollie(f"payouts/{shown[1]['id']}").json() == shown[1]


# -- webhooks


@pytest.fixture
def receiver():
    """A program on loopback that keeps what it is sent: [(headers, body)]."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append((self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", received
    server.shutdown()
    server.server_close()


def test_events_are_signed_and_the_classic_webhook_is_a_bare_id(merchant, receiver):
    url, received = receiver
    subscription = merchant.mollie(
        "webhooks",
        "POST",
        json={"name": "books", "url": url, "eventTypes": "payout.completed,payment.paid"},
    ).json()
    payment = paid(merchant, webhook_url=url)
    merchant.control("mollie/settle", {})
    assert merchant.control("webhooks/flush", {})["left"] == 0
    classic = [body for headers, body in received if "X-Mollie-Signature" not in headers]
    assert classic == [f"id={payment['id']}".encode()]
    events = [(headers, body) for headers, body in received if "X-Mollie-Signature" in headers]
    assert {json.loads(body)["type"] for _headers, body in events} == {"payment.paid", "payout.completed"}
    for headers, body in events:
        expected = hmac.new(subscription["webhookSecret"].encode(), body, hashlib.sha256).hexdigest()
        assert headers["X-Mollie-Signature"] == f"sha256={expected}"
