"""A day before the upgrade: yesterday.py URL DATABASE SANDBOX, with the former check-out as PYTHONPATH.

One order each waits for the warehouse, for a product that Odoo does not know, and for a bank transfer; others
are done. A match was taken back, and one is proposed only.
"""

import sys

from tools.console import Failure
from tools.demo import actors, bank, connect, control, waiting
from tools.demo.rpc import Session

KINDS = ("multi_line", "discount_code", "mixed_vat", "payment_terms", "unknown_sku")
LEFT_BEHIND = (
    ("sale.order", [("o2c_stage", "=", "done")]),
    ("stock.picking", [("state", "=", "assigned"), ("picking_type_code", "=", "outgoing")]),
    ("o2c.sendcloud.shipment", []),
    ("o2c.shopify.fulfillment", []),
    ("o2c.inbox.event", []),
    ("o2c.issue", [("state", "=", "open"), ("kind", "=", "product")]),
    ("o2c.mollie.settlement", [("statement_id", "!=", False)]),
    ("o2c.match", [("state", "=", "applied")]),
    ("o2c.match", [("state", "=", "undone")]),
    ("o2c.match", [("state", "=", "proposed")]),
)


def main(url: str, database: str, sandbox: str) -> None:
    world = control.new_world(sandbox)
    admin = Session(url, database, "admin", "admin")
    connections = connect.everything(admin, world)
    connect.stock_the_warehouse(admin)
    accountant = connect.log_in(admin, "accountant", connect.ACCOUNTANT_ROLES)
    made = world.post("checkout", count=len(KINDS), seed=1, kinds=list(KINDS))["orders"]
    waiting.for_jobs(admin, world, "Orders taken over")
    actors.validate(admin, actors.ready(admin)[1:])
    waiting.for_jobs(admin, world, "Labels made")
    actors.carrier_scans(world, "delivered")
    settlements = actors.mollie_settles_and_pays_out(world)
    admin.call("o2c.mollie.account", "action_sync_settlements", [connections.mollie])
    waiting.for_jobs(admin, world, "Settlement read")
    actors.bank_feed_brings_deposits(accountant, connections.bank_journal, settlements)
    bank.customers_transfer(admin, accountant, connections.bank_journal, made)
    waiting.for_jobs(admin, world, "Bank lines matched")
    applied = admin.search("o2c.match", [("state", "=", "applied")], limit=1, order="id desc")
    accountant.call("o2c.match", "action_undo", applied)
    lines = admin.search("account.bank.statement.line", [("is_reconciled", "=", False)])
    accountant.call("account.bank.statement.line", "action_o2c_match", lines)
    waiting.for_jobs(admin, world, "What was taken apart is proposed")
    for model, domain in LEFT_BEHIND:
        if not admin.search(model, domain):
            raise Failure(f"The day left no {model} {domain}.\n{waiting.explain(admin)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
