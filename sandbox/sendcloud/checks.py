"""What Sendcloud checks of a request before anything is bought: its shape, then what its option asks."""

from decimal import Decimal

from . import requests
from .catalog import OPTIONS, needs_customs
from .errors import Refused, error
from .shapes import number_of

ROOT = "/data/attributes"
REQUIRED_FIELDS = {"to_email": "email", "to_telephone": "phone_number"}
INSURED = Decimal(2), Decimal(5000)


class Checker:
    """Collects errors with pointers into the request."""

    def __init__(self):
        self.errors = []

    def add(self, pointer, code, detail):
        self.errors.append(error(400, code, detail, f"{ROOT}{pointer}"))

    def required(self, pointer):
        self.add(pointer, "required", "This field is required.")

    def done(self):
        if self.errors:
            raise Refused(400, self.errors)


def of_shape(shape, body):
    """Raise ``Refused`` with everything in ``body`` that is not of ``shape``."""
    check = Checker()
    shape.check(body, "", check.add)
    check.done()


def kilograms(weight):
    """A weight of the right shape in kg, as a Decimal."""
    return number_of(weight["value"]) * requests.TO_KG[weight["unit"]]


def shipment(body, senders, points, most_parcels):
    """Check a request to announce. Returns (option, contract id, weights in kg) or raises ``Refused``.

    ``senders``: sender addresses by id; ``points``: service points by id.
    """
    of_shape(requests.shipment(most_parcels), body)
    check = Checker()
    properties = body["ship_with"]["properties"]
    option = OPTIONS.get(properties["shipping_option_code"])
    if option is None:
        check.add(
            "/ship_with/properties/shipping_option_code",
            "invalid",
            "The shipping option does not exist or is not available for this account.",
        )
    elif properties.get("contract_id") not in (None, option.contract_id):
        check.add(
            "/ship_with/properties/contract_id",
            "invalid",
            "The contract does not exist or does not belong to the carrier of the shipping option.",
        )
    sender = body["from_address"]
    if "sender_address_id" in sender:
        sender = senders.get(sender["sender_address_id"])
        if sender is None:
            check.add("/from_address/sender_address_id", "not_found", "This sender address does not exist.")
    _prices(check, body["parcels"])
    check.done()
    weights = [kilograms(parcel["weight"]) for parcel in body["parcels"]]
    _option_rules(check, body, option, sender["country_code"], weights, points)
    check.done()
    return option, option.contract_id, weights


def _prices(check, parcels):
    """Insured values within bounds, and items in one currency."""
    currencies = set()
    for number, parcel in enumerate(parcels):
        insured = parcel.get("additional_insured_price")
        if insured and not INSURED[0] <= number_of(insured["value"]) <= INSURED[1]:
            check.add(
                f"/parcels/{number}/additional_insured_price/value",
                "invalid",
                "The insured value must be between 2 and 5000.",
            )
        currencies |= {item["price"]["currency"] for item in parcel.get("parcel_items", [])}
    if len(currencies) > 1:
        check.add("/parcels", "invalid", "All parcel items must have the same currency.")


def _option_rules(check, body, option, origin, weights, points):
    """What this option asks of this shipment."""
    to_address = body["to_address"]
    destination = to_address["country_code"]
    if not option.serves(origin, destination):
        check.add(
            "/ship_with/properties/shipping_option_code",
            "invalid",
            f"The shipping option {option.code} is not available from {origin} to {destination}.",
        )
        return
    if len(weights) > 1 and not option.functionality("multicollo"):
        check.add("/parcels", "invalid", f"The shipping option {option.code} does not support multicollo.")
    for number, weight in enumerate(weights):
        if weight > option.max_weight:
            check.add(
                f"/parcels/{number}/weight",
                "invalid",
                f"The weight must not exceed {option.max_weight} kg for {option.code}.",
            )
    for name in option.requires:
        if not to_address.get(REQUIRED_FIELDS[name]):
            check.required(f"/to_address/{REQUIRED_FIELDS[name]}")
    if option.to_service_point:
        _service_point(check, body.get("to_service_point"), option, points, destination)
    if needs_customs(origin, destination):
        _customs(check, body)


def _service_point(check, given, option, points, destination):
    if not given:
        check.required("/to_service_point")
        return
    point = find_point(points, given)
    if (
        point is None
        or point["carrier"]["code"] != option.carrier
        or point["address"]["country_code"] != destination
    ):
        check.add("/to_service_point", "not_found", "The service point does not exist for this carrier.")
    elif point["is_expired"]:
        check.add("/to_service_point", "invalid", "The service point is closed.")


def find_point(points, given):
    """The service point that ``to_service_point`` names by either id, or None."""
    if "id" in given:
        return points.get(int(given["id"])) if given["id"].isdigit() else None
    wanted = given.get("carrier_service_point_id")
    return next((point for point in points.values() if point["carrier_service_point_id"] == wanted), None)


def _customs(check, body):
    if not body.get("customs_information"):
        check.required("/customs_information")
    for number, parcel in enumerate(body["parcels"]):
        if not parcel.get("parcel_items"):
            check.required(f"/parcels/{number}/parcel_items")
        for place, item in enumerate(parcel.get("parcel_items", [])):
            if not item.get("origin_country"):
                check.required(f"/parcels/{number}/parcel_items/{place}/origin_country")
