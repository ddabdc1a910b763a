"""Odoo works on without each addon, and nothing of it stays behind."""

import os
from pathlib import Path

from tests.support import live
from tools import databases
from tools.paths import our_addons
from tools.testing import QUIET_TABLES

ORDINARY_DAYS = Path(__file__).parent / "ordinary_days.py"
# Whoever depends on another goes first.
ORDER = (
    "o2c_reconciliation",
    "o2c_sendcloud_batch",
    "o2c_sendcloud_shipping",
    "o2c_shopify_connector",
    "o2c_mollie_payments",
    "o2c_base",
)
OUR_COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
     WHERE table_schema = 'public'
       AND (table_name LIKE 'o2c%' OR column_name ~ '^(o2c|shopify|sendcloud)_')
"""


def test_odoo_works_on_without_each_addon():
    assert sorted(ORDER) == our_addons()
    environment = live.environment()
    with databases.copy(environment, f"o2c_uninstall_{os.getpid()}") as name:
        assert environment.server.execute(OUR_COLUMNS, database=name)
        # Autovacuum may hold the table that Odoo locks for uninstalling, and Odoo does not wait for it.
        environment.server.execute(QUIET_TABLES, database=name)
        databases.script(environment, name, ORDINARY_DAYS, *ORDER, what="A day without each addon")
        assert environment.server.execute(OUR_COLUMNS, database=name) == []
