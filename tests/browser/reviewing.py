"""The accountant's path over the review screen: what waits is decided, with the keyboard where it can be."""

import re
from dataclasses import dataclass
from datetime import date

from playwright.sync_api import Locator, expect

from tests.support.browser import Person
from tools.demo.rpc import Session

ROWS = ".o_data_row"


@dataclass(frozen=True)
class Waiting:
    """Bank lines that a person must decide, and the invoices that they pay."""

    invoices: list[dict]
    model: str

    def number(self, place: int) -> str:
        return self.invoices[place]["name"]


def lines_arrive(admin: Session, accountant: Session, journal: int) -> Waiting:
    """Dollars that were changed, three lines of one kind, a discount, an instalment, the bank's charges."""
    rules = admin.search("account.reconcile.model", [("o2c_matching", "=", "document_reference")])
    admin.call("account.reconcile.model", "write", rules, {"trigger": "manual"})
    expenses = admin.search("account.account", [("account_type", "=", "expense")], limit=1)
    admin.call(
        "account.reconcile.model",
        "create",
        [{"name": "Cash discount", "line_ids": [[0, 0, {"account_id": expenses[0]}]]}],
    )
    partner = admin.call("res.partner", "create", [{"name": "Landgoed Eikenhorst"}])[0]
    invoices = [_invoice(admin, partner, amount) for amount in (430.25, 371.40, 168.75, 250.00, 900.00)]
    texts = [invoice["name"] for invoice in invoices]
    invoices.append(_invoice(admin, partner, 100.00, currency_id=_dollar(admin)))
    rows = [
        ("dollars changed into euros", 88.15, False),
        (texts[0], 430.25, partner),
        (texts[1], 371.40, partner),
        (texts[2], 168.75, partner),
        (f"{texts[3]} less 2 % discount", 245.00, partner),
        ("first instalment of the garden", 300.00, partner),
        ("account charges November", -12.40, False),
    ]
    lines = accountant.call(
        "account.bank.statement.line",
        "create",
        [
            {
                "journal_id": journal,
                "date": date.today().isoformat(),
                "payment_ref": text,
                "amount": amount,
                "partner_id": payer,
            }
            for text, amount, payer in rows
        ],
    )
    accountant.call("account.bank.statement.line", "action_o2c_match", lines)
    return Waiting(invoices, "Cash discount")


def _dollar(admin: Session) -> int:
    """The currency, in use, 1.10 for a euro."""
    known = admin.call(
        "res.currency", "search", [("name", "=", "USD")], context={**admin.context, "active_test": False}
    )
    admin.call("res.currency", "write", known, {"active": True})
    rates = admin.search("res.currency.rate", [("currency_id", "in", known)])
    admin.call("res.currency.rate", "unlink", rates)
    rate = {"currency_id": known[0], "name": date.today().replace(day=1).isoformat(), "rate": 1.10}
    admin.call("res.currency.rate", "create", [rate])
    return known[0]


def _invoice(admin: Session, partner: int, amount: float, **values) -> dict:
    line = {"name": "Garden plan", "price_unit": amount, "tax_ids": [[5]]}
    move = admin.call(
        "account.move",
        "create",
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner,
                "invoice_date": date.today().isoformat(),
                "invoice_line_ids": [[0, 0, line]],
                **values,
            }
        ],
    )
    admin.call("account.move", "action_post", move)
    return admin.search_read("account.move", [("id", "in", move)], ["name"])[0]


def row(person: Person, text: str) -> Locator:
    return person.page.locator(ROWS, has_text=text)


def panel(person: Person) -> Locator:
    return person.page.locator(".o_o2c_panel")


def shows(person: Person, text: str) -> None:
    """The panel beside the list shows this line, which the list marks and the keyboard is on."""
    expect(panel(person).locator(".o_o2c_label")).to_contain_text(text)
    expect(person.page.locator(".o_o2c_shown")).to_contain_text(text)


def click_line(person: Person, text: str) -> None:
    row(person, text).locator("td[name=payment_ref]").click()
    shows(person, text)


def state(person: Person, name: str) -> Locator:
    return person.page.locator(f".o_o2c_state[data-state={name}]")


def count(person: Person, name: str, number: int) -> None:
    expect(state(person, name).locator("span")).to_have_text(str(number))


def decides_with_the_keyboard(accountant: Person, waiting: Waiting) -> None:
    """Down, accept, and the next line is there; then all others of its kind at once."""
    keyboard = accountant.page.keyboard
    count(accountant, "proposed", 5)
    count(accountant, "open", 2)
    expect(accountant.page.locator(".o_o2c_percent")).to_have_text(re.compile(r"\d+%"))
    shows(accountant, "account charges November")
    keyboard.press("ArrowDown")
    shows(accountant, "first instalment")
    keyboard.press("ArrowDown")
    shows(accountant, "less 2 % discount")
    keyboard.press("ArrowDown")
    shows(accountant, waiting.number(2))
    expect(panel(accountant).locator(".o_o2c_why").first).to_contain_text(waiting.number(2))
    expect(panel(accountant).locator(".o_o2c_sum tfoot")).to_contain_text("Explained to the cent")
    keyboard.press("Enter")
    expect(panel(accountant).locator(".o_o2c_accept")).to_be_focused()
    keyboard.press("Enter")
    shows(accountant, waiting.number(1))
    expect(row(accountant, waiting.number(2))).to_have_count(0)
    count(accountant, "manual", 1)
    panel(accountant).locator(".o_o2c_alike", has_text="All 2").click()
    expect(row(accountant, waiting.number(0))).to_have_count(0)
    count(accountant, "manual", 3)
    accountant.sees_no_error()


def writes_off_a_discount(accountant: Person, waiting: Waiting) -> None:
    """Another choice than the proposed: searched for by number, the difference booked with a model."""
    page = accountant.page
    click_line(accountant, "less 2 % discount")
    page.keyboard.press("Alt+o")
    search = panel(accountant).locator(".o_o2c_search")
    expect(search).to_be_focused()
    search.fill(waiting.number(3))
    expect(panel(accountant).locator(".o_o2c_found")).to_have_count(1)
    search.press("Enter")
    expect(panel(accountant).locator(".o_o2c_sum tfoot")).to_contain_text("5.00")
    panel(accountant).locator(".o_o2c_model", has_text=waiting.model).click()
    expect(panel(accountant).locator(".o_o2c_sum tfoot")).to_contain_text("Explained to the cent")
    panel(accountant).locator(".o_o2c_apply").click()
    expect(row(accountant, "less 2 % discount")).to_have_count(0)
    count(accountant, "manual", 4)


def books_and_divides(accountant: Person, waiting: Waiting) -> None:
    """Charges on a model; an instalment in parts, of which one stays open."""
    click_line(accountant, "account charges November")
    panel(accountant).locator(".o_o2c_choose").click()
    panel(accountant).locator(".o_o2c_model", has_text=waiting.model).click()
    panel(accountant).locator(".o_o2c_apply").click()
    expect(row(accountant, "account charges November")).to_have_count(0)
    click_line(accountant, "first instalment")
    panel(accountant).locator(".o_o2c_choose").click()
    panel(accountant).locator(".o_o2c_found", has_text=waiting.number(4)).click()
    panel(accountant).locator(".o_o2c_part_amount").fill("280")
    expect(panel(accountant).locator(".o_o2c_sum tfoot")).to_contain_text("Stays open on the bank line")
    expect(panel(accountant).locator(".o_o2c_left")).to_contain_text("20.00")
    panel(accountant).locator(".o_o2c_apply").click()
    shows(accountant, "dollars changed into euros")
    click_line(accountant, "first instalment")
    expect(panel(accountant).locator(".o_o2c_applied .o_o2c_why")).to_contain_text("280.00")
    accountant.sees_no_error()


def takes_one_back(accountant: Person, waiting: Waiting) -> None:
    """Undo is one key away; the line waits again."""
    state(accountant, "manual").click()
    click_line(accountant, f"{waiting.number(3)} less")
    accountant.page.keyboard.press("Alt+u")
    count(accountant, "manual", 4)
    state(accountant, "all").click()
    click_line(accountant, f"{waiting.number(3)} less")
    expect(panel(accountant).locator(".badge").first).to_have_text(re.compile("Open|Proposed"))


def pays_in_another_currency(accountant: Person, waiting: Waiting) -> None:
    """An invoice in dollars, paid in full with the euros that the bank made of them."""
    click_line(accountant, "dollars changed into euros")
    panel(accountant).locator(".o_o2c_choose").click()
    panel(accountant).locator(".o_o2c_search").fill(waiting.number(5))
    found = panel(accountant).locator(".o_o2c_found")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("100.00")
    expect(found.locator(".o_o2c_asks")).to_contain_text("90.91")
    found.click()
    expect(panel(accountant).locator(".o_o2c_sum tfoot")).to_contain_text("Stays open on the document")
    panel(accountant).locator(".o_o2c_in_full input").check()
    expect(panel(accountant).locator(".o_o2c_sum tfoot")).to_contain_text("Explained to the cent")
    panel(accountant).locator(".o_o2c_apply").click()
    count(accountant, "manual", 5)
    accountant.sees_no_error()


def finds(person: Person, field: str, text: str) -> None:
    """Search all lines by a field of the search box."""
    person.open("action-o2c_reconciliation.account_bank_statement_line_action")
    state(person, "all").click()
    person.page.locator(".o_searchview_input").fill(text)
    person.page.locator(".o_searchview_autocomplete .o-dropdown-item", has_text=field).first.click()
    expect(person.page.locator(".o_searchview_facet", has_text=field)).to_be_visible()


def searches_by_amount_partner_and_rule(accountant: Person, waiting: Waiting) -> None:
    """Whoever decided, and whichever way the money went: each of them finds its lines."""
    charges, instalment = row(accountant, "account charges"), row(accountant, "first instalment")
    named = row(accountant, waiting.number(2))
    finds(accountant, "Amount", "12.40")
    expect(accountant.page.locator(ROWS)).to_have_count(1)
    expect(charges).to_be_visible()
    finds(accountant, "Partner", "eikenhorst")
    expect(accountant.page.locator(ROWS)).to_have_count(5)
    expect(instalment).to_be_visible()
    finds(accountant, "Rule", "Document reference")
    expect(named).to_be_visible()
    expect(charges).to_have_count(0)
    expect(instalment).to_have_count(0)


def goes_to_the_order_and_back(accountant: Person, journal: str) -> None:
    """From a line that matched by itself to the invoice of the order, and from there to the line again."""
    page = accountant.page
    accountant.open("action-o2c_reconciliation.account_bank_statement_line_action")
    state(accountant, "matched").click()
    page.locator(".o_o2c_journal").click()
    page.locator(".o-dropdown-item", has_text=journal).click()
    expect(page.locator(".o_searchview_facet", has_text=journal)).to_be_visible()
    click_line(accountant, "Payment ·")
    label = panel(accountant).locator(".o_o2c_label").inner_text()
    links = panel(accountant).locator(".o_o2c_link")
    for model in ("sale.order", "o2c.mollie.settlement", "account.move"):
        expect(links.and_(page.locator(f"[data-model='{model}']")).first).to_be_visible()
    expect(panel(accountant).locator(".o_o2c_sum tfoot")).to_contain_text("Explained to the cent")
    settlement = links.and_(page.locator("[data-model='o2c.mollie.settlement']")).first.inner_text()
    finds(accountant, "Settlement", settlement)
    expect(page.locator(ROWS).first).to_be_visible()
    expect(row(accountant, "less 2 % discount")).to_have_count(0)
    click_line(accountant, label)
    links.and_(page.locator("[data-model='account.move']")).first.click()
    accountant.press("action_open_o2c_matches")
    shows(accountant, label)
    accountant.sees_no_error()


def looks_only(clerk: Person, waiting: Waiting) -> None:
    """A back-office user sees line, proposal and figures, and has nothing to press."""
    clerk.open("action-o2c_reconciliation.account_bank_statement_line_action")
    click_line(clerk, f"{waiting.number(3)} less")
    expect(clerk.page.locator(".o_o2c_percent")).to_be_visible()
    expect(panel(clerk).locator("button")).to_have_count(0)
    clerk.page.keyboard.press("Alt+a")
    shows(clerk, f"{waiting.number(3)} less")
    clerk.sees_no_error()
