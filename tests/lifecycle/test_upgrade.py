"""The database of the previous commit works on with the present code, and nothing in it is lost.

The previous commit is HEAD while addons are being changed, and its parent otherwise; O2C_UPGRADE_FROM names
another one. A clone without history has none: the present code then takes its own database over.
"""

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.support import live
from tools import databases, serving
from tools.paths import LOGS, ROOT
from tools.processes import run

HERE = Path(__file__).parent
# Ours, and Odoo's documents that ours are about. Odoo may write anew when it wrote.
TABLES = """
    SELECT table_name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
       AND (table_name LIKE 'o2c%' OR table_name IN (
           'sale_order', 'sale_order_line', 'stock_picking', 'stock_move', 'stock_move_line', 'stock_quant',
           'account_move', 'account_move_line', 'account_payment', 'account_partial_reconcile',
           'account_bank_statement', 'account_bank_statement_line', 'account_journal', 'delivery_carrier',
           'product_product', 'product_template', 'res_partner', 'queue_job'))
"""
WRITTEN_ANEW = {"write_date", "write_uid"}


def git(*arguments: str) -> bytes:
    return subprocess.run(("git", *arguments), cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


def previous() -> str | None:
    """The commit to upgrade from; None in a clone that has only one."""
    if named := os.environ.get("O2C_UPGRADE_FROM"):
        return named
    if git("status", "--porcelain", "--", "addons").strip():
        return "HEAD"
    parents = git("rev-list", "--parents", "--max-count=1", "HEAD").decode().split()[1:]
    return parents[0] if parents else None


@pytest.fixture
def tree(tmp_path) -> Path:
    """The previous commit's files."""
    commit = previous()
    if commit is None:
        return ROOT
    with tarfile.open(fileobj=io.BytesIO(git("archive", "--format=tar", commit))) as files:
        files.extractall(tmp_path)
    return tmp_path


def rows(environment, database) -> dict[str, dict[str, dict]]:
    """Table -> row -> values. A row of a table without id is known by all of its values."""
    found = {}
    for (table,) in environment.server.execute(TABLES, database=database):
        values = environment.server.execute(
            f'SELECT to_jsonb(t), t::text FROM "{table}" t', database=database
        )
        found[table] = {str(row.get("id", text)): row for row, text in values}
    return found


def lost(before: dict, after: dict) -> list[str]:
    """What is gone or has another value. New tables, rows and columns are no loss."""
    losses = []
    for table, known in before.items():
        for key, values in known.items():
            now = after.get(table, {}).get(key)
            if now is None:
                losses.append(f"{table} {key} is gone")
                continue
            losses += [
                f"{table} {key}: {name} was {value!r} and is {now.get(name)!r}"
                for name, value in values.items()
                if name not in WRITTEN_ANEW and value is not None and now.get(name) != value
            ]
    return losses


def test_a_loss_is_seen():
    before = {"o2c_issue": {"1": {"id": 1, "kind": "tax", "write_date": "x"}, "2": {"id": 2}}}
    assert lost(before, {"o2c_issue": {**before["o2c_issue"], "3": {"id": 3}}, "o2c_new": {}}) == []
    changed = {"o2c_issue": {"1": {"id": 1, "write_date": "y"}}}
    assert lost(before, changed) == ["o2c_issue 1: kind was 'tax' and is None", "o2c_issue 2 is gone"]


def test_the_previous_commits_database_is_upgraded(tree):
    environment = live.environment()
    addons = sorted(path.parent.name for path in tree.glob("addons/*/__manifest__.py"))
    with databases.copy(environment, f"o2c_upgrade_{os.getpid()}", stock=True) as name:
        databases.install(environment, name, tuple(addons), tree=tree)
        with (
            serving.sandbox(environment, tree=tree) as outside,
            serving.odoo(environment, name, tree=tree) as server,
        ):
            own = tree / "tests" / "lifecycle" / "yesterday.py"
            story = own if own.exists() else HERE / "yesterday.py"
            run(
                [sys.executable, story, server.url, name, outside.url],
                log=LOGS / f"{name}-yesterday.log",
                env=environment.variables(PYTHONPATH=str(tree)),
                what="The day before the upgrade",
            )
        before = rows(environment, name)
        databases.update(environment, name, "o2c_base")
        after = rows(environment, name)
        assert lost(before, after) == []
        databases.script(environment, name, HERE / "the_day_after.py", what="The day after the upgrade")
