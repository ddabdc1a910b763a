"""The days of the three roles on the demonstration data: a year of a shop whose platforms nobody can call."""

import contextlib
import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser import reviewing
from tests.support import browser, live
from tools.demo import connect
from tools.demo.rpc import Session

ADMIN_ROLES = ("base.group_system", "o2c_base.group_manager", "sales_team.group_sale_manager")
ROLES = {
    "warehouse": connect.WAREHOUSE_ROLES,
    "accountant": connect.ACCOUNTANT_ROLES,
    "manager": ADMIN_ROLES,
}
MASK = "••••••••"
# What is said whenever a platform would have to be asked.
NOBODY_TO_ASK = "shows demonstration data"
STATIONS = ("ordered", "invoiced", "shipped", "delivered", "settled")
ROWS = ".o_data_row"


@dataclass(frozen=True)
class Shop:
    """The demonstration data on a server, and its people."""

    admin: Session
    passwords: dict

    @contextlib.contextmanager
    def person(self, login):
        with browser.person(self.admin.url, f"days-{login}") as person:
            person.log_in(login, self.passwords[login])
            person.menu("Order to Cash")
            expect(person.page.locator(".o_o2c_overview")).to_be_visible()
            yield person

    def first(self, model, domain, *fields, order="id"):
        return self.admin.search_read(model, domain, list(fields), limit=1, order=order)[0]

    def rows(self, query):
        return live.environment().server.execute(query, database=self.admin.database)


@pytest.fixture(scope="module")
def shop():
    with live.demonstration("days") as admin:
        passwords = {login: connect.user(admin, login, roles) for login, roles in ROLES.items()}
        yield Shop(admin, passwords)


def dialog_says(person, text):
    """A refusal in the user's words, not a traceback."""
    dialog = person.page.locator(".modal", has_text=text)
    expect(dialog).to_be_visible()
    assert "Traceback" not in dialog.inner_text()
    dialog.locator(".modal-footer button").first.click()
    expect(dialog).to_have_count(0)


def road_is(person, *passed):
    """The road of the order on the page has come this far."""
    for station in STATIONS:
        place = person.page.locator(f".o_o2c_road_line [data-station={station}]")
        if station in passed:
            expect(place).to_have_class(re.compile("o_o2c_passed"))
            expect(place.locator(".small")).not_to_be_empty()
        else:
            expect(place).not_to_have_class(re.compile("o_o2c_passed"))


def amount(person, name):
    """What a money field shows, in cents."""
    return round(float(re.sub(r"[^\d.-]", "", person.field(name).inner_text())) * 100)


def open_todo(person, kind):
    """From the Overview to the list of what waits of one kind."""
    person.menu("Order to Cash", "Overview")
    todo = person.page.locator(f".o_o2c_todo [data-todo={kind}]")
    count = int(todo.locator(".badge").inner_text())
    todo.click()
    expect(person.page.locator(ROWS)).to_have_count(count)


# === The warehouse === #


def test_the_warehouse_sends_what_waits(shop):
    with shop.person("warehouse") as packer:
        order = opens_what_waits(packer, shop)
        sends_it(packer, order)
        asks_again_about_an_unknown_product(packer)
        looks_after_a_parcel_with_a_problem(packer, shop)


def opens_what_waits(packer, shop):
    """From the stage in the Overview to the orders in it, and to one whose goods are on the shelf."""
    page = packer.page
    expect(page.locator(".o_o2c_stage")).to_have_count(6)
    stage = page.locator("[data-stage=invoiced]")
    count = int(stage.locator(".fs-2").inner_text())
    stage.click()
    expect(page.locator(ROWS)).to_have_count(count)
    expect(page.locator(f"{ROWS} td[name=o2c_stage]", has_text="Invoiced")).to_have_count(count)
    waiting = [("state", "=", "assigned"), ("sale_id.o2c_stage", "=", "invoiced")]
    order = shop.first("stock.picking", waiting, "sale_id")["sale_id"][1]
    page.locator(ROWS, has_text=order).locator("td.o_data_cell").nth(1).click()
    road_is(packer, "ordered", "invoiced")
    return order


def sends_it(packer, order):
    """Validate the delivery. Its label cannot be bought, which is said kindly; the order went on."""
    page = packer.page
    packer.press("action_view_delivery")
    expect(page.locator(".o_statusbar_status [aria-checked=true]")).to_contain_text("Ready")
    packer.press("button_validate")
    expect(page.locator(".o_statusbar_status [aria-checked=true]")).to_contain_text("Done")
    packer.press("send_to_shipper")
    dialog_says(packer, NOBODY_TO_ASK)
    page.locator(".o_control_panel .breadcrumb-item a", has_text=order).click()
    road_is(packer, "ordered", "invoiced", "shipped")
    packer.sees_no_error()


def asks_again_about_an_unknown_product(packer):
    """The issue leads to its order, which says what is missing and has the button."""
    page = packer.page
    open_todo(packer, "product")
    page.locator(ROWS).first.locator("td[name=message]").click()
    expect(packer.field("message")).to_contain_text("DEMO-TRELLIS")
    packer.press("action_open_document")
    expect(packer.field("o2c_issue_message")).to_contain_text("DEMO-TRELLIS")
    packer.press("action_o2c_retry")
    packer.sees_message(NOBODY_TO_ASK, "warning")
    expect(packer.field("o2c_issue_message")).to_contain_text(NOBODY_TO_ASK)
    packer.sees_no_error()


def looks_after_a_parcel_with_a_problem(packer, shop):
    """The order has the road, the parcel and what is wrong; its delivery shows what the carrier says."""
    page = packer.page
    open_todo(packer, "shipment")
    page.locator(ROWS).first.locator("td[name=message]").click()
    name = page.locator(".o_form_view button[name=action_open_document]").inner_text().strip()
    number = shop.first("stock.picking", [("name", "=", name)], "carrier_tracking_ref")[
        "carrier_tracking_ref"
    ]
    packer.field("sale_order_id").locator("a").first.click()
    road_is(packer, "ordered", "invoiced", "shipped", "settled")
    expect(packer.field("o2c_issue_message")).to_contain_text(name)
    expect(packer.field("o2c_tracking")).to_contain_text(number)
    packer.press("action_o2c_issues")
    expect(page.locator(ROWS)).to_have_count(1)
    page.locator(f"{ROWS} button[name=action_open_document]").click()
    page.locator(".o_notebook_headers .nav-link[name=sendcloud]").click()
    shipment = packer.field("sendcloud_shipment_ids").locator(ROWS)
    expect(shipment.first).to_contain_text("Unable to deliver")
    expect(packer.field("sendcloud_event_ids").locator(ROWS).first).to_contain_text(number)
    packer.sees_no_error()


# === The accountant === #


def test_the_accountant_clears_the_bank_and_sees_the_sums(shop):
    with shop.person("accountant") as accountant:
        expect(accountant.page.locator("[data-connection='o2c.mollie.account']")).to_be_visible()
        decides_and_takes_back(accountant)
        adds_a_settlement_up(accountant)
        sees_what_does_not_add_up(accountant, shop)
        goes_from_an_invoice_to_its_match(accountant, shop)
        sees_what_was_given_back_and_billed(accountant)


def decides_and_takes_back(accountant):
    """A payment for one of two invoices: a person decides, and thinks better of it."""
    page = accountant.page
    accountant.menu("Order to Cash", "Reconciliation", "Bank Lines")
    proposed = int(reviewing.state(accountant, "proposed").locator("span").inner_text())
    reviewing.click_line(accountant, "Thank you for the delivery")
    expect(page.locator(".o_o2c_proposal")).to_have_count(2)
    expect(page.locator(".o_o2c_sum tfoot")).to_contain_text("Explained to the cent")
    reviewing.count(accountant, "manual", 0)
    page.locator(".o_o2c_accept").click()
    reviewing.count(accountant, "manual", 1)
    reviewing.count(accountant, "proposed", proposed - 1)
    reviewing.state(accountant, "manual").click()
    reviewing.click_line(accountant, "Thank you for the delivery")
    page.locator(".o_o2c_undo").click()
    reviewing.count(accountant, "manual", 0)
    accountant.sees_no_error()


def adds_a_settlement_up(accountant):
    """Lines, fees and what Mollie paid are one sum, to the cent."""
    page = accountant.page
    accountant.menu("Order to Cash", "Mollie", "Settlements")
    posted = page.locator(ROWS, has=page.locator("td[name=state]", has_text="Posted"))
    posted.first.locator("td[name=reference]").click()
    expect(page.locator(".o_widget_web_ribbon .ribbon", has_text=re.compile("adds up", re.I))).to_be_visible()
    total = amount(accountant, "proof_items") + amount(accountant, "proof_fees")
    assert total == amount(accountant, "proof_total") == amount(accountant, "amount") > 0
    assert amount(accountant, "statement_difference") == 0
    lines = int(page.locator("button[name=action_open_lines] .o_stat_value").inner_text())
    accountant.press("action_open_lines")
    expect(page.locator(ROWS)).to_have_count(lines)
    accountant.sees_no_error()


def sees_what_does_not_add_up(accountant, shop):
    """The Overview leads to the settlement that was not posted; reading it again is refused kindly."""
    page = accountant.page
    open_todo(accountant, "settlement")
    page.locator(ROWS).first.locator("td[name=message]").click()
    expect(accountant.field("message")).to_contain_text("12.50")
    accountant.press("action_open_document")
    expect(page.locator(".ribbon", has_text=re.compile("does not add up", re.I))).to_be_visible()
    assert amount(accountant, "proof_total") + 1250 == amount(accountant, "amount")
    accountant.press("action_import")
    dialog_says(accountant, NOBODY_TO_ASK)


def goes_from_an_invoice_to_its_match(accountant, shop):
    """An invoice of the web shop leads to the bank line that paid it, and the reason."""
    done = [("sale_order_id.o2c_stage", "=", "done"), ("status", "=", "SUCCESS")]
    order = shop.first("o2c.shopify.transaction", done, "sale_order_id")["sale_order_id"][1]
    invoice = shop.first("account.move", [("invoice_origin", "=", order)], "name")
    accountant.open(f"action-account.action_move_out_invoice_type/{invoice['id']}")
    expect(accountant.page.locator(".o_form_view")).to_contain_text(invoice["name"])
    accountant.press("action_open_o2c_matches")
    expect(reviewing.panel(accountant).locator(".o_o2c_applied .o_o2c_why")).to_contain_text(invoice["name"])
    accountant.sees_no_error()


def sees_what_was_given_back_and_billed(accountant):
    page = accountant.page
    accountant.menu("Order to Cash", "Mollie", "Refunds")
    expect(page.locator(ROWS).first).to_contain_text("Sent")
    accountant.menu("Order to Cash", "Mollie", "By Month")
    expect(page.locator(".o_graph_canvas_container canvas")).to_be_visible()
    open_todo(accountant, "chargeback")
    page.locator(ROWS).first.locator("td[name=message]").click()
    accountant.press("action_open_document")
    expect(page.locator(".o_form_view")).to_contain_text("INV/")
    accountant.open("action-account.action_move_in_invoice_type")
    expect(page.locator(ROWS, has_text="Mollie").filter(has_text=re.compile("Draft"))).to_have_count(1)
    expect(page.locator(ROWS, has_text="Mollie").filter(has_text=re.compile("Paid")).first).to_be_visible()
    accountant.sees_no_error()


# === The administrator === #


def test_the_administrator_looks_after_it_all(shop):
    with shop.person("manager") as manager:
        looks_at_the_connections(manager)
        sees_keys_masked(manager, shop)
        works_issues_off(manager)
        analyses(manager)


def looks_at_the_connections(manager):
    """All steps of the set-up are done, so they are gone; the cards say that nobody is connected."""
    page = manager.page
    expect(page.locator(".o_o2c_checklist")).to_have_count(0)
    cards = page.locator("[data-connection]")
    expect(cards).to_have_count(3)
    expect(cards.filter(has_text="Demonstration")).to_have_count(3)
    expect(cards.locator(".o_o2c_graph rect")).not_to_have_count(0)
    cards.first.get_by_role("button", name="Sync Now").click()
    dialog_says(manager, NOBODY_TO_ASK)


def sees_keys_masked(manager, shop):
    page = manager.page
    manager.menu("Settings")
    page.locator(".settings_tab .tab[data-key=o2c_base]").click()
    for name in ("o2c_shopify_client_secret", "o2c_mollie_access_token", "sendcloud_secret_key"):
        expect(manager.field(name).locator("input")).to_have_value(MASK)
    keys = shop.rows(
        "SELECT client_secret FROM o2c_shopify_shop UNION SELECT access_token FROM o2c_mollie_account "
        "UNION SELECT secret_key FROM o2c_sendcloud_account"
    )
    assert len(keys) == 3
    for (key,) in keys:
        assert len(key) > 20 and key not in page.content()
        assert not [answer for answer in manager.answers if key in answer]
    manager.press("action_sendcloud_test")
    dialog_says(manager, NOBODY_TO_ASK)


def works_issues_off(manager):
    """Take one, put it off until tomorrow, try another one again."""
    page = manager.page
    manager.menu("Order to Cash", "Issues")
    expect(page.locator(ROWS).first).to_be_visible()
    count = page.locator(ROWS).count()
    assert count >= 5
    page.locator(ROWS, has=page.locator("td[name=kind]", has_text="Order")).locator(
        "td[name=message]"
    ).click()
    manager.press("action_take")
    expect(manager.field("user_id")).to_contain_text("Manager")
    expect(page.locator("button[name=action_take]:visible")).to_have_count(0)
    manager.press("action_snooze")
    expect(manager.field("snoozed_until")).not_to_be_empty()
    manager.menu("Order to Cash", "Issues")
    expect(page.locator(ROWS)).to_have_count(count - 1)
    wrong = page.locator(ROWS, has=page.locator("td[name=kind]", has_text="Settlement"))
    wrong.locator("button[name=action_retry]").click()
    manager.sees_message(NOBODY_TO_ASK, "warning")
    expect(page.locator(ROWS)).to_have_count(count - 1)
    manager.sees_no_error()


def analyses(manager):
    """A year in the graph; in the pivot a row for each month, and sums of both kinds of customers."""
    page = manager.page
    manager.menu("Order to Cash", "Analysis")
    expect(page.locator(".o_graph_renderer canvas")).to_be_visible()
    expect(page.locator(".o_view_sample_data")).to_have_count(0)
    page.locator(".o_switch_view.o_pivot").click()
    months = page.locator(".o_pivot tbody tr")
    expect(months.nth(12)).to_be_visible()
    expect(page.locator(".o_pivot thead")).to_contain_text("Consumers (B2C)")
    first = months.first.locator("td").all_inner_texts()
    assert [text for text in first if re.search("[1-9]", text)], first
    manager.sees_no_error()
