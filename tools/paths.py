"""Where things are. Everything that is made lies below `.o2c/`, which git ignores."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDONS = ROOT / "addons"
STATE = ROOT / ".o2c"

APT = STATE / "apt"
DEBS = STATE / "debs"
ODOO_DEBIAN = STATE / "odoo"
BROWSER = STATE / "browser"
VENV = STATE / "venv"
PYTHON = VENV / "bin" / "python"
PG = STATE / "pg"
DATA = STATE / "data"
LOGS = STATE / "logs"
RUN = STATE / "run"
OUT = STATE / "out"


def our_addons() -> list[str]:
    """Technical names of the addons in this repository, in a stable order."""
    return sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))
