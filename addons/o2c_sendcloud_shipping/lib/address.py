"""Addresses the way Sendcloud wants them: street and house number apart."""

import re
from dataclasses import dataclass

_NUMBER_LAST = re.compile(
    r"^(?P<street>(?=.*[^\d\s]).*?[^\s,])[\s,]+(?P<number>\d+(?:\s*[-/+]\s*\d+)?\s*(?:[-/]?\s*[A-Za-z]{1,4})?"
    r"(?:\s*[-/]\s*\w{1,6})?)"
    r"(?P<rest>(?:[\s,]+(?:bte|bus|bo[iî]te|box|app?\.?|apt\.?|hs|huis|etage|verdieping|"
    r"unit|flat)\b.*)?)$",
    re.IGNORECASE,
)
_NUMBER_FIRST = re.compile(
    r"^(?P<number>\d+(?:\s*[-/]\s*\d+)?(?:\s*[A-Za-z](?=[\s,])|\s+(?:bis|ter|quater)\b)?)"
    r"[\s,]+(?P<street>\D.*)$",
    re.IGNORECASE,
)
_LOOKS_LIKE_NUMBER = re.compile(r"^\d+\s*[-/]?\s*\w{0,5}$")


@dataclass(frozen=True)
class Address:
    """A postal address; ``house_number`` is empty where the country has none."""

    name: str
    address_line_1: str
    postal_code: str
    city: str
    country_code: str
    house_number: str = ""
    address_line_2: str = ""
    company_name: str = ""
    state_province_code: str = ""
    email: str = ""
    phone_number: str = ""

    def body(self) -> dict:
        """The ``address`` object of the shipments API; empty parts are left out."""
        values = {
            "name": self.name,
            "company_name": self.company_name,
            "address_line_1": self.address_line_1,
            "house_number": self.house_number,
            "address_line_2": self.address_line_2,
            "postal_code": self.postal_code,
            "city": self.city,
            "state_province_code": self.state_province_code,
            "country_code": self.country_code,
            "email": self.email,
            "phone_number": self.phone_number,
        }
        return {key: value for key, value in values.items() if value}


def split_street(street: str, street2: str = "") -> tuple[str, str, str]:
    """``(street, house number, second line)`` out of the two free lines of an address.

    Understands the number behind the street ("Kerkstraat 12-A", "Rue Neuve 5 bte 3"), before it
    ("10 rue de la Paix") and alone on the second line, where web shops often ask for it.
    """
    street = " ".join((street or "").split())
    street2 = " ".join((street2 or "").split())
    if found := _NUMBER_LAST.match(street):
        rest = found["rest"].strip(" ,")
        number = " ".join(found["number"].split())
        return found["street"].strip(" ,"), number, ", ".join(filter(None, (rest, street2)))
    if found := _NUMBER_FIRST.match(street):
        return found["street"].strip(" ,"), " ".join(found["number"].split()), street2
    if _LOOKS_LIKE_NUMBER.match(street2):
        return street, street2, ""
    return street, "", street2


def subdivision_code(country_code: str, state_code: str) -> str:
    """ISO 3166-2 code ("IT-RM") of a state given as Odoo knows it ("RM" or "IT-RM")."""
    state_code = (state_code or "").strip().upper()
    if not state_code or state_code.startswith(f"{country_code}-"):
        return state_code
    return f"{country_code}-{state_code}"
