"""An ordinary day: the warehouse sends a parcel, the accountant sees the money come in and why it matched."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import reviewing
from tests.support import browser, live
from tools.demo import actors, connect


@pytest.fixture(scope="module")
def day():
    """A connected company with goods on the shelf and one order that is paid."""
    with live.running("daily") as running:
        admin = running.session()
        connections = connect.everything(admin, running.world)
        connect.stock_the_warehouse(admin)
        connect.hurry_scheduled_actions(admin)
        order = running.world.post("checkout", count=1, seed=1)["orders"][0]
        passwords = {
            "warehouse": connect.user(admin, "warehouse", connect.WAREHOUSE_ROLES),
            # With the right to export, the list has Odoo's own menu of actions, and its key.
            "accountant": connect.user(
                admin, "accountant", (*connect.ACCOUNTANT_ROLES, "base.group_allow_export")
            ),
        }
        stage_is(admin, "invoiced")
        yield running, admin, connections, order, passwords


def stage_is(admin, *stages):
    """Wait until the one order has come this far."""

    def reached():
        return admin.search_read("sale.order", [("o2c_stage", "in", stages)], ["name"])

    def why():
        issues = admin.search_read("o2c.issue", [("state", "=", "open")], ["message"])
        jobs = admin.search_read("queue.job", [("state", "!=", "done")], ["name", "exc_message"])
        return f"Issues: {issues}. Jobs: {jobs}."

    return live.wait_for(f"The order in stage {' or '.join(stages)}", reached, seconds=180, explain=why)


def test_from_the_packing_table_to_the_books(day):
    running, admin, connections, order, passwords = day
    with browser.person(running.url, "warehouse") as packer:
        packer.log_in("warehouse", passwords["warehouse"])
        sends_the_parcel(packer, admin)
    actors.carrier_scans(running.world, "delivered")
    stage_is(admin, "delivered")
    settlements = actors.mollie_settles_and_pays_out(running.world)
    books = running.session("accountant", passwords["accountant"])
    actors.bank_feed_brings_deposits(books, connections.bank_journal, settlements)
    stage_is(admin, "done")
    with browser.person(running.url, "accountant") as accountant:
        accountant.log_in("accountant", passwords["accountant"])
        sees_the_proof(accountant, settlements[0])
        follows_a_line_to_its_order(accountant, admin)
        sees_why_it_matched(accountant)


def sends_the_parcel(packer, admin):
    """Validate the delivery: the label comes without loading the page again. Print it, follow it."""
    page = packer.page
    picking = admin.search_read("stock.picking", [("picking_type_code", "=", "outgoing")], ["name"])[0]
    packer.open(f"action-stock.action_picking_tree_outgoing/{picking['id']}")
    expect(page.locator(".o_form_view")).to_contain_text(picking["name"])
    packer.press("button_validate")
    expect(page.locator(".o_statusbar_status [aria-checked=true]")).to_contain_text("Done")
    expect(page.locator("button[name=action_sendcloud_print_labels]:visible")).to_be_visible()
    number = admin.search_read("stock.picking", [("id", "=", picking["id"])], ["carrier_tracking_ref"])
    assert number[0]["carrier_tracking_ref"]
    page.locator(".o_notebook_headers .nav-link", has_text=re.compile("^Sendcloud")).click()
    expect(page.locator(".o_form_view")).to_contain_text(number[0]["carrier_tracking_ref"])
    with page.context.expect_event("request", lambda call: "/sendcloud/labels" in call.url) as printed:
        packer.press("action_sendcloud_print_labels")
    assert page.context.request.get(printed.value.url).body().startswith(b"%PDF")
    with page.context.expect_page(lambda opened: "/track" in opened.url) as followed:
        packer.press("open_website_url")
    expect(followed.value.locator("body")).to_contain_text("Your parcel is on its way")
    packer.sees_no_error()


def sees_the_proof(accountant, settlement):
    """Have Mollie read again; the settlement adds up, and says so in three steps."""
    page = accountant.page
    accountant.open("action-o2c_mollie_payments.o2c_mollie_account_action")
    page.locator(".o_data_row td.o_data_cell").first.click()
    accountant.press("action_sync_settlements")
    accountant.sees_message("being read in the background", "info")
    accountant.open("action-o2c_mollie_payments.o2c_mollie_settlement_action")
    page.locator(".o_data_row", has_text=settlement["reference"]).locator("td.o_data_cell").first.click()
    expect(page.locator(".o_widget_web_ribbon .ribbon", has_text=re.compile("adds up", re.I))).to_be_visible()
    expect(accountant.field("proof_difference")).to_contain_text("0.00")
    expect(accountant.field("statement_difference")).to_contain_text("0.00")
    expect(accountant.field("balance_difference")).to_contain_text("0.00")
    accountant.sees_no_error()


def follows_a_line_to_its_order(accountant, admin):
    """From the settlement to its lines, and from a payment among them to the order that it paid."""
    page = accountant.page
    order = admin.search_read("sale.order", [("o2c_stage", "=", "done")], ["name"])[0]
    accountant.press("action_open_lines")
    page.locator(".o_data_row", has_text="Payment ·").first.locator("td[name=payment_ref]").click()
    accountant.press("action_open_order")
    expect(page.locator(".o_control_panel").first).to_contain_text(order["name"])
    expect(page.locator(".o_form_view")).to_contain_text("Settled")
    accountant.sees_no_error()
    accountant.open("action-o2c_mollie_payments.o2c_mollie_month_report_action")
    expect(page.locator(".o_graph_canvas_container canvas")).to_be_visible()
    accountant.sees_no_error()


def sees_why_it_matched(accountant):
    """Every bank line is matched, and says in words what spoke for it."""
    page = accountant.page
    accountant.open("action-o2c_reconciliation.account_bank_statement_line_action")
    expect(page.locator(".o_view_nocontent")).to_contain_text("No bank lines here")
    expect(page.locator(".o_o2c_percent")).to_have_text("100%")
    page.locator(".o_o2c_state[data-state=all]").click()
    rows = page.locator(".o_data_row")
    expect(rows.first).to_be_visible()
    assert set(rows.locator("[name=o2c_match_state]").all_inner_texts()) == {"Matched by Itself"}
    page.locator(".o_data_row", has_text="Mollie Payments").first.locator("td[name=payment_ref]").click()
    expect(page.locator(".o_o2c_applied .o_o2c_why")).not_to_be_empty()
    accountant.open("action-o2c_reconciliation.o2c_match_action")
    rows.first.locator("td[name=line_label]").click()
    expect(accountant.field("explanation")).not_to_be_empty()
    expect(page.locator(".o_statusbar_status [aria-checked=true]")).to_contain_text("Applied")
    accountant.sees_no_error()


def test_the_accountant_decides_what_waits(day):
    """After the day above: what matching leaves to a person is decided on one screen."""
    running, admin, connections, _order, passwords = day
    books = running.session("accountant", passwords["accountant"])
    waiting = reviewing.lines_arrive(admin, books, connections.bank_journal)
    mollie = admin.search_read("account.journal", [("name", "ilike", "Mollie")], ["name"])[0]["name"]
    with browser.person(running.url, "reviewing") as accountant:
        accountant.log_in("accountant", passwords["accountant"])
        accountant.menu("Order to Cash", "Reconciliation", "Bank Lines")
        reviewing.decides_with_the_keyboard(accountant, waiting)
        reviewing.writes_off_a_discount(accountant, waiting)
        reviewing.leaves_a_line_out_for_a_while(accountant)
        reviewing.books_and_divides(accountant, waiting)
        reviewing.explains_a_line_in_two_steps(accountant, waiting)
        reviewing.takes_one_back(accountant, waiting)
        reviewing.pays_in_another_currency(accountant, waiting)
        reviewing.chooses_the_second_proposal(accountant, waiting)
        reviewing.is_told_that_a_colleague_was_faster(accountant, waiting)
        reviewing.turns_pages_and_opens_groups(accountant)
        reviewing.asks_before_it_accepts_many(admin, accountant, waiting)
        reviewing.searches_by_amount_partner_and_rule(accountant, waiting)
        reviewing.goes_to_the_order_and_back(accountant, mollie)
    with browser.person(running.url, "looking") as clerk:
        clerk.log_in("warehouse", passwords["warehouse"])
        reviewing.looks_only(clerk, waiting)
