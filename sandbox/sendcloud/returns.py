"""Returns. Unlike shipments they have no reference that makes a repeat harmless: twice asked is twice
bought.
"""

from starlette.responses import JSONResponse

from sandbox.clock import parse_moment

from . import errors, render
from .catalog import OPTIONS
from .checks import kilograms
from .http import read_body
from .requests import RETURN
from .statuses import CANCELLABLE, CANCELLED, CANCELLING, STATUSES


def _check(body):
    """(field, code, message) of everything that is wrong."""
    problems = []

    def add(pointer, code, message):
        problems.append((pointer.strip("/").replace("/", "."), code, message))

    RETURN.check(body, "", add)
    if problems:
        return problems
    option = OPTIONS.get(body["ship_with"].get("shipping_option_code"))
    if option is None or not option.functionality("returns"):
        add("/ship_with/shipping_option_code", "invalid", "This shipping option cannot be used for returns.")
    elif not option.serves(body["from_address"]["country_code"], body["to_address"]["country_code"]):
        add("/ship_with/shipping_option_code", "invalid", "Not available between these countries.")
    return problems


async def validate(state, request):
    body = await read_body(request)
    problems = _check(body)
    if problems:
        names = ("field", "code", "message")
        return JSONResponse({"errors": [dict(zip(names, problem, strict=True)) for problem in problems]}, 400)
    return {**body, "weight": float(kilograms(body["weight"]))}


async def announce(state, request):
    body = await read_body(request)
    problems = _check(body)
    if problems:
        field, code, message = problems[0]
        error = {"code": code, "request": "api/v3/returns", "message": f"{field}: {message}"}
        return JSONResponse({"error": error}, 400)
    option = OPTIONS[body["ship_with"]["shipping_option_code"]]
    weight = kilograms(body["weight"])
    count = body.get("collo_count", 1)
    parcels = [
        {"weight": {"value": f"{weight:.3f}", "unit": "kg"}, "parcel_items": []} for _number in range(count)
    ]
    shipment = state.announce_return({**body, "parcels": parcels}, option, [weight] * count)
    return_id = state.world.ids.sequence("sendcloud.return", 12345)
    state.returns[return_id] = shipment, body
    first, *rest = shipment.parcels
    return JSONResponse(
        {"return_id": return_id, "parcel_id": first.id, "multi_collo_ids": [parcel.id for parcel in rest]},
        201,
    )


def _draw(state, return_id):
    shipment, body = state.returns[return_id]
    parcel = shipment.parcels[0]
    keep = (
        "parcel_items",
        "order_number",
        "brand_id",
        "delivery_option",
        "customs_shipment_type",
        "collo_count",
        "customs_information",
        "customs_invoice_nr",
        "external_reference",
    )
    delivered = next((when for code, when, _text in parcel.history if code == "DELIVERED"), None)
    price = shipment.option.price(parcel.weight)
    return {
        "id": return_id,
        **{name: body[name] for name in keep if body.get(name) is not None},
        "from_address": body["from_address"],
        "to_address": body["to_address"],
        "shipping_product": {"code": shipment.option.product},
        "shipping_option": {"code": shipment.option.code},
        "weight": body["weight"],
        "send_tracking_emails": body.get("send_tracking_emails", False),
        "label_url": f"{state.world.base_url}/sendcloud/api/v3/parcels/{parcel.id}/documents/label",
        "label_cost": {"value": float(price), "currency": "EUR"},
        "tracking_number": parcel.tracking_number,
        "tracking_url": render.tracking_url(state, shipment, parcel),
        "is_cancellable": parcel.status in CANCELLABLE,
        "status_history": [
            {
                "carrier_update_timestamp": render.moment(when),
                "parcel_status_history_id": f"{parcel.id}-{place}",
                "parent_status": code.lower().replace("_", "-"),
                "carrier_code": str(STATUSES[code][0]),
                "carrier_message": text,
            }
            for place, (code, when, text) in enumerate(parcel.history, 1)
        ],
        "created_at": render.moment(parcel.created_at),
        "delivered_at_iso": render.moment(delivered),
        "status": "open",
    }


def get_many(state, request):
    query = request.query_params
    days = []
    for name in ("from_date", "to_date"):
        try:
            days.append(parse_moment(query[name].replace(" ", "+")))
        except KeyError:
            raise errors.refuse(400, "required", "This field is required.", parameter=name) from None
        except ValueError:
            raise errors.refuse(400, "invalid", "Not a valid datetime.", parameter=name) from None
    data = [
        _draw(state, number)
        for number, (shipment, _body) in state.returns.items()
        if days[0] <= shipment.created_at <= days[1]
    ]
    return _page(state, query, data)


def _page(state, query, data):
    """At most 40 at a time; unlike elsewhere the way on stands in the body."""
    size = query.get("page_size", "40")
    if not size.isdigit() or not 1 <= int(size) <= 40:
        raise errors.refuse(400, "invalid", "page_size must be between 1 and 40.", parameter="page_size")
    place, size = query.get("cursor", "0"), int(size)
    if not place.isdigit():
        raise errors.refuse(404, "not_found", "Invalid cursor", "/data")
    start = int(place)

    def link(position):
        address = f"{state.world.base_url}/sendcloud/api/v3/returns"
        return f"{address}?cursor={position}&page_size={size}"

    return {
        "next": link(start + size) if start + size < len(data) else "",
        "previous": link(max(0, start - size)) if start else "",
        "data": data[start : start + size],
    }


def _return(state, request):
    number = request.path_params["number"]
    if number not in state.returns:
        raise errors.not_found()
    return number


def get_one(state, request):
    return _draw(state, _return(state, request))


def cancel(state, request):
    shipment, _body = state.returns[_return(state, request)]
    status = shipment.parcels[0].status
    if status in CANCELLED | CANCELLING or status not in CANCELLABLE:
        return JSONResponse(
            {
                "errors": [
                    {
                        "field": "non_field_errors",
                        "code": 409,
                        "message": "This return cannot be cancelled.",
                    }
                ]
            },
            409,
        )
    state.cancel(shipment)
    return JSONResponse({"message": "Your return is being cancelled"}, 202)
