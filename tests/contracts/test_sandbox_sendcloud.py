"""The sandbox's Sendcloud is Sendcloud's: each request it takes and each answer it gives is as published."""

import copy
import json
import re

import pytest

from sandbox.sendcloud import routes
from sandbox.tests.merchant import Merchant, customs_shipment, serving, shipment
from tests.contracts.openapi import contract, shared_folder

MERGED = "merged-v3-2026-01-28.openapi.json"
SHIPMENTS = "sendcloud-shipments-openapi.yml"
DOCUMENTS = {
    "/shipping-options": MERGED,
    "/parcels/statuses": MERGED,
    "/addresses/sender-addresses": MERGED,
    "/addresses/sender-addresses/{id}": MERGED,
    "/contracts": MERGED,
    "/user/auth/metadata": MERGED,
    "/integrations": "sendcloud-v3-integrations-openapi.yml",
    "/integrations/{id}": "sendcloud-v3-integrations-openapi.yml",
    "/parcels/{id}/documents/{type}": "sendcloud-v3-parcel-documents-openapi.yml",
    "/parcel-documents/{type}": "sendcloud-v3-parcel-documents-openapi.yml",
    "/parcels/tracking/{tracking_number}": "sendcloud-v3-parcel-tracking-openapi.yml",
    "/service-points": "sendcloud-v3-service-points-openapi.yml",
    "/service-points/{service_point_id}": "sendcloud-v3-service-points-openapi.yml",
    "/service-points/{service_point_id}/check-availability": "sendcloud-v3-service-points-openapi.yml",
    "/returns": "sendcloud-v3-returns-openapi.yml",
    "/returns/{id}": "sendcloud-v3-returns-openapi.yml",
    "/returns/{id}/cancel": "sendcloud-v3-returns-openapi.yml",
    "/returns/validate": "sendcloud-v3-returns-openapi.yml",
    "/returns/announce-synchronously": "sendcloud-v3-returns-openapi.yml",
}
RETURN = {
    "from_address": {
        "name": "J. Jansen",
        "address_line_1": "Insulindelaan",
        "house_number": "115",
        "postal_code": "5642 CV",
        "city": "Eindhoven",
        "country_code": "NL",
    },
    "to_address": {
        "name": "Garden Lane",
        "address_line_1": "Tuinlaan",
        "house_number": "12",
        "postal_code": "1018 AB",
        "city": "Amsterdam",
        "country_code": "NL",
    },
    "ship_with": {"type": "shipping_option_code", "shipping_option_code": "postnl:return/return"},
    "dimensions": {"length": 30, "width": 20, "height": 10, "unit": "cm"},
    "weight": {"value": 1.2, "unit": "kg"},
    "order_number": "#1001",
}


@pytest.fixture(scope="module")
def root():
    with serving() as url:
        yield url


@pytest.fixture
def merchant(root):
    return Merchant(root)


def document(path):
    return contract("sendcloud", DOCUMENTS.get(path, SHIPMENTS))


class Tour:
    """Calls the sandbox and checks each request and answer against the published documents."""

    def __init__(self, merchant):
        self.merchant = merchant

    def call(self, method, path, status, body=None, valid=True, like=None, headers=None, query="", **values):
        """Call ``path`` with its parameters filled from ``values``; gives the answer.

        ``valid`` False: the request breaks the contract on purpose. ``like``: the documented status whose
        shape an undocumented one has.
        """
        spec = document(path)
        if body is not None:
            assert bool(spec.request_errors(method, path, body)) is not valid, spec.request_errors(
                method, path, body
            )
        url = path.strip("/").format(**values) + query
        answer = self.merchant.sendcloud(url, method, json=body, headers=headers)
        assert answer.status_code == status, answer.text[:600]
        documented = str(like or status)
        assert documented in spec.statuses(method, path)
        if answer.headers.get("content-type", "").startswith("application/json"):
            content = _without_null_functionalities(answer.json())
            errors = spec.response_errors(method, path, documented, content)
            assert not errors, (method, path, errors)
        return answer

    def announce(self, body, status=201, **options):
        return self.call("POST", "/shipments/announce", status, body, **options)


def _without_null_functionalities(answer):
    """The merge lost that a functionality may be null, as its own examples and the documents of returns
    show.
    """
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, list) or not data or "functionalities" not in data[0]:
        return answer
    return {
        "data": [
            {
                **row,
                "functionalities": {
                    name: value for name, value in row["functionalities"].items() if value is not None
                },
            }
            for row in data
        ]
    }


@pytest.fixture
def tour(merchant):
    return Tour(merchant)


def test_the_account(tour):
    tour.call("GET", "/user/auth/metadata", 200)
    tour.call("GET", "/parcels/statuses", 200)
    tour.call("GET", "/contracts", 200)
    tour.call("GET", "/addresses/sender-addresses", 200)
    tour.call("GET", "/addresses/sender-addresses/{id}", 200, id=2)
    tour.call("GET", "/addresses/sender-addresses/{id}", 404, id=99)
    tour.call("GET", "/integrations", 200)
    number = tour.call("GET", "/integrations", 200).json()["data"][0]["id"]
    tour.call("GET", "/integrations/{id}", 200, id=number)
    change = {"webhook_active": True, "webhook_url": "https://odoo.example/o2c/sendcloud/x"}
    assert tour.call("PATCH", "/integrations/{id}", 204, change, id=number).content == b""
    tour.call("GET", "/integrations/{id}", 200, id=number)
    tour.call("PATCH", "/integrations/{id}", 400, {"webhook_active": "yes"}, valid=False, id=number)
    tour.call("GET", "/integrations/{id}", 404, id=1)


def test_the_35_statuses_are_the_published_ones(tour):
    published = json.loads((shared_folder() / "samples/sendcloud/derived_status_map_35.json").read_text())
    shown = tour.call("GET", "/parcels/statuses", 200).json()["data"]
    assert {(row["code"], row["message"]) for row in shown} == {
        (row["v3_code"], row["message"]) for row in published
    }


@pytest.mark.parametrize(
    "destination, weight", [("NL", "2"), ("BE", "0.5"), ("CH", "3"), ("FR", "12"), ("GB", "9")]
)
def test_shipping_options(tour, destination, weight):
    body = {
        "from_country_code": "NL",
        "to_country_code": destination,
        "calculate_quotes": True,
        "parcels": [{"weight": {"value": weight, "unit": "kg"}}],
    }
    assert tour.call("POST", "/shipping-options", 200, body).json()["data"]
    body["parcels"] *= 2
    for option in tour.call("POST", "/shipping-options", 200, body).json()["data"]:
        assert option["functionalities"]["multicollo"]


def test_shipping_options_that_are_refused(tour):
    body = {"from_country_code": "NL", "parcels": [{"weight": {"value": "2", "unit": "stone"}}]}
    tour.call("POST", "/shipping-options", 400, body, valid=False)
    both = {"from_country_code": "NL", "from_address": {"country_code": "NL"}}
    tour.call("POST", "/shipping-options", 400, both)


def test_the_life_of_a_shipment(tour):
    body = shipment(reference="r1", label_details={"mime_type": "application/pdf", "dpi": 203})
    first = tour.announce(body).json()["data"]
    tour.announce(body, 409, like=201)
    tour.call("GET", "/shipments/{id}", 200, id=first["id"])
    tour.call("GET", "/shipments/{id}/return-portal-url", 200, id=first["id"])
    tour.call("GET", "/shipments", 200, query="?external_reference_id=r1")
    tracking = first["parcels"][0]["tracking_number"]
    tour.merchant.control("sendcloud/scan", {"to": "out_for_delivery"})
    tour.call("GET", "/parcels/tracking/{tracking_number}", 200, tracking_number=tracking)
    tour.call("POST", "/shipments/{id}/cancel", 409, id=first["id"])
    second = tour.announce(shipment()).json()["data"]
    tour.call("POST", "/shipments/{id}/cancel", 200, id=second["id"])
    tour.call("GET", "/shipments/{id}", 200, id=second["id"])
    letter = tour.announce(shipment("sendcloud:letter")).json()["data"]
    tour.call("POST", "/shipments/{id}/cancel", 202, id=letter["id"])
    tour.call("POST", "/shipments/{id}/cancel", 404, id="unknown")
    tour.call("GET", "/parcels/tracking/{tracking_number}", 404, tracking_number="unknown")
    tour.call("GET", "/shipments", 404, query="?cursor=unknown")
    tour.call("GET", "/shipments", 400, query="?page_size=101")


def test_shipments_of_every_kind(tour):
    point = tour.call("GET", "/service-points", 200, query="?country_code=NL&carrier_code=dhl").json()
    number = str(point["data"]["results"][0]["id"])
    bodies = [
        shipment("postnl:standard", weights=("1", "2", "3")),
        shipment("dhl:service_point", to_service_point={"id": number}),
        shipment("bpost:parcel", to={"country_code": "BE", "postal_code": "9000", "city": "Gent"}),
        shipment("colissimo:home", to={"country_code": "FR", "postal_code": "59000", "city": "Lille"}),
        customs_shipment(),
        shipment(label_details={"mime_type": "application/zpl"}),
        shipment(from_address={**RETURN["to_address"], "email": "shop@example.com"}, brand_id=1),
    ]
    for body in bodies:
        assert tour.announce(body).json()["data"]["errors"] == []
        answer = tour.call("POST", "/shipments", 201, body).json()["data"]
        assert {parcel["status"]["code"] for parcel in answer["parcels"]} == {"ANNOUNCING"}
    tour.merchant.control("sendcloud/tick", {})
    tour.call("GET", "/shipments", 200, query="?page_size=100")


def test_an_announcement_that_fails(tour):
    answer = tour.announce(shipment(to={"postal_code": "nonsense"})).json()["data"]
    assert [error["code"] for error in answer["errors"]] == ["parcel_announcement_error"]
    assert answer["parcels"][0]["status"]["code"] == "ANNOUNCEMENT_FAILED"
    tour.call("GET", "/shipments/{id}", 200, id=answer["id"])


def test_papers(tour):
    parcel = tour.announce(customs_shipment()).json()["data"]["parcels"][0]["id"]
    for kind in ("label", "customs-declaration"):
        tour.call("GET", "/parcels/{id}/documents/{type}", 200, id=parcel, type=kind)
        tour.call(
            "GET", "/parcel-documents/{type}", 200, query=f"?parcels={parcel}&parcels={parcel}", type=kind
        )
    tour.call("GET", "/parcels/{id}/documents/{type}", 404, id=parcel, type="air-waybill")
    tour.call("GET", "/parcels/{id}/documents/{type}", 404, id=1, type="label")
    tour.call("GET", "/parcels/{id}/documents/{type}", 400, id=parcel, type="poem")
    too_many = "&".join(f"parcels={parcel}" for _number in range(21))
    tour.call("GET", "/parcel-documents/{type}", 400, query=f"?{too_many}", type="label")
    tour.call("GET", "/parcel-documents/{type}", 404, query="?parcels=1", type="label")


def test_addresses_are_validated(tour):
    address = shipment()["to_address"] | {"postal_code": "1"}
    address = {key: address[key] for key in ("address_line_1", "postal_code", "city", "country_code")}
    body = {"address": address, "carrier_code": "postnl"}
    assert not tour.call("POST", "/addresses/validate", 200, body).json()["input_address_is_valid"]
    tour.call("POST", "/addresses/validate", 400, {"address": address}, valid=False)


def test_service_points(tour):
    found = tour.call(
        "GET", "/service-points", 200, query="?country_code=NL&address=5611%20EM%20Eindhoven"
    ).json()
    results = found["data"]["results"]
    assert results[0]["distance"] <= results[-1]["distance"]
    number = results[0]["id"]
    tour.call("GET", "/service-points/{service_point_id}", 200, service_point_id=number)
    tour.call("GET", "/service-points/{service_point_id}", 404, service_point_id=1)
    available = "/service-points/{service_point_id}/check-availability"
    assert tour.call("POST", available, 200, service_point_id=number).json()["data"]["is_available"]
    tour.merchant.control("sendcloud/service-points/expire", {"id": number})
    assert not tour.call("POST", available, 200, service_point_id=number).json()["data"]["is_available"]
    tour.call("POST", available, 404, service_point_id=1)
    tour.call("GET", "/service-points", 400)
    tour.merchant.control("sendcloud/options", {"geocoder": False})
    tour.call("GET", "/service-points", 503, query="?country_code=NL")


def test_returns(tour):
    tour.call("POST", "/returns/validate", 200, RETURN)
    broken = copy.deepcopy(RETURN)
    del broken["to_address"]["city"]
    tour.call("POST", "/returns/validate", 400, broken, valid=False)
    tour.call("POST", "/returns/announce-synchronously", 400, broken, valid=False)
    made = tour.call("POST", "/returns/announce-synchronously", 201, {**RETURN, "collo_count": 2}).json()
    assert len(made["multi_collo_ids"]) == 1
    tour.call("POST", "/returns", 201, RETURN)
    tour.call("GET", "/returns/{id}", 200, id=made["return_id"])
    tour.call("GET", "/returns", 200, query="?from_date=2020-01-01T00:00:00Z&to_date=2099-01-01T00:00:00Z")
    label = tour.call("GET", "/parcels/{id}/documents/{type}", 200, id=made["parcel_id"], type="label")
    assert label.content.startswith(b"%PDF")
    tour.call("PATCH", "/returns/{id}/cancel", 202, id=made["return_id"])
    tour.call("PATCH", "/returns/{id}/cancel", 409, id=made["return_id"])


def test_the_sandbox_offers_no_call_that_is_not_published():
    known = {(method, _nameless(path)) for path in DOCUMENTS for method in document(path).methods(path)}
    shipments = contract("sendcloud", SHIPMENTS)
    known |= {(method, _nameless(path)) for path in shipments.paths for method in shipments.methods(path)}
    offered = {
        (method.lower(), _nameless(route.path.removeprefix("/api/v3")))
        for route in routes(None)
        for method in route.methods - {"HEAD"}
        if route.path.startswith("/api/v3")
    }
    # Other programs call it; it is not in the documents at hand.
    assert offered - known == {("get", "/brands")}


def _nameless(path):
    return re.sub(r"\{[^}]*\}", "{}", path)


# -- what the contract forbids, the sandbox refuses


def broken_bodies():
    """Requests that break the published contract, each in one place: (what, body)."""
    whole = customs_shipment(label_details={"mime_type": "application/pdf", "dpi": 72})
    whole["parcels"][0]["dimensions"] = {"length": "10", "width": "20", "height": "5", "unit": "cm"}
    whole["parcels"][0]["additional_insured_price"] = {"value": "50.00", "currency": "EUR"}
    whole["from_address"] = {**RETURN["to_address"], "email": "shop@example.com"}
    return _broken(whole)


def broken_returns():
    """The same for a return."""
    item = {
        "description": "Watering can",
        "quantity": 1,
        "weight": {"value": 0.6, "unit": "kg"},
        "value": {"value": 19.95, "currency": "EUR"},
    }
    return _broken({**RETURN, "parcel_items": [item], "collo_count": 1, "send_tracking_emails": True})


def _broken(whole):
    for place in _places(whole):
        for label, change in (("without", None), ("list for", []), ("number for", 5), ("object for", {})):
            body = copy.deepcopy(whole)
            target = body
            for step in place[:-1]:
                target = target[step]
            if change is None:
                del target[place[-1]]
            elif type(target[place[-1]]) is type(change):
                continue
            else:
                target[place[-1]] = change
            yield f"{label} {'/'.join(map(str, place))}", body


def _places(node, path=()):
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        if not isinstance(node, list):
            yield (*path, key)
        yield from _places(value, (*path, key))


def test_what_breaks_the_contract_is_refused(merchant):
    spec = contract("sendcloud", SHIPMENTS)
    accepted, tried = [], 0
    for what, body in broken_bodies():
        if not spec.request_errors("POST", "/shipments/announce", body):
            continue
        tried += 1
        answer = merchant.sendcloud("shipments/announce", "POST", json=body)
        if answer.status_code != 400 or not all(
            error["source"]["pointer"] for error in answer.json()["errors"]
        ):
            accepted.append((what, answer.status_code))
    assert tried > 60
    assert accepted == []
    assert merchant.control("sendcloud/labels") == {"labels": []}


def test_a_return_that_breaks_the_contract_is_refused(merchant):
    spec = contract("sendcloud", DOCUMENTS["/returns/announce-synchronously"])
    accepted, tried = [], 0
    for what, body in broken_returns():
        if not spec.request_errors("POST", "/returns/announce-synchronously", body):
            continue
        tried += 1
        answers = [
            merchant.sendcloud(path, "POST", json=body).status_code
            for path in ("returns/validate", "returns/announce-synchronously")
        ]
        if answers != [400, 400]:
            accepted.append((what, answers))
    assert tried > 40
    assert accepted == []
    assert merchant.control("sendcloud/labels") == {"labels": []}


# -- webhooks


def test_webhooks_are_the_published_ones(merchant):
    spec = contract("sendcloud", "sendcloud-v3-webhooks-openapi.yml")
    sample = json.loads(
        (shared_folder() / "samples/sendcloud/v3_webhook_parcel_status_changed.json").read_text()
    )
    change = {"webhook_active": True, "webhook_url": "http://127.0.0.1:9/hook"}
    number = merchant.sendcloud("user/auth/metadata").json()["data"]["integration_id"]
    merchant.sendcloud(f"integrations/{number}", "PATCH", json=change)
    merchant.sendcloud("shipments/announce", "POST", json=shipment())
    bodies = merchant.control("sendcloud/webhooks")["webhooks"]
    assert bodies
    for body in bodies:
        assert spec.webhook_errors("ParcelStatusChanged", body) == []
        assert set(sample) <= set(body)
        assert set(sample["parcel"]) <= set(body["parcel"])
