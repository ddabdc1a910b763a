"""Routes about shipments and their papers."""

from datetime import timezone

from starlette.responses import JSONResponse, Response

from sandbox.clock import parse_moment

from . import errors, labels, render
from .http import paged, read_body
from .state import INTEGRATION_ID
from .statuses import code_of

DOCUMENTS = ("label", "customs-declaration", "air-waybill")


def announce(synchronous):
    async def function(state, request):
        shipment, new = state.announce(await read_body(request), synchronous)
        status = 201 if new else 409
        return JSONResponse({"data": render.shipment(state, shipment, inline=shipment.synchronous)}, status)

    return function


def _shipment(state, request):
    shipment = state.shipments.get(request.path_params["shipment"])
    if shipment is None:
        raise errors.not_found("Not found")
    return shipment


def get_one(state, request):
    return {"data": render.shipment(state, _shipment(state, request))}


def cancel(state, request):
    status, word, message = state.cancel(_shipment(state, request))
    return JSONResponse({"data": {"status": word, "message": message}}, status)


def return_portal(state, request):
    shipment = _shipment(state, request)
    return {"data": {"url": f"https://garden-lane.shipping-portal.example/rp/?shipment={shipment.id}"}}


def get_many(state, request):
    query = request.query_params
    chosen = [item for item in state.shipments.values() if not item.is_return]
    for name, keep in _filters(query).items():
        if query.get(name):
            chosen = [item for item in chosen if keep(item, query[name])]
    chosen, headers = paged(state, request, chosen[::-1], "shipments")
    return JSONResponse({"data": [render.shipment(state, item) for item in chosen]}, headers=headers)


def _filters(query):
    def moment(name):
        try:
            return parse_moment(query[name].replace(" ", "+")).astimezone(timezone.utc)
        except ValueError:
            raise errors.refuse(400, "invalid", "Not a valid datetime.", parameter=name) from None

    def words(name):
        values = query[name].split(",")
        if len(values) > 100:
            raise errors.refuse(400, "invalid", "No more than 100 ids.", parameter=name)
        return set(values)

    def status(text):
        try:
            return code_of(text)
        except ValueError:
            raise errors.refuse(
                400, "invalid_choice", "There is no such status.", parameter="parcel_status"
            ) from None

    def announced(item):
        return max((parcel.announced_at for parcel in item.parcels if parcel.announced_at), default=None)

    return {
        "parcel_status": lambda item, text: any(parcel.status == status(text) for parcel in item.parcels),
        "tracking_number": lambda item, text: any(parcel.tracking_number == text for parcel in item.parcels),
        "external_reference_id": lambda item, text: item.external_reference_id == text,
        "order_number": lambda item, text: item.order_number == text,
        "integration_id": lambda item, text: text == str(INTEGRATION_ID),
        "updated_before": lambda item, text: item.updated_at <= moment("updated_before"),
        "updated_after": lambda item, text: item.updated_at >= moment("updated_after"),
        "announced_before": lambda item, text: (
            announced(item) and announced(item) <= moment("announced_before")
        ),
        "announced_after": lambda item, text: (
            announced(item) and announced(item) >= moment("announced_after")
        ),
        "ids": lambda item, text: any(str(parcel.id) in words("ids") for parcel in item.parcels),
        "shipment_uuids": lambda item, text: item.id in words("shipment_uuids"),
    }


def _mime(request, shipment):
    """The wanted format; a label that the carrier made as ZPL cannot become another one afterwards."""
    accept = request.headers.get("accept", "*/*").split(",")[0].split(";")[0].strip()
    native = shipment.body.get("label_details", {}).get("mime_type", "application/pdf")
    if accept in ("*/*", "application/json", ""):
        return native
    if accept not in labels.MIME:
        raise errors.refuse(400, "invalid", f"The format {accept} is not supported.")
    if native == "application/zpl" and accept != native:
        raise errors.refuse(400, "invalid", "This label was created as ZPL and cannot be converted.")
    return accept


def _document_request(request):
    kind = request.path_params["kind"]
    if kind not in DOCUMENTS:
        raise errors.refuse(400, "invalid", "Invalid document type.")
    paper = request.query_params.get("paper_size")
    if paper not in (None, *labels.PAPER):
        raise errors.refuse(400, "invalid_choice", "paper_size must be A4, A5 or A6.", parameter="paper_size")
    dpi = request.query_params.get("dpi", "72")
    if dpi not in ("72", "150", "203", "300", "600"):
        raise errors.refuse(
            400, "invalid_choice", "dpi must be one of 72, 150, 203, 300, 600.", parameter="dpi"
        )
    return kind, paper or ("A4" if kind == "customs-declaration" else "A6")


def _paper(state, parcel_id, kind):
    pair = state.parcels.get(parcel_id)
    if pair is None or kind not in render.papers(state, pair[1], pair[0]):
        raise errors.not_found("No Parcel matches the given query.")
    return pair


def get_document(state, request):
    kind, paper = _document_request(request)
    pair = _paper(state, request.path_params["parcel"], kind)
    mime = _mime(request, pair[1])
    return Response(labels.document([pair], kind, mime, paper), media_type=mime)


def get_documents(state, request):
    kind, paper = _document_request(request)
    texts = [text for value in request.query_params.getlist("parcels") for text in value.split(",") if text]
    if not texts or len(texts) > 20 or not all(text.isdigit() for text in texts):
        raise errors.refuse(400, "invalid", "Between 1 and 20 parcel ids are required.", parameter="parcels")
    pairs = [_paper(state, int(text), kind) for text in texts]
    mime = _mime(request, pairs[0][1])
    if mime == "image/png" and len(pairs) > 1:
        raise errors.refuse(400, "invalid", "PNG is not available for more than one parcel.")
    return Response(labels.document(pairs, kind, mime, paper), media_type=mime)
