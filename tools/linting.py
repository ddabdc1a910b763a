"""`./o2c lint`: ruff, pylint-odoo, rendered READMEs, and checks of XML files and manifests.

`.pre-commit-config.yaml` has the same checks, in the same versions.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from .console import say
from .paths import ADDONS, PYTHON, ROOT, our_addons

PYTHON_FOLDERS = ("addons", "sandbox", "tests", "tools", "bench")
PYLINT = ("--rcfile", str(ROOT / ".pylintrc"))
MANIFEST_KEYS = ("name", "summary", "version", "author", "license", "category", "depends", "data")


def run() -> int:
    folders = [folder for folder in PYTHON_FOLDERS if (ROOT / folder).is_dir()]
    addons = [str(ADDONS / name) for name in our_addons()]
    commands = {
        "ruff": [PYTHON, "-m", "ruff", "check", *folders, "o2c"],
        "format": [PYTHON, "-m", "ruff", "format", "--check", *folders, "o2c"],
        "pylint-odoo": [PYTHON, "-m", "pylint", *PYLINT, *addons],
        "readme": [PYTHON, "-m", "tools.readme", "--check"],
    }
    failed = [name for name, command in commands.items() if not _passes(name, command)]
    if check_addons():
        failed.append("XML and manifests")
    say(f"\nNot clean: {', '.join(failed)}" if failed else "\nClean.")
    return 1 if failed else 0


def check_addons() -> int:
    """The checks that need nothing but Python: XML files and manifests."""
    problems = list(_problems())
    for problem in problems:
        say(problem)
    return 1 if problems else 0


def _passes(name: str, command: list) -> bool:
    say(f"=== {name}")
    variables = {"PYTHONPATH": str(ROOT), "PATH": str(PYTHON.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.call([str(item) for item in command], cwd=ROOT, env=variables) == 0


def _problems() -> Iterator[str]:
    for name in our_addons():
        yield from _manifest_problems(ADDONS / name)
        for path in sorted((ADDONS / name).rglob("*.xml")):
            try:
                ElementTree.parse(path)
            except ElementTree.ParseError as error:
                yield f"{path.relative_to(ROOT)}: {error}"


def _manifest_problems(addon: Path) -> Iterator[str]:
    where = f"{addon.relative_to(ROOT)}/__manifest__.py"
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
    yield from (f"{where}: {key} is missing" for key in MANIFEST_KEYS if key not in manifest)
    if manifest.get("license") != "LGPL-3":
        yield f"{where}: the licence must be LGPL-3"
    if not str(manifest.get("version", "")).startswith("19.0."):
        yield f"{where}: the version must begin with 19.0."
    listed = {*manifest.get("data", ()), *manifest.get("demo", ())}
    yield from (f"{where}: {file} does not exist" for file in sorted(listed) if not (addon / file).exists())
    loaded_elsewhere = ("static/", "i18n/", "readme/", "tests/", "lib/")
    for path in sorted([*addon.rglob("*.xml"), *addon.rglob("*.csv")]):
        file = str(path.relative_to(addon))
        if file not in listed and not file.startswith(loaded_elsewhere):
            yield f"{where}: {file} is not loaded"
    for file in ("static/description/icon.png", "readme/DESCRIPTION.md"):
        if not (addon / file).exists():
            yield f"{addon.relative_to(ROOT)}: {file} is missing"


if __name__ == "__main__":
    sys.exit(check_addons())
