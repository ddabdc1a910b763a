"""Whatever happens, every balance is the sum of its movements and every settlement adds up."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.clock import Clock
from sandbox.ids import Ids
from sandbox.mollie import invoicing, render
from sandbox.mollie.state import Mollie
from sandbox.mollie.tariff import PAYMENT_RATES

METHODS = ("ideal", "bancontact", "creditcard", "klarna", "paypal", "giftcard", "directdebit")


def account(**options):
    """An account in a world that hears no webhooks."""
    world = SimpleNamespace(
        seed=1,
        base_url="http://127.0.0.1:1/w1",
        clock=Clock(),
        ids=Ids(1),
        webhooks=SimpleNamespace(send=lambda *_args, **_kwargs: None),
    )
    mollie = Mollie(world)
    mollie.options.update(options)
    return mollie


def value(amount):
    return Decimal(amount["value"])


def told(mollie, settlement):
    """What the settlement's lists and movements say, as the API shows them: (listed, other, fees)."""
    listed = Decimal(0)
    for kind, items in settlement.lists.items():
        for item in items:
            shown = render.RENDER[kind](mollie, item, settled=True)
            if "settlementAmount" in shown:
                listed += value(shown["settlementAmount"])
    other = sum((item.initial for item in settlement.movements if item.source is None), Decimal(0))
    fees = sum((item.fee for item in settlement.movements), Decimal(0))
    return listed, other, fees


def check(mollie):
    for balance in mollie.balances.values():
        for _reference, movements in balance.ledger.entries:
            assert sum(movements.values()) == 0
        assert sum(balance.ledger.accounts.values()) == 0
        assert balance.available_amount == sum((item.result for item in balance.movements), Decimal(0))
        assert balance.pending_amount == sum((item.result for item in balance.pending), Decimal(0))
    for settlement in mollie.settlements.values():
        listed, other, fees = told(mollie, settlement)
        lost = listed + other - fees - settlement.amount
        assert lost == 0 if mollie.options.rounding == "transaction" else abs(lost) < Decimal("0.01")
        check_periods(mollie, settlement)


def check_periods(mollie, settlement):
    shown = render.settlement(mollie, settlement)
    months = [month for year in shown["periods"].values() for month in year.values()]
    revenue = sum((value(row["amountGross"]) for month in months for row in month["revenue"]), Decimal(0))
    costs = sum((value(row["amountGross"]) for month in months for row in month["costs"]), Decimal(0))
    charged = sum(row["count"] for month in months for row in month["costs"])
    residue = revenue - costs - value(shown["amount"])
    # Each fee was rounded up to a cent, or their sum was, or the payout down; nothing else is lost.
    bound = charged if mollie.options.rounding == mollie.options.fees == "transaction" else 2
    assert -Decimal("0.01") < residue <= bound * Decimal("0.01")
    for row in (row for month in months for row in month["costs"]):
        net, vat = value(row["amountNet"]), value(row["amountVat"]) if row["amountVat"] else Decimal(0)
        assert net + vat == value(row["amountGross"])


cent_amounts = st.integers(min_value=1, max_value=500_000).map(lambda cents: Decimal(cents) / 100)
currencies = st.sampled_from(["EUR", "EUR", "EUR", "USD", "GBP"])
steps = st.one_of(
    st.tuples(st.just("pay"), cent_amounts, currencies, st.sampled_from(METHODS)),
    st.tuples(st.just("refund"), st.integers(0, 99), st.integers(1, 100)),
    st.tuples(st.just("chargeback"), st.integers(0, 99), st.integers(1, 100)),
    st.tuples(st.just("reverse"), st.integers(0, 99)),
    st.tuples(
        st.just("settle"), st.sampled_from(["open", "pending", "processing-at-bank", "paidout", "failed"])
    ),
    st.tuples(st.just("advance"), st.sampled_from(["paidout", "failed"])),
    st.tuples(
        st.just("move"),
        st.sampled_from(["balance-correction", "rolling-reserve-hold"]),
        st.integers(-5000, 5000),
    ),
    st.tuples(st.just("invoice")),
    st.tuples(st.just("available")),
)


def act(mollie, step):
    """Do one thing; what Mollie refuses is refused without a trace."""
    what, *values = step
    payments = list(mollie.payments)
    if what == "pay":
        amount, currency, method = values
        details = (
            {"remainderAmount": {"value": str(amount), "currency": currency}}
            if method == "giftcard"
            else None
        )
        mollie.pay(amount, currency, f"r{len(payments)}", method, details=details)
    elif what in ("refund", "chargeback") and payments:
        payment = mollie.payments[payments[values[0] % len(payments)]]
        part = (payment.amount * values[1] / 100).quantize(Decimal("0.01"))
        getattr(mollie, what)(payment.id, part)
    elif what == "reverse" and mollie.chargebacks:
        mollie.reverse_chargeback(list(mollie.chargebacks)[values[0] % len(mollie.chargebacks)])
    elif what == "settle":
        mollie.settle(values[0], allow_negative=len(payments) % 2 == 0)
    elif what == "advance" and mollie.settlements:
        mollie.advance(list(mollie.settlements)[-1], values[0])
    elif what == "move":
        mollie.move(values[0], Decimal(values[1]) / 100)
    elif what == "invoice":
        invoicing.issue(mollie)
    elif what == "available":
        mollie.make_available()


@settings(max_examples=120, deadline=None, database=None)
@given(
    st.lists(steps, min_size=1, max_size=40),
    st.booleans(),
    st.fixed_dictionaries(
        {
            "queue_refunds": st.booleans(),
            "rounding": st.sampled_from(["transaction", "settlement"]),
            "fees": st.sampled_from(["transaction", "prepayment"]),
            "country": st.sampled_from(["NL", "BE"]),
        }
    ),
)
def test_balances_are_the_sum_of_their_movements_and_settlements_add_up(story, dollars, options):
    mollie = account(**options)
    if dollars:
        mollie.add_balance("USD")
    for step in story:
        try:
            act(mollie, step)
        except ValueError:
            pass
        check(mollie)
    mollie.settle("paidout", allow_negative=True)
    check(mollie)
    for balance in mollie.balances.values():
        assert balance.pending_amount == 0
        assert not balance.unsettled


def test_refused_acts_leave_no_trace():
    mollie = account()
    payment = mollie.pay(Decimal("10.00"), "EUR", "r1", "ideal")
    before = len(mollie.primary.ledger.entries)
    for refused in (
        lambda: mollie.refund(payment["id"], Decimal("10.01")),
        lambda: mollie.refund("tr_unknown", Decimal("1.00")),
        lambda: mollie.pay(Decimal("0.00"), "EUR", "r2", "ideal"),
        lambda: mollie.pay(Decimal("1.001"), "EUR", "r2", "ideal"),
        lambda: mollie.pay(Decimal("1.00"), "EUR", "r2", "barter"),
        lambda: mollie.settle("lost"),
    ):
        with pytest.raises(ValueError):
            refused()
    assert len(mollie.primary.ledger.entries) == before
    assert len(mollie.payments) == 1


def test_a_fee_is_rounded_up_per_transaction_and_comes_back_with_the_invoice():
    mollie = account()
    for number in range(100):
        mollie.pay(Decimal("50.00"), "EUR", f"r{number}", "ideal")
    settlement = mollie.settle()[0]
    # 0.32 + 21 % VAT = 0.3872, deducted as 0.39.
    assert settlement.amount == Decimal("5000.00") - 100 * Decimal("0.39")
    invoice = invoicing.issue(mollie)[0]
    assert (invoice.net, invoice.vat) == (Decimal("32.00"), Decimal("6.72"))
    compensation = mollie.primary.unsettled[0]
    assert compensation.type == "invoice-compensation"
    assert compensation.initial == Decimal("39.00") - Decimal("38.72")
    assert compensation.context == {"invoiceId": invoice.id}
    with pytest.raises(ValueError):
        invoicing.issue(mollie)


def test_with_rounding_of_the_settlement_less_than_a_cent_is_lost():
    """As in Mollie's published sample: 86.1000 - 43.2000 - 2.5410 - 0.6050 is paid as 39.75."""
    mollie = account(rounding="settlement")
    for _number in range(3):
        mollie.pay(Decimal("14.35"), "EUR", "r", "ideal")
    settlement = mollie.settle()[0]
    exact = 3 * Decimal("14.35") - 3 * Decimal("0.3872")
    assert settlement.amount == Decimal("41.88")
    assert 0 < exact - settlement.amount < Decimal("0.01")
    assert mollie.primary.available_amount == exact - settlement.amount


def test_fees_may_be_taken_in_one_sum():
    mollie = account(fees="prepayment")
    for _number in range(10):
        mollie.pay(Decimal("50.00"), "EUR", "r", "ideal")
    settlement = mollie.settle()[0]
    # 10 x 0.3872 = 3.872
    assert settlement.amount == Decimal("500.00") - Decimal("3.88")
    assert [item.type for item in settlement.movements].count("fee-prepayment") == 1
    assert all(not item.fee for item in settlement.movements)
    shown = render.settlement(mollie, settlement)
    month = next(iter(next(iter(shown["periods"].values())).values()))
    assert [row["description"] for row in month["revenue"]] == ["iDEAL"]
    assert month["costs"][0]["amountGross"]["value"] == "3.8720"


def test_reserves_have_a_method_of_their_own_in_the_periods():
    mollie = account()
    mollie.pay(Decimal("50.00"), "EUR", "r", "ideal")
    mollie.move("rolling-reserve-hold", Decimal("-5.00"))
    settlement = mollie.settle()[0]
    assert settlement.amount == Decimal("44.61")
    assert mollie.primary.ledger["reserve"] == Decimal("5.00")
    shown = render.settlement(mollie, settlement)
    month = next(iter(next(iter(shown["periods"].values())).values()))
    assert {row["method"]: row["amountGross"]["value"] for row in month["revenue"]} == {
        "ideal": "50.0000",
        "rollingreserve": "-5.0000",
    }


def test_a_merchant_outside_the_netherlands_pays_no_vat_on_fees():
    mollie = account(country="BE")
    mollie.pay(Decimal("20.00"), "EUR", "r1", "bancontact")
    settlement = mollie.settle()[0]
    assert settlement.amount == Decimal("20.00") - Decimal("0.39")
    shown = render.settlement(mollie, settlement)
    month = next(iter(next(iter(shown["periods"].values())).values()))
    assert month["costs"][0]["amountVat"] is None


def test_what_mollie_does_not_settle_costs_only_its_fee():
    mollie = account()
    payment = mollie.pay(Decimal("80.00"), "EUR", "r1", "paypal")
    mollie.pay(
        Decimal("50.00"),
        "EUR",
        "r2",
        "giftcard",
        details={
            "giftcards": [{"issuer": "vvv", "amount": {"value": "30.00", "currency": "EUR"}}],
            "remainderAmount": {"value": "20.00", "currency": "EUR"},
            "remainderMethod": "ideal",
        },
    )
    settlement = mollie.settle()[0]
    listed, other, fees = told(mollie, settlement)
    assert (listed, other) == (Decimal("20.00"), 0)
    assert settlement.amount == Decimal("20.00") - fees
    shown = render.payment(mollie, mollie.payments[payment["id"]], settled=True)
    assert "settlementAmount" not in shown
    assert shown["settlementId"] == settlement.id


def test_klarna_is_settled_as_a_capture():
    mollie = account()
    payment = mollie.pay(Decimal("60.00"), "EUR", "r1", "klarna")
    assert payment["status"] == "paid"
    settlement = mollie.settle()[0]
    assert list(settlement.lists) == ["captures"]
    assert settlement.lists["captures"][0].settled == Decimal("60.00")


def test_a_card_may_be_captured_in_parts():
    mollie = account()
    payment = mollie.pay(Decimal("60.00"), "EUR", "r1", "creditcard", capture="manual")
    assert payment["status"] == "authorized"
    assert mollie.settle() == []
    mollie.capture(payment["id"], Decimal("25.00"))
    mollie.capture(payment["id"])
    with pytest.raises(ValueError):
        mollie.capture(payment["id"], Decimal("0.01"))
    settlement = mollie.settle()[0]
    assert [item.amount for item in settlement.lists["captures"]] == [Decimal("25.00"), Decimal("35.00")]


def test_a_foreign_payment_is_converted_unless_there_is_a_balance_in_its_currency():
    mollie = account()
    mollie.pay(Decimal("100.00"), "USD", "r1", "creditcard")
    settlement = mollie.settle()[0]
    shown = render.payment(mollie, settlement.lists["payments"][0], settled=True)
    assert shown["amount"] == {"value": "100.00", "currency": "USD"}
    assert shown["settlementAmount"] == {"value": "84.37", "currency": "EUR"}
    dollars = mollie.add_balance("USD")
    mollie.pay(Decimal("100.00"), "USD", "r2", "creditcard")
    settlement = mollie.settle()[0]
    assert settlement.balance_id == dollars.id
    shown = render.payment(mollie, settlement.lists["payments"][0], settled=True)
    assert shown["settlementAmount"] == {"value": "100.00", "currency": "USD"}


def test_a_failed_payout_comes_back_and_is_paid_with_the_next():
    mollie = account()
    mollie.pay(Decimal("30.00"), "EUR", "r1", "ideal")
    first = mollie.settle()[0]
    mollie.advance(first.id, "failed")
    assert mollie.primary.available_amount == first.amount
    mollie.pay(Decimal("10.00"), "EUR", "r2", "ideal")
    second = mollie.settle()[0]
    assert second.amount == first.amount + Decimal("10.00") - Decimal("0.39")
    assert [item.type for item in second.movements] == ["returned-transfer", "payment"]
    assert mollie.primary.ledger["bank"] == second.amount
    with pytest.raises(ValueError):
        mollie.advance(first.id, "paidout")


def test_an_open_settlement_grows_until_it_is_paid_out():
    mollie = account()
    mollie.pay(Decimal("30.00"), "EUR", "r1", "ideal")
    first = mollie.settle("open")[0]
    assert first.amount == Decimal("29.61")
    mollie.pay(Decimal("10.00"), "EUR", "r2", "ideal")
    assert mollie.settle("open") == [first]
    assert first.amount == Decimal("39.22")
    assert mollie.primary.available_amount == first.amount
    assert mollie.settle("paidout") == [first]
    assert mollie.primary.available_amount == 0


def test_a_balance_that_owes_is_settled_only_when_asked():
    mollie = account()
    payment = mollie.pay(Decimal("10.00"), "EUR", "r1", "ideal")
    mollie.settle()
    mollie.chargeback(payment["id"], reason="MD06")
    assert mollie.settle() == []
    settlement = mollie.settle(allow_negative=True)[0]
    assert settlement.amount == Decimal("-10.00") - Decimal("18.15")
    assert mollie.primary.available_amount == 0
    assert mollie.primary.movements[-1].type == "incoming-transfer"


def test_a_refund_waits_for_money_when_it_has_to():
    mollie = account(queue_refunds=True)
    payment = mollie.pay(Decimal("10.00"), "EUR", "r1", "ideal")
    assert mollie.refund(payment["id"])["status"] == "queued"
    assert mollie.primary.available_amount == 0
    mollie.make_available()
    assert next(iter(mollie.refunds.values())).status == "queued"  # 9.61 is less than 10.00
    mollie.pay(Decimal("5.00"), "EUR", "r2", "ideal")
    mollie.make_available()
    assert next(iter(mollie.refunds.values())).status == "pending"


def test_ten_thousand_payments_are_one_quick_settlement():
    mollie = account()
    made = mollie.generate(10_000, seed=3)
    settlement = mollie.settle()[0]
    assert len(set(made)) == 10_000
    assert len(settlement.lists["payments"]) == 10_000
    listed, _other, fees = told(mollie, settlement)
    assert settlement.amount == listed - fees


def test_every_method_can_be_paid_with():
    mollie = account()
    for method in PAYMENT_RATES:
        assert mollie.pay(Decimal("15.00"), "EUR", "r", method)["status"] == "paid"
    check(mollie)
