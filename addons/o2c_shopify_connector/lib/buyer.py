"""Who ordered: a person, or a business with one of its locations (B2B)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Customer:
    """The person who ordered; every field but ``gid`` may be hidden by Shopify."""

    gid: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    locale: str = ""

    @property
    def name(self) -> str:
        """Full name, empty when Shopify does not tell it."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass(frozen=True)
class Company:
    """The business that bought (B2B), with the location it bought for."""

    gid: str
    name: str
    external_id: str = ""
    location_gid: str = ""
    location_name: str = ""
    vat: str = ""
    tax_exempt: bool = False


def parse_customer(node: dict | None) -> Customer | None:
    if not node:
        return None
    return Customer(
        gid=node["id"],
        first_name=(node.get("firstName") or "").strip(),
        last_name=(node.get("lastName") or "").strip(),
        email=((node.get("defaultEmailAddress") or {}).get("emailAddress") or "").strip(),
        phone=(node.get("defaultPhoneNumber") or {}).get("phoneNumber") or "",
        locale=node.get("locale") or "",
    )


def parse_company(node: dict | None) -> Company | None:
    company = (node or {}).get("company")
    if not company:
        return None
    location = node.get("location") or {}
    settings = location.get("taxSettings") or {}
    return Company(
        gid=company["id"],
        name=company["name"],
        external_id=company.get("externalId") or "",
        location_gid=location.get("id") or "",
        location_name=location.get("name") or "",
        vat=(settings.get("taxRegistrationId") or "").replace(" ", ""),
        tax_exempt=bool(settings.get("taxExempt")),
    )
