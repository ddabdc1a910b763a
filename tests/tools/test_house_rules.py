"""Rules of the house that no linter knows."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIB_FILES = sorted(
    path for path in ROOT.glob("addons/*/lib/**/*.py") if "tests" not in path.relative_to(ROOT).parts
)
SANDBOX_FILES = sorted(ROOT.glob("sandbox/**/*.py"))


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_there_is_something_to_look_at():
    assert len(LIB_FILES) > 5 and len(SANDBOX_FILES) > 5


@pytest.mark.parametrize("path", LIB_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_lib_never_imports_odoo(path):
    assert "odoo" not in imported(path)


@pytest.mark.parametrize("path", SANDBOX_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_sandbox_knows_nothing_of_the_addons(path):
    assert not imported(path) & {"odoo", "o2c_lib", "addons", "tools"}
    assert not re.search(r"\bo2c_(base|shopify|sendcloud|mollie|reconciliation)", path.read_text())


@pytest.mark.parametrize("addon", ["o2c_shopify_connector", "o2c_sendcloud_shipping", "o2c_mollie_payments"])
def test_no_connector_imports_another(addon):
    others = {
        "o2c_shopify_connector",
        "o2c_sendcloud_shipping",
        "o2c_mollie_payments",
        "o2c_reconciliation",
    } - {addon}
    for path in (ROOT / "addons" / addon).rglob("*.py"):
        found = re.findall(r"(?:from|import)\s+\S*(o2c_\w+)", path.read_text())
        assert not others & set(found), path
