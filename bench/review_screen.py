"""The accountant's review screen over 50,000 bank lines: what opening it and going to the next line takes."""

from . import books
from .measuring import analyze, measure, middle

WAITING, ALL = 1500, 50_000
ROUNDS = 5
PAGE = 80
COLUMNS = ("date", "payment_ref", "amount", "amount_residual", "o2c_match_state", "o2c_explanation")
LINKS = ("partner_id", "journal_id", "mollie_settlement_id", "o2c_model_id", "currency_id")
WAITS = [("o2c_match_state", "in", ("open", "proposed"))]


def run(bench) -> None:
    env = bench.env
    bank = books.journal(env, "Bank bench")
    env["account.reconcile.model"].search([("o2c_matching", "!=", False)]).trigger = "manual"
    books.invoices(env, WAITING, 1_000_000)
    lines = books.bank_lines(env, WAITING, 1_000_000, bank, f"Payment INV/2026/{books.TOKEN} thank you")
    lines.env["o2c.match"].run(lines=lines)
    if set(lines.mapped("o2c_match_state")) != {"proposed"}:
        raise RuntimeError("Not all lines that wait have a proposal.")
    few = {name: _take(env, work) for name, work in _works(env, lines).items()}
    rest = books.bank_lines(env, ALL - WAITING, 5_000_000, bank, f"Booked {books.TOKEN}")
    # As matching leaves them; how they were matched is not what is measured.
    env.cr.execute(
        "UPDATE account_bank_statement_line SET o2c_match_state = 'matched', is_reconciled = TRUE "
        "WHERE id = ANY(%s)",
        [rest.ids],
    )
    analyze(env)
    env.cr.commit()
    for name, work in _works(env, lines).items():
        sample = _take(env, work)
        bench.tell(
            f"{name}, of {ALL} lines",
            1000 * sample.seconds,
            "ms",
            at_most=1000,
            note=f"{sample.queries} queries; {1000 * few[name].seconds:.0f} ms and "
            f"{few[name].queries} queries with {WAITING} lines",
        )


def _works(env, lines):
    """What the web client asks for, as a user with the role asks it."""
    user = env.ref("base.user_admin")
    model = env(user=user)["account.bank.statement.line"]
    line = model.browse(lines[:1].id)
    return {
        "the list of what waits": lambda: _page(model, WAITS),
        "the list of all": lambda: _page(model, []),
        "how far we are": lambda: model.o2c_review_progress([]),
        "a line and its proposals": lambda: line.o2c_review(WAITS),
        "searching what a line pays": lambda: line.o2c_review_search("INV/2026/1000"),
        "the rules of what waits": lambda: model.web_read_group(WAITS, ["o2c_model_id"], ["amount:sum"]),
    }


def _page(model, domain):
    specification = {name: {} for name in COLUMNS}
    specification |= {name: {"fields": {"display_name": {}}} for name in LINKS}
    return model.web_search_read(
        domain, specification, limit=PAGE, order="internal_index desc", count_limit=10_001
    )


def _take(env, work):
    return middle([measure(env, work) for _round in range(ROUNDS)])
