"""Odoo 19 itself: a source tree of the user's, else Debian's package, unpacked into `.o2c/odoo`."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from . import apt
from .console import Failure, step
from .paths import ODOO_DEBIAN

PACKAGE = "odoo-19"
SUITES = ("sid", "unstable", "testing", "stable", "noble", "devel")
# The package links to these by relative paths; without them every page answers 500.
LINKED = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-dejavu-core",
    "fonts-font-awesome",
    "fonts-glyphicons-halflings",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "gsfonts",
)


@dataclass(frozen=True)
class OdooSource:
    """`python_path` goes on sys.path; `addons` are folders for --addons-path; `version` names the copy."""

    python_path: Path
    addons: tuple[Path, ...]
    version: str
    has_metadata: bool


def find(given: str | None) -> OdooSource:
    given = given or os.environ.get("O2C_ODOO")
    return _source_tree(Path(given).expanduser().resolve()) if given else _debian()


def _source_tree(path: Path) -> OdooSource:
    if not (path / "odoo" / "release.py").exists():
        raise Failure(f"{path} is not an Odoo source tree: odoo/release.py is missing.")
    version = _version(path)
    if not version.startswith("19"):
        raise Failure(f"{path} is Odoo {version}; these addons need Odoo 19.0.")
    folders = [folder for folder in (path / "addons", path / "odoo" / "addons") if folder.is_dir()]
    has_metadata = any(path.glob("odoo*.egg-info")) or any(path.glob("odoo*.dist-info"))
    return OdooSource(path, tuple(folders), f"tree-{version}", has_metadata)


def _debian() -> OdooSource:
    python_path = ODOO_DEBIAN / "usr" / "lib" / "python3" / "dist-packages"
    marker = ODOO_DEBIAN / "complete"
    if not marker.exists():
        with step("Fetching Odoo 19 (Debian package, about 130 MB)"):
            suite = apt.find_suite(PACKAGE, SUITES)
            packages = suite.download([PACKAGE, *LINKED])
            apt.unpack(packages, ODOO_DEBIAN)
            for package in packages:
                package.unlink()
            marker.write_text(f"{packages[0].name}\n")
    return OdooSource(python_path, (), marker.read_text().strip(), True)


def _version(path: Path) -> str:
    match = re.search(
        r"^version_info\s*=\s*\(\s*['\"]?(?:saas~)?(\d+)['\"]?,\s*(\d+)",
        (path / "odoo" / "release.py").read_text(),
        re.M,
    )
    return f"{match[1]}.{match[2]}" if match else "unknown"
