"""Demonstration data are built in demo/ alone: production code neither imports nor mentions the builders."""

import re

import pytest

from tools.paths import ADDONS, our_addons

SOURCES = [
    path
    for addon in our_addons()
    for path in sorted((ADDONS / addon).rglob("*.py"))
    if path.relative_to(ADDONS / addon).parts[0] in ("models", "controllers", "wizards", "lib", "hooks.py")
]
BUILDERS = re.compile(r"o2c\.demo\b|from [.\w]*\bdemo\b|import demo\b|_demo_")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ADDONS)))
def test_production_code_knows_no_builder(path):
    assert not BUILDERS.search(path.read_text())


@pytest.mark.parametrize("addon", [addon for addon in our_addons() if (ADDONS / addon / "demo").is_dir()])
def test_a_builder_says_that_it_is_a_demonstration(addon):
    """What an addon connects is named so that nobody takes it for a real account."""
    text = "".join(path.read_text() for path in (ADDONS / addon / "demo").rglob("*.py"))
    connected = re.findall(r'"state": "(connected|demo)"', text)
    assert "connected" not in connected
    assert len(connected) == len(re.findall(r'"name": "[^"]* \(Demonstration\)"', text))
