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


SETTINGS = ".app_settings_block[data-key=o2c_base]"
# The steps of the Overview in their order, and what each opens: before and after the accounts are connected.
STEPS = {
    "shopify_connect": (SETTINGS, SETTINGS),
    "mollie_connect": (SETTINGS, SETTINGS),
    "mollie_journals": (SETTINGS, SETTINGS),
    "sendcloud_connect": (SETTINGS, SETTINGS),
    "sendcloud_methods": (SETTINGS, "button[name=action_sync_shipping_options]"),
    "shopify_locations": (SETTINGS, "button[name=action_setup]"),
    "shopify_taxes": (SETTINGS, "button[name=action_setup]"),
    "shopify_gateways": (SETTINGS, "button[name=action_setup]"),
    "shopify_products": (SETTINGS, "button[name=action_setup]"),
    "shopify_order": (".o_view_nocontent", ".o_list_table"),
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
        follows_the_steps(admin, done=set(), place=0)
        open_settings(admin)
        keys = world.world.get("credentials")
        types_the_keys(admin, keys)
        looks_for_keys_that_show(admin, keys)
        order_arrives(world, admin, world.world.post("checkout", count=1, seed=1)["orders"][0])
        follows_the_steps(admin, done=set(STEPS) - {"sendcloud_methods"}, place=1)


def follows_the_steps(admin, done, place):
    """Click every step of the Overview: it opens where the step is done, and the next one says how."""
    page = admin.page
    for number, (key, screens) in enumerate(STEPS.items()):
        admin.menu("Order to Cash", *(["Overview"] if number else []))
        step = page.locator(f".o_o2c_steps [data-step={key}]")
        expect(step).to_be_visible()
        if not number:
            shown = page.locator(".o_o2c_steps li")
            assert [item.get_attribute("data-step") for item in shown.all()] == list(STEPS)
            assert {
                i.get_attribute("data-step") for i in shown.all() if i.get_attribute("data-done") == "1"
            } == done
            waits = next(item for item in STEPS if item not in done)
            expect(page.locator(f".o_o2c_steps [data-step={waits}] .text-muted:not(.fa)")).not_to_be_empty()
            expect(page.locator(".o_o2c_steps li .text-muted:not(.fa)")).to_have_count(1)
        step.locator("a").click()
        expect(page.locator(screens[place]).first).to_be_visible()
        admin.sees_no_error()


def types_the_keys(admin, keys):
    admin.type("o2c_shopify_domain", keys["shopify"]["domain"])
    admin.type("o2c_shopify_client_id", keys["shopify"]["client_id"])
    admin.type("o2c_shopify_client_secret", WRONG["shopify"])
    refused(admin, WRONG["shopify"], "action_o2c_shopify_test")
    admin.type("o2c_shopify_client_secret", keys["shopify"]["client_secret"])
    told = pressed(admin, "action_o2c_shopify_test", "Connected with")
    assert "Garden" in told and "Permissions granted" in told

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
    expect(admin.field("o2c_shopify_webhook_url")).to_contain_text("/o2c/shopify/webhook/")
    sets_the_shop_up(admin)
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


def sets_the_shop_up(admin):
    """The wizard proposes; the administrator looks, says who tells the customer, and confirms."""
    page = admin.page
    dialog = page.locator(".modal")
    admin.press("action_o2c_shopify_setup")

    def is_at(step):
        expect(dialog.locator(".o_statusbar_status [aria-checked=true]")).to_contain_text(step)

    def rows(field):
        return dialog.locator(f".o_field_widget[name={field}] .o_data_row")

    is_at("Webhooks")
    expect(dialog.locator("[name=webhook_url]")).to_contain_text("/o2c/shopify/webhook/")
    admin.press("action_next")
    is_at("Locations")
    expect(rows("location_ids").locator("[name=warehouse_id]").first).not_to_be_empty()
    admin.press("action_next")
    is_at("Payments")
    mollie = rows("gateway_ids").filter(has=page.locator("[name=name]", has_text=re.compile("^mollie$")))
    expect(mollie.locator("[name=journal_id]")).to_contain_text("Mollie")
    admin.press("action_next")
    is_at("Taxes")
    expect(rows("tax_ids").filter(has_text="Netherlands").filter(has_text="21").first).to_be_visible()
    admin.press("action_next")
    is_at("Start")
    dialog.locator("[name=notified_by] .form-check", has_text="Sendcloud").locator("input").check()
    admin.press("action_confirm")
    admin.sees_message("Shopify tells this Odoo about")
    expect(page.locator(".o_form_view .o_statusbar_status")).to_contain_text("Connected")
    told_by = page.locator("[name=notified_by] .form-check", has_text="Sendcloud")
    expect(told_by.locator("input")).to_be_checked()
    page.locator(".o_notebook_headers .nav-link", has_text="Taxes").click()
    expect(page.locator(".o_field_widget[name=tax_ids] .o_data_row").first).to_be_visible()
    admin.sees_no_error()


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
    admin.press("action_view_invoice")
    ribbon = page.locator(".o_widget_web_ribbon .ribbon", has_text=re.compile("in payment", re.I))
    expect(ribbon.first).to_be_visible()


def why(world):
    """What Odoo itself says about an order that did not come."""
    session = world.session()
    issues = session.search_read("o2c.issue", [("state", "=", "open")], ["message"])
    jobs = session.search_read("queue.job", [("state", "!=", "done")], ["name", "state", "exc_message"])
    return f"Issues: {issues}. Jobs: {jobs}."
