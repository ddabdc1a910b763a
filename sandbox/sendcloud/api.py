"""Sendcloud's routes, API version 3."""

import re

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import errors, points, postcodes, render, requests, returns, shipments
from .catalog import CARRIERS, CONTRACTS
from .checks import Checker, kilograms, of_shape
from .http import handler, paged, read_body
from .state import INTEGRATION_ID, USER_ID
from .statuses import STATUSES, shown

ROOT = "/api/v3"


def auth_metadata(state, request):
    return {"data": {"user_id": USER_ID, "integration_id": INTEGRATION_ID}}


def statuses(state, request):
    return {"data": [shown(code) for code in STATUSES]}


# -- choosing


async def shipping_options(state, request):
    """What can carry these parcels from here to there; flat country fields exclude the address objects."""
    body = await read_body(request)
    of_shape(requests.SHIPPING_OPTIONS, body)
    flat = sorted(name for name in body if re.fullmatch("(from|to)_(country|postal)_code", name))
    if flat and (body.get("from_address") or body.get("to_address")):
        check = Checker()
        check.add(f"/{flat[0]}", "invalid", "Cannot be used together with from_address and to_address.")
        check.done()
    origin, destination = (_country(body, side) for side in ("from", "to"))
    weights = [kilograms(parcel["weight"]) for parcel in body.get("parcels", []) if "weight" in parcel]
    filters = (
        "carrier_code",
        "contract_id",
        "shipping_option_code",
        "shipping_product_code",
        "functionalities",
    )
    wanted = {name: body[name] for name in filters if body.get(name) is not None}
    found = state.quotable(origin, destination, weights, wanted)
    return {"data": [render.option(item, weights, body.get("calculate_quotes", False)) for item in found]}


def _country(body, side):
    """The country at one side; where it is not said, the account's own."""
    address = body.get(f"{side}_address")
    if isinstance(address, dict):
        return address.get("country_code") or "NL"
    return body.get(f"{side}_country_code") or "NL"


def contracts(state, request):
    query = request.query_params
    data = [
        {
            "id": number,
            "client_id": "",
            "carrier_code": code,
            "name": name,
            "carrier": {"code": code, "name": CARRIERS[code]},
            "country": "NL",
            "is_default_per_carrier": True,
            "state": "active",
            "type": "direct" if "own" in name else "sendcloud",
        }
        for code, (number, name) in CONTRACTS.items()
        if query.get("carrier_code") in (None, code)
    ]
    shown_rows, headers = paged(state, request, data, "contracts")
    return JSONResponse({"data": shown_rows}, headers=headers)


def brands(state, request):
    return {"data": [{"id": 1, "name": "Garden Lane", "color": "#2f7d32", "secondary_color": "#ffffff"}]}


# -- addresses


def sender_addresses(state, request):
    data, headers = paged(state, request, list(state.senders.values()), "addresses/sender-addresses")
    return JSONResponse({"data": data}, headers=headers)


def sender_address(state, request):
    sender = state.senders.get(request.path_params["number"])
    if sender is None:
        raise errors.not_found("No SenderAddress matches the given query.")
    return {"data": sender}


async def validate_address(state, request):
    body = await read_body(request)
    of_shape(requests.VALIDATE_ADDRESS, body)
    address = body["address"]
    reasons = []
    if not address.get("country_code"):
        reasons.append("COUNTRY_CODE_MISSING")
    if not address.get("postal_code"):
        reasons.append("POSTAL_CODE_MISSING")
    elif not postcodes.believable(address.get("country_code"), address["postal_code"]):
        reasons.append("ADDRESS_NOT_VALID")
    if len(address.get("house_number") or "") > 8:
        reasons.append("HOUSE_NUMBER_TOO_LONG")
    result = {"is_valid": not reasons, "reasons": reasons}
    return {
        "input_address_is_valid": not reasons,
        "results": [
            {
                "address": address,
                "recommended": False,
                "analysis": {"validation_result": result, "changed_attributes": []},
            }
        ],
    }


# -- the integration


def _integration(state):
    return {
        "id": INTEGRATION_ID,
        "type": "api",
        **state.integration,
        "started_failing_at": None,
        "last_fetched_at": None,
        "created_at": "2026-11-01T08:00:00Z",
        "updated_at": render.moment(state.integration_changed),
    }


def integrations(state, request):
    return {"data": [_integration(state)]}


def _known_integration(request):
    if request.path_params["number"] != INTEGRATION_ID:
        raise errors.not_found("No Integration matches the given query.")


def integration(state, request):
    _known_integration(request)
    return {"data": _integration(state)}


async def change_integration(state, request):
    _known_integration(request)
    body = await read_body(request)
    of_shape(requests.INTEGRATION, body)
    state.integration.update(body)
    state.integration_changed = state.world.clock.now()
    return Response(status_code=204)


# -- service points


def _point(state, request):
    point = state.points.get(request.path_params["number"])
    if point is None:
        raise errors.not_found("Service point not found.")
    return point


def service_points(state, request):
    query = request.query_params
    country = query.get("country_code")
    if not country:
        raise errors.refuse(400, "required", "Field required", parameter="country_code")
    if not state.options["geocoder"]:
        raise errors.refuse(
            503, "invalid", "The address could not be resolved at this time. Try again later."
        )
    carriers = [code for value in query.getlist("carrier_code") for code in value.split(",")]
    kinds = [kind for value in query.getlist("general_shop_type") for kind in value.split(",")]
    wanted_ids = [code for value in query.getlist("carrier_service_point_id") for code in value.split(",")]
    found = [
        point
        for point in state.points.values()
        if point["address"]["country_code"] == country
        and not point["is_expired"]
        and (not carriers or point["carrier"]["code"] in carriers)
        and (not kinds or point["general_shop_type"] in kinds)
        and (not wanted_ids or point["carrier_service_point_id"] in wanted_ids)
    ]
    place, geocoding = _place(query)
    results = [{**point, "distance": points.distance(point, *place) if place else None} for point in found]
    if place:
        radius = query.get("radius", "50000")
        if not radius.isdigit() or not 100 <= int(radius) <= 50_000:
            raise errors.refuse(400, "invalid", "radius must be 100 to 50000.", parameter="radius")
        radius = int(radius)
        results = sorted(
            (point for point in results if point["distance"] <= radius), key=lambda item: item["distance"]
        )
    limit = query.get("limit", "200")
    if not limit.isdigit() or not 1 <= int(limit) <= 200:
        raise errors.refuse(400, "invalid", "limit must be between 1 and 200.", parameter="limit")
    return {"data": {"results": results[: int(limit)], "geocoding": geocoding}}


def _place(query):
    """Where to look around, and how the address was understood; None and None when nothing was asked."""
    if "latitude" in query and "longitude" in query:
        try:
            return (float(query["latitude"]), float(query["longitude"])), None
        except ValueError:
            raise errors.refuse(400, "invalid", "Not a valid number.", parameter="latitude") from None
    address = {name: value for name, value in query.items() if name.startswith("address")}
    if not address:
        return None, None
    known = points.locate(address)
    if known is None:
        return None, {"status": "not_found", "precision": None, "formatted_address": None}
    return known[:2], {"status": "matched", "precision": known[2], "formatted_address": known[3]}


def service_point(state, request):
    return {"data": _point(state, request)}


def point_available(state, request):
    return {"data": {"is_available": not _point(state, request)["is_expired"]}}


# -- tracking


def tracking(state, request):
    wanted = request.path_params["tracking_number"]
    pair = next((pair for pair in state.parcels.values() if pair[0].tracking_number == wanted), None)
    if pair is None:
        return JSONResponse({"detail": "Not found."}, 404)
    parcel, shipment = pair
    return {
        "announced_at": render.moment(parcel.announced_at),
        "created_at": render.moment(parcel.created_at),
        "updated_at": render.moment(parcel.updated_at),
        "source_id": str(parcel.id),
        "details": {
            "integration_id": INTEGRATION_ID,
            "is_mail_box": shipment.option.functionality("last_mile") == "mailbox",
            "is_return": shipment.is_return,
            "is_to_service_point": shipment.option.to_service_point,
        },
        "events": [
            {
                "event_at": render.moment(when),
                "event_type": "internal" if place < 2 else "carrier",
                "status_code": code,
                "status_type": "success",
                "status_description": text,
            }
            for place, (code, when, text) in enumerate(parcel.history)
        ],
        "from_address": _plain(shipment.from_address),
        "to_address": _plain(shipment.to_address),
        "ship_with": {
            "type": "shipping_option_code",
            "properties": {
                "shipping_option_code": shipment.option.code,
                "contract_id": shipment.contract_id,
            },
        },
        "tracking_numbers": [
            {
                "carrier_code": shipment.option.carrier,
                "tracking_number": wanted,
                "tracking_url": render.tracking_url(state, shipment, parcel),
            }
        ],
    }


def _plain(address):
    return {name: value for name, value in address.items() if name not in ("tax_numbers", "signature")}


def routes(get_world):
    def route(method, path, function):
        return Route(f"{ROOT}/{path}", handler(get_world, function), methods=[method])

    def unknown(state, request):
        raise errors.not_found("Not found.")

    async def track_page(request):
        return Response("Your parcel is on its way.", media_type="text/plain")

    return [
        route("GET", "user/auth/metadata", auth_metadata),
        route("POST", "shipping-options", shipping_options),
        route("GET", "contracts", contracts),
        route("GET", "brands", brands),
        route("GET", "addresses/sender-addresses", sender_addresses),
        route("GET", "addresses/sender-addresses/{number:int}", sender_address),
        route("POST", "addresses/validate", validate_address),
        route("GET", "integrations", integrations),
        route("GET", "integrations/{number:int}", integration),
        route("PATCH", "integrations/{number:int}", change_integration),
        route("POST", "shipments/announce", shipments.announce(True)),
        route("POST", "shipments", shipments.announce(False)),
        route("GET", "shipments", shipments.get_many),
        route("GET", "shipments/{shipment}", shipments.get_one),
        route("POST", "shipments/{shipment}/cancel", shipments.cancel),
        route("GET", "shipments/{shipment}/return-portal-url", shipments.return_portal),
        route("GET", "parcels/statuses", statuses),
        route("GET", "parcels/tracking/{tracking_number}", tracking),
        route("GET", "parcels/{parcel:int}/documents/{kind}", shipments.get_document),
        route("GET", "parcel-documents/{kind}", shipments.get_documents),
        route("GET", "service-points", service_points),
        route("GET", "service-points/{number:int}", service_point),
        route("POST", "service-points/{number:int}/check-availability", point_available),
        route("POST", "returns/validate", returns.validate),
        route("POST", "returns/announce-synchronously", returns.announce),
        route("POST", "returns", returns.announce),
        route("GET", "returns", returns.get_many),
        route("GET", "returns/{number:int}", returns.get_one),
        route("PATCH", "returns/{number:int}/cancel", returns.cancel),
        Route("/track", track_page, methods=["GET"]),
        Route("/{rest:path}", handler(get_world, unknown), methods=["GET", "POST", "PATCH", "PUT", "DELETE"]),
    ]
