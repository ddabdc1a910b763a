"""The answers that Mollie and its own packages publish are understood."""

import json
import os
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from o2c_lib.o2c_mollie_payments.lib import objects
from o2c_lib.o2c_mollie_payments.lib.ledger import listed_id
from o2c_lib.o2c_mollie_payments.lib.statement import plan_settlement

ROOT = Path(__file__).resolve().parents[4]
# Relative to the repository: where the published contracts and samples lie.
SHARED = ROOT / os.environ.get("O2C_CONTRACTS", "../shared")


def sample(name):
    path = SHARED / "samples" / "mollie" / f"{name}.json"
    # A missing sample is a failure: a test that did not run proves nothing.
    return json.loads(path.read_text().replace("{{ RESOURCE_ID }}", "x_1"))


@pytest.mark.parametrize("name", ["py_settlement_single", "php_settlement"])
def test_settlements(name):
    settlement = objects.parse_settlement(sample(name))
    assert settlement.amount.value == Decimal("39.75")
    assert {row.period[-3:] for row in settlement.costs} == {"-04"}
    # One document shows the refunds' gross without its sign.
    assert [row.gross for row in settlement.revenue] == [Decimal("86.1"), Decimal("-43.2")]
    assert [row.rate for row in settlement.costs] == ["0.35", "0.25"]
    assert settlement.settled_at == datetime(int(settlement.costs[0].period[:4]), 4, 6, 9, 41, 44)


def test_settlement_without_status_and_balance():
    [raw] = sample("py_settlements_list")["_embedded"]["settlements"]
    settlement = objects.parse_settlement(raw)
    assert (settlement.status, settlement.balance_id) == ("paidout", "")
    assert not settlement.revenue


def test_published_totals_leave_less_than_a_cent():
    """86.10 - 43.20 - 2.5410 - 0.6050 = 39.7540, and 39.75 is paid."""
    settlement = objects.parse_settlement(sample("php_settlement"))
    paid = {
        "id": "tr_1",
        "amount": {"value": "86.10", "currency": "EUR"},
        "settlementAmount": {"value": "86.10", "currency": "EUR"},
        "method": "ideal",
    }
    back = {
        "id": "re_1",
        "paymentId": "tr_1",
        "amount": {"value": "43.20", "currency": "EUR"},
        "settlementAmount": {"value": "-43.20", "currency": "EUR"},
    }
    plan = plan_settlement(
        settlement, [objects.parse_item("payment", paid), objects.parse_item("refund", back)]
    )
    assert plan.adds_up
    assert abs(plan.proof.rounding) < Decimal("0.01")
    assert sum(line.amount for line in plan.lines) == Decimal("39.75")


@pytest.mark.parametrize(
    ("name", "kind", "settled"),
    [
        ("node_settlement_payments", "payment", None),
        ("node_settlement_captures", "capture", "399.00"),
        ("node_settlement_refunds", "refund", "-10.00"),
        ("node_settlement_chargebacks", "chargeback", "-37.14"),
        ("py_settlement_captures_list", "capture", "399.00"),
        # Shown without its sign in older answers: it lowers the balance all the same.
        ("py_settlement_chargebacks_list", "chargeback", "-35.07"),
    ],
)
def test_lists(name, kind, settled):
    [raw] = sample(name)["_embedded"][f"{kind}s"]
    item = objects.parse_item(kind, raw)
    assert item.settled == (settled and objects.Money(Decimal(settled), "EUR"))
    assert item.payment_id.startswith("tr_")
    assert item.created_at


@pytest.mark.parametrize("name", ["py_refunds_list"])
def test_every_refund_of_a_list(name):
    for raw in sample(name)["_embedded"]["refunds"]:
        assert objects.parse_item("refund", raw).id.startswith("re_")


@pytest.mark.parametrize("name", ["php_refund", "php_capture", "php_chargeback", "py_payment_single"])
def test_single_objects(name):
    kind = name.split("_")[1]
    assert objects.parse_item(kind, sample(name)).amount.value > 0


@pytest.mark.parametrize("name", ["py_balance_transactions_list", "php_balance_transaction_list"])
def test_ledger(name):
    raws = sample(name)["_embedded"]["balance_transactions"]
    entries = [objects.parse_ledger_entry(raw) for raw in raws]
    assert entries[0].result.value == entries[0].initial.value + entries[0].deductions
    assert listed_id(entries[0]) == "re_4qqhO89gsT"


def test_context_in_its_other_shape():
    raw = dict(sample("py_balance_transactions_list")["_embedded"]["balance_transactions"][0])
    raw["context"] = {"refund": raw["context"]}
    assert listed_id(objects.parse_ledger_entry(raw)) == "re_4qqhO89gsT"


def test_balance():
    balance = objects.parse_balance(sample("py_balance_single"))
    assert (balance.currency, balance.available) == ("EUR", Decimal("905.25"))
    assert balance.bank_account == "NL53INGB0654422370"


@pytest.mark.parametrize("name", ["py_invoice_single", "php_invoice"])
def test_invoice(name):
    invoice = objects.parse_invoice(sample(name))
    assert invoice.net.value + invoice.vat.value == invoice.gross.value
    assert invoice.lines[0].vat_percentage == 21
