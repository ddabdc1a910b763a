"""What a cart costs: discounts spread over lines, taxes rounded per line, exact sums.

Prices, discounts and taxes follow Shopify's check-out: a discount over the whole cart is spread
over its lines in cents, each line's tax is taken from (or put upon) what is left of it, and the
order's figures are sums of its lines' figures.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.shopify.money import ZERO, rounded, spread


@dataclass
class CartLine:
    """``price`` is per unit, in the customer's currency, with tax if the cart's prices have it."""

    price: Decimal
    quantity: int
    tax: tuple | None = None
    variant: dict | None = None
    title: str = ""
    gift_card: bool = False
    properties: list = field(default_factory=list)
    allocations: list = field(default_factory=list)

    @property
    def original(self):
        return self.price * self.quantity

    @property
    def discounted(self):
        return self.original - sum((amount for amount, _app in self.allocations), ZERO)


@dataclass
class CartShipping:
    """The shipping rate that was chosen."""

    title: str
    code: str
    price: Decimal
    tax: tuple | None = None
    allocations: list = field(default_factory=list)

    @property
    def discounted(self):
        return self.price - sum((amount for amount, _app in self.allocations), ZERO)


@dataclass
class Discount:
    """One discount application. ``value`` is a percentage or an amount.

    ``lines`` are indexes of the lines it is entitled to; None means all of them.
    """

    kind: str
    title: str
    percentage: Decimal | None = None
    amount: Decimal | None = None
    target: str = "LINE_ITEM"
    method: str = "ACROSS"
    lines: tuple | None = None
    selection: str | None = None

    def application(self, index, currency):
        """Return the DiscountApplication in GraphQL shape."""
        selection = self.selection or ("ALL" if self.lines is None else "ENTITLED")
        if self.percentage is not None:
            value = {"__typename": "PricingPercentageValue", "percentage": float(self.percentage)}
        else:
            value = {
                "__typename": "MoneyV2",
                "amount": f"{self.amount:f}",
                "currencyCode": currency,
            }
        data = {
            "__typename": self.kind,
            "index": index,
            "allocationMethod": self.method,
            "targetSelection": selection,
            "targetType": self.target,
            "value": value,
        }
        data["code" if self.kind == "DiscountCodeApplication" else "title"] = self.title
        if self.kind == "ManualDiscountApplication":
            data["description"] = self.title
        return data


@dataclass
class Cart:
    """Everything that decides what is to be paid."""

    lines: list
    shipping: CartShipping | None = None
    discounts: list = field(default_factory=list)
    taxes_included: bool = True
    currency: str = "EUR"
    applications: list = field(default_factory=list)

    def apply_discounts(self):
        """Spread every discount, in order; each works on what the ones before left."""
        for index, discount in enumerate(self.discounts):
            application = discount.application(index, self.currency)
            self.applications.append(application)
            if discount.target == "SHIPPING_LINE":
                self._discount_shipping(discount, application)
            else:
                self._discount_lines(discount, application)

    def _discount_shipping(self, discount, application):
        if self.shipping is None:
            return
        amount = _discount_of(discount, self.shipping.discounted)
        if amount:
            self.shipping.allocations.append((amount, application))

    def _discount_lines(self, discount, application):
        chosen = range(len(self.lines)) if discount.lines is None else discount.lines
        lines = [self.lines[index] for index in chosen if not self.lines[index].gift_card]
        if discount.method == "EACH":
            amounts = [_discount_of(discount, line.discounted) for line in lines]
        else:
            weights = [line.discounted for line in lines]
            amounts = spread(_discount_of(discount, sum(weights, ZERO)), weights)
        for line, amount in zip(lines, amounts, strict=True):
            if amount:
                line.allocations.append((amount, application))

    @property
    def subtotal(self):
        return sum((line.discounted for line in self.lines), ZERO)

    @property
    def tax_total(self):
        parts = [self.tax_of(line) for line in self.lines]
        if self.shipping:
            parts.append(self.tax_of(self.shipping))
        return sum(parts, ZERO)

    @property
    def total(self):
        total = self.subtotal + (self.shipping.discounted if self.shipping else ZERO)
        return total if self.taxes_included else total + self.tax_total

    def tax_of(self, part):
        """Return the tax of a line or of the shipping, rounded to the cent."""
        if not part.tax:
            return ZERO
        return tax_amount(part.discounted, part.tax[1], self.taxes_included)


def tax_amount(amount, rate, included):
    """Return the tax in (``included``) or upon ``amount`` at ``rate`` (0.21 is 21 %)."""
    return rounded(amount * rate / (1 + rate)) if included else rounded(amount * rate)


def _discount_of(discount, base):
    if discount.percentage is not None:
        return rounded(base * discount.percentage / 100)
    return min(discount.amount, base)
