"""Service points: shops and lockers where parcels wait for their receivers."""

from dataclasses import dataclass

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class ServicePoint:
    """``opening_hours``: seven tuples, Monday first, of texts like "09:00-17:00"; empty when closed.

    ``distance`` is in metres, None when Sendcloud does not say it.
    """

    id: str
    name: str
    street: str
    postal_code: str
    city: str
    country_code: str
    latitude: str
    longitude: str
    distance: int | None
    opening_hours: tuple[tuple[str, ...], ...]

    def location(self) -> dict:
        """The point as Odoo's location selector and ``pickup_location_data`` want it."""
        return {
            "id": self.id,
            "name": self.name,
            "street": self.street,
            "zip_code": self.postal_code,
            "city": self.city,
            "country_code": self.country_code,
            "state": False,
            "latitude": self.latitude,
            "longitude": self.longitude,
            "opening_hours": {str(day): list(hours) for day, hours in enumerate(self.opening_hours)},
        }


def read_points(results) -> tuple[ServicePoint, ...]:
    """Points out of ``GET /service-points``, without those that have closed down."""
    return tuple(
        _read_point(data)
        for data in results or ()
        if isinstance(data, dict) and data.get("id") and not data.get("is_expired")
    )


def _read_point(data: dict) -> ServicePoint:
    address = data.get("address") or {}
    position = data.get("position") or {}
    times = data.get("opening_times") or {}
    street = (address.get("street"), address.get("house_number"))
    return ServicePoint(
        id=str(data["id"]),
        name=data.get("name") or str(data["id"]),
        street=" ".join(str(part) for part in street if part),
        postal_code=address.get("postal_code") or "",
        city=address.get("city") or "",
        country_code=address.get("country_code") or "",
        latitude=str(position.get("latitude") or ""),
        longitude=str(position.get("longitude") or ""),
        distance=data.get("distance"),
        opening_hours=tuple(
            tuple(f"{slot['start_time']}-{slot['end_time']}" for slot in times.get(day) or ()) for day in WEEK
        ),
    )
