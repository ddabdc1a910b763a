"""Sendcloud's resources as API v3 shows them."""

import base64

from . import labels
from .catalog import CARRIERS, CONTRACTS, FUNCTIONALITIES
from .statuses import BEFORE_LABEL, CANCELLED, shown


def moment(value):
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if value else None


def papers(state, shipment, parcel):
    """The types of document that there are for a parcel now."""
    if parcel.status in BEFORE_LABEL | CANCELLED:
        return []
    kinds = ["label"]
    if state.customs_needed(shipment):
        kinds.append("customs-declaration")
    if shipment.option.carrier == "dhl_express":
        kinds.append("air-waybill")
    return kinds


def parcel(state, shipment, item, inline=False):
    base = f"{state.world.base_url}/sendcloud/api/v3/parcels/{item.id}/documents"
    body = {key: value for key, value in item.body.items() if value is not None}
    kinds = papers(state, shipment, item)
    names = {"customs-declaration": "cn23", "label": "label", "air-waybill": "air-waybill"}
    body.update(
        {
            "id": item.id,
            "status": shown(item.status),
            "documents": [
                {
                    "type": names[kind],
                    "document_type": kind,
                    "size": "a4" if kind == "customs-declaration" else "a6",
                    "link": f"{base}/{kind}",
                }
                for kind in kinds
            ],
            "tracking_number": item.tracking_number,
            "tracking_url": tracking_url(state, shipment, item),
            "additional_carrier_data": {"awb_tracking_number": None, "box_number": None},
            "parcel_items": body.get("parcel_items", []),
            "created_at": moment(item.created_at),
            "updated_at": moment(item.updated_at),
            "announced_at": moment(item.announced_at),
        }
    )
    if inline:
        mime = shipment.body.get("label_details", {}).get("mime_type", "application/pdf")
        body["label_file"] = (
            base64.b64encode(labels.document([(item, shipment)], "label", mime, "A6")).decode()
            if kinds
            else None
        )
    return body


def tracking_url(state, shipment, item):
    if not item.tracking_number:
        return None
    to = shipment.to_address
    return (
        f"{state.world.base_url}/sendcloud/track?carrier={shipment.option.carrier}&code={item.tracking_number}"
        f"&destination={to['country_code']}&verification={to['postal_code'].replace(' ', '+')}"
    )


KEPT = (
    "brand_id",
    "order_number",
    "total_order_price",
    "reference",
    "external_reference_id",
    "validation_methods",
    "customs_information",
    "label_details",
    "delivery_dates",
)


def shipment(state, item, inline=False):
    """A shipment; ``inline`` with the label in it, as a synchronous announcement of one parcel answers."""
    body = {name: item.body[name] for name in KEPT if item.body.get(name) is not None}
    body.update(
        {
            "id": item.id,
            "ship_with": {
                "type": "shipping_option_code",
                "properties": {"shipping_option_code": item.option.code, "contract_id": item.contract_id},
            },
            "from_address": item.from_address,
            "to_address": item.to_address,
            "parcels": [
                parcel(state, item, part, inline and len(item.parcels) == 1) for part in item.parcels
            ],
            "carrier": {"code": item.option.carrier, "name": CARRIERS[item.option.carrier]},
            "errors": item.errors,
        }
    )
    if item.service_point:
        body["to_service_point"] = {
            "id": str(item.service_point["id"]),
            "carrier_service_point_id": item.service_point["carrier_service_point_id"],
        }
    return body


def option(item, weights, quoted):
    """A shipping option, with quotes for ``weights`` (kg) when ``quoted``."""
    number, name = CONTRACTS[item.carrier]
    body = {
        "code": item.code,
        "name": item.name,
        "carrier": {"code": item.carrier, "name": CARRIERS[item.carrier]},
        "product": {"code": item.product, "name": item.name},
        "functionalities": FUNCTIONALITIES | item.functionalities,
        "contract": {"id": number, "client_id": "", "carrier_code": item.carrier, "name": name},
        "weight": _range(item),
        "max_dimensions": {"length": "175.00", "width": "78.00", "height": "58.00", "unit": "cm"},
        "parcel_billed_weights": [
            {"unit": "kg", "value": f"{weight:.3f}", "volumetric": False, "parcel_number": place}
            for place, weight in enumerate(weights, 1)
        ],
        "requirements": {
            "fields": list(item.requires),
            "export_documents": bool(item.functionalities.get("incoterm")) or "non_eu" in item.code,
            "is_service_point_required": item.to_service_point,
        },
        "charging_type": "label_creation",
    }
    if quoted:
        body["quotes"] = quotes(item, weights)
    return body


def _range(item):
    return {
        "min": {"value": "0.001", "unit": "kg"},
        "max": {"value": f"{item.max_weight:.3f}", "unit": "kg"},
    }


def quotes(item, weights):
    prices = [item.price(weight) for weight in weights]
    if not prices or None in prices:
        return []
    total = {"value": f"{sum(prices):.2f}", "currency": "EUR"}
    return [
        {
            "weight": _range(item),
            "price": {
                "breakdown": [{"type": "price_without_insurance", "label": "Label", "price": total}],
                "total": total,
            },
            "lead_time": item.lead_time,
        }
    ]
