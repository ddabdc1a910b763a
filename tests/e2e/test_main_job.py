"""The main job through a real server, with webhooks duplicated, lost and out of order."""

import os

import pytest

from tools import databases, odoo_source, postgres, serving
from tools.demo import command, control
from tools.demo.rpc import Session
from tools.odoo import Environment


@pytest.fixture(scope="module")
def environment():
    source = odoo_source.find(os.environ.get("O2C_ODOO"))
    with postgres.running(os.environ.get("O2C_PG")) as server:
        yield Environment(source, server)


def run(environment, name, orders, seed, faults):
    """Play the main job on a database of its own; the table and the proofs."""
    with (
        databases.copy(environment, f"o2c_{name}_{os.getpid()}") as database,
        serving.sandbox(environment) as outside,
        serving.odoo(environment, database) as server,
    ):
        world = control.new_world(outside.url, timeout_seconds=2)
        for fault in faults:
            world.post("faults", **fault)
        admin = Session(server.url, database, "admin", "admin")
        return command.play(admin, world, orders, seed)


def failed(results):
    return [result for result in results if not result["holds"]]


def test_every_order_travels_the_whole_road_though_webhooks_misbehave(environment):
    faults = (
        {"platform": "webhooks", "kind": "duplicate", "rate": 0.4, "seed": 5},
        {"platform": "webhooks", "kind": "lose", "rate": 0.2, "seed": 6},
        {"platform": "webhooks", "kind": "reorder", "rate": 0.3, "seed": 7},
    )
    table, results = run(environment, "job", orders=13, seed=3, faults=faults)
    assert len(table) == 13
    assert {row["stage"] for row in table} == {"done"}
    assert {row["invoice_state"] for row in table} == {"paid"}
    assert all(row["tracking"] and row["settlement"] and row["matched_by"] for row in table)
    assert not failed(results)
