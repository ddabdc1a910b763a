"""Pieces that webhook bodies share: times, prices, addresses, people, taxes."""

from decimal import Decimal

from sandbox.clock import parse_moment
from sandbox.shopify import gid
from sandbox.shopify.money import shop_amount
from sandbox.shopify.search import SHOP_ZONE


def local_time(text):
    """Write a UTC time with the shop's own offset."""
    return parse_moment(text).astimezone(SHOP_ZONE).isoformat() if text else None


def number(data):
    return gid.number_of(data["id"]) if data else None


def price(bag):
    return f"{shop_amount(bag):.2f}"


def price_set(bag):
    """Write a MoneyBag as a price set; None stays None."""
    if bag is None:
        return None
    return {
        key: {
            "amount": f"{Decimal(bag[source]['amount']):.2f}",
            "currency_code": bag[source]["currencyCode"],
        }
        for key, source in (("shop_money", "shopMoney"), ("presentment_money", "presentmentMoney"))
    }


def address(data):
    if data is None:
        return None
    return {
        "first_name": data["firstName"],
        "last_name": data["lastName"],
        "name": data["name"],
        "company": data["company"],
        "address1": data["address1"],
        "address2": data["address2"],
        "city": data["city"],
        "zip": data["zip"],
        "province": data["province"],
        "province_code": data["provinceCode"],
        "country": data["country"],
        "country_code": data["countryCodeV2"],
        "phone": data["phone"],
        "latitude": data["latitude"],
        "longitude": data["longitude"],
    }


def customer(data):
    """customers/create and customers/update."""
    if data is None:
        return None
    default = data["defaultAddress"]
    places = [
        {
            **address(row),
            "id": number(row),
            "customer_id": number(data),
            "country_name": row["country"],
            "default": row is default,
        }
        for row in data["addresses"]
    ]
    return {
        "id": number(data),
        "admin_graphql_api_id": data["id"],
        "created_at": local_time(data["createdAt"]),
        "updated_at": local_time(data["updatedAt"]),
        "first_name": data["firstName"],
        "last_name": data["lastName"],
        "email": data["email"],
        "phone": data["phone"],
        "state": data["state"].lower(),
        "note": data["note"] or "",
        "verified_email": data["verifiedEmail"],
        "multipass_identifier": None,
        "tax_exempt": data["taxExempt"],
        "tax_exemptions": list(data["taxExemptions"]),
        "currency": "EUR",
        "addresses": places,
        "default_address": next((row for row in places if row["default"]), None),
    }


def tax_line(row):
    return {
        "title": row["title"],
        "rate": row["rate"],
        "price": price(row["priceSet"]),
        "price_set": price_set(row["priceSet"]),
        "channel_liable": row["channelLiable"],
    }


def allocation(row):
    return {
        "amount": price(row["allocatedAmountSet"]),
        "amount_set": price_set(row["allocatedAmountSet"]),
        "discount_application_index": row["discountApplication"]["index"],
    }
