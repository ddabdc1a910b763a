"""One merchant's Mollie account: who paid, what was given back, what Mollie owes."""

import random
from datetime import timedelta
from decimal import Decimal

from . import notify, problems, render, settling, tariff
from .balance import Balance
from .money import ZERO, cents, nearest_cent
from .options import Options
from .records import Capture, Chargeback, Payment, Refund

ACCESS_TOKEN = "access_sandbox_garden"
LIVE_KEY = "live_sandbox_garden"
TEST_KEY = "test_sandbox_garden"

# What a payment in another currency is worth in euro, Mollie's margin included.
EURO_RATES = {
    "EUR": "1",
    "USD": "0.8437",
    "GBP": "1.1283",
    "CHF": "1.0418",
    "DKK": "0.1313",
    "SEK": "0.0894",
}

# The other party pays the merchant; Mollie only handles the transaction.
NOT_SETTLED = ("paypal",)

CAPTURED_LATER = ("klarna",)

REASONS = {
    "AC01": "Account identifier incorrect (i.e. invalid IBAN)",
    "MD06": "Refund request by end customer",
    "MS03": "Reason not specified",
}


class Mollie:
    """The account of a world. Amounts go in as Decimal, what comes out is the resource as Mollie shows it."""

    def __init__(self, world):
        self.world = world
        self.options = Options()
        self.payments = {}
        self.captures = {}
        self.refunds = {}
        self.chargebacks = {}
        self.settlements = {}
        self.invoices = {}
        self.subscriptions = {}
        self.told = []
        self.replays = {}
        self.by_payment = {"captures": {}, "refunds": {}, "chargebacks": {}}
        self.queued_refunds = []
        self.profile_id = f"pfl_{world.ids.token('mollie.pfl', 10)}"
        self.organization_id = f"org_{12345670 + world.seed % 10}"
        self.balances = {}
        self.add_balance("EUR")

    @property
    def endpoint(self):
        """The API's address as the caller knows it; every link begins with it."""
        return f"{self.world.base_url}/mollie"

    # -- what the core of the sandbox asks

    def operation(self, method, path, body):
        return f"{method} {path}"

    def fault(self, kind):
        return problems.fault(kind)

    def credentials(self):
        return {"access_token": ACCESS_TOKEN, "api_key": LIVE_KEY, "test_key": TEST_KEY}

    def summary(self):
        return {
            "payments": len(self.payments),
            "refunds": len(self.refunds),
            "chargebacks": len(self.chargebacks),
            "settlements": [
                {
                    "id": item.id,
                    "reference": item.reference,
                    "status": item.status,
                    "amount": str(item.amount),
                }
                for item in self.settlements.values()
            ],
            "balances": [render.money_of(balance) for balance in self.balances.values()],
        }

    # -- balances

    def add_balance(self, currency):
        """Open a balance in ``currency``; payments in it are no longer converted."""
        if any(balance.currency == currency for balance in self.balances.values()):
            raise ValueError(f"There is already a balance in {currency}.")
        if currency not in EURO_RATES:
            raise ValueError(f"currency must be one of {', '.join(EURO_RATES)}")
        balance = Balance(self.new_id("bal", 22), currency, self.now(), self.options)
        self.balances[balance.id] = balance
        return balance

    @property
    def primary(self):
        return next(iter(self.balances.values()))

    def balance(self, balance_id):
        if balance_id in (None, "primary"):
            return self.primary
        if balance_id not in self.balances:
            raise ValueError(f"There is no balance {balance_id}.")
        return self.balances[balance_id]

    def _balance_for(self, currency):
        """The balance a payment lands on, and what one unit of its currency is worth there."""
        for balance in self.balances.values():
            if balance.currency == currency:
                return balance, Decimal(1)
        return self.primary, Decimal(EURO_RATES[currency])

    # -- the shopper

    def pay(
        self,
        amount,
        currency,
        description,
        method,
        *,
        metadata=None,
        details=None,
        paid_at=None,
        country="NL",
        profile_id=None,
        webhook_url=None,
        capture="automatic",
    ):
        """A shopper pays: the payment is paid at once (``capture`` "manual": authorized, see ``capture``)."""
        payment = self._new_payment(
            amount,
            currency,
            description,
            method,
            metadata=metadata,
            profile_id=profile_id,
            webhook_url=webhook_url,
            created_at=paid_at,
        )
        payment.capture_mode = capture
        self.complete(payment.id, method, details=details, country=country, paid_at=paid_at)
        return render.payment(self, payment)

    def create_payment(self, amount, currency, description, **values):
        """A payment that nobody has paid yet; returns the record."""
        return self._new_payment(amount, currency, description, values.pop("method", None), **values)

    def _new_payment(
        self,
        amount,
        currency,
        description,
        method,
        *,
        metadata=None,
        profile_id=None,
        webhook_url=None,
        redirect_url=None,
        created_at=None,
    ):
        value = cents(amount)
        if value <= 0:
            raise ValueError("The amount must be more than zero.")
        if currency not in EURO_RATES:
            raise ValueError(f"The currency {currency} is not one of {', '.join(EURO_RATES)}.")
        if method is not None and method not in tariff.PAYMENT_RATES:
            raise ValueError(f"The method {method} is not one of {', '.join(tariff.PAYMENT_RATES)}.")
        payment = Payment(
            self.new_id("tr", 10),
            value,
            currency,
            str(description)[:255],
            method,
            "open",
            created_at or self.now(),
            profile_id or self.profile_id,
            metadata=metadata,
            webhook_url=webhook_url,
            redirect_url=redirect_url,
        )
        self.payments[payment.id] = payment
        return payment

    def complete(self, payment_id, method=None, *, details=None, country="NL", paid_at=None):
        """The shopper finishes an open payment; returns the record."""
        payment = self.payment(payment_id)
        if payment.status != "open":
            raise ValueError(f"Payment {payment_id} is {payment.status}, not open.")
        method = method or payment.method or "ideal"
        if method not in tariff.PAYMENT_RATES:
            raise ValueError(f"The method {method} is not one of {', '.join(tariff.PAYMENT_RATES)}.")
        payment.method = method
        payment.details = details if details is not None else self._details(method, country)
        balance, payment.rate = self._balance_for(payment.currency)
        payment.balance_id = balance.id
        if method in CAPTURED_LATER or payment.capture_mode == "manual":
            payment.status = "authorized"
            if payment.capture_mode == "automatic":
                self._capture(payment, payment.amount, paid_at)
            self._notify(payment, "payment.authorized")
            return payment
        payment.status = "paid"
        payment.paid_at = paid_at or self.now()
        payment.settled = self._settled_part(payment, balance)
        balance.earn(
            balance.movement(
                self.new_id("baltr", 22),
                "payment",
                payment.settled or ZERO,
                payment.paid_at,
                {"paymentId": payment.id},
                source=payment,
                rate=tariff.PAYMENT_RATES[method],
                basis=self._worth(payment, payment.amount),
            )
        )
        self._notify(payment, "payment.paid")
        return payment

    def _settled_part(self, payment, balance):
        """What of the payment passes through Mollie; None when nothing does."""
        if payment.method in NOT_SETTLED:
            return None
        if payment.method == "giftcard":
            remainder = (payment.details or {}).get("remainderAmount")
            return self._worth(payment, cents(remainder["value"])) if remainder else None
        return self._worth(payment, payment.amount)

    def _worth(self, payment, value):
        return nearest_cent(value * payment.rate)

    def _details(self, method, country):
        if method == "ideal":
            return {
                "consumerName": "A. Shopper",
                "consumerAccount": "NL91ABNA0417164300",
                "consumerBic": "ABNANL2A",
            }
        if method == "bancontact":
            return {
                "consumerName": "A. Shopper",
                "consumerAccount": "BE68539007547034",
                "consumerBic": "GKCCBEBB",
            }
        if method == "creditcard":
            return {
                "cardHolder": "A. Shopper",
                "cardNumber": "6787",
                "cardLabel": "Mastercard",
                "cardCountryCode": country,
                "cardSecurity": "3dsecure",
                "feeRegion": "intra-eu",
            }
        if method == "paypal":
            return {
                "consumerName": "A. Shopper",
                "consumerAccount": "shopper@example.com",
                "paypalReference": self.world.ids.token("mollie.paypal", 17).upper(),
            }
        return None

    def capture(self, payment_id, amount=None, *, description=""):
        """Capture (part of) an authorized payment."""
        payment = self.payment(payment_id)
        return render.capture(self, self._capture(payment, amount, None, description))

    def _capture(self, payment, amount, at, description=""):
        value = cents(payment.amount - payment.captured if amount is None else amount)
        if payment.status not in ("authorized", "paid") or not payment.balance_id:
            raise ValueError(f"Payment {payment.id} is {payment.status} and cannot be captured.")
        if not ZERO < value <= payment.amount - payment.captured:
            raise ValueError("The amount is higher than what is left to capture.")
        balance = self.balances[payment.balance_id]
        settled = self._worth(payment, value)
        capture = Capture(self.new_id("cpt", 10), payment, value, at or self.now(), settled, description)
        self._keep("captures", capture)
        first = not payment.captured
        payment.captured += value
        payment.status = "paid"
        payment.paid_at = payment.paid_at or capture.created_at
        rate = tariff.PAYMENT_RATES[payment.method]
        if not first:
            rate = tariff.Rate(Decimal(0), rate.percentage)
        balance.earn(
            balance.movement(
                self.new_id("baltr", 22),
                "capture",
                settled,
                capture.created_at,
                {"paymentId": payment.id, "captureId": capture.id},
                source=capture,
                rate=rate,
            )
        )
        return capture

    # -- what goes back

    def refund(self, payment_id, amount=None, *, description="", metadata=None):
        """Give (part of) a payment back; ValueError when more than what is left of it."""
        payment = self.payment(payment_id)
        left = (payment.captured or payment.amount) - payment.refunded
        value = cents(left if amount is None else amount)
        if payment.status != "paid":
            raise ValueError("The payment is already refunded or has not been paid for yet")
        if not ZERO < value <= left:
            raise ValueError("The specified amount cannot be refunded")
        balance = self.balances[payment.balance_id]
        settled = -self._worth(payment, value) if payment.method not in NOT_SETTLED else ZERO
        refund = Refund(
            self.new_id("re", 10),
            payment,
            value,
            self.now(),
            "pending",
            description or payment.description,
            settled,
            metadata,
        )
        payment.refunded += value
        self._keep("refunds", refund)
        if self.options.queue_refunds and -settled > balance.available_amount:
            refund.status = "queued"
            self.queued_refunds.append(refund)
        else:
            self._pay_refund(refund)
        self._notify(payment, "refund.initiated", refund.id)
        return render.refund(self, refund)

    def _pay_refund(self, refund):
        balance = self.balances[refund.payment.balance_id]
        refund.status = "pending"
        balance.book(
            balance.movement(
                self.new_id("baltr", 22),
                "refund",
                refund.settled,
                self.now(),
                {"paymentId": refund.payment.id, "refundId": refund.id},
                source=refund,
                rate=tariff.REFUND_RATE,
            )
        )

    def chargeback(self, payment_id, amount=None, *, reason=None):
        """The shopper's bank takes a payment back, with a fee, whatever the balance holds."""
        payment = self.payment(payment_id)
        left = payment.amount - payment.charged_back
        value = cents(left if amount is None else amount)
        if payment.status != "paid":
            raise ValueError(f"Payment {payment.id} is {payment.status} and cannot be charged back.")
        if not ZERO < value <= left:
            raise ValueError("More than was paid cannot be charged back.")
        balance = self.balances[payment.balance_id]
        chargeback = Chargeback(
            self.new_id("chb", 10),
            payment,
            value,
            self.now(),
            -self._worth(payment, value),
            {"code": reason, "description": REASONS.get(reason, reason)} if reason else None,
        )
        payment.charged_back += value
        self._keep("chargebacks", chargeback)
        balance.book(
            balance.movement(
                self.new_id("baltr", 22),
                "chargeback",
                chargeback.settled,
                chargeback.created_at,
                {"paymentId": payment.id, "chargebackId": chargeback.id},
                source=chargeback,
                rate=tariff.chargeback_rate(payment.method),
            )
        )
        self._notify(payment, "chargeback.received", chargeback.id)
        return render.chargeback(self, chargeback)

    def reverse_chargeback(self, chargeback_id):
        """The merchant won: the money comes back in a movement of its own, the fee does not."""
        chargeback = self._find(self.chargebacks, chargeback_id, "chargeback")
        if chargeback.reversed_at:
            raise ValueError(f"{chargeback_id} was reversed before.")
        chargeback.reversed_at = self.now()
        chargeback.payment.charged_back -= chargeback.amount
        self.move(
            "chargeback-reversal",
            -chargeback.settled,
            balance_id=chargeback.payment.balance_id,
            context={"paymentId": chargeback.payment.id, "chargebackId": chargeback.id},
        )
        return render.chargeback(self, chargeback)

    def move(self, kind, amount, *, balance_id=None, context=None, description=""):
        """A movement that stands in no list: a correction, a reserve held or released, a returned refund."""
        balance = self.balance(balance_id)
        value = cents(amount)
        other = "reserve" if "reserve" in kind else "mollie"
        movement = balance.movement(
            self.new_id("baltr", 22),
            kind,
            value,
            self.now(),
            context or {},
            description=description or kind.replace("-", " ").capitalize(),
        )
        balance.book(movement, other)
        self._notify(None, "balance-transaction.created", movement.id)
        return movement

    # -- Mollie pays out

    def make_available(self):
        """What is pending becomes available, then the refunds that waited for it are paid."""
        now = self.now()
        for balance in self.balances.values():
            balance.make_available(now)
        waiting, self.queued_refunds = self.queued_refunds, []
        for refund in waiting:
            if -refund.settled <= self.balances[refund.payment.balance_id].available_amount:
                self._pay_refund(refund)
            else:
                self.queued_refunds.append(refund)

    def settle(self, status="paidout", *, balance_id=None, available=True, allow_negative=False):
        return settling.settle(
            self, status, balance_id=balance_id, available=available, allow_negative=allow_negative
        )

    def advance(self, settlement_id, status):
        return settling.advance(self, self.settlement(settlement_id), status)

    # -- looking things up

    def payment(self, payment_id):
        return self._find(self.payments, payment_id, "payment")

    def settlement(self, settlement_id):
        for settlement in self.settlements.values():
            if settlement_id in (settlement.id, settlement.reference):
                return settlement
        raise ValueError(f"No settlement exists with token {settlement_id}.")

    def _find(self, records, record_id, kind):
        if record_id not in records:
            raise ValueError(f"No {kind} exists with token {record_id}.")
        return records[record_id]

    def now(self):
        return self.world.clock.now()

    def new_id(self, prefix, length=10):
        return f"{prefix}_{self.world.ids.token(f'mollie.{prefix}', length)}"

    def _keep(self, kind, record):
        getattr(self, kind)[record.id] = record
        self.by_payment[kind].setdefault(record.payment.id, []).append(record)

    def _notify(self, payment, topic, entity_id=None):
        notify.tell(self, payment, topic, entity_id or payment.id)

    # -- many at once

    def generate(self, count, *, seed=1, methods=("ideal", "bancontact", "creditcard"), days=1):
        """``count`` paid payments of believable amounts over the last ``days`` days; returns their ids."""
        stream = random.Random(f"{self.world.seed}/{seed}/generate")
        now = self.now()
        made = []
        for number in range(count):
            price = Decimal(stream.randint(495, 24995)) / 100
            paid_at = now - timedelta(seconds=stream.randint(0, days * 86400))
            description = f"r{self.world.ids.token('mollie.generated', 25)}"
            payment = self._new_payment(
                price, "EUR", description, methods[number % len(methods)], created_at=paid_at
            )
            self.complete(payment.id, paid_at=paid_at)
            made.append(payment.id)
        return made
