"""Sendcloud over HTTP: one label per reference, whatever is asked, and a ledger that knows."""

import base64
import io
from types import SimpleNamespace

import pypdf
import pytest
import requests

from sandbox.clock import Clock
from sandbox.sendcloud import state as sendcloud_state
from sandbox.tests.merchant import Merchant, announce, customs_shipment, shipment


def ledger(merchant):
    return merchant.control("sendcloud/labels")["labels"]


def status(merchant, shipment_id):
    parcels = merchant.sendcloud(f"shipments/{shipment_id}").json()["data"]["parcels"]
    return {parcel["status"]["code"] for parcel in parcels}


# -- buying


def test_a_label_is_sold_once_per_reference_whatever_the_body_says(merchant):
    first = announce(merchant, shipment(reference="odoo-1-o-1"))
    again = announce(merchant, shipment(reference="odoo-1-o-1"), 409)
    other = announce(merchant, shipment("dhl:for_you", reference="odoo-1-o-1", to={"name": "Else"}), 409)
    broken = announce(merchant, {"external_reference_id": "odoo-1-o-1"}, 409)
    assert first == again == other == broken
    assert [row["external_reference_id"] for row in ledger(merchant)] == ["odoo-1-o-1"]
    announce(merchant, shipment(reference="odoo-1-o-2"))
    announce(merchant)
    announce(merchant)
    assert len(ledger(merchant)) == 4


def test_the_reference_of_a_failed_or_cancelled_shipment_is_burned(merchant):
    failed = announce(merchant, shipment(reference="a", to={"postal_code": "nonsense"}))
    assert failed["errors"][0]["code"] == "parcel_announcement_error"
    assert announce(merchant, shipment(reference="a"), 409)["id"] == failed["id"]
    sold = announce(merchant, shipment(reference="b"))
    merchant.sendcloud(f"shipments/{sold['id']}/cancel", "POST")
    again = announce(merchant, shipment(reference="b"), 409)
    assert again["parcels"][0]["status"]["code"] == "CANCELLED"
    assert [(row["external_reference_id"], row["cancelled"]) for row in ledger(merchant)] == [("b", True)]


def test_what_is_refused_sells_nothing_and_does_not_burn_the_reference(merchant):
    errors = announce(merchant, shipment(reference="r", to={"city": ""}), 400)
    assert errors == [
        {
            "status": "400",
            "code": "required",
            "detail": "This field is required.",
            "source": {"pointer": "/data/attributes/to_address/city"},
        }
    ]
    assert ledger(merchant) == []
    announce(merchant, shipment(reference="r"))


@pytest.mark.parametrize(
    "pointer, body",
    [
        ("/ship_with/properties/shipping_option_code", shipment("postnl:teleport")),
        ("/ship_with/properties/shipping_option_code", shipment("bpost:parcel")),
        ("/from_address/sender_address_id", shipment(from_address={"sender_address_id": 77})),
        ("/parcels/0/weight", shipment("postnl:mailbox", weights=("2.5",))),
        ("/parcels", shipment("postnl:mailbox", weights=("1", "1"))),
        ("/parcels", shipment(weights=("1",) * 16)),
        ("/to_service_point", shipment("dhl:service_point")),
        ("/to_service_point", shipment("dhl:service_point", to_service_point={"id": "5"})),
        (
            "/to_address/phone_number",
            shipment(
                "dhl:parcel_connect",
                to={"country_code": "DE", "postal_code": "10117", "city": "Berlin", "phone_number": ""},
            ),
        ),
        ("/customs_information", {**customs_shipment(), "customs_information": {}}),
        ("/to_address/country_code", shipment(to={"country_code": "Netherlands"})),
        ("/to_address/email", shipment(to={"email": "nobody"})),
        ("/to_address/nickname", shipment(to={"nickname": "J"})),
    ],
)
def test_what_an_option_asks_is_told_with_a_pointer(merchant, pointer, body):
    pointers = [error["source"]["pointer"] for error in announce(merchant, body, 400)]
    assert any(found.startswith(f"/data/attributes{pointer}") for found in pointers), pointers
    assert ledger(merchant) == []


def test_a_parcel_outside_the_eu_needs_its_items(merchant):
    body = customs_shipment()
    del body["parcels"][0]["parcel_items"]
    errors = announce(merchant, body, 400)
    assert errors[0]["source"]["pointer"] == "/data/attributes/parcels/0/parcel_items"


def test_an_answer_that_got_lost_has_bought_and_is_found_by_its_reference(merchant):
    merchant.control(
        "faults", {"platform": "sendcloud", "kind": "broken_json", "times": 1, "match": "announce"}
    )
    broken = merchant.sendcloud("shipments/announce", "POST", json=shipment(reference="lost"))
    assert broken.status_code == 201
    with pytest.raises(ValueError):
        broken.json()
    found = merchant.sendcloud("shipments?external_reference_id=lost").json()["data"]
    assert len(found) == len(ledger(merchant)) == 1
    assert announce(merchant, shipment(reference="lost"), 409)["id"] == found[0]["id"]


def test_a_call_that_times_out_before_the_deed_has_bought_nothing(root):
    merchant = Merchant(root, timeout_seconds=0.2)
    for kind, sold in (("timeout_before", 0), ("timeout_after", 1)):
        merchant.control("faults", {"platform": "sendcloud", "kind": kind, "times": 1})
        try:
            answer = merchant.sendcloud("shipments/announce", "POST", json=shipment(reference="t"))
            assert answer.status_code == 504
        except requests.ConnectionError:
            pass
        assert len(ledger(merchant)) == sold


def test_many_parcels_are_one_shipment_with_a_number_each(merchant):
    made = announce(merchant, shipment(weights=("1", "2.5", "12")))
    numbers = [parcel["tracking_number"] for parcel in made["parcels"]]
    assert len(set(numbers)) == 3
    assert all("label_file" not in parcel for parcel in made["parcels"])
    row = ledger(merchant)[0]
    assert row["tracking_numbers"] == numbers
    assert row["price"] == "22.80"  # 6.10 + 6.75 + 9.95


def test_an_asynchronous_shipment_gets_its_labels_a_moment_later(merchant):
    made = announce(merchant, shipment(weights=("1",) * 50), path="shipments")
    assert status(merchant, made["id"]) == {"ANNOUNCING"}
    assert made["parcels"][0]["documents"] == []
    assert ledger(merchant) == []
    merchant.control("clock", {"advance": 3})
    assert status(merchant, made["id"]) == {"READY_TO_SEND"}
    assert len(ledger(merchant)[0]["parcel_ids"]) == 50


# -- choosing


def quote(merchant, **body):
    answer = merchant.sendcloud(
        "shipping-options",
        "POST",
        json={
            "from_country_code": "NL",
            "to_country_code": "NL",
            "calculate_quotes": True,
            "parcels": [{"weight": {"value": "1.2", "unit": "kg"}}],
            **body,
        },
    )
    assert answer.status_code == 200, answer.text
    return {row["code"]: row for row in answer.json()["data"]}


def test_the_price_in_the_ledger_is_the_price_that_was_quoted(merchant):
    for weight in ("1.2", "4", "8", "20"):
        quoted = quote(merchant, parcels=[{"weight": {"value": weight, "unit": "kg"}}])["postnl:standard"]
        announce(merchant, shipment(weights=(weight,)))
        assert ledger(merchant)[-1]["price"] == quoted["quotes"][0]["price"]["total"]["value"]


def test_options_follow_destination_weight_and_filters(merchant):
    assert "bpost:parcel" not in quote(merchant)
    assert "bpost:parcel" in quote(merchant, to_country_code="BE")
    swiss = quote(merchant, to_country_code="CH")
    assert {"postnl:parcels_non_eu", "dhl_express:worldwide/incoterm=dap", "sendcloud:letter"} == set(swiss)
    heavy = quote(merchant, parcels=[{"weight": {"value": "25000", "unit": "g"}}])
    assert "postnl:standard" not in heavy
    assert set(quote(merchant, carrier_code="dhl")) == {"dhl:for_you", "dhl:service_point"}
    assert set(quote(merchant, functionalities={"signature": True})) == {"postnl:standard/signature"}
    assert set(quote(merchant, shipping_option_code="dpd:home")) == {"dpd:home"}
    assert quote(merchant)["dpd:home"]["quotes"] == []
    assert "quotes" not in quote(merchant, calculate_quotes=False)["postnl:standard"]


# -- papers


@pytest.mark.parametrize("paper, size", [("A6", (298, 420)), ("A4", (595, 842)), ("A5", (420, 595))])
def test_a_label_is_a_real_pdf(merchant, paper, size):
    made = announce(merchant)
    parcel = made["parcels"][0]
    answer = merchant.sendcloud(f"parcels/{parcel['id']}/documents/label?paper_size={paper}")
    assert answer.headers["content-type"] == "application/pdf"
    page = pypdf.PdfReader(io.BytesIO(answer.content)).pages[0]
    assert (page.mediabox.width, page.mediabox.height) == size
    assert parcel["tracking_number"] in page.extract_text()
    inline = base64.b64decode(parcel["label_file"])
    assert parcel["tracking_number"] in pypdf.PdfReader(io.BytesIO(inline)).pages[0].extract_text()


def test_labels_of_many_parcels_come_in_the_order_asked(merchant):
    parcels = [announce(merchant)["parcels"][0] for _number in range(3)][::-1]
    query = "&".join(f"parcels={parcel['id']}" for parcel in parcels)
    content = merchant.sendcloud(f"parcel-documents/label?{query}").content
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    assert [
        parcel["tracking_number"] in page.extract_text() for parcel, page in zip(parcels, pages, strict=True)
    ] == [True] * 3


def test_zpl_stays_zpl_and_png_is_a_picture(merchant):
    made = announce(merchant, shipment(label_details={"mime_type": "application/zpl"}))
    path = f"parcels/{made['parcels'][0]['id']}/documents/label"
    zpl = merchant.sendcloud(path, headers={"Accept": "application/zpl"})
    assert zpl.headers["content-type"] == "application/zpl"
    assert zpl.text.startswith("^XA") and zpl.text.endswith("^XZ\n")
    assert base64.b64decode(made["parcels"][0]["label_file"]) == zpl.content
    assert merchant.sendcloud(path, headers={"Accept": "application/pdf"}).status_code == 400
    path = f"parcels/{announce(merchant)['parcels'][0]['id']}/documents/label"
    assert merchant.sendcloud(path, headers={"Accept": "image/png"}).content.startswith(b"\x89PNG\r\n")
    assert merchant.sendcloud(path, headers={"Accept": "text/html"}).status_code == 400


def test_customs_papers_name_the_goods(merchant):
    parcel = announce(merchant, customs_shipment())["parcels"][0]
    assert [paper["document_type"] for paper in parcel["documents"]] == ["label", "customs-declaration"]
    content = merchant.sendcloud(parcel["documents"][1]["link"]).content
    assert "Watering can HS 732690" in pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()


def test_a_cancelled_parcel_has_no_label(merchant):
    made = announce(merchant)
    merchant.sendcloud(f"shipments/{made['id']}/cancel", "POST")
    assert merchant.sendcloud(made["parcels"][0]["documents"][0]["link"]).status_code == 404


# -- cancelling


def cancel(merchant, shipment_id):
    answer = merchant.sendcloud(f"shipments/{shipment_id}/cancel", "POST")
    return answer.status_code


def test_cancelling_at_once_queued_and_refused(merchant):
    at_once = announce(merchant)["id"]
    assert (cancel(merchant, at_once), status(merchant, at_once)) == (200, {"CANCELLED"})
    assert cancel(merchant, at_once) == 409
    never = announce(merchant, shipment("dpd:home"))["id"]
    assert (cancel(merchant, never), status(merchant, never)) == (409, {"READY_TO_SEND"})
    queued = announce(merchant, shipment("sendcloud:letter"))["id"]
    assert (cancel(merchant, queued), status(merchant, queued)) == (202, {"CANCELLING"})
    assert cancel(merchant, queued) == 409
    merchant.control("clock", {"advance": 3})
    assert status(merchant, queued) == {"CANCELLED"}
    assert [row["cancelled"] for row in ledger(merchant)] == [True, False, True]


def test_a_queued_cancellation_may_be_answered_by_hand_or_refused(merchant):
    merchant.control("sendcloud/options", {"cancellation": "manual"})
    made = announce(merchant, shipment("sendcloud:letter"))["id"]
    cancel(merchant, made)
    merchant.control("clock", {"advance": 3600})
    assert status(merchant, made) == {"CANCELLING"}
    assert merchant.control("sendcloud/cancellations", {"accept": False}) == {"shipments": [made]}
    assert status(merchant, made) == {"CANCELLATION_FAILED"}
    merchant.control("sendcloud/options", {"cancellation": "refuse"})
    assert cancel(merchant, made) == 202
    merchant.control("clock", {"advance": 3})
    assert status(merchant, made) == {"CANCELLATION_FAILED"}
    assert not ledger(merchant)[0]["cancelled"]


def test_too_late_to_cancel(merchant):
    scanned = announce(merchant)["id"]
    merchant.control("sendcloud/scan", {"to": "in_transit"})
    assert cancel(merchant, scanned) == 409
    old = announce(merchant)["id"]
    merchant.control("clock", {"advance": 43 * 86400})
    assert cancel(merchant, old) == 409


# -- finding again


def test_shipments_are_found_by_their_filters(merchant):
    made = [
        announce(merchant, shipment(reference=f"r{number}", order_number=f"#{number}")) for number in range(5)
    ]
    parcel = made[3]["parcels"][0]

    def found(query):
        answer = merchant.sendcloud(f"shipments?{query}")
        assert answer.status_code == 200, answer.text
        return [row["external_reference_id"] for row in answer.json()["data"]]

    assert found("") == ["r4", "r3", "r2", "r1", "r0"]
    assert found("order_number=%232") == ["r2"]
    assert found(f"ids={parcel['id']},{made[1]['parcels'][0]['id']}") == ["r3", "r1"]
    assert found(f"shipment_uuids={made[0]['id']}") == ["r0"]
    assert found(f"tracking_number={parcel['tracking_number']}") == ["r3"]
    assert found("integration_id=23452&page_size=2") == ["r4", "r3"]
    assert found("integration_id=1") == []
    merchant.control("sendcloud/scan", {"to": "delivered", "parcels": [parcel["id"]]})
    assert found("parcel_status=DELIVERED") == ["r3"]
    assert found("updated_after=2999-01-01T00:00:00Z") == []
    assert found("announced_before=2999-01-01T00:00:00%2B00:00&updated_after=2020-01-01T00:00:00Z")[0] == "r4"
    assert merchant.sendcloud("shipments?updated_after=yesterday").status_code == 400


def test_pages_lead_on_by_the_link_header(merchant):
    for number in range(5):
        announce(merchant, shipment(reference=f"r{number}"))
    seen, answer = [], merchant.sendcloud("shipments?page_size=2")
    while True:
        seen += [row["external_reference_id"] for row in answer.json()["data"]]
        if "next" not in answer.links:
            break
        answer = merchant.sendcloud(answer.links["next"]["url"])
    assert seen == ["r4", "r3", "r2", "r1", "r0"]


# -- after the label


def test_scans_leave_alone_what_is_not_under_way(merchant):
    delivered, cancelled, failed, moving = (
        announce(merchant, body)
        for body in (shipment(), shipment(), shipment(to={"postal_code": "x"}), shipment())
    )
    merchant.control("sendcloud/scan", {"to": "delivered", "parcels": [delivered["parcels"][0]["id"]]})
    cancel(merchant, cancelled["id"])
    changed = merchant.control("sendcloud/scan", {"to": "exception"})["parcels"]
    assert [row["id"] for row in changed] == [moving["parcels"][0]["id"]]
    assert status(merchant, failed["id"]) == {"ANNOUNCEMENT_FAILED"}
    for data in ({"to": "lost in space"}, {"to": "delivered", "parcels": [1]}):
        assert merchant.control("sendcloud/scan", data, status=(400,))["error"]


def test_tracking_tells_the_story(merchant):
    parcel = announce(merchant)["parcels"][0]
    for to in ("sorting", "out_for_delivery", "delivered"):
        merchant.control("sendcloud/scan", {"to": to})
    events = merchant.sendcloud(f"parcels/tracking/{parcel['tracking_number']}").json()["events"]
    assert [event["status_code"] for event in events][-3:] == ["SORTING", "DRIVER_ON_ROUTE", "DELIVERED"]


# -- returns


def test_a_return_asked_twice_is_bought_twice(merchant):
    to, back = (
        shipment()["to_address"],
        {key: value for key, value in sendcloud_state.SENDERS[1].items() if key not in ("id",)},
    )
    body = {
        "from_address": to,
        "to_address": back,
        "weight": {"value": 1.2, "unit": "kg"},
        "ship_with": {"type": "shipping_option_code", "shipping_option_code": "postnl:return/return"},
        "order_number": "#1001",
        "external_reference": "RET1",
    }
    made = [
        merchant.sendcloud("returns/announce-synchronously", "POST", json=body).json() for _number in range(2)
    ]
    assert len({row["return_id"] for row in made}) == 2
    assert [row["direction"] for row in ledger(merchant)] == ["return", "return"]
    state = merchant.control("state")
    assert (state["labels_sold"], state["return_labels_sold"]) == (0, 2)
    span = "returns?from_date=2020-01-01T00:00:00Z&to_date=2999-01-01T00:00:00Z"
    listed = merchant.sendcloud(span).json()
    assert [row["order_number"] for row in listed["data"]] == ["#1001", "#1001"]
    assert not listed["next"]
    first = merchant.sendcloud(f"{span}&page_size=1").json()
    second = merchant.sendcloud(f"{span}&{first['next'].partition('?')[2]}").json()
    assert [*first["data"], *second["data"]] == listed["data"] and not second["next"]
    body["ship_with"]["shipping_option_code"] = "sendcloud:letter"
    refused = merchant.sendcloud("returns/announce-synchronously", "POST", json=body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid")
    assert merchant.control("sendcloud/labels")["labels"] == ledger(merchant)


# -- who may call, and how often


@pytest.mark.parametrize("auth", [None, ("sandbox-public", "wrong"), ("", "")])
def test_wrong_keys_are_refused(merchant, auth):
    answer = merchant.sendcloud("user/auth/metadata", auth=auth)
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["code"] == "authentication_failed"


def test_with_limits_on_a_burst_of_calls_is_refused_without_a_body(merchant):
    merchant.control("sendcloud/options", {"limits": True})
    answers = [merchant.sendcloud("shipments/announce", "POST", json=shipment()) for _number in range(110)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert {(answer.content, answer.headers.get("Retry-After")) for answer in refused} == {(b"", None)}
    assert merchant.sendcloud("shipments").status_code == 200
    assert len(ledger(merchant)) == len(answers) - len(refused)


def test_the_budget_is_100_writes_a_minute_15_a_second_and_1000_reads():
    account = sendcloud_state.Sendcloud(SimpleNamespace(clock=Clock()))
    moment = 0.0
    account.monotonic = lambda: moment
    assert all(account.spend(write=True) for _number in range(500))
    account.options["limits"] = True
    assert [account.spend(write=True) for _number in range(16)] == [True] * 15 + [False]
    sold = 15
    while moment < 59:
        moment += 0.5
        sold += account.spend(write=True)
    assert sold == 100
    moment = 61.0
    assert account.spend(write=True)
    assert sum(account.spend(write=False) for _number in range(1100)) == 1000


@pytest.mark.parametrize("kind, code", [("429", 429), ("500", 500)])
def test_faults_are_told_in_sendclouds_way(merchant, kind, code):
    merchant.control("faults", {"platform": "sendcloud", "kind": kind, "times": 1})
    answer = merchant.sendcloud("user/auth/metadata")
    assert answer.status_code == code
    with pytest.raises(ValueError):
        answer.json()
    assert merchant.sendcloud("user/auth/metadata").status_code == 200


def test_the_control_api_says_what_is_wrong(merchant):
    for path, data in (
        ("sendcloud/options", {"colour": 1}),
        ("sendcloud/options", {"cancellation": "perhaps"}),
        ("sendcloud/webhook", {"parcel": 1}),
        ("sendcloud/scan", {}),
        ("sendcloud/service-points/expire", {"id": 1}),
    ):
        assert merchant.control(path, data, status=(400,))["error"]
