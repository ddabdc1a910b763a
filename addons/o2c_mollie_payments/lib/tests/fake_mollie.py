"""A Mollie in memory for the tests without a database: random money, real pages, faults.

It keeps its own books (integers of a hundredth of a cent), so that what the addon works out can be
compared with something that was worked out differently.
"""

import json
import random
from urllib.parse import parse_qsl, urlsplit

ENDPOINT = "https://api.mollie.com"
TOKEN = "access_fake_secret"
METHODS = {"ideal": (3200, 0), "bancontact": (3900, 0), "creditcard": (2500, 180)}
REFUND_FEE = 2500
LISTLESS = (
    ("rolling-reserve-hold", "rollingreserve", -1),
    ("rolling-reserve-release", "rollingreserve", 1),
    ("invoice-compensation", None, 1),
    ("balance-correction", None, -1),
    ("chargeback-reversal", None, 1),
    ("something-new", "neverseen", 1),
)


def money(value, decimals=2, currency="EUR"):
    """:param value: in hundredths of a cent."""
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), 10000)
    digits = f"{rest:04}"[:decimals]
    return {"value": f"{sign}{whole}.{digits}", "currency": currency}


class Answer:
    def __init__(self, status, body, headers=None):
        self.status_code = status
        self.text = body if isinstance(body, str) else json.dumps(body)
        self.headers = {"Content-Type": "application/hal+json", **(headers or {})}

    def json(self):
        return json.loads(self.text)


class FakeMollie:
    """One settlement with everything in it, and the ledger that it comes from.

    :param per_transaction: fees are rounded up for each transaction (else only the total is
        rounded, down).
    :param prepaid: fees are not deducted from transactions but taken in one sum, rounded up.
    :param nested: shape of the ledger's context.
    :param vat: percent.
    :param back: share of the payments that are refunded.
    """

    def __init__(
        self,
        seed,
        *,
        payments=8,
        per_transaction=True,
        prepaid=False,
        nested=False,
        vat=21,
        others=2,
        methods=(*METHODS, "klarna", "paypal"),
        back=0.3,
    ):
        self.random = random.Random(seed)
        self.per_transaction, self.nested, self.vat = per_transaction, nested, vat
        self.lists = {"payments": [], "captures": [], "refunds": [], "chargebacks": []}
        self.ledger, self.revenue, self.costs = [], {}, {}
        self.calls, self.faults, self.number, self.methods = [], {}, 0, methods
        self.result = self.whole_fees = self.owed = 0
        self.prepaid = prepaid
        paid = [self.pay() for _number in range(payments)]
        for payment in paid:
            if self.random.random() < back:
                self.give_back(payment, "refund")
            if self.random.random() < back / 3:
                self.give_back(payment, "chargeback")
        for _number in range(others):
            self.move(*self.random.choice(LISTLESS))
        if self.owed:
            self.entry("fee-prepayment", -self.owed // 100 * 100, 0, {})
        self.id, self.reference = "stl_fake", "1234567.2611.01"
        self.status = "paidout"
        self.amount = self.result // 100 * 100 if self.result >= 0 else -(-self.result // 100 * 100)
        self.entry("outgoing-transfer", -self.amount, 0, {"settlementId": self.id})

    def new_id(self, prefix):
        self.number += 1
        return f"{prefix}_{self.number:06}"

    def fee(self, key, description, rate, basis):
        fixed, percent = rate
        net = fixed + (basis * percent + 5000) // 10000
        vat = (net * self.vat + 50) // 100
        count, nets, vats = self.costs.get((key, description, rate), (0, 0, 0))
        self.costs[(key, description, rate)] = (count + 1, nets + net, vats + vat)
        fee = net + vat
        self.whole_fees += -(-fee // 100) * 100
        if self.prepaid:
            self.owed += fee
            return 0
        return -(-fee // 100) * 100 if self.per_transaction else fee

    def entry(self, kind, initial, fee, context):
        if self.nested:
            context = {kind: context}
        self.ledger.append(
            {
                "resource": "balance_transaction",
                "id": self.new_id("baltr"),
                "type": kind,
                "resultAmount": money(initial - fee, 4),
                "initialAmount": money(initial, 4),
                "deductions": money(-fee, 4) if fee else None,
                "createdAt": "2026-11-02T10:00:00+00:00",
                "context": context,
            }
        )
        if kind != "outgoing-transfer":
            self.result += initial - fee

    def earn(self, method, description, amount):
        count, total = self.revenue.get((method, description), (0, 0))
        self.revenue[(method, description)] = (count + 1, total + amount)

    def pay(self):
        method = self.random.choice(self.methods)
        amount = self.random.randint(100, 50000) * 100
        payment = {
            "resource": "payment",
            "id": self.new_id("tr"),
            "amount": money(amount),
            "description": f"r{self.random.getrandbits(64):x}",
            "method": method,
            "status": "paid",
            "createdAt": "2026-11-01T10:00:00+00:00",
            "details": {"consumerName": "A. Shopper"},
        }
        if method == "paypal":
            self.lists["payments"].append(payment)
            fee = self.fee(method, "PayPal", (1000, 0), amount)
            self.entry("payment", 0, fee, {"paymentId": payment["id"]})
        elif method == "klarna":
            capture = {
                "resource": "capture",
                "id": self.new_id("cpt"),
                "amount": money(amount),
                "settlementAmount": money(amount),
                "paymentId": payment["id"],
                "createdAt": "2026-11-01T10:00:00+00:00",
                "_embedded": {"payment": payment},
            }
            self.lists["captures"].append(capture)
            fee = self.fee(method, "Klarna", (3500, 299), amount)
            context = {"paymentId": payment["id"], "captureId": capture["id"]}
            self.entry("capture", amount, fee, context)
            self.earn(method, "Klarna", amount)
        else:
            payment["settlementAmount"] = money(amount)
            self.lists["payments"].append(payment)
            fee = self.fee(method, method.title(), METHODS[method], amount)
            self.entry("payment", amount, fee, {"paymentId": payment["id"]})
            self.earn(method, method.title(), amount)
        return payment, amount, method

    def give_back(self, paid, kind):
        payment, amount, method = paid
        part = 0 if method == "paypal" else self.random.randint(1, amount // 100) * 100
        item = {
            "resource": kind,
            "id": self.new_id("re" if kind == "refund" else "chb"),
            "amount": money(part or amount),
            "settlementAmount": money(-part),
            "paymentId": payment["id"],
            "createdAt": "2026-11-01T11:00:00+00:00",
            "_embedded": {"payment": payment},
        }
        self.lists[f"{kind}s"].append(item)
        rate = (REFUND_FEE, 0) if kind == "refund" else (150000, 0)
        name = f"{kind.title()}s {method}"
        fee = self.fee(kind, name, rate, part)
        self.entry(kind, -part, fee, {"paymentId": payment["id"], f"{kind}Id": item["id"]})
        self.earn(kind, name, -part)

    def move(self, kind, method, sign):
        amount = sign * self.random.randint(1, 5000) * 100
        self.entry(kind, amount, 0, {})
        self.earn(method, kind.replace("-", " "), amount)

    def settlement(self):
        def row(method, description, count, net, vat=0, rate=None):
            body = {
                "method": method,
                "description": description,
                "count": count,
                "amountNet": money(net, 4),
                "amountVat": money(vat, 4) if vat else None,
                "amountGross": money(net + vat, 4),
            }
            if rate:
                body["rate"] = {
                    "fixed": money(rate[0], 4),
                    "percentage": f"{rate[1] / 100:.2f}" if rate[1] else None,
                }
            return body

        return {
            "resource": "settlement",
            "id": self.id,
            "reference": self.reference,
            "createdAt": "2026-11-02T10:00:00+00:00",
            "settledAt": "2026-11-03T06:00:00+00:00" if self.status == "paidout" else None,
            "status": self.status,
            "amount": money(self.amount),
            "balanceId": "bal_fake",
            "periods": {
                "2026": {
                    "11": {
                        "revenue": [
                            row(method, description, count, total)
                            for (method, description), (count, total) in self.revenue.items()
                        ],
                        "costs": [
                            row(method, description, count, net, vat, rate)
                            for (method, description, rate), (count, net, vat) in self.costs.items()
                        ],
                    }
                }
            },
        }

    # --- as a requests session ---

    max_redirects = 0

    def request(self, method, url, headers=None, params=None, data=None, timeout=None):
        self.calls.append((method, url))
        fault = self.faults.get(len(self.calls))
        if fault == "timeout":
            import requests

            raise requests.exceptions.ReadTimeout(f"no answer, Bearer {TOKEN}")
        if fault == "broken":
            return Answer(200, '{"_embedded": {"pay')
        if fault:
            status, *wait = fault
            return Answer(
                status,
                {"status": status, "title": "x", "detail": f"told {TOKEN}"},
                {"Retry-After": str(wait[0])} if wait else None,
            )
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        path = parts.path.removeprefix("/v2/")
        if path == "settlements":
            return Answer(200, self.page(url, "settlements", [self.settlement()], query))
        if path == f"settlements/{self.id}":
            return Answer(200, self.settlement())
        for name, items in self.lists.items():
            if path == f"settlements/{self.id}/{name}":
                return Answer(200, self.page(url, name, items, query))
        if path == "balances/bal_fake/transactions":
            return Answer(200, self.page(url, "balance_transactions", self.ledger[::-1], query))
        return Answer(404, {"status": 404, "title": "Not Found", "detail": "No such thing"})

    def page(self, url, name, items, query):
        limit = int(query.get("limit", 50))
        ids = [item["id"] for item in items]
        start = ids.index(query["from"]) if "from" in query else 0
        links = {"next": None}
        if start + limit < len(items):
            extra = "&embed=payment" if "embed" in query else ""
            base = url.split("?")[0]
            links["next"] = {
                "href": f"{base}?from={ids[start + limit]}&limit={limit}{extra}",
                "type": "application/hal+json",
            }
        chosen = items[start : start + limit]
        return {"count": len(chosen), "_embedded": {name: chosen}, "_links": links}
