"""Everything about a shipment that can be checked before anything is bought.

Returns problems as codes; the words for them belong to the models, where they can be translated and
where it is known which record a user has to open.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from .options import ShippingOption
from .payload import ASYNC_PARCELS, INSURED_MAX, INSURED_MIN, ShipmentRequest
from .territory import HOUSE_NUMBER_REQUIRED, STATE_REQUIRED

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_HS_CODE = re.compile(r"^\d{6,12}$")


@dataclass(frozen=True)
class Problem:
    """``code`` names the problem; ``subject`` the parcel, product or field, ``limit`` a bound."""

    code: str
    subject: str = ""
    limit: str = ""


def check(request: ShipmentRequest, option: ShippingOption | None) -> list[Problem]:
    """Problems in the order in which a user would meet them on the form; empty when it can be sent.

    ``option`` holds the limits of the shipping option when they are known.
    """
    problems = _check_address(request, option)
    problems += _check_parcels(request, option)
    if request.customs:
        problems += _check_customs(request)
    if option and option.needs_customs and not request.customs:
        problems.append(Problem("customs_needed"))
    return problems


def _check_address(request: ShipmentRequest, option: ShippingOption | None) -> list[Problem]:
    to = request.to_address
    problems = [
        Problem(code)
        for code, value in (
            ("name", to.name),
            ("street", to.address_line_1),
            ("postal_code", to.postal_code or to.country_code == "IE"),
            ("city", to.city),
            ("country", to.country_code),
        )
        if not value
    ]
    wanted = set(option.required_fields) if option else set()
    if to.address_line_1 and not to.house_number and not request.service_point_id:
        if to.country_code in HOUSE_NUMBER_REQUIRED or any("house" in name for name in wanted):
            problems.append(Problem("house_number", to.address_line_1))
    if to.country_code in STATE_REQUIRED and not to.state_province_code:
        problems.append(Problem("state", to.country_code))
    if to.email and not _EMAIL.match(to.email):
        problems.append(Problem("email_invalid", to.email))
    contact_needed = bool(request.customs) or bool(option and option.needs_service_point)
    if not to.phone_number and (contact_needed or any("phone" in name for name in wanted)):
        problems.append(Problem("phone"))
    if not to.email and (contact_needed or any("email" in name for name in wanted)):
        problems.append(Problem("email"))
    if option and option.needs_service_point and not request.service_point_id:
        problems.append(Problem("service_point"))
    return problems


def _check_parcels(request: ShipmentRequest, option: ShippingOption | None) -> list[Problem]:
    problems = []
    if not request.parcels:
        problems.append(Problem("no_parcels"))
    if len(request.parcels) > ASYNC_PARCELS:
        problems.append(Problem("too_many_parcels", str(len(request.parcels)), str(ASYNC_PARCELS)))
    if option and len(request.parcels) > 1 and not option.multicollo:
        problems.append(Problem("no_multicollo", str(len(request.parcels))))
    for number, parcel in enumerate(request.parcels, start=1):
        subject = str(number)
        if parcel.weight <= 0:
            problems.append(Problem("weight_zero", subject))
        elif option and option.max_weight is not None and parcel.weight > option.max_weight:
            problems.append(Problem("too_heavy", subject, f"{option.max_weight:f} kg"))
        if option and option.max_size and parcel.size:
            sides = sorted(parcel.size, reverse=True)
            if any(side > limit for side, limit in zip(sides, option.max_size, strict=False)):
                limits = " x ".join(f"{side:f}" for side in option.max_size)
                problems.append(Problem("too_large", subject, f"{limits} cm"))
        if parcel.insured is not None and not INSURED_MIN <= parcel.insured <= INSURED_MAX:
            problems.append(Problem("insurance", str(parcel.insured), f"{INSURED_MIN} - {INSURED_MAX}"))
    return problems


def _check_customs(request: ShipmentRequest) -> list[Problem]:
    problems = []
    if not request.customs.invoice_number:
        problems.append(Problem("invoice_number"))
    seen = set()
    items = [item for parcel in request.parcels for item in parcel.items]
    if not items:
        problems.append(Problem("no_items"))
    if len({item.currency for item in items}) > 1:
        problems.append(Problem("mixed_currencies"))
    for item in items:
        if (item.product_id, item.description) in seen:
            continue
        seen.add((item.product_id, item.description))
        if not _HS_CODE.match(re.sub(r"[ .]", "", item.hs_code)):
            problems.append(Problem("hs_code", item.description))
        if not item.origin_country:
            problems.append(Problem("origin", item.description))
        if item.weight <= Decimal(0):
            problems.append(Problem("item_weight", item.description))
        if item.price <= Decimal(0):
            problems.append(Problem("item_value", item.description))
    return problems
