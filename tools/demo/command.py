"""`./o2c demo`: orders from checkout to reconciled, on a real Odoo server, and the proof of it."""

import json
import os
from pathlib import Path

from .. import databases
from ..console import Failure, say, step
from ..odoo import Environment
from ..serving import odoo, sandbox, wait_for_interrupt
from . import actors, connect, control, proofs, report, waiting
from .rpc import Session

# Two demonstrations at once must not share a database.
DATABASE = f"o2c_demo_{os.getpid()}"


def run(environment: Environment, options) -> int:
    with (
        databases.copy(environment, DATABASE),
        sandbox(environment) as outside,
        odoo(environment, DATABASE) as server,
    ):
        world = control.new_world(outside.url)
        admin = Session(server.url, DATABASE, "admin", "admin")
        try:
            held = tell(*play(admin, world, options.orders, options.seed), options.json)
        except Failure as failure:
            if not options.serve:
                raise
            say(f"\n{failure}")
            held = False
        if options.serve:
            say(f"\nOdoo is at {server.url} (login admin, password admin). Ctrl-C ends it.")
            wait_for_interrupt(server.process, outside.process)
    return 0 if held else 1


def tell(table: list[dict], results: list[dict], file: str | None) -> bool:
    """Print the table and the proofs; tell whether all hold."""
    report.show(table, results)
    if file:
        Path(file).write_text(json.dumps({"orders": table, "proofs": results}, indent=2) + "\n")
    return all(result["holds"] for result in results)


def play(admin: Session, world: control.World, orders: int, seed: int) -> tuple[list[dict], list[dict]]:
    """Let the outside world act and Odoo work; return the table and the proofs."""
    with step("Connecting the shop, Mollie and Sendcloud"):
        connections = connect.everything(admin, world)
        connect.stock_the_warehouse(admin)
        connect.hurry_scheduled_actions(admin)
        warehouse = _log_in(admin, "warehouse", connect.WAREHOUSE_ROLES)
        accountant = _log_in(admin, "accountant", connect.ACCOUNTANT_ROLES)
    actors.shoppers_check_out(world, orders, seed)
    _wait(admin, "Orders paid and invoiced", [("o2c_stage", "=", "invoiced")], orders)
    before_settlement = proofs.before_settlement(admin, world, connections)
    actors.warehouse_validates(warehouse)
    _wait(admin, "Labels made", [("picking_ids.carrier_tracking_ref", "!=", False)], orders)
    _wait_for_shop(admin, world, orders)
    for status in ("in_transit", "delivered"):
        actors.carrier_scans(world, status)
    _wait(admin, "Parcels delivered", [("o2c_stage", "in", ("delivered", "done"))], orders)
    settlements = actors.mollie_settles_and_pays_out(world)
    _wait_for_statements(admin, len(settlements))
    actors.bank_feed_brings_deposits(accountant, connections.bank_journal, settlements)
    _wait(admin, "Orders done", [("o2c_stage", "=", "done")], orders)
    _wait_for_quiet(admin)
    facts = proofs.collect(admin, world, connections)
    return report.rows(facts), [*before_settlement, *proofs.check(facts)]


def _log_in(admin: Session, login: str, roles: tuple[str, ...]) -> Session:
    password = connect.user(admin, login, roles)
    return Session(admin.url, admin.database, login, password)


def _wait(admin: Session, what: str, domain: list, wanted: int) -> None:
    def count():
        return admin.call("sale.order", "search_count", [("state", "!=", "cancel"), *domain]), wanted

    waiting.until(what, count, seconds=120, explain=lambda: explain(admin))


def _wait_for_shop(admin: Session, world: control.World, wanted: int) -> None:
    def count():
        orders = world.get("state")["orders"]
        return sum(order["fulfillment"] == "FULFILLED" for order in orders), wanted

    waiting.until("Fulfilled in the shop", count, seconds=120, explain=lambda: explain(admin))


def _wait_for_statements(admin: Session, wanted: int) -> None:
    def count():
        return admin.call("o2c.mollie.settlement", "search_count", [("statement_id", "!=", False)]), wanted

    waiting.until("Settlements imported", count, seconds=150, explain=lambda: explain(admin))


def _wait_for_quiet(admin: Session) -> None:
    """Until every job is done and every bank line was looked at."""
    busy = [("state", "in", ("wait_dependencies", "pending", "enqueued", "started"))]

    def count():
        jobs = admin.call("queue.job", "search_count", busy)
        lines = admin.call("account.bank.statement.line", "search_count", [("is_reconciled", "=", False)])
        return -(jobs + lines), 0

    waiting.until("Nothing left to do", count, seconds=120, explain=lambda: explain(admin))


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
