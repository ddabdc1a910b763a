"""A customer as Shopify keeps it, apart from any order."""

from dataclasses import dataclass

from .address import Address, parse_address
from .buyer import Customer, parse_customer

CUSTOMERS = """
query o2cCustomers($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Customer {
      id firstName lastName locale
      defaultEmailAddress { emailAddress }
      defaultPhoneNumber { phoneNumber }
      defaultAddress {
        firstName lastName company address1 address2 zip city provinceCode countryCodeV2 phone
      }
    }
  }
}
"""


def documents() -> dict[str, str]:
    """Name -> text of every document in this module."""
    return {"CUSTOMERS": CUSTOMERS}


@dataclass(frozen=True)
class Profile:
    """The person and the address that the customer chose as default."""

    person: Customer
    address: Address


def parse_profile(node: dict) -> Profile:
    """Read a ``Customer`` as asked by :data:`CUSTOMERS`."""
    return Profile(parse_customer(node), parse_address(node.get("defaultAddress")))


def news(known: dict | None, now: dict, ours: dict) -> dict:
    """What to write on a contact.

    :param known: what Shopify said the last time; None when it was never looked at.
    :param now: what Shopify says, by field.
    :param ours: what Odoo has, by field.
    :return: the fields that the customer has changed since. What somebody changed in Odoo stays until then;
        a customer never looked at only fills what is empty in Odoo.
    """
    if known is None:
        return {name: value for name, value in now.items() if value and not ours.get(name)}
    return {name: value for name, value in now.items() if value and value != known.get(name)}
