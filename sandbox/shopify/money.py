"""Amounts as Shopify writes them. Arithmetic is in Decimal, rounding is commercial."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0")


def rounded(amount):
    """Round half up to cents."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def text(amount):
    """Write an amount like the ``Decimal`` scalar: at least one digit after the point."""
    amount = amount.quantize(CENT)
    written = f"{amount:f}"
    return written[:-1] if written.endswith("0") else written


def money(amount, currency):
    """Return a MoneyV2."""
    return {"amount": text(amount), "currencyCode": currency}


class Currencies:
    """Makes money bags of what a customer pays, in their currency and in the shop's.

    ``rate`` is how many units of the presentment currency one unit of the shop currency buys. Sums
    are exact in the presentment currency; each shop amount is converted and rounded by itself, so
    shop amounts of parts need not add up to the shop amount of the whole.
    """

    def __init__(self, shop="EUR", presentment=None, rate=Decimal(1)):
        self.shop = shop
        self.presentment = presentment or shop
        self.rate = Decimal(rate)

    def bag(self, amount):
        """Return a MoneyBag for ``amount`` in the presentment currency."""
        same = self.presentment == self.shop
        return {
            "shopMoney": money(amount if same else rounded(amount / self.rate), self.shop),
            "presentmentMoney": money(amount, self.presentment),
        }

    @classmethod
    def of(cls, order):
        """Return the currencies of an order."""
        return cls(order["currencyCode"], order["presentmentCurrencyCode"], order.get("_rate", Decimal(1)))


def amount_of(bag):
    """Return what the customer sees of a bag: its presentment money; zero for None."""
    return Decimal(bag["presentmentMoney"]["amount"]) if bag else ZERO


def shop_amount(bag):
    """Return the shop money of a bag; zero for None."""
    return Decimal(bag["shopMoney"]["amount"]) if bag else ZERO


def spread(total, weights):
    """Split ``total`` over ``weights`` in cents, exactly.

    Each part is cut down to the cent, and what is left over goes to the last parts that have
    a weight, one cent each: parts of equal lines can differ by a cent.
    """
    whole = sum(weights)
    if not whole:
        return [ZERO for _ in weights]
    cents = int((total / CENT).to_integral_value())
    parts = [cents * weight // whole for weight in weights]
    parts = [int(part) for part in parts]
    left = cents - sum(parts)
    for index in range(len(parts) - 1, -1, -1):
        if not left:
            break
        if weights[index]:
            parts[index] += 1
            left -= 1
    return [part * CENT for part in parts]
