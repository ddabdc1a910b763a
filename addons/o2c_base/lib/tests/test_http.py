"""The HTTP client against a real server on this machine; only sleeping is simulated."""

import json
import socket
import struct
import threading
import time
from datetime import datetime, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from o2c_lib.o2c_base.lib.http import (
    AuthenticationError,
    HttpClient,
    RateBudget,
    RateLimited,
    RefusedError,
    Unavailable,
    UnexpectedShape,
    mask,
    retry_after_seconds,
)

SECRET = "live_wMaUQnoIUBF7"


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self):
        self.now = 1000.0
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


class Server:
    """Answers one scripted step per request and remembers the requests."""

    def __init__(self):
        self.steps = []
        self.requests = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                outer.requests.append((self.command, self.path, dict(self.headers), body))
                step = outer.steps.pop(0) if outer.steps else answer(200, {"ok": True})
                step(self)

            do_GET = do_POST = do_DELETE = do_HEAD = do_PUT = handle_any

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


def answer(status, body=None, headers=None):
    def step(handler):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return step


def silence(seconds):
    """Take the request and answer too late."""

    def step(handler):
        time.sleep(seconds)
        handler.close_connection = True

    return step


def reset(handler):
    """Take the request and tear the connection down."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def cut_short(handler):
    """Promise a longer body than is sent."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"half":')
    handler.close_connection = True


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def client(server, clock):
    return make(server.url, clock)


def make(url, clock, **options):
    options.setdefault("secrets", [SECRET])
    options.setdefault("headers", {"X-Key": SECRET})
    return HttpClient(url, sleep=clock.sleep, clock=clock, **options)


# === The ordinary case === #


def test_request_carries_everything(server, clock):
    client = make(server.url + "/api/v3", clock, auth=("public", "private"))
    response = client.post("/parcels", json={"a": 1}, params={"page": 2}, headers={"X-More": "y"})
    method, path, headers, body = server.requests[0]
    assert response.status == 200
    assert response.json() == {"ok": True}
    assert (method, path) == ("POST", "/api/v3/parcels?page=2")
    assert headers["X-Key"] == SECRET
    assert headers["X-More"] == "y"
    assert headers["Authorization"].startswith("Basic ")
    assert json.loads(body) == {"a": 1}


def test_money_is_decimal(server, client):
    server.steps = [answer(200, b'{"price": 19.90, "count": 3}')]
    data = client.get("/x").json()
    assert data["price"] == Decimal("19.90")
    assert str(data["price"]) == "19.90"
    assert data["count"] == 3


def test_headers_ignore_case(server, client):
    server.steps = [answer(200, {}, {"X-Shopify-API-Version": "2026-10"})]
    assert client.get("/x").headers["x-shopify-api-version"] == "2026-10"


def test_netrc_does_not_replace_the_keys(server, client, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    client.get("/x")
    assert "Authorization" not in server.requests[0][2]


# === Where it may go === #


def test_absolute_url_of_same_origin_is_followed(server, client):
    client.get(f"{server.url}/v2/settlements?from=stl_2")
    assert server.requests[0][1] == "/v2/settlements?from=stl_2"


@pytest.mark.parametrize("url", ["https://evil.example/steal", "http://127.0.0.1:1/x", "ftp://127.0.0.1/x"])
def test_absolute_url_elsewhere_is_not_called(server, client, url):
    with pytest.raises(UnexpectedShape):
        client.get(url)
    assert server.requests == []


def test_path_that_would_change_the_host_stays_a_path(server, client):
    client.get("//evil.example/x")
    assert server.requests[0][1].endswith("evil.example/x")


def test_redirect_is_not_followed(server, client):
    server.steps = [answer(302, b"", {"Location": "/elsewhere"})]
    with pytest.raises(UnexpectedShape, match="redirects"):
        client.get("/x")
    assert len(server.requests) == 1


def test_plain_http_to_a_foreign_host_is_refused():
    with pytest.raises(ValueError, match="https"):
        HttpClient("http://api.mollie.com")


# === What is final === #


@pytest.mark.parametrize(("status", "words"), [(401, "keys"), (403, "permission")])
def test_keys_are_not_accepted(server, client, status, words):
    server.steps = [answer(status, {"detail": f"bad key {SECRET}"})]
    with pytest.raises(AuthenticationError, match=words) as caught:
        client.get("/x")
    assert not caught.value.temporary
    assert caught.value.status == status
    assert SECRET not in caught.value.detail
    assert len(server.requests) == 1


def test_refusal_carries_reason_status_and_body(server, client):
    server.steps = [answer(422, {"status": 422, "detail": "The amount is too high"})]
    with pytest.raises(RefusedError, match="The amount is too high") as caught:
        client.post("/x", json={})
    assert caught.value.status == 422
    assert caught.value.body["detail"] == "The amount is too high"
    assert not caught.value.temporary
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"errors": [{"status": "400", "detail": "Unknown country"}]}, "Unknown country"),
        ({"errors": "Not Found"}, "Not Found"),
        ({"error": "invalid_client", "error_description": "Client is unknown"}, "Client is unknown"),
        (b"plain words", "plain words"),
    ],
)
def test_reason_is_found_in_the_usual_places(server, client, body, words):
    server.steps = [answer(400, body)]
    with pytest.raises(RefusedError, match=words):
        client.get("/x")


def test_html_is_not_shown_to_the_user(server, client):
    server.steps = [answer(404, b"<html><body>nginx</body></html>")]
    with pytest.raises(RefusedError) as caught:
        client.get("/x")
    assert "nginx" not in str(caught.value)
    assert "nginx" in caught.value.detail


def test_accepted_status_is_returned(server, client):
    server.steps = [answer(409, {"id": 7})]
    response = client.post("/shipments", json={}, accept=(409,))
    assert (response.status, response.json()) == (409, {"id": 7})


# === 429 === #


def test_rate_limit_waits_as_long_as_asked_even_for_post(server, client, clock):
    server.steps = [answer(429, {}, {"Retry-After": "7"}), answer(200, {"ok": 1})]
    assert client.post("/x", json={"buy": 1}).status == 200
    assert len(server.requests) == 2
    assert 7 <= clock.slept[0] <= 7.5


def test_rate_limit_longer_than_the_time_budget_is_raised_at_once(server, client, clock):
    server.steps = [answer(429, {}, {"Retry-After": "3600"})]
    with pytest.raises(RateLimited) as caught:
        client.get("/x")
    assert caught.value.retry_after == 3600
    assert caught.value.temporary
    assert clock.slept == []


def test_rate_limit_gives_up_after_the_attempts(server, client, clock):
    server.steps = [answer(429, {})] * 3
    with pytest.raises(RateLimited) as caught:
        client.get("/x")
    assert caught.value.retry_after is None
    assert len(server.requests) == 3
    assert len(clock.slept) == 2


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2.5", 2.5),
        ("0", 0),
        ("-3", 0),
        ("Tue, 24 Nov 2026 10:00:30 GMT", 30),
        ("Tue, 24 Nov 2026 09:00:00 GMT", 0),
        ("soon", None),
        ("", None),
        (None, None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_retry_after(value, seconds):
    now = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)
    assert retry_after_seconds(value, now=now) == seconds


# === 5xx, time-outs, broken connections === #


def test_get_is_repeated_after_a_server_error(server, client, clock):
    server.steps = [answer(500, {}), answer(503, {}), answer(200, {"ok": 1})]
    assert client.get("/x").status == 200
    assert len(server.requests) == 3
    assert 0.25 <= clock.slept[0] <= 0.5
    assert 0.5 <= clock.slept[1] <= 1.0


def test_server_error_may_ask_for_a_pause(server, client, clock):
    server.steps = [answer(503, {}, {"Retry-After": "4"}), answer(200, {})]
    client.get("/x")
    assert 4 <= clock.slept[0] <= 4.5


def test_post_is_not_repeated_after_a_server_error(server, client):
    server.steps = [answer(500, {})]
    with pytest.raises(Unavailable) as caught:
        client.post("/buy", json={})
    assert caught.value.maybe_done
    assert caught.value.status == 500
    assert caught.value.temporary
    assert len(server.requests) == 1


def test_repeatable_post_is_repeated(server, client):
    server.steps = [answer(502, {}), answer(200, {})]
    assert client.post("/graphql", json={}, repeatable=True).status == 200
    assert len(server.requests) == 2


def test_unrepeatable_get_is_not_repeated(server, client):
    server.steps = [answer(500, {})]
    with pytest.raises(Unavailable):
        client.get("/once", repeatable=False)
    assert len(server.requests) == 1


def test_timeout_after_the_deed_is_not_repeated_for_post(server, clock):
    client = make(server.url, clock, timeout=(1, 0.15))
    server.steps = [silence(0.5)]
    with pytest.raises(Unavailable, match="too long") as caught:
        client.post("/buy", json={})
    assert caught.value.maybe_done
    assert len(server.requests) == 1


def test_timeout_is_repeated_for_get(server, clock):
    client = make(server.url, clock, timeout=(1, 0.15))
    server.steps = [silence(0.5), answer(200, {"ok": 1})]
    assert client.get("/x").json() == {"ok": 1}
    assert len(server.requests) == 2


def test_reset_after_sending_may_have_been_carried_out(server, client):
    server.steps = [reset]
    with pytest.raises(Unavailable) as caught:
        client.post("/buy", json={})
    assert caught.value.maybe_done
    assert len(server.requests) == 1


def test_answer_cut_short(server, client):
    server.steps = [cut_short]
    with pytest.raises(Unavailable) as caught:
        client.post("/buy", json={})
    assert caught.value.maybe_done


def test_refused_connection_is_repeated_even_for_post(clock):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    client = make(f"http://127.0.0.1:{port}", clock)
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        client.post("/buy", json={})
    assert not caught.value.maybe_done
    assert len(clock.slept) == 2


def test_unknown_host_was_never_reached(clock):
    client = make("https://no-such-host.invalid", clock, max_attempts=1)
    with pytest.raises(Unavailable, match="no-such-host.invalid") as caught:
        client.post("/x", json={})
    assert not caught.value.maybe_done


def test_connect_timeout_was_never_carried_out(clock):
    with socket.socket() as full:
        # A listener whose queue is full drops what comes next: connecting takes for ever.
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        try:
            for item in waiting:
                item.setblocking(False)
                item.connect_ex(("127.0.0.1", port))
            client = make(f"http://127.0.0.1:{port}", clock, timeout=(0.2, 0.2), max_attempts=1)
            with pytest.raises(Unavailable) as caught:
                client.post("/buy", json={})
        finally:
            for item in waiting:
                item.close()
    assert not caught.value.maybe_done


def test_no_attempt_begins_after_the_time_budget(server, clock):
    client = make(server.url, clock, max_attempts=50, time_budget=5.0)
    server.steps = [answer(500, {})] * 50
    with pytest.raises(Unavailable):
        client.get("/x")
    assert sum(clock.slept) < 5.0
    assert 3 <= len(server.requests) < 50


def test_pauses_differ(server):
    pauses = set()
    for _ in range(5):
        clock = Clock()
        server.steps = [answer(500, {}), answer(200, {})]
        make(server.url, clock).get("/x")
        pauses.add(clock.slept[0])
    assert len(pauses) > 1


# === Unexpected shapes and secrets === #


@pytest.mark.parametrize("body", [b'{"cut', b"", b"<html>", b"\xff\xfe"])
def test_broken_json(server, client, body):
    server.steps = [answer(200, body)]
    response = client.get("/x")
    with pytest.raises(UnexpectedShape) as caught:
        response.json()
    assert not caught.value.temporary


def test_broken_json_detail_has_no_secret(server, client):
    server.steps = [answer(200, f"oops {SECRET}".encode())]
    with pytest.raises(UnexpectedShape) as caught:
        client.get("/x").json()
    assert SECRET not in caught.value.detail


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_secrets_never_show(server, clock, status):
    client = make(server.url, clock, secrets=[SECRET, None, ""], max_attempts=1)
    server.steps = [answer(status, {"detail": f"token {SECRET} is odd"})]
    with pytest.raises(Exception) as caught:
        client.get("/x", params={"token": SECRET})
    text = f"{caught.value} {caught.value.detail} {caught.value!r}"
    assert SECRET not in text


def test_secret_in_the_url_of_a_failed_connection_does_not_show(clock):
    client = make("http://127.0.0.1:1", clock, max_attempts=1)
    with pytest.raises(Unavailable) as caught:
        client.get("/x", params={"key": SECRET})
    assert SECRET not in f"{caught.value} {caught.value.detail}"
    assert caught.value.__cause__ is None


def test_mask_longest_first():
    assert mask("abc abcdef", ["abc", "abcdef"]) == "*** ***"
    assert mask(ValueError("k1"), ["k1", None, ""]) == "***"
    assert mask("plain", []) == "plain"


def test_mask_also_hides_the_encoded_forms():
    assert "p%2Fq" not in mask("x?key=p%2Fq%3D", ["p/q="])
    assert "cHVibGljOnA=" not in mask("Basic cHVibGljOnA=", ["public:p"])


# === Budget === #


def test_budget_spreads_the_calls(server, clock):
    budget = RateBudget(60, 2, clock=clock)
    client = make(server.url, clock, budget=budget)
    for _ in range(5):
        client.get("/x")
    assert [round(seconds, 6) for seconds in clock.slept] == [1, 1, 1]


def test_retries_use_the_budget_too(server, clock):
    budget = RateBudget(60, 1, clock=clock)
    client = make(server.url, clock, budget=budget)
    server.steps = [answer(500, {}), answer(200, {})]
    client.get("/x")
    assert sum(clock.slept) == pytest.approx(1)
