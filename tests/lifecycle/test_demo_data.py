"""Installed with demonstration data while the network is shut, the suite shows a year of a small shop."""

import os
import subprocess
from collections import Counter
from datetime import datetime, timedelta, timezone

import pytest

from tests.support import live
from tools import databases
from tools.paths import PYTHON

OPEN_STAGES = ("ordered", "invoiced", "shipped", "delivered", "settled")


@pytest.fixture(scope="module")
def admin():
    with live.demonstration("demo_data") as session:
        yield session


def test_the_network_was_shut():
    """The data are made by a process like this one."""
    code = "import socket; socket.create_connection(('192.0.2.1', 443), timeout=3)"
    done = subprocess.run(
        [PYTHON, "-c", code],
        env={**os.environ, "PYTHONPATH": str(databases.NO_NETWORK)},
        capture_output=True,
        text=True,
    )
    assert done.returncode and "The network is shut" in done.stderr
    assert databases.WRONG.search(done.stderr)


def test_orders_are_in_every_stage_of_their_road(admin):
    orders = admin.search_read(
        "sale.order", [("o2c_stage", "!=", False)], ["o2c_stage", "o2c_stage_since", "date_order"]
    )
    stages = Counter(order["o2c_stage"] for order in orders)
    assert 150 <= len(orders) <= 280, len(orders)
    assert set(stages) == {*OPEN_STAGES, "done", "cancelled"}
    assert stages["done"] > len(orders) / 2
    assert all(order["o2c_stage_since"] >= order["date_order"] for order in orders)


def test_the_analysis_has_a_year_of_both_kinds_in_several_countries(admin):
    def groups(field, *figures):
        return admin.call(
            "o2c.order.report",
            "formatted_read_group",
            [("stage", "!=", "cancelled")],
            [field],
            ["__count", "revenue:sum", *figures],
        )

    months = groups("date:month")
    assert len(months) in (12, 13)
    assert all(month["__count"] >= 5 and month["revenue:sum"] > 0 for month in months[1:-1]), months
    assert {group["customer_kind"] for group in groups("customer_kind")} == {"b2b", "b2c"}
    assert len(groups("country_id")) == 5
    assert len(groups("carrier_id")) == 3
    assert len(groups("payment_method")) >= 2
    days = groups("stage", "days_to_ship:avg", "days_to_deliver:avg", "days_to_cash:avg")
    done = next(group for group in days if group["stage"] == "done")
    assert 0 < done["days_to_ship:avg"] < done["days_to_deliver:avg"] < 5
    assert 1 < done["days_to_cash:avg"] < 40


def test_the_overview_is_filled(admin):
    shown = admin.call("o2c.overview", "get_overview")
    assert all(stage["count"] and stage["amount"] for stage in shown["stages"])
    todo = {entry["key"]: entry["oldest"] for entry in shown["todo"]}
    assert {"order", "product", "shipment", "settlement", "chargeback"} <= set(todo)
    an_hour_ago = (datetime.now(timezone.utc) - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S")
    assert all(oldest < an_hour_ago for oldest in todo.values()), todo
    cards = {card["model"]: card for card in shown["connections"]}
    assert set(cards) == {"o2c.shopify.shop", "o2c.sendcloud.account", "o2c.mollie.account"}
    for card in cards.values():
        assert card["state"] == "demo" and "Demonstration" in card["name"]
        assert sum(day["count"] for day in card["graph"])


def test_the_books_are_matched_but_for_what_a_person_decides(admin):
    lines = admin.search_read("account.bank.statement.line", [], ["is_reconciled"])
    share = sum(line["is_reconciled"] for line in lines) / len(lines)
    assert 0.85 < share < 1, share
    assert not admin.search("account.bank.statement.line", [("o2c_match_state", "=", "manual")])
    assert admin.search("o2c.match", [("state", "=", "proposed")])
    settlements = Counter(s["state"] for s in admin.search_read("o2c.mollie.settlement", [], ["state"]))
    assert settlements["unbalanced"] == 1 and settlements["booked"] >= 12


def test_money_went_back_and_mollie_sent_its_bills(admin):
    refunds = admin.search_read("o2c.mollie.refund", [], ["state", "refund_payment_id"])
    assert len(refunds) >= 3
    assert all(refund["state"] == "sent" and refund["refund_payment_id"] for refund in refunds)
    told = [("kind", "=", "chargeback"), ("res_model", "=", "account.move")]
    assert len(admin.search("o2c.issue", told)) == 1
    bills = admin.search_read(
        "account.move", [("mollie_invoice_id", "!=", False)], ["state", "payment_state"]
    )
    posted = [bill for bill in bills if bill["state"] == "posted"]
    assert len(posted) == len(bills) - 1 >= 9
    assert {bill["payment_state"] for bill in posted} == {"paid"}


def test_the_settings_open(admin):
    views = admin.call("res.config.settings", "get_views", [[False, "form"]])
    wanted = {name: {} for name in views["models"]["res.config.settings"]["fields"]}
    shown = admin.call("res.config.settings", "onchange", [], {}, [], wanted)["value"]
    assert {shown["o2c_mollie_state"], shown["o2c_shopify_state"], shown["sendcloud_state"]} == {"demo"}


def test_nothing_calls_out(admin):
    """No job waits, scheduled actions leave the demonstration alone, and buttons say what it is."""
    assert not admin.search("queue.job", [])
    crons = admin.search("ir.cron", [("cron_name", "ilike", "Shopify: "), ("active", "=", True)])
    crons += admin.search("ir.cron", [("cron_name", "ilike", "Sendcloud: "), ("active", "=", True)])
    crons += admin.search("ir.cron", [("cron_name", "ilike", "Mollie: "), ("active", "=", True)])
    assert len(crons) == 8
    for cron in crons:
        admin.call("ir.cron", "method_direct_trigger", [cron])
    assert not admin.search("queue.job", [])
    buttons = {
        "o2c.shopify.shop": (
            "action_test_connection",
            "action_sync_orders",
            "action_sync_products",
            "action_push_stock",
        ),
        "o2c.mollie.account": ("action_test_connection", "action_sync_settlements", "action_create_journals"),
        "o2c.sendcloud.account": ("action_test_connection", "action_poll", "action_sync_shipping_options"),
    }
    for model, methods in buttons.items():
        for method in methods:
            with pytest.raises(Exception, match="shows demonstration data"):
                admin.call(model, method, admin.search(model, []))
    order = admin.search("sale.order", [("shopify_gid", "!=", False)], limit=1)
    with pytest.raises(Exception, match="shows demonstration data"):
        admin.call("sale.order", "action_shopify_sync", order)
