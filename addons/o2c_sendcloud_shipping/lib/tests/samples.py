"""Answers in the shape that Sendcloud publishes, small enough to read."""

import base64


def parcel(**values):
    return {
        "id": 383707309,
        "status": {"code": "READY_TO_SEND", "message": "Ready to send"},
        "documents": [{"type": "label", "size": "a6", "link": "https://example.com/label"}],
        "weight": {"value": "1.320", "unit": "kg"},
        "tracking_number": "3SYZXG8498635",
        "tracking_url": "https://example.com/track/3SYZXG8498635",
        "announced_at": "2026-11-24T09:00:00Z",
        "label_file": base64.b64encode(b"%PDF-1.4 label").decode(),
        **values,
    }


def shipment(**values):
    return {
        "id": "7f1c0a6e-5a33-4f5b-9d0e-2b7e8c1d4a10",
        "external_reference_id": "odoo-0123456789ab-7-o-1",
        "order_number": "S00007",
        "to_address": {
            "name": "Jane Doe",
            "address_line_1": "Kerkstraat",
            "house_number": "12",
            "postal_code": "1012 AB",
            "city": "Amsterdam",
            "country_code": "NL",
        },
        "ship_with": {
            "type": "shipping_option_code",
            "properties": {"shipping_option_code": "postnl:standard", "contract_id": 60},
        },
        "carrier": {"code": "postnl", "name": "PostNL"},
        "parcels": [parcel()],
        "errors": [],
        **values,
    }


OPTION = {
    "code": "postnl:standard",
    "name": "PostNL Standard",
    "carrier": {"code": "postnl", "name": "PostNL"},
    "functionalities": {"multicollo": True, "returns": False, "tracked": True},
    "contract": {"id": 60, "client_id": "", "name": "PostNL Test"},
    "weight": {
        "min": {"value": "0.001", "unit": "kg"},
        "max": {"value": "23.001", "unit": "kg"},
    },
    "max_dimensions": {"length": "1750", "width": "780", "height": "580", "unit": "mm"},
    "requirements": {"fields": [], "export_documents": False, "is_service_point_required": False},
    "quotes": [
        {"price": {"total": {"value": "7.50", "currency": "EUR"}}, "lead_time": 24},
    ],
}
