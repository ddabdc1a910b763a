"""A Chromium for the browser tests: the machine's own, else Debian's package unpacked into `.o2c/browser`."""

import os
import shutil
from pathlib import Path

from . import apt
from .console import Failure, step
from .locks import locked
from .paths import BROWSER

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONTS = ("fonts-dejavu-core", "fonts-liberation")
STAND_INS = {
    "Arial": "Liberation Sans",
    "sans-serif": "Liberation Sans",
    "serif": "Liberation Serif",
    "monospace": "Liberation Mono",
}


def find() -> Path:
    given = os.environ.get("O2C_BROWSER")
    if given:
        return Path(given)
    for name in NAMES:
        found = shutil.which(name)
        # Ubuntu's /usr/bin/chromium-browser only says that it is a snap; a snap cannot read .o2c.
        if found and "snap" not in Path(found).resolve().parts and Path(found).resolve().stat().st_size > 100:
            return Path(found)
    with locked("browser"):
        return _unpacked()


def _unpacked() -> Path:
    program = BROWSER / "chromium"
    if program.exists():
        _write_fonts()
        return program
    with step("Fetching Chromium for the browser tests"):
        suite = apt.own_suite()
        suite.update()
        if not suite.has("chromium"):
            raise Failure(
                "This machine's mirrors have no chromium. Install a Chromium or name one with O2C_BROWSER."
            )
        packages = suite.download_with_missing(["chromium", *FONTS])
        apt.unpack(packages, BROWSER)
        for package in packages:
            package.unlink()
        _write_launcher(program)
    return program


def _write_launcher(program: Path) -> None:
    """Libraries, fonts and fontconfig are found in the unpacked tree first."""
    libraries = sorted(
        {str(path.parent) for path in BROWSER.rglob("*.so*") if "chromium" not in path.parts[-2]}
    )
    configuration = _write_fonts()
    program.write_text(
        "#!/bin/sh\n"
        f'export LD_LIBRARY_PATH="{":".join(libraries)}"\n'
        f'export FONTCONFIG_FILE="{configuration}"\n'
        f'exec "{BROWSER}/usr/lib/chromium/chromium" "$@"\n'
    )
    program.chmod(0o755)


def _write_fonts() -> Path:
    """Which fonts there are, and which ones stand for those that pages ask for."""
    configuration, folder = BROWSER / "fonts.conf", BROWSER.resolve()
    aliases = "".join(
        f"  <alias binding='same'><family>{asked}</family>"
        f"<prefer><family>{used}</family><family>DejaVu Sans</family></prefer></alias>\n"
        for asked, used in STAND_INS.items()
    )
    configuration.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f"  <dir>{folder}/usr/share/fonts</dir>\n  <dir>/usr/share/fonts</dir>\n{aliases}"
        f"  <cachedir>{folder}/font-cache</cachedir>\n</fontconfig>\n"
    )
    return configuration
