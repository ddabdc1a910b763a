"""What Sendcloud checks of a request before anything is bought: its own rules, written out here.

Each function returns a list of errors with a pointer into the request, or raises ``Refused`` with them.
"""

import re
from decimal import Decimal, InvalidOperation

from .catalog import OPTIONS, needs_customs
from .errors import Refused, error

ROOT = "/data/attributes"
ADDRESS_REQUIRED = ("name", "address_line_1", "postal_code", "city", "country_code")
ADDRESS_FIELDS = ADDRESS_REQUIRED + (
    "company_name",
    "house_number",
    "address_line_2",
    "po_box",
    "state_province_code",
    "email",
    "phone_number",
)
TO_KG = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "lbs": Decimal("0.45359237"),
    "oz": Decimal("0.028349523125"),
}
LENGTH_UNITS = ("cm", "mm", "m", "yd", "ft", "in")
MIME_TYPES = ("application/pdf", "application/zpl", "image/png")
DPI = (72, 203, 300, 600)
EXPORT_REASONS = ("gift", "documents", "commercial_goods", "commercial_sample")
EXPORT_TYPES = ("private", "commercial_b2c", "commercial_b2b")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
REQUIRED_FIELDS = {"to_email": "email", "to_telephone": "phone_number"}


class Checker:
    """Collects errors; ``status`` is what they are answered with."""

    def __init__(self, status=400):
        self.status = status
        self.errors = []

    def add(self, pointer, code, detail):
        self.errors.append(error(self.status, code, detail, f"{ROOT}{pointer}"))

    def required(self, pointer):
        self.add(pointer, "required", "This field is required.")

    def done(self):
        if self.errors:
            raise Refused(self.status, self.errors)

    def address(self, address, pointer):
        if not isinstance(address, dict):
            self.required(pointer)
            return
        for name in ADDRESS_REQUIRED:
            if not address.get(name):
                self.required(f"{pointer}/{name}")
        for name, value in address.items():
            if name not in ADDRESS_FIELDS:
                self.add(f"{pointer}/{name}", "unknown_field", "Unknown field.")
            elif value is not None and not isinstance(value, str):
                self.add(f"{pointer}/{name}", "invalid", "Not a valid string.")
            elif value is None and name not in ("po_box",):
                self.add(f"{pointer}/{name}", "null", "Field may not be null.")
        country = address.get("country_code")
        if isinstance(country, str) and country and not re.fullmatch("[A-Z]{2}", country):
            self.add(f"{pointer}/country_code", "invalid", "Not a valid ISO 3166-1 alpha-2 country code.")
        email = address.get("email")
        if isinstance(email, str) and email and not EMAIL.fullmatch(email):
            self.add(f"{pointer}/email", "invalid", "Not a valid email address.")

    def weight(self, weight, pointer):
        """The weight in kg as a Decimal, or None with an error noted."""
        if not isinstance(weight, dict):
            self.required(pointer)
            return None
        value = self.number(weight.get("value"), f"{pointer}/value", text=True)
        if weight.get("unit") not in TO_KG:
            self.add(f"{pointer}/unit", "invalid_choice", f"Must be one of: {', '.join(TO_KG)}.")
            return None
        if value is None:
            return None
        if value <= 0:
            self.add(f"{pointer}/value", "min_value", "Must be greater than 0.")
            return None
        return value * TO_KG[weight["unit"]]

    def number(self, value, pointer, text=False):
        if value is None:
            self.required(pointer)
            return None
        if text and not isinstance(value, str):
            self.add(pointer, "invalid", "Not a valid string.")
            return None
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite():
            self.add(pointer, "invalid", "Not a valid number.")
            return None
        return number

    def price(self, price, pointer):
        """Value as Decimal and currency of a price, or None with an error noted."""
        if not isinstance(price, dict):
            self.required(pointer)
            return None
        value = self.number(price.get("value"), f"{pointer}/value", text=True)
        if not re.fullmatch("[A-Z]{3}", str(price.get("currency", ""))):
            self.add(f"{pointer}/currency", "invalid", "String should have exactly 3 characters")
            return None
        return None if value is None else (value, price["currency"])

    def dimensions(self, dimensions, pointer):
        if not isinstance(dimensions, dict):
            self.add(pointer, "invalid", "Not a valid object.")
            return
        for side in ("length", "width", "height"):
            value = self.number(dimensions.get(side), f"{pointer}/{side}", text=True)
            if value is not None and value <= 0:
                self.add(f"{pointer}/{side}", "min_value", "Must be greater than 0.")
        if dimensions.get("unit") not in LENGTH_UNITS:
            self.add(f"{pointer}/unit", "invalid_choice", f"Must be one of: {', '.join(LENGTH_UNITS)}.")


def shipment(body, senders, points, most_parcels):
    """Check a request to announce. Returns (option, contract id, weights in kg) or raises ``Refused``.

    ``senders``: sender addresses by id; ``points``: service points by id.
    """
    check = Checker()
    check.address(body.get("to_address"), "/to_address")
    origin = _from_address(check, body.get("from_address"), senders)
    option = _ship_with(check, body.get("ship_with"))
    weights = _parcels(check, body.get("parcels"), most_parcels)
    _reference_fields(check, body)
    _label_details(check, body.get("label_details"))
    if body.get("total_order_price") is not None:
        check.price(body["total_order_price"], "/total_order_price")
    check.done()
    _option_rules(check, body, option, origin, weights, points)
    check.done()
    return option, body["ship_with"]["properties"].get("contract_id") or option.contract_id, weights


def _from_address(check, address, senders):
    """The country a parcel leaves from, or None."""
    if isinstance(address, dict) and "sender_address_id" in address:
        sender = senders.get(address["sender_address_id"])
        if sender is None:
            check.add("/from_address/sender_address_id", "not_found", "This sender address does not exist.")
            return None
        return sender["country_code"]
    check.address(address, "/from_address")
    return address.get("country_code") if isinstance(address, dict) else None


def _ship_with(check, ship_with):
    if not isinstance(ship_with, dict):
        check.required("/ship_with")
        return None
    if ship_with.get("type") != "shipping_option_code":
        check.add("/ship_with/type", "invalid_choice", "Must be one of: shipping_option_code.")
        return None
    properties = ship_with.get("properties")
    if not isinstance(properties, dict) or not properties.get("shipping_option_code"):
        check.required("/ship_with/properties/shipping_option_code")
        return None
    option = OPTIONS.get(properties["shipping_option_code"])
    if option is None:
        check.add(
            "/ship_with/properties/shipping_option_code",
            "invalid",
            "The shipping option does not exist or is not available for this account.",
        )
        return None
    contract = properties.get("contract_id")
    if contract is not None and contract != option.contract_id:
        check.add(
            "/ship_with/properties/contract_id",
            "invalid",
            "The contract does not exist or does not belong to the carrier of the shipping option.",
        )
    return option


def _parcels(check, parcels, most):
    if not isinstance(parcels, list) or not parcels:
        check.required("/parcels")
        return []
    if len(parcels) > most:
        check.add("/parcels", "invalid", f"Ensure this field has no more than {most} elements.")
        return []
    weights = []
    currencies = set()
    for number, parcel in enumerate(parcels):
        pointer = f"/parcels/{number}"
        if not isinstance(parcel, dict):
            check.add(pointer, "invalid", "Not a valid object.")
            continue
        weights.append(check.weight(parcel.get("weight"), f"{pointer}/weight"))
        if parcel.get("dimensions") is not None:
            check.dimensions(parcel["dimensions"], f"{pointer}/dimensions")
        if parcel.get("additional_insured_price") is not None:
            _insured(check, parcel["additional_insured_price"], f"{pointer}/additional_insured_price")
        for place, note in enumerate(parcel.get("label_notes") or []):
            if not isinstance(note, str) or not 1 <= len(note) <= 255:
                check.add(f"{pointer}/label_notes/{place}", "invalid", "Between 1 and 255 characters.")
        currencies |= _items(check, parcel.get("parcel_items") or [], pointer)
    if len(currencies) > 1:
        check.add("/parcels", "invalid", "All parcel items must have the same currency.")
    return weights


def _insured(check, price, pointer):
    known = check.price(price, pointer)
    if known and not Decimal(2) <= known[0] <= Decimal(5000):
        check.add(f"{pointer}/value", "invalid", "The insured value must be between 2 and 5000.")


def _items(check, items, pointer):
    """Check what is in a parcel; returns the currencies met."""
    currencies = set()
    for place, item in enumerate(items):
        at = f"{pointer}/parcel_items/{place}"
        if not isinstance(item, dict):
            check.add(at, "invalid", "Not a valid object.")
            continue
        for name in ("description", "hs_code"):
            if not item.get(name):
                check.required(f"{at}/{name}")
        if len(str(item.get("description") or "")) > 255:
            check.add(f"{at}/description", "invalid", "Ensure this field has no more than 255 characters.")
        if len(str(item.get("hs_code") or "")) > 12:
            check.add(f"{at}/hs_code", "invalid", "Ensure this field has no more than 12 characters.")
        if item.get("quantity") is not None and (
            not isinstance(item["quantity"], int) or item["quantity"] < 1
        ):
            check.add(f"{at}/quantity", "min_value", "Must be greater than or equal to 1.")
        weight = item.get("weight")
        if not isinstance(weight, dict):
            check.required(f"{at}/weight")
        else:
            check.number(weight.get("value"), f"{at}/weight/value")
        price = check.price(item.get("price"), f"{at}/price")
        if price:
            currencies.add(price[1])
    return currencies


def _reference_fields(check, body):
    for name in ("order_number", "reference", "external_reference_id"):
        if body.get(name) is not None and not isinstance(body[name], str):
            check.add(f"/{name}", "invalid", "Not a valid string.")
    if body.get("external_reference_id") == "":
        check.add("/external_reference_id", "invalid", "This field may not be blank.")
    if body.get("brand_id") is not None and not isinstance(body["brand_id"], int):
        check.add("/brand_id", "invalid", "A valid integer is required.")


def _label_details(check, details):
    if details is None:
        return
    if details.get("mime_type", MIME_TYPES[0]) not in MIME_TYPES:
        check.add("/label_details/mime_type", "invalid_choice", f"Must be one of: {', '.join(MIME_TYPES)}.")
    if details.get("dpi", DPI[0]) not in DPI:
        check.add("/label_details/dpi", "invalid_choice", "Must be one of: 72, 203, 300, 600.")


def _option_rules(check, body, option, origin, weights, points):
    """What this option asks of this shipment."""
    to_address = body["to_address"]
    destination = to_address["country_code"]
    code = "/ship_with/properties/shipping_option_code"
    if not option.serves(origin, destination):
        check.add(
            code,
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
        field = REQUIRED_FIELDS[name]
        if not to_address.get(field):
            check.required(f"/to_address/{field}")
    _service_point(check, body.get("to_service_point"), option, points, destination)
    if needs_customs(origin, destination):
        _customs(check, body)


def _service_point(check, given, option, points, destination):
    if not option.to_service_point:
        return
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
        return points.get(int(given["id"])) if str(given["id"]).isdigit() else None
    wanted = given.get("carrier_service_point_id")
    return next((point for point in points.values() if point["carrier_service_point_id"] == wanted), None)


def _customs(check, body):
    information = body.get("customs_information")
    if not isinstance(information, dict):
        check.required("/customs_information")
    else:
        number = information.get("invoice_number")
        if not number:
            check.required("/customs_information/invoice_number")
        elif len(number) > 40:
            check.add("/customs_information/invoice_number", "invalid", "No more than 40 characters.")
        if information.get("export_reason") not in EXPORT_REASONS:
            check.add(
                "/customs_information/export_reason",
                "invalid_choice",
                f"Must be one of: {', '.join(EXPORT_REASONS)}.",
            )
        if information.get("export_type", EXPORT_TYPES[0]) not in EXPORT_TYPES:
            check.add(
                "/customs_information/export_type",
                "invalid_choice",
                f"Must be one of: {', '.join(EXPORT_TYPES)}.",
            )
    for number, parcel in enumerate(body["parcels"]):
        if not parcel.get("parcel_items"):
            check.required(f"/parcels/{number}/parcel_items")
        for place, item in enumerate(parcel.get("parcel_items") or []):
            if not item.get("origin_country"):
                check.required(f"/parcels/{number}/parcel_items/{place}/origin_country")
