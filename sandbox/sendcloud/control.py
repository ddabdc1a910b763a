"""How the outside world acts on parcels: carriers scan, cancellations are answered, webhooks are repeated."""

from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.clock import parse_moment
from sandbox.control import read_json

from . import notify
from .state import CANCELLATION
from .statuses import CANCELLING


def control_routes(get_world):
    def post(path, function):
        async def endpoint(request):
            return JSONResponse(function(get_world(request).sendcloud, await read_json(request)))

        return Route(f"/sendcloud/{path}", endpoint, methods=["POST"])

    def get(path, function):
        async def endpoint(request):
            return JSONResponse(function(get_world(request).sendcloud))

        return Route(f"/sendcloud/{path}", endpoint, methods=["GET"])

    return [
        post("scan", scan),
        post("cancellations", cancellations),
        post("tick", tick),
        post("webhook", webhook),
        post("options", options),
        post("service-points/expire", expire),
        get("labels", lambda state: {"labels": state.ledger}),
        get("options", lambda state: state.options),
        get("webhooks", lambda state: {"webhooks": state.told}),
    ]


def scan(state, data):
    """``to``: a status code or short name; ``parcels``: ids, or null for all that are under way; ``at``:
    when.
    """
    when = parse_moment(data["at"]) if data.get("at") else None
    state.tick()
    changed = state.scan(data["to"], data.get("parcels"), when, data.get("message"))
    return {
        "parcels": [
            {"id": parcel.id, "status": parcel.status, "tracking_number": parcel.tracking_number}
            for parcel in changed
        ]
    }


def cancellations(state, data):
    """Carriers answer the queued cancellations: ``accept`` true or false."""
    waiting = [item for item in state.shipments.values() if item.parcels[0].status in CANCELLING]
    for shipment in waiting:
        state.finish_cancellation(shipment, bool(data.get("accept", True)))
    return {"shipments": [shipment.id for shipment in waiting]}


def tick(state, _data):
    """Carry out everything that was queued, now."""
    state.tick(everything=True)
    return {}


def webhook(state, data):
    """Send a parcel's webhook again; ``status`` tells an older one, ``signature`` "bad" signs it wrongly."""
    parcel_id = data["parcel"]
    if parcel_id not in state.parcels:
        raise ValueError(f"There is no parcel {parcel_id}.")
    if not state.integration["webhook_url"]:
        raise ValueError("The integration has no webhook URL.")
    parcel, shipment = state.parcels[parcel_id]
    when = parse_moment(data["at"]) if data.get("at") else None
    payload = notify.parcel_body(state, shipment, parcel, when, data.get("status"))
    secret = "not-the-secret" if data.get("signature") == "bad" else None
    delivery = notify.send(state, payload, secret=secret)
    return {"number": delivery.number}


def options(state, data):
    """Change the account.

    ``limits``: Sendcloud's real budgets count. ``cancellation``: queued cancellations are granted in a moment
    ("auto"), wait for ``cancellations`` ("manual") or are refused in a moment. ``delay``: that moment, in
    seconds. ``geocoder``: false for service points that cannot be looked up. ``signature_key``: what webhooks
    are signed with from now on.
    """
    if data.get("cancellation", "auto") not in CANCELLATION:
        raise ValueError(f"cancellation must be one of {', '.join(CANCELLATION)}")
    unknown = sorted(set(data) - set(state.options) - {"signature_key"})
    if unknown:
        raise ValueError(f"Unknown options {', '.join(unknown)}.")
    state.secret = data.pop("signature_key", state.secret)
    state.options.update(data)
    return state.options


def expire(state, data):
    """A service point closes for good."""
    state.points[data["id"]]["is_expired"] = True
    return {}
