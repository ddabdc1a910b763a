"""Postal addresses as the customer typed them, and when two are the same."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Address:
    """A postal address as the customer typed it. ``country`` is an ISO 3166 code."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    street: str = ""
    street2: str = ""
    zip: str = ""
    city: str = ""
    province: str = ""
    country: str = ""
    phone: str = ""

    @property
    def name(self) -> str:
        """The person's name, or the company's when no person is named."""
        return " ".join(part for part in (self.first_name, self.last_name) if part) or self.company

    @property
    def company_apart(self) -> str:
        """The company, where it is not what stands in the place of the name."""
        return self.company if self.company != self.name else ""

    @property
    def is_empty(self) -> bool:
        """Nothing to send a parcel to: the order had none, or Shopify hides it."""
        return not (self.street or self.city or self.zip)

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two addresses the same: content without case and superfluous blanks."""
        return address_key(
            self.name,
            self.company_apart,
            self.street,
            self.street2,
            self.zip,
            self.city,
            self.country,
            self.phone,
        )

    @property
    def digest(self) -> str:
        """Tells this address from another without saying it; empty for an empty one."""
        return "" if self.is_empty else hashlib.sha256("\n".join(self.key).encode()).hexdigest()


def address_key(*parts: str | None) -> tuple[str, ...]:
    """Address parts in the form in which they are compared."""
    return tuple(" ".join((part or "").casefold().split()) for part in parts)


def parse_address(node: dict | None) -> Address:
    """A ``MailingAddress``; an empty :class:`Address` for None."""
    node = node or {}
    return Address(
        *(
            (node.get(key) or "").strip()
            for key in (
                "firstName",
                "lastName",
                "company",
                "address1",
                "address2",
                "zip",
                "city",
                "provinceCode",
                "countryCodeV2",
                "phone",
            )
        )
    )
