"""The service point that a customer chose in the check-out, out of the order's own attributes.

Sendcloud's Shopify app keeps the choice at Sendcloud and writes nothing on the order. Check-outs with
a picker of their own (Sendcloud's widget or API) save it with the order, and Sendcloud tells them
which fields to save: ``service_point_id``, ``to_post_number``, ``carrier``; some save the whole point as
JSON. https://sendcloud.dev/docs/service-points/how-to-include-service-points-in-your-data-flow
"""

import json
import re

_ID = re.compile(r"^(?P<stem>(?:[a-z0-9]+_)*?(?:to_)?service_?point)(?:_id)?$")
_FIELDS = {
    "name": ("name", "title", "shop_name"),
    "street": ("street", "address", "address_1", "address1"),
    "house_number": ("house_number", "housenumber", "number"),
    "zip_code": ("postal_code", "zip_code", "zip", "postcode", "zipcode"),
    "city": ("city", "town"),
    "country_code": ("country_code", "country", "country_iso_2"),
}


def service_point(attributes) -> dict | None:
    """The chosen point: ``id`` and what is known of its address; None when none was chosen.

    :param attributes: (name, value) pairs as the check-out wrote them; names in any spelling. Only names
        that speak of a service point count: another app's pick-up point has a number of its own, which
        would be some other shop at Sendcloud.
    """
    named = {_plain(name): (value or "").strip() for name, value in attributes}
    for name, value in named.items():
        match = _ID.match(name)
        if not match:
            continue
        if value.startswith("{"):
            point = _from_json(value)
        else:
            stem = match["stem"] + "_"
            siblings = {key.removeprefix(stem): text for key, text in named.items() if key.startswith(stem)}
            point = _point(value, siblings)
        if point:
            return point
    return None


def of_service_point(name: str) -> bool:
    """Whether an attribute of this name is about a service point, and says nothing to people."""
    return "servicepoint" in _plain(name).replace("_", "") or _plain(name) == "to_post_number"


def _plain(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name or "")
    return re.sub(r"[^a-z0-9]+", "_", words.casefold()).strip("_")


def _from_json(text: str) -> dict | None:
    try:
        content = json.loads(text)
    except ValueError:
        return None
    if not isinstance(content, dict):
        return None
    fields = {
        _plain(key): str(value) for key, value in content.items() if isinstance(value, (str, int)) and value
    }
    return _point(fields.get("id") or fields.get("service_point_id") or "", fields)


def _point(number: str, fields: dict[str, str]) -> dict | None:
    if not number.isdigit() or not int(number):
        return None
    point = {"id": number}
    for key, names in _FIELDS.items():
        value = next((fields[name] for name in names if fields.get(name)), "")
        if value:
            point[key] = value
    house = point.pop("house_number", "")
    if house and "street" in point:
        point["street"] = f"{point['street']} {house}"
    country = point.get("country_code", "")
    if country and len(country) != 2:
        del point["country_code"]
    elif country:
        point["country_code"] = country.upper()
    return point
