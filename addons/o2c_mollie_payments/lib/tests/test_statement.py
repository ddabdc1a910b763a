"""From any settlement to lines that add up, and never to more."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2c_lib.o2c_base.lib.http import O2cError
from o2c_lib.o2c_mollie_payments.lib.booking import lines_to_book
from o2c_lib.o2c_mollie_payments.lib.client import MollieClient
from o2c_lib.o2c_mollie_payments.lib.ledger import settlement_window
from o2c_lib.o2c_mollie_payments.lib.objects import LISTS
from o2c_lib.o2c_mollie_payments.lib.statement import (
    listless_total,
    lists_are_complete,
    needs_ledger,
    plan_settlement,
)

from .fake_mollie import TOKEN, FakeMollie

FAULTS = ["timeout", "broken", (429, 1), (500,), (503, 1)]
mollies = st.builds(
    FakeMollie,
    st.integers(0, 2**32),
    payments=st.integers(0, 25),
    per_transaction=st.booleans(),
    prepaid=st.booleans(),
    nested=st.booleans(),
    vat=st.sampled_from([0, 21]),
    others=st.integers(0, 4),
)


def client_of(mollie, page=250):
    return MollieClient(TOKEN, session=mollie, page=page, max_attempts=5, sleep=lambda seconds: None)


def read(client):
    """As the addon does it."""
    [settlement] = client.settlements()
    items = []
    for name in LISTS:
        items += client.settlement_items(settlement.id, name)
        if lists_are_complete(settlement, items):
            break
    plan = plan_settlement(settlement, items)
    if needs_ledger(plan):
        window = settlement_window(
            client.ledger("bal_fake"),
            settlement.id,
            {item.id for item in items},
            None,
            expected=listless_total(settlement, items),
        )
        plan = plan_settlement(settlement, items, window)
    return settlement, plan


def books(lines):
    return [(line.kind, line.id, line.amount, line.vat) for line in lines]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mollies, st.integers(1, 30), st.dictionaries(st.integers(1, 60), st.sampled_from(FAULTS)))
def test_any_settlement_at_any_page_size_under_faults(mollie, page, faults):
    mollie.faults = faults
    client = client_of(mollie, page)
    for _attempt in range(20):
        try:
            settlement, plan = read(client)
            break
        except O2cError as error:
            # As the job runner does: what is temporary is tried again, from the start.
            assert error.temporary
    assert plan.adds_up, (plan.proof, plan.findings)
    paid = Decimal(mollie.amount) / 10000
    assert sum(line.amount for line in plan.lines) == paid
    keys = [(line.kind, line.id) for line in plan.lines]
    assert len(keys) == len(set(keys))
    listed = {raw["id"] for raws in mollie.lists.values() for raw in raws}
    booked = {line.id for line in plan.lines if line.id in listed}
    worthless = {
        raw["id"]
        for raws in mollie.lists.values()
        for raw in raws
        if float((raw.get("settlementAmount") or {}).get("value", 0)) == 0
    }
    assert booked == listed - worthless
    assert abs(plan.proof.rounding) <= Decimal("0.01") * (len(listed) + len(settlement.costs) + 1)
    lines = lines_to_book(plan, settlement, [])
    assert sum(line.amount for line in lines) == 0
    assert lines_to_book(plan, settlement, books(lines)) == []


@settings(max_examples=80, deadline=None)
@given(mollies, st.data())
def test_whatever_is_booked_already_the_rest_makes_it_right(mollie, data):
    """A settlement that was read halfway, grew or lost something ends as if read once."""
    settlement, plan = read(client_of(mollie))
    target = {(line.kind, line.id): line.amount for line in plan.lines}
    booked = [
        (kind, identifier, amount + data.draw(st.sampled_from([0, 0, Decimal("0.01")])), Decimal(0))
        for kind, identifier, amount, _vat in books(plan.lines)
        if data.draw(st.booleans())
    ]
    if data.draw(st.booleans()):
        booked.append(("payment", "tr_gone", Decimal("12.34"), Decimal(0)))
    more = books(lines_to_book(plan, settlement, booked))
    everything = booked + more
    assert len({(kind, identifier) for kind, identifier, _amount, _vat in everything}) == len(everything)
    sums = {}
    for kind, identifier, amount, _vat in everything:
        key = (kind, identifier.split("~")[0])
        sums[key] = sums.get(key, 0) + amount
    payout = sums.pop(("payout", settlement.id), 0)
    assert payout == -settlement.amount.value
    assert {key: amount for key, amount in sums.items() if amount} == target
    assert lines_to_book(plan, settlement, everything) == []


@settings(max_examples=60, deadline=None)
@given(mollies, st.integers(1, 500), st.booleans())
def test_a_wrong_amount_is_never_rounded_away(mollie, cents, up):
    """What cannot be explained is not posted, be it one cent."""
    mollie.amount += cents * 100 if up else -cents * 100
    revenue = sum(total for _count, total in mollie.revenue.values())
    costs = [net + vat for _count, net, vat in mollie.costs.values()]
    _settlement, plan = read(client_of(mollie))
    # Less than a cent is what rounding the total does; fees may be in whole cents, each or row by row.
    # That is all.
    whole_rows = sum((cost + 50) // 100 * 100 for cost in costs)
    assert plan.adds_up == (
        abs(mollie.amount - (revenue - sum(costs))) < 100
        or mollie.amount in (revenue - mollie.whole_fees, revenue - whole_rows)
    )


def test_a_payment_missing_from_its_list_is_named():
    mollie = FakeMollie(5, payments=6, others=0)
    listed = [raw for raw in mollie.lists["payments"] if raw.get("settlementAmount")]
    mollie.lists["payments"].remove(listed[0])
    _settlement, plan = read(client_of(mollie))
    assert not plan.adds_up
    assert any(listed[0]["method"] in finding for finding in plan.findings)


def test_payout_follows_the_status():
    mollie = FakeMollie(3)
    mollie.status = "pending"
    settlement, plan = read(client_of(mollie))
    booked = books(lines_to_book(plan, settlement, []))
    assert "payout" not in {kind for kind, *_rest in booked}
    mollie.status = "paidout"
    settlement, plan = read(client_of(mollie))
    [payout] = lines_to_book(plan, settlement, booked)
    assert (payout.kind, payout.amount) == ("payout", -settlement.amount.value)
    booked += books([payout])
    mollie.status = "failed"
    settlement, plan = read(client_of(mollie))
    [back] = lines_to_book(plan, settlement, booked)
    assert (back.kind, back.amount) == ("payout_return", settlement.amount.value)
    booked += books([back])
    assert lines_to_book(plan, settlement, booked) == []
    mollie.status = "paidout"
    settlement, plan = read(client_of(mollie))
    [again] = lines_to_book(plan, settlement, booked)
    assert again.kind == "payout"
    assert again.id.endswith("~2")


@pytest.mark.parametrize("nested", [False, True])
def test_what_no_list_has_is_named_by_the_ledger(nested):
    mollie = FakeMollie(7, payments=3, others=0, nested=nested)
    mollie.ledger.pop()
    mollie.move("rolling-reserve-hold", "rollingreserve", -1)
    mollie.move("something-new", None, 1)
    mollie.amount = mollie.result
    mollie.entry("outgoing-transfer", -mollie.amount, 0, {"settlementId": mollie.id})
    _settlement, plan = read(client_of(mollie))
    kinds = {line.kind: line for line in plan.lines}
    assert kinds["reserve"].id.startswith("baltr_")
    assert kinds["other"].amount > 0
    assert plan.adds_up


def test_ten_thousand_payments_take_few_calls():
    """At most 45 with everything that the addon asks around it: the list of settlements (1), the
    balances before (1), and the balances and the newest page of the ledger afterwards (2)."""
    mollie = FakeMollie(1, payments=10_000, others=0, methods=("ideal", "creditcard"), back=0)
    client = client_of(mollie)
    _settlement, plan = read(client)
    assert plan.adds_up
    assert client.calls + 3 <= 45
