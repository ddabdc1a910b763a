"""From suspense to matched, by the run of the matching, against stock Odoo's bulk calls told what belongs
together."""

from itertools import count

from . import books
from .measuring import Contestant, analyze, compete, measure, middle, ratio, versus

LINES = 400
ROUNDS = 5
LARGE = 20000
START = count(1_000_000, 100_000)

# As stock Odoo's own code does it for many lines: no check or synchronisation entry by entry.
BULK = {
    "skip_account_move_synchronization": True,
    "skip_readonly_check": True,
    "skip_invoice_sync": True,
    "check_move_validity": False,
}


def run(bench) -> None:
    ours = {"env": bench.env, "bank": books.journal(bench.env, "Mollie bench")}
    theirs = {"env": bench.stock, "bank": books.journal(bench.stock, "Bank bench")}
    for what, settled in (("payments of a settlement", True), ("transfers that name the invoice", False)):
        make_lines(**ours, settled=settled, lines=50, match=match)()
        make_lines(**theirs, settled=settled, lines=50, match=stock)()
        samples = compete(
            {
                "ours": Contestant(bench.env, _prepared(ours, settled, match)),
                "stock": Contestant(bench.stock, _prepared(theirs, settled, stock)),
            },
            ROUNDS,
        )
        mine, others = samples["ours"], samples["stock"]
        bench.tell(
            f"{LINES} {what}, against stock Odoo's bulk calls",
            ratio(mine, others),
            "x",
            at_most=1.3,
            note=versus(mine, others, LINES),
        )
        bench.tell(
            f"{what}, from suspense to matched",
            LINES / middle(mine).seconds,
            "lines a second",
            at_least=100,
            note=f"{LINES / middle(mine).cpu:.0f} a second of processor time, PostgreSQL's included",
        )
    _grows(bench, ours)


def _prepared(side, settled, work):
    return lambda: make_lines(**side, settled=settled, lines=LINES, match=work)


def _grows(bench, ours) -> None:
    most = bench.size(LARGE)
    small, large = (
        (size, measure(bench.env, make_lines(**ours, settled=True, lines=size, match=match)))
        for size in (most // 8, most)
    )
    each = [sample.seconds / size for size, sample in (small, large)]
    queries = [sample.queries / size for size, sample in (small, large)]
    bench.tell(
        f"time for a line of {most}, against one of {most // 8}",
        each[1] / each[0],
        "x",
        at_most=1.1,
        note=f"{1 / each[1]:.0f} and {1 / each[0]:.0f} lines a second",
    )
    bench.tell(
        f"queries for a line of {most}, against one of {most // 8}",
        queries[1] / queries[0],
        "x",
        at_most=1.05,
        note=f"{queries[1]:.2f} and {queries[0]:.2f}",
    )


def make_lines(env, bank, settled, lines, match):
    """Bank lines and what they pay; returns the work of matching them.

    :param settled: they pay registered payments on the platform's journal, known by the platform's id;
        otherwise invoices, whose number is in the text
    """
    start = next(START)
    text, values = f"Payment INV/2026/{books.TOKEN} thank you", {}
    if settled:
        targets = books.payments(env, lines, start, bank)
        text = f"iDEAL tr_{books.TOKEN}"
        if "mollie_id" in env["account.bank.statement.line"]._fields:
            mollie_id = f"tr_{books.TOKEN}"
            values = {"mollie_id": mollie_id, "mollie_payment_id": mollie_id, "mollie_kind": "payment"}
    else:
        targets = books.invoices(env, lines, start)
    made = books.bank_lines(env, lines, start, bank, text, **values)
    analyze(env)
    return lambda: _check(made, targets, match)


def _check(lines, targets, work) -> None:
    """The whole work was done: every line is matched with what it pays."""
    work(lines, targets)
    if not all(lines.mapped("is_reconciled")) or not all(targets.mapped("reconciled")):
        raise RuntimeError(f"{len(lines.filtered('is_reconciled'))} of {len(lines)} lines were matched")


def match(lines, _targets) -> None:
    """The run that the scheduled action makes, with its commit after each chunk."""
    lines.env["o2c.match"]._run_company(lines.company_id, lines=lines, after_chunk=lines.env.cr.commit)


def stock(lines, targets) -> None:
    """The bulk calls, for somebody who knows already what belongs together."""
    items = lines.env["account.move.line"]
    suspense = items.search(
        [("statement_line_id", "in", lines.ids), ("account_id", "=", lines.journal_id.suspense_account_id.id)]
    ).sorted("statement_line_id")
    for account, group in targets.grouped("account_id").items():
        wanted = set(group.ids)
        places = [place for place, target in enumerate(targets.ids) if target in wanted]
        items.browse([suspense.ids[place] for place in places]).with_context(**BULK).write(
            {"account_id": account.id}
        )
    pairs = zip(suspense, targets, strict=True)
    items._reconcile_plan([own | target for own, target in pairs])
