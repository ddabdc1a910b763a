import os
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.o2c_mollie_payments.lib import client as client_module

from .common import MollieCase

# Set it to look further than the same few examples of every run.
EXAMPLES = int(os.environ.get("O2C_EXAMPLES", 0))
METHODS = ("ideal", "bancontact", "creditcard", "klarna", "paypal")
MOVES = (
    "rolling-reserve-hold",
    "rolling-reserve-release",
    "balance-correction",
    "chargeback-reversal",
    "invoice-compensation",
    "never-heard-of",
)
cents = st.integers(1, 90_000)
actions = st.one_of(
    st.tuples(st.just("pay"), cents, st.sampled_from(METHODS)),
    st.tuples(st.just("pay"), cents, st.sampled_from(METHODS)),
    st.tuples(st.just("refund"), st.integers(0, 20), st.integers(1, 100)),
    st.tuples(st.just("chargeback"), st.integers(0, 20), st.integers(1, 100)),
    st.tuples(st.just("move"), st.integers(-900, 900), st.sampled_from(MOVES)),
    st.tuples(st.just("settle"), st.sampled_from(["pending", "paidout"]), st.booleans()),
    st.tuples(st.just("advance"), st.integers(0, 20), st.sampled_from(["paidout", "failed"])),
    st.tuples(st.just("fault"), st.sampled_from(["429", "500", "broken_json"]), st.integers(1, 3)),
    st.tuples(st.just("sync"), st.just(0), st.just(0)),
)


@tagged("post_install", "-at_install")
class TestProperty(MollieCase):
    """Whatever happens at Mollie, in whatever order it is read: the books are Mollie's."""

    @settings(
        max_examples=EXAMPLES or 8,
        deadline=None,
        derandomize=not EXAMPLES,
        database=None,
        # Looking for a smaller example would take minutes here.
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.lists(actions, min_size=6, max_size=16),
        st.sampled_from([1, 2, 3, 250]),
        st.sampled_from(["flat", "nested"]),
        st.sampled_from(["transaction", "prepayment"]),
        st.booleans(),
        st.sampled_from(["method", "transaction"]),
    )
    def test_books_equal_mollie(self, steps, page, context, fees, feed, detail):
        self.new_world()
        self.account.write({"daily_feed": feed, "fee_detail": detail})
        self.mollie("options", context=context, fees=fees)
        self.paid, self.settled = [], []
        self._do_pay(25_000, "ideal")
        with patch.object(client_module, "PAGE", page):
            for kind, first, second in steps:
                getattr(self, f"_do_{kind}")(first, second)
            self._do_settle("paidout", True)
            self.control("DELETE", "faults")
            self.sync()
            self.assertFalse(
                self.env["o2c.mollie.settlement"].search(
                    [("account_id", "=", self.account.id), ("state", "!=", "booked")]
                )
            )
            self.assertBooksEqualMollie()
            lines = self.env["account.bank.statement.line"].search([("journal_id", "=", self.journal.id)])
            self.sync()
            self.assertBooksEqualMollie()
            self.assertEqual(
                self.env["account.bank.statement.line"].search([("journal_id", "=", self.journal.id)]),
                lines,
            )

    def _do_pay(self, value, method):
        self.paid.append(self.pay(f"{value / 100:.2f}", f"r{len(self.paid)}", method))

    def _give_back(self, path, number, percent):
        if not self.paid:
            return
        payment = self.paid[number % len(self.paid)]
        left = float(payment["amount"]["value"]) - payment.get("back", 0.0)
        value = round(left * percent / 100, 2)
        # A chargeback and refunds together are not more than the payment.
        if value >= 0.01 and payment["method"] != "paypal":
            payment["back"] = payment.get("back", 0.0) + value
            self.mollie(path, payment=payment["id"], amount=f"{value:.2f}")

    def _do_refund(self, number, percent):
        self._give_back("refund", number, percent)

    def _do_chargeback(self, number, percent):
        self._give_back("chargeback", number, percent)

    def _do_move(self, value, kind):
        if value:
            self.mollie("move", type=kind, amount=f"{value / 100:.2f}")

    def _do_settle(self, status, negative):
        answer = self.control("POST", "mollie/settle", {"status": status, "allow_negative": negative})
        self.settled += answer["settlements"]

    def _do_advance(self, number, status):
        if not self.settled:
            return
        settlement = self.settled[number % len(self.settled)]
        path = {
            "pending": ("paidout", "failed"),
            "processing-at-bank": ("paidout", "failed"),
            "paidout": ("failed",),
        }
        if status == "failed" and float(settlement["amount"]["value"]) <= 0:
            # There is no payout that could fail.
            return
        if status in path.get(settlement["status"], ()):
            settlement["status"] = status
            self.mollie("advance", settlement=settlement["id"], status=status)

    def _do_fault(self, kind, times):
        self.control(
            "POST",
            "faults",
            {"platform": "mollie", "kind": kind, "rate": 0.5, "seed": 7, "times": times},
        )

    def _do_sync(self, _first, _second):
        self.sync()
