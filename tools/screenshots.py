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
SIZE = {"width": 1440, "height": 900}
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
    click: str = ""


def _record(action: str, model: str, domain: list, order: str = "id desc") -> Callable[[Session], str]:
    """The page of the first record that fits."""

    def path(admin: Session) -> str:
        return f"action-{action}/{admin.search(model, domain, limit=1, order=order)[0]}"

    return path


SCENES = (
    Scene("overview", lambda admin: "order-to-cash-overview", ".o_o2c_stage"),
    Scene(
        "orders",
        lambda admin: "action-o2c_base.sale_order_action?view_type=kanban",
        ".o_kanban_record:not(.o_kanban_ghost)",
    ),
    Scene(
        "order",
        _record(
            "o2c_base.sale_order_action",
            "sale.order",
            [("o2c_stage", "=", "done"), ("shopify_gid", "!=", False)],
            "date_order desc",
        ),
        ".o_field_widget[name=o2c_road]",
    ),
    Scene(
        "delivery",
        _record(
            "stock.action_picking_tree_outgoing",
            "stock.picking",
            [("sendcloud_state", "=", "in_transit")],
            "date_done",
        ),
        "button[name=action_sendcloud_print_labels]",
        ".o_notebook_headers .nav-link:has-text('Sendcloud')",
    ),
    Scene(
        "settlement",
        _record(
            "o2c_mollie_payments.o2c_mollie_settlement_action",
            "o2c.mollie.settlement",
            [("state", "=", "booked"), ("status", "=", "paidout")],
            "created_at desc",
        ),
        ".o_form_view .o_data_row, .o_form_view .o_field_monetary",
    ),
    Scene(
        "review",
        lambda admin: "action-o2c_reconciliation.account_bank_statement_line_action",
        ".o_data_row",
        ".o_data_row:first-of-type td.o_data_cell >> nth=1",
    ),
    Scene("analysis", lambda admin: "order-to-cash-analysis", ".o_graph_renderer canvas"),
    Scene("settings", lambda admin: "settings", SETTINGS_TAB, SETTINGS_TAB),
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
            viewport=SIZE,
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

    page.goto(f"{url}/odoo/{scene.path(admin)}")
    page.locator(scene.ready).first.wait_for()
    if scene.click:
        page.locator(scene.click).first.click()
    page.locator(".o_loading_indicator").wait_for(state="detached")
    page.wait_for_timeout(SETTLING)
    page.locator(".o_loading_indicator").wait_for(state="detached")
    page.mouse.move(SIZE["width"] - 4, SIZE["height"] - 4)
    image = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    small = io.BytesIO()
    image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    sys.exit(take(*sys.argv[1:]))
