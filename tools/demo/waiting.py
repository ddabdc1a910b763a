"""Waiting for Odoo to do its work, with progress, and with its reasons when it does not."""

import sys
import time
from collections.abc import Callable

from ..console import Failure
from .control import World
from .rpc import Session

BUSY = [("state", "in", ("wait_dependencies", "pending", "enqueued", "started"))]


def until(
    what: str, count: Callable[[], tuple[int, int]], *, seconds: float, explain: Callable[[], str]
) -> None:
    """Wait until `count()` says (n, n); print progress; fail with `explain()` when nothing moves any more.

    Where nothing may be left, it says (-n, 0).

    :param seconds: how long nothing may change before it counts as stuck
    """
    started = last_change = time.monotonic()
    before = None
    while True:
        done, wanted = count()
        if done >= wanted:
            figure = f": {done}" if wanted else ""
            print(f"  {what}{figure} ({time.monotonic() - started:.0f} s)", file=sys.stderr, flush=True)
            return
        if done != before:
            before, last_change = done, time.monotonic()
        if time.monotonic() - last_change > seconds:
            spent = time.monotonic() - started
            raise Failure(f"{what}: {done} of {wanted} after {spent:.0f} s.\n{explain()}")
        time.sleep(0.5)


def for_orders(admin: Session, what: str, domain: list, wanted: int) -> None:
    """Wait until so many orders are as the domain says."""

    def count():
        return admin.call("sale.order", "search_count", [("state", "!=", "cancel"), *domain]), wanted

    until(what, count, seconds=120, explain=lambda: explain(admin))


def for_shop(admin: Session, world: World, wanted: int) -> None:
    """Wait until the shop calls so many orders fulfilled."""

    def count():
        orders = world.get("state")["orders"]
        return sum(order["fulfillment"] == "FULFILLED" for order in orders), wanted

    until("Fulfilled in the shop", count, seconds=120, explain=lambda: explain(admin))


def for_statements(admin: Session, wanted: int) -> None:
    """Wait until so many settlements have become statements."""

    def count():
        return admin.call("o2c.mollie.settlement", "search_count", [("statement_id", "!=", False)]), wanted

    until("Settlements imported", count, seconds=150, explain=lambda: explain(admin))


def for_quiet(admin: Session) -> None:
    """Wait until every job is done and every bank line was matched."""

    def count():
        jobs = admin.call("queue.job", "search_count", BUSY)
        lines = admin.call("account.bank.statement.line", "search_count", [("is_reconciled", "=", False)])
        return -(jobs + lines), 0

    until("Nothing left to do", count, seconds=120, explain=lambda: explain(admin))


def for_jobs(admin: Session, world: World, what: str) -> None:
    """Wait until the platforms have told everything and Odoo has done what it was told."""
    calm = 0

    def count():
        nonlocal calm
        world.post("webhooks/flush", timeout=60)
        jobs = admin.call("queue.job", "search_count", BUSY)
        calm = calm + 1 if not jobs else 0
        # Between a report and its job there is a moment in which nothing seems to wait.
        return -jobs if jobs or calm > 3 else -1, 0

    until(what, count, seconds=240, explain=lambda: explain(admin))


def explain(admin: Session) -> str:
    """Why Odoo did not go on: its issues, its failed jobs, and what stands still."""
    issues = admin.search_read("o2c.issue", [("state", "=", "open")], ["kind", "message"], limit=10)
    jobs = admin.search_read(
        "queue.job", [("state", "!=", "done")], ["name", "state", "exc_message"], limit=10
    )
    stages = admin.call(
        "sale.order", "formatted_read_group", [], groupby=["o2c_stage"], aggregates=["__count"]
    )
    lines = [f"Issue ({issue['kind']}): {issue['message']}" for issue in issues]
    lines += [f"Job {job['state']}: {job['name']} {job['exc_message'] or ''}" for job in jobs]
    lines += [f"{group['__count']} orders in stage {group['o2c_stage'] or 'none'}" for group in stages]
    return "\n".join(lines)
