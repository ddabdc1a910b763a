"""`./o2c screenshots`: pictures of the demonstration data in a real browser, in English and French.

They go to docs/screenshots/<language>/, and one of each addon to its page in the list of apps.
"""

import contextlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import browser, databases, serving
from .console import say
from .demo.rpc import Session
from .odoo import Environment
from .paths import ADDONS, PYTHON, ROOT

FOLDER = ROOT / "docs" / "screenshots"
LANGUAGES = {"en": "en_US", "fr": "fr_FR"}
# Narrow enough for Odoo to put the chatter below a form, not beside it.
SIZE = (1380, 860)
# French words in one line above the bank lines.
WIDE = (1540, 860)
# Where Odoo is, for addresses that a page shows.
ADDRESS = "https://odoo.garden-lane.example"
PATIENCE = 60_000
# Pictures and graphs of a page come a moment after the page (milliseconds).
SETTLING = 1_500
COLOURS = 128
SETTINGS_TAB = ".settings_tab .tab[data-key=o2c_base]"
# The picture on each addon's page, from the English ones.
OF_ADDON = {
    "o2c_base": "overview",
    "o2c_shopify_connector": "order",
    "o2c_sendcloud_shipping": "delivery",
    "o2c_mollie_payments": "settlement",
    "o2c_reconciliation": "review",
}


@dataclass(frozen=True)
class Scene:
    """A picture: where it is, what shows that the page is there, what is done before it is taken."""

    name: str
    path: Callable[[Session], str]
    ready: str
    act: Callable[[object], None] = lambda page: None
    size: tuple[int, int] = SIZE
    # The part of the page that is taken; empty: all of the window.
    part: str = ""


def _at(path: str) -> Callable[[Session], str]:
    return lambda admin: f"odoo/{path}"


def _first(folder: str, model: str, domain: list, order: str = "id desc") -> Callable[[Session], str]:
    """The page of the first record that fits."""
    return lambda admin: f"{folder}/{admin.search(model, domain, limit=1, order=order)[0]}"


def _click(selector: str) -> Callable[[object], None]:
    return lambda page: page.locator(selector).first.click()


def _show_line(page, text: str) -> None:
    page.locator(".o_data_row td[name=payment_ref]", has_text=text).first.click()
    page.locator(".o_o2c_panel .o_o2c_label", has_text=text).wait_for()


def _choose(page) -> None:
    """Pay an invoice with a bank line that is lower, and book the difference."""
    _show_line(page, "discount")
    label = page.locator(".o_o2c_panel .o_o2c_label").inner_text()
    page.locator(".o_o2c_choose").click()
    # The number in the label is damaged, but for its end.
    page.locator(".o_o2c_search").fill(label.split()[0].rpartition("/")[2])
    page.locator(".o_o2c_found").first.click()
    page.locator(".o_o2c_model", has_text="Cash Discount").click()


def _matched(page) -> None:
    """A payment of Mollie that was matched by itself."""
    page.locator(".o_o2c_state[data-state=matched]").click()
    page.locator(".o_o2c_journal").click()
    page.locator(".o-dropdown-item", has_text="Mollie").first.click()
    page.locator(".o_searchview_facet", has_text="Mollie").wait_for()
    _show_line(page, "tr_demo")


DONE = [("o2c_stage", "=", "done"), ("shopify_gid", "!=", False)]
REVIEW = "action-o2c_reconciliation.account_bank_statement_line_action"
SCENES = (
    Scene("overview", _at("order-to-cash-overview"), ".o_o2c_stage", size=(1380, 740)),
    Scene(
        "orders",
        _at("action-o2c_base.sale_order_action?view_type=kanban"),
        ".o_kanban_record:not(.o_kanban_ghost)",
        size=(1660, 900),
    ),
    Scene(
        "order",
        _first("odoo/action-o2c_base.sale_order_action", "sale.order", DONE, "date_order desc"),
        ".o_field_widget[name=o2c_road]",
    ),
    Scene(
        "order-to-cash",
        _first(
            "odoo/action-o2c_base.sale_order_action",
            "sale.order",
            [("o2c_stage", "=", "settled"), ("o2c_issue_ids.state", "=", "open")],
        ),
        ".o_field_widget[name=o2c_road]",
        _click(".o_notebook_headers .nav-link[name=o2c]"),
        size=(1380, 1500),
    ),
    Scene(
        "portal",
        _first("my/orders", "sale.order", DONE, "date_order desc"),
        "#o2c_road",
        part="#portal_sale_content",
    ),
    Scene(
        "delivery",
        _first(
            "odoo/action-stock.action_picking_tree_outgoing",
            "stock.picking",
            [("sendcloud_state", "=", "in_transit")],
            "date_done",
        ),
        "button[name=action_sendcloud_print_labels]",
        _click(".o_notebook_headers .nav-link[name=sendcloud]"),
    ),
    Scene(
        "settlement",
        _first(
            "odoo/action-o2c_mollie_payments.o2c_mollie_settlement_action",
            "o2c.mollie.settlement",
            [("state", "=", "booked"), ("status", "=", "paidout")],
            "created_at desc",
        ),
        ".o_form_view .o_field_monetary",
    ),
    Scene("review", _at(REVIEW), ".o_o2c_proposal", size=WIDE),
    Scene("review-choose", _at(REVIEW), ".o_data_row", _choose, size=WIDE),
    Scene("review-matched", _at(REVIEW), ".o_data_row", _matched, size=WIDE),
    Scene("analysis", _at("order-to-cash-analysis"), ".o_graph_renderer canvas", size=(1380, 760)),
    Scene("settings", _at("settings"), SETTINGS_TAB, _click(SETTINGS_TAB), size=(1380, 1840)),
)


def run(environment: Environment) -> int:
    """Make the database, serve it, and have the pictures taken by a process that has a browser."""
    variables = environment.variables(O2C_BROWSER=str(browser.find()))
    with (
        databases.copy(environment, f"o2c_pictures_{os.getpid()}", demo=True) as database,
        serving.odoo(environment, database) as server,
    ):
        command = [PYTHON, "-m", "tools.screenshots", server.url, database]
        return subprocess.call([str(item) for item in command], cwd=ROOT, env=variables)


def take(url: str, database: str) -> int:
    admin = Session(url, database, "admin", "admin")
    for name, value in {"web.base.url": ADDRESS, "web.base.url.freeze": "True"}.items():
        admin.call("ir.config_parameter", "set_param", name, value)
    for short, code in LANGUAGES.items():
        if code != "en_US":
            _install(admin, code)
        admin.call("res.users", "write", [admin.uid], {"lang": code})
        folder = FOLDER / short
        folder.mkdir(parents=True, exist_ok=True)
        with _page(url, code) as page:
            for scene in SCENES:
                picture = _take(page, url, scene, admin)
                (folder / f"{scene.name}.png").write_bytes(picture)
                say(f"{short}/{scene.name}.png  {len(picture) // 1024} kB")
    for addon, name in OF_ADDON.items():
        shutil.copy(
            FOLDER / "en" / f"{name}.png", ADDONS / addon / "static" / "description" / "screenshot.png"
        )
    return 0


def _install(admin: Session, code: str) -> None:
    found = admin.search("res.lang", [("code", "=", code), ("active", "in", (True, False))])
    wizard = admin.call("base.language.install", "create", [{"lang_ids": [[6, 0, found]]}])
    admin.call("base.language.install", "lang_install", wizard)


@contextlib.contextmanager
def _page(url: str, code: str) -> Iterator:
    from playwright.sync_api import sync_playwright

    flags = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--hide-scrollbars"]
    flags += ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ["O2C_BROWSER"], args=flags, timeout=PATIENCE
        )
        page = chromium.new_page(
            locale=code.replace("_", "-"),
            timezone_id="Europe/Amsterdam",
            reduced_motion="reduce",
        )
        page.set_default_timeout(PATIENCE)
        page.goto(f"{url}/web/login")
        page.locator("input[name=login]").fill("admin")
        page.locator("input[name=password]").fill("admin")
        page.locator("form.oe_login_form button[type=submit]").first.click()
        page.locator(".o_web_client .o_main_navbar").wait_for()
        try:
            yield page
        finally:
            chromium.close()


def _take(page, url: str, scene: Scene, admin: Session) -> bytes:
    """One picture, as PNG with few colours."""
    from PIL import Image

    width, height = scene.size
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{url}/{scene.path(admin)}")
    page.locator(scene.ready).first.wait_for()
    scene.act(page)
    page.locator(".o_loading_indicator").wait_for(state="detached")
    page.wait_for_timeout(SETTLING)
    page.locator(".o_loading_indicator").wait_for(state="detached")
    page.mouse.move(width - 4, height - 4)
    shown = page.locator(scene.part) if scene.part else page
    image = Image.open(io.BytesIO(shown.screenshot(animations="disabled")))
    small = io.BytesIO()
    image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    sys.exit(take(*sys.argv[1:]))
