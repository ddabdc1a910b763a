"""A person in front of Odoo's web client, in a headless Chromium."""

import contextlib
import os
import re
from collections.abc import Iterator

from playwright.sync_api import Locator, Page, expect, sync_playwright

from tools.paths import OUT

WINDOW = {"width": 1280, "height": 800}
# The machine may be busy: a page that takes this long has not failed yet.
PATIENCE = 60_000
QUIET = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# What the web client asks of the server: records, views, actions and the session.
RPC = re.compile(r"/web/(dataset|action|session)/")


class Person:
    """Logged in to Odoo; does what a person does, and keeps what the server answered."""

    def __init__(self, page: Page, url: str):
        self.page, self.url = page, url
        self.answers: list[str] = []
        page.context.route(RPC, self._keep_answer)

    def _keep_answer(self, route):
        # The page may be gone when the answer comes; it needs none then.
        with contextlib.suppress(Exception):
            answer = route.fetch(timeout=PATIENCE)
            self.answers.append(answer.text())
            route.fulfill(response=answer)

    def log_in(self, login: str, password: str) -> None:
        self.page.goto(f"{self.url}/web/login")
        self.page.locator("input[name=login]").fill(login)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("button[type=submit]", has_text="Log in").click()
        expect(self.page.locator(".o_web_client .o_main_navbar")).to_be_visible()

    def open(self, path: str) -> None:
        """Go to a page of the web client by its address; it is loaded afresh."""
        self.page.goto(f"{self.url}/odoo/{path}")
        expect(self.page.locator(".o_action_manager .o_view_controller")).to_be_visible()

    def menu(self, app: str, *names: str) -> None:
        """Choose an app, then a menu item below it, as one does with the mouse."""
        self.page.locator(".o_navbar_apps_menu button, .o_main_navbar .o_menu_toggle").first.click()
        # The app that is open stands in the bar as well.
        apps = self.page.get_by_role("menuitem", name=app, exact=True)
        apps.and_(self.page.locator(":not(.o_menu_brand)")).click()
        for name in names:
            self.page.get_by_role("menuitem", name=name, exact=True).or_(
                self.page.locator(".o_menu_sections button", has_text=name)
            ).first.click()

    def field(self, name: str) -> Locator:
        return self.page.locator(f".o_field_widget[name={name}]").first

    def type(self, name: str, value: str) -> None:
        self.field(name).locator("input").fill(value)

    def press(self, method: str) -> None:
        """Press the button that calls this method."""
        self.page.locator(f"button[name={method}]:visible").first.click()

    def sees_message(self, text: str | re.Pattern, kind: str = "success") -> str:
        """Wait for a notification that says this, close it and return all of its text."""
        bar = f".o_notification_bar.bg-{kind}"
        note = self.page.locator(".o_notification", has_text=text).filter(has=self.page.locator(bar)).first
        expect(note).to_be_visible()
        words = note.inner_text()
        note.locator(".o_notification_close").click()
        return words

    def sees_no_error(self) -> None:
        expect(self.page.locator(".o_error_dialog, .o_notification_bar.bg-danger")).to_have_count(0)


@contextlib.contextmanager
def person(url: str, name: str) -> Iterator[Person]:
    """A fresh browser profile. When the block fails, `.o2c/out/browser-NAME.png` shows the screen."""
    arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["O2C_BROWSER"], args=arguments, timeout=PATIENCE
        )
        page = browser.new_page(viewport=WINDOW, locale="en-US", timezone_id="Europe/Amsterdam")
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        try:
            yield Person(page, url)
        except BaseException:
            OUT.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(Exception):
                page.screenshot(path=OUT / f"browser-{name}.png")
            raise
        finally:
            with contextlib.suppress(Exception):
                browser.close()
