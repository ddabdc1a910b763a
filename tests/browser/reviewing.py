"""The accountant's path over the review screen: what waits is decided, with the keyboard where it can be."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from playwright.sync_api import Locator, Route, expect

from tests.support.browser import Person
from tools.demo.rpc import Session

ROWS = ".o_data_row"


@dataclass(frozen=True)
class Waiting:
    """Bank lines that a person must decide, and the invoices that they pay."""

    invoices: list[dict]
    model: str
    books: Session

    def number(self, place: int) -> str:
        return self.invoices[place]["name"]


def lines_arrive(admin: Session, accountant: Session, journal: int) -> Waiting:
    """Two invoices of one amount, what a colleague decides, dollars that were changed, three lines of one
    kind, a discount, an instalment, the bank's charges."""
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
    twice = admin.call("res.partner", "create", [{"name": "Kwekerij Overgauw"}])[0]
    invoices += [_invoice(admin, twice, amount) for amount in (77.00, 77.00, 512.30)]
    rows = [
        ("one of two, says Overgauw", 77.00, twice),
        (f"{invoices[8]['name']} less something", 500.00, twice),
        ("dollars changed into euros", 88.15, False),
        (texts[0], 430.25, partner),
        (texts[1], 371.40, partner),
        (texts[2], 168.75, partner),
        (f"{texts[3]} less 2 % discount", 245.00, partner),
        ("first instalment of the garden", 300.00, partner),
        ("account charges November", -12.40, False),
    ]
    # The newest of the list: what Mollie settles late in the evening has the date of the next day already.
    tomorrow = date.today() + timedelta(days=1)
    lines = accountant.call(
        "account.bank.statement.line",
        "create",
        [
            {
                "journal_id": journal,
                "date": tomorrow.isoformat(),
                "payment_ref": text,
                "amount": amount,
                "partner_id": payer,
            }
            for text, amount, payer in rows
        ],
    )
    accountant.call("account.bank.statement.line", "action_o2c_match", lines)
    return Waiting(invoices, "Cash discount", accountant)


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


def shown_at_last(person: Person, text: str) -> None:
    """The same, and its buttons can be pressed."""
    shows(person, text)
    expect(panel(person)).to_have_attribute("aria-busy", "false")


@contextlib.contextmanager
def held(person: Person, method: str) -> Iterator[list[Route]]:
    """Keep calls of this method from the server until the end of the block, or until one is let through."""
    calls: list[Route] = []
    pattern = re.compile(rf"/call_kw/account\.bank\.statement\.line/{method}$")
    person.page.route(pattern, lambda route: calls.append(route))
    try:
        yield calls
    finally:
        person.page.unroute(pattern)
        for call in calls:
            call.fallback()


def asked(person: Person, calls: list[Route], count: int) -> None:
    """Wait until the browser has made so many of the held calls."""
    for _moment in range(200):
        if len(calls) >= count:
            break
        person.page.wait_for_timeout(50)
    assert len(calls) == count, calls


def shows_no_line_but_the_marked_one(accountant: Person, waiting: Waiting) -> None:
    """A slow server: the panel never stays on another line, and nothing is done with the line just left."""
    page = accountant.page
    with held(accountant, "o2c_review") as calls:
        page.keyboard.press("ArrowDown")
        expect(page.locator(".o_o2c_shown")).to_contain_text("first instalment")
        asked(accountant, calls, 1)
        page.keyboard.press("ArrowUp")
        expect(page.locator(".o_o2c_shown")).to_contain_text("account charges November")
        calls.pop(0).fallback()
        page.wait_for_timeout(500)
        expect(panel(accountant).locator(".o_o2c_label")).to_contain_text("account charges November")
    shown_at_last(accountant, "account charges November")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    shown_at_last(accountant, "less 2 % discount")
    with held(accountant, "o2c_review") as calls:
        page.keyboard.press("ArrowUp")
        asked(accountant, calls, 1)
        expect(panel(accountant).locator(".o_o2c_label")).to_contain_text("less 2 % discount")
        expect(panel(accountant).locator(".o_o2c_accept")).to_be_disabled()
        page.keyboard.press("Alt+a")
        page.keyboard.press("Alt+l")
        page.wait_for_timeout(300)
    shown_at_last(accountant, "first instalment")
    lines = [("payment_ref", "ilike", "first instalment")], [("payment_ref", "ilike", "less 2 % discount")]
    for domain in lines:
        line = waiting.books.search_read("account.bank.statement.line", domain, ["o2c_match_state"])
        assert line[0]["o2c_match_state"] == "proposed"
    page.keyboard.press("ArrowUp")
    shown_at_last(accountant, "account charges November")
    accountant.sees_no_error()


def reads_again_what_failed(accountant: Person) -> None:
    """The connection breaks while a line is read: the panel says so and offers to try again."""
    page = accountant.page
    with held(accountant, "o2c_review") as calls:
        page.keyboard.press("ArrowDown")
        asked(accountant, calls, 1)
        calls.pop().abort()
        expect(panel(accountant).locator(".o_o2c_unread")).to_contain_text("could not be read")
        expect(panel(accountant).locator(".o_o2c_label")).to_contain_text("account charges November")
    panel(accountant).get_by_role("button", name="Try Again").click()
    shown_at_last(accountant, "first instalment")
    expect(panel(accountant).locator(".o_o2c_unread")).to_have_count(0)
    page.keyboard.press("ArrowUp")
    shown_at_last(accountant, "account charges November")


def decides_with_the_keyboard(accountant: Person, waiting: Waiting) -> None:
    """Down, accept, and the next line is there; then all others of its kind at once."""
    keyboard = accountant.page.keyboard
    count(accountant, "proposed", 7)
    count(accountant, "open", 2)
    expect(accountant.page.locator(".o_o2c_percent")).to_have_text(re.compile(r"\d+%"))
    shows(accountant, "account charges November")
    shows_no_line_but_the_marked_one(accountant, waiting)
    reads_again_what_failed(accountant)
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
    keyboard.press("Escape")
    expect(row(accountant, waiting.number(2)).locator(":focus")).to_have_count(1)
    keyboard.press("Enter")
    expect(panel(accountant).locator(".o_o2c_accept")).to_be_focused()
    with held(accountant, "o2c_review") as calls:
        keyboard.press("Enter")
        # The next line at once, and no other in between.
        expect(accountant.page.locator(".o_o2c_shown")).to_contain_text(waiting.number(1))
        asked(accountant, calls, 1)
        accountant.page.wait_for_timeout(300)
        asked(accountant, calls, 1)
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
    search.press("Escape")
    expect(panel(accountant).locator(".o_o2c_actions :focus")).to_have_count(1)
    page.keyboard.press("Alt+o")
    expect(panel(accountant).locator(".o_o2c_found").first).to_contain_text(waiting.number(3))
    # Enter is for what was typed, though the answer shown is still that of before.
    search.fill(waiting.number(4))
    search.press("Enter")
    part = panel(accountant).locator(".o_o2c_part")
    expect(part).to_contain_text(waiting.number(4))
    part.get_by_label("Remove").click()
    expect(part).to_have_count(0)
    # An arrow key does not lead away from what is being laid out.
    page.keyboard.press("ArrowDown")
    search.fill(waiting.number(3))
    expect(panel(accountant).locator(".o_o2c_found")).to_have_count(1)
    search.press("Enter")
    expect(panel(accountant).locator(".o_o2c_sum tfoot")).to_contain_text("5.00")
    panel(accountant).locator(".o_o2c_model", has_text=waiting.model).click()
    page.keyboard.press("ArrowDown")
    expect(panel(accountant).locator(".o_o2c_sum tfoot")).to_contain_text("Explained to the cent")
    # Twice is once.
    search.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(row(accountant, "less 2 % discount")).to_have_count(0)
    count(accountant, "manual", 4)
    accountant.sees_no_error()


def leaves_a_line_out_for_a_while(accountant: Person) -> None:
    """Excluded, then given back to matching, and matched now, each by its button."""
    click_line(accountant, "account charges November")
    panel(accountant).locator(".o_o2c_exclude").click()
    count(accountant, "excluded", 1)
    expect(row(accountant, "account charges November")).to_have_count(0)
    shows(accountant, "first instalment")
    state(accountant, "excluded").click()
    click_line(accountant, "account charges November")
    panel(accountant).locator(".o_o2c_include").click()
    count(accountant, "excluded", 0)
    state(accountant, "open").click()
    click_line(accountant, "account charges November")
    panel(accountant).locator(".o_o2c_match_now").click()
    shown_at_last(accountant, "account charges November")
    accountant.sees_no_error()
    accountant.menu("Order to Cash", "Reconciliation", "Bank Lines")
    state(accountant, "proposed").wait_for()


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
    amount = panel(accountant).locator(".o_o2c_part_amount")
    amount.fill("1.234")
    expect(panel(accountant).locator(".o_o2c_wrong")).to_contain_text("1,234.56")
    expect(panel(accountant).locator(".o_o2c_apply")).to_be_disabled()
    # As it is written in the accountant's country.
    amount.fill("280,00")
    expect(panel(accountant).locator(".o_o2c_sum tfoot")).to_contain_text("Stays open on the bank line")
    expect(panel(accountant).locator(".o_o2c_left")).to_contain_text("20.00")
    panel(accountant).locator(".o_o2c_apply").click()
    shows(accountant, "dollars changed into euros")
    click_line(accountant, "first instalment")
    expect(panel(accountant).locator(".o_o2c_applied .o_o2c_why")).to_contain_text("280.00")
    accountant.sees_no_error()


def explains_a_line_in_two_steps(accountant: Person, waiting: Waiting) -> None:
    """The rest is booked, too: the sum has both steps. Alt+Z takes the later one back, Alt+U none."""
    panel(accountant).locator(".o_o2c_choose").click()
    panel(accountant).locator(".o_o2c_model", has_text=waiting.model).click()
    panel(accountant).locator(".o_o2c_apply").click()
    count(accountant, "manual", 6)
    state(accountant, "manual").click()
    click_line(accountant, "first instalment")
    expect(panel(accountant).locator(".o_o2c_applied")).to_have_count(2)
    expect(panel(accountant).locator(".o_o2c_sum tbody tr")).to_have_count(3)
    expect(panel(accountant).locator(".o_o2c_sum tfoot")).to_contain_text("Explained to the cent")
    expect(panel(accountant).locator(".o_o2c_undo").first).to_have_text(re.compile("Undo This and Later"))
    shown_at_last(accountant, "first instalment")
    # Odoo's own menu of actions.
    accountant.page.keyboard.press("Alt+u")
    expect(accountant.page.locator(".o-dropdown--menu")).to_be_visible()
    accountant.page.keyboard.press("Escape")
    count(accountant, "manual", 6)
    accountant.page.keyboard.press("Alt+z")
    count(accountant, "manual", 5)
    state(accountant, "all").click()
    click_line(accountant, "first instalment")
    expect(panel(accountant).locator(".o_o2c_applied .o_o2c_why")).to_contain_text("280.00")


def takes_one_back(accountant: Person, waiting: Waiting) -> None:
    """Undo is one key away; the line waits again."""
    state(accountant, "manual").click()
    click_line(accountant, f"{waiting.number(3)} less")
    shown_at_last(accountant, f"{waiting.number(3)} less")
    accountant.page.keyboard.press("Alt+z")
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


def chooses_the_second_proposal(accountant: Person, waiting: Waiting) -> None:
    """Two invoices come into question; by key and by click the second one is chosen, and that one is paid."""
    page = accountant.page
    click_line(accountant, "one of two, says Overgauw")
    shown_at_last(accountant, "one of two, says Overgauw")
    proposals = panel(accountant).locator(".o_o2c_proposal")
    chosen = panel(accountant).locator(".o_o2c_chosen")
    expect(chosen).to_contain_text(waiting.number(6))
    proposals.nth(1).click()
    expect(chosen).to_contain_text(waiting.number(7))
    page.keyboard.press("1")
    expect(chosen).to_contain_text(waiting.number(6))
    page.keyboard.press("2")
    expect(chosen).to_contain_text(waiting.number(7))
    page.keyboard.press("Alt+a")
    count(accountant, "manual", 6)
    paid = waiting.books.search_read(
        "account.move", [("id", "in", [move["id"] for move in waiting.invoices[6:8]])], ["payment_state"]
    )
    assert {move["id"]: move["payment_state"] for move in paid} == {
        waiting.invoices[6]["id"]: "not_paid",
        waiting.invoices[7]["id"]: "paid",
    }
    accountant.sees_no_error()


def is_told_that_a_colleague_was_faster(accountant: Person, waiting: Waiting) -> None:
    """What was decided meanwhile cannot be accepted again, and the panel shows how it is now."""
    text = f"{waiting.number(8)} less something"
    click_line(accountant, text)
    shown_at_last(accountant, text)
    lines = waiting.books.search("account.bank.statement.line", [("payment_ref", "=", text)])
    waiting.books.call("account.bank.statement.line", "action_o2c_accept", lines)
    accountant.page.keyboard.press("Alt+a")
    dialog = accountant.page.locator(".modal", has_text="Only a proposal can be accepted")
    expect(dialog).to_be_visible()
    dialog.locator(".modal-footer button").first.click()
    count(accountant, "manual", 7)
    expect(panel(accountant).locator(".badge").first).to_have_text("Matched by Hand")
    accountant.sees_no_error()


def turns_pages_and_opens_groups(accountant: Person) -> None:
    """Arrow keys go on where a page ends, and the panel follows in a grouped list, too."""
    page = accountant.page
    accountant.open("action-o2c_reconciliation.account_bank_statement_line_action")
    state(accountant, "all").click()
    # The list is that of all lines now, and no longer the one before.
    expect(page.locator(".o_pager_limit")).to_have_text(state(accountant, "all").locator("span").inner_text())
    expect(row(accountant, "account charges November")).to_be_visible()
    page.locator(".o_pager_value").click()
    page.locator("input.o_pager_value").fill("1-2")
    page.locator("input.o_pager_value").press("Enter")
    expect(page.locator(ROWS)).to_have_count(2)
    click_line(accountant, "account charges November")
    page.keyboard.press("ArrowDown")
    shows(accountant, "first instalment")
    page.keyboard.press("ArrowDown")
    shows(accountant, "less 2 % discount")
    expect(page.locator(".o_pager_value")).to_have_text("3-4")
    page.keyboard.press("ArrowUp")
    shows(accountant, "first instalment")
    page.locator(".o_searchview_dropdown_toggler").click()
    page.locator(".o_group_by_menu .o_menu_item", has_text="Matching").first.click()
    page.keyboard.press("Escape")
    expect(page.locator(".o_group_header").first).to_be_visible()
    expect(panel(accountant)).to_have_count(0)
    page.locator(".o_group_header", has_text="Matched by Hand").click()
    label = page.locator(ROWS).first.locator("td[name=payment_ref]").inner_text()
    shows(accountant, label)
    accountant.sees_no_error()


def asks_before_it_accepts_many(admin: Session, accountant: Person, waiting: Waiting) -> None:
    """More than twenty of one kind at once: only after a question, and as many as the button says."""
    partner = admin.call("res.partner", "create", [{"name": "Many Gardens"}])[0]
    invoices = [_invoice(admin, partner, 20.01 + place) for place in range(21)]
    journal = waiting.books.search_read(
        "account.bank.statement.line", [("payment_ref", "ilike", "account charges")], ["journal_id"]
    )[0]["journal_id"][0]
    lines = waiting.books.call(
        "account.bank.statement.line",
        "create",
        [
            {
                "journal_id": journal,
                "date": date.today().isoformat(),
                "payment_ref": f"{invoice['name']} of many",
                "amount": 20.01 + place,
            }
            for place, invoice in enumerate(invoices)
        ],
    )
    waiting.books.call("account.bank.statement.line", "action_o2c_match", lines)
    accountant.open("action-o2c_reconciliation.account_bank_statement_line_action")
    before = int(state(accountant, "manual").locator("span").inner_text())
    click_line(accountant, f"{invoices[0]['name']} of many")
    button = panel(accountant).locator(".o_o2c_alike")
    expect(button).to_contain_text("Accept all 21 of")
    button.click()
    dialog = accountant.page.locator(".modal", has_text="21 bank lines are matched")
    dialog.locator(".modal-footer button", has_text="Cancel").click()
    expect(dialog).to_have_count(0)
    count(accountant, "manual", before)
    button.click()
    dialog.locator(".modal-footer .btn-primary").click()
    count(accountant, "manual", before + 21)
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
    # Whoever types a search goes on typing.
    shown_at_last(accountant, "account charges")
    expect(accountant.page.locator(".o_searchview_input")).to_be_focused()
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
