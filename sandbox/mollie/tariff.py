"""What Mollie charges the merchant, per kind of transaction and method.

Rates are a fixed part in the balance's currency plus a percentage of the amount, without VAT; a Dutch
merchant pays 21 % VAT on top, a merchant elsewhere in the EU none (reverse charge).
"""

from dataclasses import dataclass
from decimal import Decimal

from .money import fine


@dataclass(frozen=True)
class Rate:
    fixed: Decimal
    percentage: Decimal | None = None

    def net(self, amount):
        """The fee without VAT on ``amount``, at four decimals."""
        share = self.percentage * abs(amount) / 100 if self.percentage else Decimal(0)
        return fine(self.fixed + share)


def _rate(fixed, percentage=None):
    return Rate(Decimal(fixed), Decimal(percentage) if percentage else None)


METHOD_NAMES = {
    "ideal": "iDEAL",
    "bancontact": "Bancontact",
    "creditcard": "Credit card",
    "klarna": "Klarna",
    "paypal": "PayPal",
    "giftcard": "Gift card",
    "banktransfer": "Bank transfer",
    "directdebit": "SEPA Direct Debit",
}

PAYMENT_RATES = {
    "ideal": _rate("0.3200"),
    "bancontact": _rate("0.3900"),
    "creditcard": _rate("0.2500", "1.80"),
    "klarna": _rate("0.3500", "2.99"),
    "paypal": _rate("0.1000"),
    "giftcard": _rate("0.2500"),
    "banktransfer": _rate("0.2500"),
    "directdebit": _rate("0.3500"),
}
REFUND_RATE = _rate("0.2500")
CHARGEBACK_RATES = {"directdebit": _rate("7.5000")}
CHARGEBACK_RATE = _rate("15.0000")

VAT_PERCENTAGE = {"NL": Decimal(21)}


def chargeback_rate(method):
    return CHARGEBACK_RATES.get(method, CHARGEBACK_RATE)


def vat_percentage(country):
    return VAT_PERCENTAGE.get(country, Decimal(0))
