"""`./o2c demo`: orders from checkout to reconciled, on a real Odoo server, and the proof of it."""

import json
import os
from pathlib import Path

from .. import databases
from ..console import Failure, say, step
from ..odoo import Environment
from ..serving import odoo, sandbox, wait_for_interrupt
from . import actors, connect, control, every_kind, proofs, report, waiting
from .rpc import Session

# Two demonstrations at once must not share a database.
DATABASE = f"o2c_demo_{os.getpid()}"


ORDERS, OF_EVERY_KIND = 20, 60


def asked_orders(options) -> int:
    """How many orders the demonstration is to have.

    :raises Failure: too few for what is to be shown.
    """
    least = OF_EVERY_KIND if options.every_kind else 1
    orders = options.orders if options.orders is not None else max(ORDERS, least)
    if orders < least:
        kinds = " of every kind" if options.every_kind else ""
        raise Failure(f"A demonstration{kinds} needs {least} orders or more, not {orders}.")
    return orders


def run(environment: Environment, options) -> int:
    with (
        databases.copy(environment, DATABASE),
        sandbox(environment) as outside,
        odoo(environment, DATABASE) as server,
    ):
        world = control.new_world(outside.url)
        admin = Session(server.url, DATABASE, "admin", "admin")
        try:
            story = every_kind.play if options.every_kind else play
            held = tell(*story(admin, world, options.orders, options.seed), options.json)
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
        warehouse = connect.log_in(admin, "warehouse", connect.WAREHOUSE_ROLES)
        accountant = connect.log_in(admin, "accountant", connect.ACCOUNTANT_ROLES)
    actors.shoppers_check_out(world, orders, seed)
    waiting.for_orders(admin, "Orders paid and invoiced", [("o2c_stage", "=", "invoiced")], orders)
    before_settlement = proofs.before_settlement(admin, world, connections)
    actors.warehouse_validates(warehouse)
    waiting.for_orders(admin, "Labels made", [("picking_ids.carrier_tracking_ref", "!=", False)], orders)
    waiting.for_shop(admin, world, orders)
    for status in ("in_transit", "delivered"):
        actors.carrier_scans(world, status)
    waiting.for_orders(admin, "Parcels delivered", [("o2c_stage", "in", ("delivered", "done"))], orders)
    settlements = actors.mollie_settles_and_pays_out(world)
    waiting.for_statements(admin, len(settlements))
    actors.bank_feed_brings_deposits(accountant, connections.bank_journal, settlements)
    waiting.for_orders(admin, "Orders done", [("o2c_stage", "=", "done")], orders)
    waiting.for_quiet(admin)
    facts = proofs.collect(admin, world, connections)
    return report.rows(facts), [*before_settlement, *proofs.check(facts)]
