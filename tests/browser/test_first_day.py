"""The first day of an administrator: three keys typed into Settings, and the first order arrives."""

import re

import pytest
from playwright.sync_api import expect

from tests.support import browser, live

MASK = "••••••••"
WRONG = {
    "mollie": "access_wrong_Zq81kkL0pWx7",
    "shopify": "shpss_wrong_Yt55mmN2rVb9",
    "sendcloud": "wrong-Hh33ppQ4sUc6",
}


@pytest.fixture(scope="module")
def world():
    with live.running("browser") as running:
        yield running


def open_settings(person):
    person.open("settings")
    person.page.locator(".settings_tab .tab[data-key=o2c_base]").click()
    expect(person.page.locator(".app_settings_block[data-key=o2c_base]")).to_be_visible()


def refused(person, key, button):
    """Test the connection with a wrong key: a message in red, and nothing of the key in it."""
    words = pressed(person, button, re.compile("key|token|secret|credential|access", re.I), "danger")
    assert key not in words


def pressed(person, button, text, kind="success"):
    """Press a button of the page, read its message, and wait for the page that comes after it."""
    person.page.evaluate("document.querySelector('.o_form_view').dataset.before = 'yes'")
    person.press(button)
    words = person.sees_message(text, kind)
    expect(person.page.locator(".o_form_view[data-before]")).to_have_count(0)
    expect(person.page.locator(".app_settings_block[data-key=o2c_base]")).to_be_visible()
    return words


def test_an_administrator_connects_everything_and_an_order_arrives(world):
    with browser.person(world.url, "first-day") as admin:
        admin.log_in("admin", "admin")
        open_settings(admin)
        keys = world.world.get("credentials")
        types_the_keys(admin, keys)
        looks_for_keys_that_show(admin, keys)
        order_arrives(world, admin, world.world.post("checkout", count=1, seed=1)["orders"][0])


def types_the_keys(admin, keys):
    admin.type("o2c_shopify_domain", keys["shopify"]["domain"])
    admin.type("o2c_shopify_client_id", keys["shopify"]["client_id"])
    admin.type("o2c_shopify_client_secret", WRONG["shopify"])
    refused(admin, WRONG["shopify"], "action_o2c_shopify_test")
    admin.type("o2c_shopify_client_secret", keys["shopify"]["client_secret"])
    assert "Garden" in pressed(admin, "action_o2c_shopify_test", "Connected with")

    admin.type("o2c_mollie_access_token", WRONG["mollie"])
    refused(admin, WRONG["mollie"], "action_o2c_mollie_test_connection")
    admin.type("o2c_mollie_access_token", keys["mollie"]["access_token"])
    pressed(admin, "action_o2c_mollie_test_connection", "Connected to")
    pressed(admin, "action_o2c_mollie_create_journals", "Bank journals")

    admin.type("sendcloud_public_key", keys["sendcloud"]["public_key"])
    admin.type("sendcloud_secret_key", WRONG["sendcloud"])
    refused(admin, WRONG["sendcloud"], "action_sendcloud_test")
    admin.type("sendcloud_secret_key", keys["sendcloud"]["secret_key"])
    pressed(admin, "action_sendcloud_test", "Connected to the integration")


def looks_for_keys_that_show(admin, keys):
    """Loaded afresh, the page shows masks; the set-up is pressed; no answer ever carried a key."""
    page = admin.page
    open_settings(admin)
    for name in ("o2c_shopify_client_secret", "o2c_mollie_access_token", "sendcloud_secret_key"):
        expect(admin.field(name).locator("input")).to_have_value(MASK)
    admin.picture("settings")
    admin.press("action_o2c_shopify_setup")
    expect(page.locator(".o_form_view .o_statusbar_status")).to_contain_text("Connected")
    page.locator(".o_notebook_headers .nav-link", has_text="Taxes").click()
    expect(page.locator(".o_field_widget[name=tax_ids] .o_data_row").first).to_be_visible()
    admin.press("action_sync_products")
    admin.sees_no_error()
    secrets = [
        *WRONG.values(),
        keys["shopify"]["client_secret"],
        keys["shopify"]["access_token"],
        keys["mollie"]["access_token"],
        keys["sendcloud"]["secret_key"],
    ]
    for secret in secrets:
        assert secret not in page.content()
        assert not [answer for answer in admin.answers if secret in answer], secret[:6]


def order_arrives(world, admin, sold):
    """The order is seen in the list of orders, then on its form: the stage, the total, the paid invoice."""
    page = admin.page
    total = f"{float(sold['total']):,.2f}"
    row = page.locator(".o_data_row", has_text=total)

    def seen():
        admin.open("order-to-cash")
        # Without orders the list has a sentence instead; without either it is still being drawn.
        expect(page.locator(".o_list_table, .o_view_nocontent").first).to_be_visible()
        return row.filter(has=page.locator("[name=o2c_stage]", has_text="Invoiced")).count()

    live.wait_for("The order in the list", seen, explain=lambda: why(world))
    row.first.locator("td.o_data_cell").nth(1).click()
    expect(admin.field("o2c_stage")).to_contain_text("Invoiced")
    expect(page.locator("button[name=action_open_in_shopify]")).to_contain_text(sold["name"])
    expect(page.locator(".o_field_widget[name=tax_totals]")).to_contain_text(total)
    admin.sees_no_error()
    admin.picture("order")
    admin.press("action_view_invoice")
    ribbon = page.locator(".o_widget_web_ribbon .ribbon", has_text=re.compile("in payment", re.I))
    expect(ribbon.first).to_be_visible()


def why(world):
    """What Odoo itself says about an order that did not come."""
    session = world.session()
    issues = session.search_read("o2c.issue", [("state", "=", "open")], ["message"])
    jobs = session.search_read("queue.job", [("state", "!=", "done")], ["name", "state", "exc_message"])
    return f"Issues: {issues}. Jobs: {jobs}."
