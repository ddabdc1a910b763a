"""Everything that the Sendcloud addon can send, held against Sendcloud's published OpenAPI documents.

The documents are not part of this repository. `O2C_CONTRACTS` names the folder that holds
`contracts/sendcloud` (default: `../shared` beside the repository). Without them these tests fail: a check
that does not run proves nothing.
"""

import json
import os
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from requests.structures import CaseInsensitiveDict

from o2c_lib.o2c_base.lib.http import HttpClient
from o2c_lib.o2c_sendcloud_shipping.lib.address import Address
from o2c_lib.o2c_sendcloud_shipping.lib.client import SendcloudClient
from o2c_lib.o2c_sendcloud_shipping.lib.options import OptionQuery
from o2c_lib.o2c_sendcloud_shipping.lib.payload import (
    TEST_OPTION,
    Customs,
    Item,
    Parcel,
    ReturnRequest,
    ShipmentRequest,
    TaxNumber,
    freeze,
)

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("O2C_CONTRACTS") or ROOT.parent / "shared")
MERGED = "merged-v3-2026-01-28.openapi.json"
DOCUMENTS = (
    "sendcloud-shipments-openapi.yml",
    "sendcloud-v3-returns-openapi.yml",
    "sendcloud-v3-integrations-openapi.yml",
    "sendcloud-v3-parcel-documents-openapi.yml",
    "sendcloud-v3-service-points-openapi.yml",
    MERGED,
)

CUSTOMER = Address(
    name="Jane Doe",
    company_name="Doe Ltd",
    address_line_1="Kerkstraat",
    house_number="12",
    address_line_2="2nd floor",
    postal_code="1012 AB",
    city="Amsterdam",
    country_code="NL",
    email="jane@example.com",
    phone_number="+31612345678",
)
AMERICAN = replace(CUSTOMER, country_code="US", state_province_code="US-NY", house_number="")
SHOP = Address("Shop", "Stadhuisplein", "5611 EM", "Eindhoven", "NL", house_number="10")
ITEM = Item("Trowel", 2, Decimal("0.3"), Decimal("12.65"), "EUR", "820110", "NL", "TROWEL", "5")
SIZED = Parcel(
    Decimal("1.32"),
    size=(Decimal(30), Decimal(20), Decimal("10.5")),
    items=(ITEM,),
    insured=Decimal(50),
    notes=("S00007",),
)
CUSTOMS = Customs(
    "INV/2026/00001",
    invoice_date=date(2026, 11, 24),
    export_type="commercial_b2b",
    sender_numbers=(
        TaxNumber("VAT", "NL", "NL123456789B01"),
        TaxNumber("EORI", "NL", "NL123456789"),
        TaxNumber("IOSS", "NL", "IM1234567890"),
    ),
    receiver_numbers=(TaxNumber("VAT", "US", "123456789"),),
)
PLAIN = ShipmentRequest(
    external_reference_id="odoo-0123456789ab-7-o-1",
    to_address=CUSTOMER,
    option_code="postnl:standard",
    parcels=(Parcel(Decimal("1.32")),),
    currency="EUR",
    sender_address_id=192,
    order_number="S00007",
    order_value=Decimal("25.30"),
    reference="WH/OUT/00007",
)
SHIPMENTS = {
    "domestic": PLAIN,
    "own address": replace(PLAIN, sender_address_id=None, from_address=SHOP),
    "bare": replace(PLAIN, order_number="", order_value=None, reference=""),
    "contract, brand and service point": replace(
        PLAIN, contract_id=517, brand_id=42, service_point_id="1000001", parcels=(SIZED,)
    ),
    "several parcels": replace(PLAIN, parcels=(SIZED, Parcel(Decimal("0.0001")))),
    "zpl": replace(PLAIN, label_mime_type="application/zpl", label_dpi=203),
    "customs": replace(PLAIN, to_address=AMERICAN, parcels=(SIZED, SIZED), customs=CUSTOMS),
    "customs without numbers": replace(
        PLAIN, to_address=AMERICAN, parcels=(SIZED,), customs=Customs("WH/OUT/00007")
    ),
    "test mode": replace(PLAIN, option_code=TEST_OPTION, contract_id=None),
}
RETURN = ReturnRequest(
    from_address=CUSTOMER,
    to_address=SHOP,
    option_code="postnl:return/return",
    weight=Decimal("1.32"),
    external_reference="odoo-0123456789ab-7-r-1",
    currency="EUR",
)
RETURNS = {
    "plain": RETURN,
    "full": replace(
        RETURN,
        contract_id=517,
        size=(Decimal(30), Decimal(20), Decimal(10)),
        items=(ITEM,),
        order_number="S00007",
        order_value=Decimal("25.30"),
        brand_id=1,
        send_tracking_emails=True,
        customs_invoice="INV/2026/00001",
    ),
}
QUERIES = {
    "route": OptionQuery("NL", "NL", (Parcel(Decimal(1)),)),
    "one option": OptionQuery(
        "NL",
        "BE",
        (SIZED, SIZED),
        from_postal_code="5611 EM",
        to_postal_code="2000",
        option_code="postnl:standard",
        contract_id=517,
        service_point_id="1000001",
    ),
}


@cache
def document(name):
    candidates = [folder / "sendcloud" / name for folder in (SHARED / "contracts", SHARED)]
    path = next((candidate for candidate in candidates if candidate.exists()), None)
    if path is None:
        pytest.fail(f"{name} is missing: set O2C_CONTRACTS to the folder that holds contracts/sendcloud")
    text = path.read_text()
    return json.loads(text) if name.endswith(".json") else yaml.safe_load(text)


def schema_of(name, path, method):
    operation = document(name)["paths"][path][method]
    return resolve(name, operation["requestBody"])["content"]["application/json"]["schema"]


def resolve(name, schema):
    while "$ref" in schema:
        target = document(name)
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema


def complaints(name, schema, body):
    """What the document says against ``body``, unknown fields included."""
    resource = Resource.from_contents(document(name), default_specification=DRAFT202012)
    registry = Registry().with_resource("urn:document", resource)
    pointer = {"$ref": "urn:document" + schema["$ref"]} if "$ref" in schema else absolute(schema)
    validator = Draft202012Validator(pointer, registry=registry, format_checker=FormatChecker())
    found = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]
    return found + [f"{field}: not documented" for field in unknown(name, schema, body)]


def absolute(schema):
    """``schema`` with its references bound to the document that it was taken from."""
    if isinstance(schema, list):
        return [absolute(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: f"urn:document{value}" if key == "$ref" else absolute(value) for key, value in schema.items()
    }


def properties(name, schema):
    schema = resolve(name, schema)
    found = dict(schema.get("properties") or {})
    for combination in ("allOf", "oneOf", "anyOf"):
        for part in schema.get(combination) or ():
            found.update(properties(name, part))
    return found


def items(name, schema):
    schema = resolve(name, schema)
    if "items" in schema:
        return schema["items"]
    parts = (part for combination in ("allOf", "oneOf", "anyOf") for part in schema.get(combination) or ())
    return next(filter(None, (items(name, part) for part in parts)), None)


def unknown(name, schema, body, path="$"):
    """Fields of ``body`` that the document does not know: it would ignore them, and so would Sendcloud."""
    if isinstance(body, list):
        inner = items(name, schema)
        for number, part in enumerate(body):
            yield from unknown(name, inner, part, f"{path}[{number}]")
    elif isinstance(body, dict):
        known = properties(name, schema)
        for key, value in body.items():
            if key not in known:
                yield f"{path}.{key}"
            else:
                yield from unknown(name, known[key], value, f"{path}.{key}")


@pytest.mark.parametrize("name", SHIPMENTS)
@pytest.mark.parametrize("path", ["/shipments/announce", "/shipments"])
def test_shipments(name, path):
    contract = "sendcloud-shipments-openapi.yml"
    body = json.loads(freeze(SHIPMENTS[name].body())[0])
    assert complaints(contract, schema_of(contract, path, "post"), body) == []


@pytest.mark.parametrize("count", [16, 50])
def test_shipments_of_many_parcels(count):
    contract = "sendcloud-shipments-openapi.yml"
    request = replace(PLAIN, parcels=(SIZED,) * count)
    assert request.asynchronous
    body = json.loads(freeze(request.body())[0])
    assert complaints(contract, schema_of(contract, "/shipments", "post"), body) == []
    assert complaints(contract, schema_of(contract, "/shipments/announce", "post"), body)


@pytest.mark.parametrize("name", RETURNS)
def test_returns(name):
    contract = "sendcloud-v3-returns-openapi.yml"
    body = json.loads(freeze(RETURNS[name].body())[0])
    assert complaints(contract, schema_of(contract, "/returns/announce-synchronously", "post"), body) == []


@pytest.mark.parametrize("name", QUERIES)
def test_shipping_options(name):
    body = QUERIES[name].body()
    assert complaints(MERGED, schema_of(MERGED, "/shipping-options", "post"), body) == []


def test_the_check_itself_complains():
    contract = "sendcloud-shipments-openapi.yml"
    schema = schema_of(contract, "/shipments/announce", "post")
    body = PLAIN.body()
    assert complaints(contract, schema, {**body, "colour": "red"}) == ["$.colour: not documented"]
    del body["to_address"]["postal_code"]
    assert any("postal_code" in complaint for complaint in complaints(contract, schema, body))
    body = PLAIN.body()
    body["parcels"][0]["weight"]["value"] = 1.32
    assert complaints(contract, schema, body)


class Recorder:
    """A session that keeps what is asked and answers in the documented shape."""

    trust_env = False

    def __init__(self):
        self.calls = []

    def request(self, **arguments):
        self.calls.append(arguments)
        path = urlsplit(arguments["url"]).path
        return Answer(arguments["method"], path)


class Answer:
    def __init__(self, method, path):
        self.status_code = 200
        self.headers = CaseInsensitiveDict()
        shipment = {"id": "u-1", "parcels": []}
        if path.endswith(("/shipments/announce", "/shipments")) and method == "POST":
            data = {"data": shipment}
        elif path.endswith("/u-1"):
            data = {"data": shipment}
        elif path.endswith("/announce-synchronously"):
            data = {"return_id": 1, "parcel_id": 2, "multi_collo_ids": []}
        elif path.endswith("/12345"):
            data = {"id": 12345, "label_url": "https://example.com/parcels/1/documents/label"}
        elif path.endswith("/service-points"):
            data = {"data": {"results": []}}
        elif path.endswith(("/shipping-options", "/shipments", "/sender-addresses", "/returns")):
            data = {"data": []}
        elif path.endswith("/documents/label"):
            data = "%PDF"
        else:
            data = {"data": {"url": "https://example.com", "status": "cancelled"}}
        self.content = json.dumps(data).encode()


def everything(client):
    """Every call that the client has, once."""
    client.metadata()
    client.integration(7)
    client.set_webhook(7, "https://odoo.example.com/o2c/sendcloud/webhook/token")
    client.sender_addresses()
    client.shipping_options(QUERIES["one option"])
    client.service_points("NL", "5611 EM", ["postnl", "dhl"])
    client.service_point_available("1000001")
    client.announce("{}")
    client.announce("{}", asynchronous=True)
    client.shipment("u-1")
    list(client.shipments_by_id(["u-1", "u-2"]))
    list(client.shipments(integration_id="7", announced_after="2026-11-24T00:00:00Z"))
    client.by_reference("odoo-0123456789ab-7-o-1")
    client.cancel("u-1")
    client.document("383707309", mime_type="application/zpl", paper_size="A4")
    client.document_if_any("383707309", "customs-declaration")
    client.return_portal_url("u-1")
    client.announce_return("{}")
    client.returns("2026-11-24T00:00:00+00:00", "2026-11-25T00:00:00+00:00")
    client.return_shown("12345")
    client.cancel_return("12345")


def documented(method, path):
    """The operation of a real path, with the path's own parameters."""
    for name in DOCUMENTS:
        for template, node in document(name)["paths"].items():
            pattern = re.sub(r"\{[^}]+\}", "[^/]+", template)
            if re.fullmatch(pattern, path) and method.lower() in node:
                operation = node[method.lower()]
                parameters = [*node.get("parameters", ()), *operation.get("parameters", ())]
                return name, operation, [resolve(name, parameter) for parameter in parameters]
    return None, None, None


def test_every_call_is_documented_with_its_parameters():
    session = Recorder()
    base = "https://panel.example.com/api/v3"
    everything(SendcloudClient("", "public", "secret", http=HttpClient(base, session=session)))
    for call in session.calls:
        path = urlsplit(call["url"]).path.removeprefix("/api/v3")
        name, operation, parameters = documented(call["method"], path)
        assert operation, f"{call['method']} {path} is in no document"
        sent = call["params"] or {}
        names = {name for name, _value in sent} if isinstance(sent, list) else set(sent)
        known = {parameter.get("name") for parameter in parameters}
        assert names <= known | {"cursor"}, f"{call['method']} {path}: {names - known} not documented"
        if call["json"] is not None:
            request = resolve(name, operation["requestBody"])
            schema = request["content"]["application/json"]["schema"]
            assert complaints(name, schema, call["json"]) == [], path


def test_the_client_has_no_call_that_this_test_leaves_out():
    public = {name for name in vars(SendcloudClient) if not name.startswith("_")}
    source = Path(__file__).read_text()
    assert {name for name in public - {"existing"} if f"client.{name}(" not in source} == set()
