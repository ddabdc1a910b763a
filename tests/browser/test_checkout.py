"""A customer of Odoo's own web shop: prices and a service point at the check-out, then the label for it."""

import os

import pytest
from playwright.sync_api import expect

from tests.support import browser, live
from tools import databases, serving
from tools.demo import control
from tools.paths import LOGS
from tools.processes import run

ADDRESS = {
    "name": "Jane Doe",
    "email": "jane@example.com",
    "phone": "+31612345678",
    "street": "Kerkstraat 12",
    "zip": "1012 AB",
    "city": "Amsterdam",
}


@pytest.fixture(scope="module")
def shop():
    """A web shop that sends with Sendcloud, to the door or to a service point."""
    surroundings = live.environment()
    with (
        databases.copy(surroundings, f"o2c_checkout_{os.getpid()}") as database,
        serving.sandbox(surroundings) as outside,
    ):
        run(
            surroundings.command("-d", database, "--init", "website_sale", "--stop-after-init", "--no-http"),
            log=LOGS / f"{database}-website.log",
            env=surroundings.variables(),
            what="Installing the web shop",
        )
        with serving.odoo(surroundings, database) as server:
            running = live.Live(server.url, database, control.new_world(outside.url, shop="empty"))
            live.point_at(running.session(), running.world)
            yield running, running.session(), sells_a_trowel(running)


def sells_a_trowel(running):
    """Connect Sendcloud, publish two of its options and a product; returns the product's page."""
    admin = running.session()
    keys = running.world.get("credentials")["sendcloud"]
    values = {"public_key": keys["public_key"], "secret_key": keys["secret_key"]}
    account = admin.call("o2c.sendcloud.account", "create", [values])[0]
    admin.call("o2c.sendcloud.account", "action_test_connection", [account])
    admin.call("o2c.sendcloud.account", "action_sync_shipping_options", [account])
    codes = ("postnl:standard", "postnl:service_point")
    options = admin.search("o2c.sendcloud.option", [("code", "in", codes)])
    admin.call("o2c.sendcloud.option", "action_create_carriers", options)
    carriers = admin.search("delivery.carrier", [])
    sendcloud = admin.search("delivery.carrier", [("delivery_type", "=", "sendcloud")])
    admin.call("delivery.carrier", "write", carriers, {"is_published": False})
    admin.call("delivery.carrier", "write", sendcloud, {"is_published": True})
    product = {"name": "Trowel", "type": "consu", "weight": 0.8, "list_price": 12.5, "is_published": True}
    made = admin.call("product.product", "create", [product])
    return admin.call("product.product", "read", made, ["website_url"])[0]["website_url"]


def test_a_service_point_chosen_at_the_checkout_is_on_the_label(shop):
    running, admin, product_page = shop
    with browser.person(running.url, "customer") as customer:
        puts_it_in_the_cart(customer.page, f"{running.url}{product_page}")
        enters_the_address(customer.page, running.url)
        point = chooses_a_point(customer.page)
    order = admin.search_read(
        "sale.order", [("website_id", "!=", False)], ["pickup_location_data", "amount_delivery"]
    )[0]
    assert order["pickup_location_data"]["name"] == point
    assert order["amount_delivery"] == pytest.approx(5.70)
    admin.call("sale.order", "action_confirm", [order["id"]])
    picking = admin.search("stock.picking", [("sale_id", "=", order["id"])])
    admin.call("stock.picking", "button_validate", picking)

    def sold():
        return running.world.get("sendcloud/labels")["labels"]

    (label,) = live.wait_for("The label", sold, seconds=60)
    assert label["shipping_option_code"] == "postnl:service_point"
    assert label["service_point"] == point


def puts_it_in_the_cart(page, address):
    page.goto(address, wait_until="networkidle")
    page.locator("#add_to_cart").click()
    expect(page.locator(".my_cart_quantity").first).to_have_text("1")


def enters_the_address(page, url):
    page.goto(f"{url}/shop/address", wait_until="networkidle")
    for name, value in ADDRESS.items():
        page.fill(f"input[name={name}]", value)
    page.select_option("select[name=country_id]", label="Netherlands")
    page.locator("[name=website_sale_main_button]:visible").first.click()
    page.wait_for_url("**/shop/checkout**")


def chooses_a_point(page):
    """Both methods have their price of today; returns the name of the point in Odoo's selector."""
    prices = page.locator(".o_wsale_delivery_price_badge")
    expect(prices.nth(0)).to_contain_text("6.10")
    expect(prices.nth(1)).to_contain_text("5.70")
    page.locator("input[name=o_delivery_radio][data-is-pickup-location-required]").click()
    page.locator("[name=o_pickup_location_selector]:visible").first.click()
    selector = page.locator(".o_location_selector")
    page.get_by_role("button", name="Choose this location").click()
    expect(selector).to_have_count(0)
    shown = page.locator("[name=o_pickup_location_name]:visible").first
    expect(shown).to_contain_text("PostNL")
    return shown.inner_text().strip()
