"""A sandbox that really serves, and a merchant who calls it."""

import contextlib
import socket
import threading
import time

import requests
import uvicorn

from sandbox.app import create_app

TOKEN = "access_sandbox_garden"
KEYS = ("sandbox-public", "sandbox-secret")


@contextlib.contextmanager
def serving():
    """Serve a sandbox on a free port; gives its root URL."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(), log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


class Merchant:
    """A new world and its platforms, called over HTTP. The methods give the ``requests`` response."""

    def __init__(self, root, **world):
        self.session = requests.Session()
        self.session.trust_env = False
        made = self.session.post(f"{root}/worlds", json={"shop": "empty", **world}, timeout=10)
        made.raise_for_status()
        self.base_url = made.json()["base_url"]
        self.name = made.json()["name"]

    def mollie(self, path, method="GET", token=TOKEN, **options):
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        url = path if path.startswith("http") else f"{self.base_url}/mollie/v2/{path}"
        return self.session.request(method, url, headers=headers, timeout=20, **options)

    def sendcloud(self, path, method="GET", auth=KEYS, **options):
        url = path if path.startswith("http") else f"{self.base_url}/sendcloud/api/v3/{path}"
        return self.session.request(method, url, auth=auth, timeout=20, **options)

    def control(self, path, data=None, status=(200, 201)):
        """POST to the control API, or GET without ``data``; gives the JSON answer."""
        method = "GET" if data is None else "POST"
        answer = self.session.request(method, f"{self.base_url}/control/{path}", json=data, timeout=30)
        assert answer.status_code in status, answer.text
        return answer.json()


ADDRESS = {
    "name": "J. Jansen",
    "address_line_1": "Insulindelaan",
    "house_number": "115",
    "postal_code": "5642 CV",
    "city": "Eindhoven",
    "country_code": "NL",
    "email": "j.jansen@example.com",
    "phone_number": "+31612345678",
}


def shipment(option="postnl:standard", reference=None, weights=("1.320",), **changes):
    """The body of a request to announce; ``to`` changes the receiver's address."""
    body = {
        "to_address": {**ADDRESS, **changes.pop("to", {})},
        "from_address": {"sender_address_id": 1},
        "ship_with": {"type": "shipping_option_code", "properties": {"shipping_option_code": option}},
        "order_number": "#1001",
        "total_order_price": {"value": "49.90", "currency": "EUR"},
        "parcels": [{"weight": {"value": weight, "unit": "kg"}} for weight in weights],
        **changes,
    }
    if reference:
        body["external_reference_id"] = reference
    return body


def customs_shipment(**changes):
    """A parcel to Switzerland with the papers that it needs."""
    item = {
        "description": "Watering can",
        "quantity": 2,
        "weight": {"value": 0.6, "unit": "kg"},
        "price": {"value": "19.95", "currency": "EUR"},
        "hs_code": "732690",
        "origin_country": "NL",
    }
    return shipment(
        "postnl:parcels_non_eu",
        to={"postal_code": "8001", "city": "Zurich", "country_code": "CH"},
        parcels=[{"weight": {"value": "1.400", "unit": "kg"}, "parcel_items": [item]}],
        customs_information={
            "invoice_number": "INV/2026/00012",
            "export_reason": "commercial_goods",
            "export_type": "commercial_b2c",
            "tax_numbers": {
                "sender": [{"name": "EORI", "country_code": "NL", "value": "NL815839091"}],
                "receiver": [],
                "importer_of_record": [],
            },
        },
        **changes,
    )


def announce(merchant, body=None, status=201, path="shipments/announce"):
    """Ask Sendcloud for a shipment; the shipment made, or the errors."""
    answer = merchant.sendcloud(path, "POST", json=body or shipment())
    assert answer.status_code == status, answer.text
    return answer.json().get("data") or answer.json()["errors"]
