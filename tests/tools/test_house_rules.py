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


SENTENCE = re.compile(r"[A-Z“%].* .*[.!?]")
PLATFORM_ERRORS = {
    "AuthenticationError",
    "NotAnAccessToken",
    "RateLimited",
    "RefusedError",
    "ScopeMissing",
    "TooExpensive",
    "Unavailable",
    "UnexpectedShape",
    "Unreadable",
}


def untranslatable(source: str) -> list[str]:
    """Texts for people that are no argument of ``_lt``: sentences, and messages of errors."""
    tree = ast.parse(source)
    marked, messages = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", "")
            if name == "_lt":
                marked.add(node.args[0])
            elif name in PLATFORM_ERRORS:
                messages.add(node.args[0])
        elif isinstance(node, ast.Expr):
            # A docstring, or the text of a GraphQL document.
            marked.add(node.value)
    return [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr) and node not in marked
        if node in messages or SENTENCE.fullmatch(_literal(node))
    ]


def _literal(node) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "%" for part in node.values)
    return node.value if isinstance(node.value, str) else ""


@pytest.mark.parametrize("path", LIB_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_lib_tells_people_can_be_translated(path):
    assert not untranslatable(path.read_text())


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('"""What this does."""', 0),
        ('message = _lt("Try again later.")', 0),
        ('message = "Try again later."', 1),
        ('message = f"{name} is closed."', 1),
        ('raise RefusedError(f"no {name}")', 1),
        ('path = f"/parcels/{number}/label.pdf"', 0),
    ],
)
def test_untranslatable_texts_are_found(line, found):
    assert len(untranslatable(line)) == found


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
