"""From a charged line to the values that make Odoo compute exactly Shopify's figures.

Odoo computes a tax from the price; Shopify has already charged one, rounded in its own way. Odoo's
tax engine accepts the base and the tax amounts of a line as given (``extra_tax_data`` on order and
invoice lines, used by Odoo itself for down payments and the point of sale). So the price carries
the line and the pinned amounts carry the cents, in both tax rounding settings of a company.
"""

from dataclasses import dataclass
from decimal import Decimal

from .charges import Line
from .money import ZERO, cents, spread


@dataclass(frozen=True)
class TaxRecord:
    """A tax as Odoo knows it: its id, and whether Odoo's prices contain it."""

    id: int
    included: bool


@dataclass(frozen=True)
class Price:
    """Values of one line. ``unit`` is per piece, with the taxes that Odoo expects in a price."""

    unit: float
    quantity: int
    net: Decimal
    taxes: dict[int, Decimal]

    def pinned(self, currency_id: int) -> dict | None:
        """The ``extra_tax_data`` of the line, or None when no tax is to be pinned."""
        if not self.taxes:
            return None
        return {
            "currency_id": currency_id,
            "price_unit": self.unit,
            "discount": 0.0,
            "quantity": float(self.quantity),
            "manual_total_excluded_currency": float(self.net),
            "manual_tax_amounts": {
                str(tax_id): {
                    "tax_amount_currency": float(amount),
                    "base_amount_currency": float(self.net),
                }
                for tax_id, amount in self.taxes.items()
            },
        }


def price(line: Line, records: list[TaxRecord], *, taxes_included: bool) -> Price:
    """What to write on the order line.

    :param records: the taxes of Odoo, one for each of ``line.taxes`` in the same order; for a line
        without taxes, the zero-rate taxes to put on it (or none).
    :param taxes_included: whether ``line.amount`` contains the taxes.
    """
    amounts: dict[int, Decimal] = {}
    for record, tax in zip(records, line.taxes, strict=False):
        amounts[record.id] = amounts.get(record.id, ZERO) + tax.amount
    for record in records[len(line.taxes) :]:
        amounts.setdefault(record.id, ZERO)
    net = line.net(taxes_included)
    inside = {record.id for record in records if record.included}
    gross = net + sum((amount for tax_id, amount in amounts.items() if tax_id in inside), ZERO)
    # A line whose pieces were all taken off may keep a rest of its amount: one piece of that.
    quantity = line.quantity or 1
    return Price(float(gross / quantity), quantity, net, amounts)


def part(pinned: dict, quantity: float, done: float, places: int) -> dict:
    """The pinned amounts for ``quantity`` pieces of a line, after ``done`` were invoiced before.

    What is invoiced last gets what is left, so that all invoices together equal the line.

    :param pinned: the ``extra_tax_data`` of the whole line.
    :param places: the decimals of its currency.
    """
    whole = Decimal(str(pinned["quantity"]))
    before, now = Decimal(str(done)), Decimal(str(quantity))

    def piece(value):
        total = Decimal(str(value))
        weights = [before, now, whole - before - now]
        return float(spread(total, weights, places)[1] if whole else cents(total, places))

    return {
        **pinned,
        "quantity": float(now),
        "manual_total_excluded_currency": piece(pinned["manual_total_excluded_currency"]),
        "manual_tax_amounts": {
            tax_id: {key: piece(value) for key, value in amounts.items()}
            for tax_id, amounts in pinned["manual_tax_amounts"].items()
        },
    }
