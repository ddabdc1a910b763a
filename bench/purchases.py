"""Purchases of the garden shop, as Shopify tells them and as plain figures, for both sides of a bench."""

import random
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# Article, price with VAT, rate of the VAT in percent.
GOODS = (
    ("GL-1001-S", Decimal("24.95"), 21),
    ("GL-1002", Decimal("14.50"), 21),
    ("GL-1003", Decimal("14.50"), 21),
    ("GL-1004", Decimal("54.90"), 21),
    ("GL-1005", Decimal("18.75"), 21),
    ("GL-1006", Decimal("42.00"), 21),
)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    sku: str
    quantity: int
    unit: Decimal
    rate: int

    @property
    def total(self) -> Decimal:
        return self.unit * self.quantity

    @property
    def tax(self) -> Decimal:
        return (self.total * self.rate / (100 + self.rate)).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Purchase:
    """A customer nobody knew before, who buys three articles, tax included, and pays at once."""

    number: int
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal())

    @property
    def email(self) -> str:
        return f"customer{self.number}@garden.example"

    @property
    def name(self) -> tuple[str, str]:
        return f"Jan{self.number}", "Tuinman"

    @property
    def street(self) -> str:
        return f"Oudegracht {self.number}"

    def as_shopify(self) -> dict:
        """As the sandbox takes an order written by hand."""
        first, last = self.name
        address = {
            "firstName": first,
            "lastName": last,
            "address1": self.street,
            "zip": "3511 AA",
            "city": "Utrecht",
            "countryCode": "NL",
            "phone": "+31301234567",
        }
        customer = {"firstName": first, "lastName": last, "email": self.email, "defaultAddress": address}
        return {
            "currencyCode": "EUR",
            "taxesIncluded": True,
            "email": self.email,
            "customer": customer,
            "billingAddress": address,
            "shippingAddress": address,
            "lineItems": [
                {
                    "sku": line.sku,
                    "quantity": line.quantity,
                    "originalUnitPriceSet": str(line.unit),
                    "taxLines": [{"title": "BTW", "rate": line.rate / 100, "priceSet": str(line.tax)}],
                }
                for line in self.lines
            ],
            "_pay_with": "ideal",
        }


def make(count: int, first: int) -> list[Purchase]:
    """So many purchases, numbered from `first`; the same numbers give the same purchases."""
    return [_purchase(number) for number in range(first, first + count)]


def _purchase(number: int) -> Purchase:
    chance = random.Random(number)
    goods = chance.sample(GOODS, 3)
    return Purchase(number, tuple(Line(sku, chance.randint(1, 4), unit, rate) for sku, unit, rate in goods))
