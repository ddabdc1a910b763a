"""Bank lines that bear the number of their invoice, created and matched: against `account_reconcile_oca`.

That addon matches lines as they are created, so creating them belongs to the work on both sides. It finds a
line only if its text is the number and nothing else; these are.
"""

from . import books
from .measuring import analyze, measure

LINES = 300
INVOICES = 3000
START = 1_000_000


def run(bench) -> None:
    count = bench.size(LINES)
    mine = measure(bench.env, _work(bench.env, count, _ours))
    others = measure(bench.stock, _work(bench.stock, count, lambda lines: None))
    bench.tell(
        f"{count} bank lines and {INVOICES} open invoices: faster than account_reconcile_oca",
        others.seconds / mine.seconds,
        "x",
        at_least=30,
        note=f"{mine.seconds:.1f} s against {others.seconds:.0f} s; processor {others.cpu / mine.cpu:.0f} x; "
        f"queries for a line {mine.queries / count:.1f} against {others.queries / count:.0f}",
    )


def _work(env, count, match):
    bank = books.journal(env, "Bank bench")
    invoices = books.invoices(env, INVOICES, START)
    rows = [
        {
            "journal_id": bank.id,
            "date": "2026-11-10",
            "amount": item.balance,
            "payment_ref": item.move_id.name,
        }
        for item in invoices[:: INVOICES // count]
    ]
    env.cr.commit()
    analyze(env)

    def work():
        lines = env["account.bank.statement.line"].create(rows)
        match(lines)
        if not all(lines.mapped("is_reconciled")):
            raise RuntimeError(f"{len(lines.filtered('is_reconciled'))} of {len(lines)} lines were matched")

    return work


def _ours(lines) -> None:
    lines.env["o2c.match"].run(lines=lines)
