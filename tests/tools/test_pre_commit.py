"""Whoever commits with pre-commit sees what `./o2c lint` says, by the same tools in the same versions."""

import re

import yaml

from tools import linting
from tools.paths import ROOT

CONFIGURATION = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
HOOKS = {hook["id"]: (repo, hook) for repo in CONFIGURATION["repos"] for hook in repo["hooks"]}


def pinned(package):
    return re.search(rf"^{package}==(\S+)$", (ROOT / "constraints.txt").read_text(), re.M)[1]


def test_the_hooks_are_the_checks_of_lint(monkeypatch):
    checks = []
    monkeypatch.setattr(linting, "_passes", lambda name, command: checks.append(name) or True)
    monkeypatch.setattr(linting, "check_addons", lambda: checks.append("addons") or 0)
    assert linting.run() == 0
    names = {"ruff-check": "ruff", "ruff-format": "format", "pylint_odoo": "pylint-odoo"}
    assert {names.get(hook, hook) for hook in HOOKS} == set(checks)


def test_their_versions_are_those_of_the_environment():
    assert HOOKS["ruff-check"][0]["rev"] == f"v{pinned('ruff')}"
    assert HOOKS["pylint_odoo"][0]["rev"] == f"v{pinned('pylint-odoo')}"
    assert HOOKS["readme"][1]["additional_dependencies"] == [f"docutils=={pinned('docutils')}"]


def test_pylint_has_the_same_rules():
    _repo, hook = HOOKS["pylint_odoo"]
    assert hook["args"] == [f"--rcfile={(ROOT / '.pylintrc').name}"]
    assert linting.PYLINT == ("--rcfile", str(ROOT / ".pylintrc"))
