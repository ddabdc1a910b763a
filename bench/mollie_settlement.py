"""A large settlement of Mollie as a bank statement, against its lines made by stock Odoo in one batch."""

import tracemalloc
from itertools import count

from .measuring import Contestant, compete, growth, measure, middle, ratio, versus

PAYMENTS = 10000
FEW = 2500
ROUNDS = 2
# What the import does as well: the entries of a bank feed get no "created" message each.
QUIET = {"tracking_disable": True}


def run(bench) -> None:
    payments, fewer = bench.size(PAYMENTS), bench.size(FEW)
    world = bench.world("settlement")
    account = _connect(bench.env, world)
    seeds, names = count(1), count(1)
    journal = bench.stock["account.journal"].create({"name": "Mollie", "code": "MOLB", "type": "bank"})
    last, grown = {}, []

    def ours(wanted=payments):
        world.post("mollie/generate", count=wanted, seed=next(seeds))
        account._sync_settlements()
        settlement = bench.env["o2c.mollie.settlement"].search([("state", "=", "new")])
        last.update(settlement=settlement, calls=len(_calls(world)))
        return lambda: grown.append(growth(lambda: _check(settlement, wanted)))

    def stock():
        values = [
            {
                "journal_id": journal.id,
                "date": line.date,
                "payment_ref": line.payment_ref,
                "ref": line.ref,
                "amount": line.amount,
                "transaction_type": line.transaction_type,
            }
            for line in last["settlement"].line_ids
        ]
        statements = bench.stock["account.bank.statement"].with_context(**QUIET)
        name = f"Settlement {next(names)}"
        return lambda: statements.create({"name": name, "line_ids": [(0, 0, line) for line in values]})

    ours(50)()
    stock()()
    grown.clear()
    few = measure(bench.env, ours(fewer))
    samples = compete({"ours": Contestant(bench.env, ours), "stock": Contestant(bench.stock, stock)}, ROUNDS)
    mine, theirs = samples["ours"], samples["stock"]
    bench.tell(
        f"API calls to read a settlement of {payments} payments",
        len(_calls(world)) - last["calls"],
        at_most=45,
    )
    bench.tell(
        f"a settlement of {payments} payments, against stock Odoo making its lines in one batch",
        ratio(mine, theirs),
        "x",
        at_most=1.2,
        note=versus(mine, theirs, payments),
    )
    each = middle(mine).cpu / payments
    bench.tell(
        f"processor time for a payment of {payments}, against one of {fewer}",
        each / (few.cpu / fewer),
        "x",
        at_most=1.2,
        note=f"{1000 * each:.1f} and {1000 * few.cpu / fewer:.1f} ms",
    )
    bench.tell(
        f"memory that booking {payments} payments takes, in MB",
        max(grown[1:]),
        note=f"{fewer} payments: {grown[0]:.0f} MB",
    )
    few_peak, many_peak = (_peak(account, world, next(seeds), size) for size in (fewer, payments))
    bench.tell(
        f"memory to read {payments} payments page by page, against {fewer}",
        many_peak / few_peak,
        "x",
        at_most=1.2,
        note=f"at most {many_peak / 1e6:.1f} and {few_peak / 1e6:.1f} MB at once",
    )


def _connect(env, world):
    account = env["o2c.mollie.account"].create(
        {
            "name": "Mollie",
            "access_token": world.get("credentials")["mollie"]["access_token"],
            "start_date": "2020-01-01",
        }
    )
    account.action_test_connection()
    account.action_create_journals()
    return account


def _check(settlement, payments) -> None:
    """The whole settlement is posted, and adds up."""
    settlement._import()
    booked = settlement.env["account.bank.statement.line"].search_count(
        [("mollie_settlement_id", "=", settlement.id), ("mollie_kind", "=", "payment")]
    )
    if settlement.state != "booked" or not settlement.is_proven or booked != payments:
        raise RuntimeError(f"{settlement.state}: {booked} of {payments} payments are booked")


def _peak(account, world, seed, payments) -> int:
    """Most bytes held at once while the payments of a settlement are read one by one."""
    answer = world.post("mollie/generate", count=payments, seed=seed)
    client = account._client()
    tracemalloc.start()
    read = sum(1 for _item in client.settlement_items(answer["settlements"][0]["id"], "payments"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    if read != payments:
        raise RuntimeError(f"{read} of {payments} payments were read")
    return peak


def _calls(world):
    return [call for call in world.get("requests")["requests"] if call["platform"] == "mollie"]
