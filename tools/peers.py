"""Other people's addons that ours must get along with or are measured against.

They are AGPL, so they belong neither to the addons nor to the development environment: they are kept
in a folder of their own, and only databases of tests and benches have them.
"""

from . import databases
from .console import step
from .locks import locked
from .odoo import Environment
from .paths import PYTHON, STATE
from .processes import run

FOLDER = STATE / "peers"
ADDONS = FOLDER / "odoo" / "addons"
PACKAGES = (
    "odoo-addon-account-in-payment==19.0.1.0.0.2",
    "odoo-addon-account-reconcile-oca==19.0.1.1.1",
    "odoo-addon-account-statement-base==19.0.1.0.1",
    "odoo-addon-shopify-connector==19.0.1.1.0.4",
)


def fetch() -> None:
    """Have the packages in their folder; downloaded once."""
    marker = FOLDER / "complete"
    wanted = "\n".join(PACKAGES)
    with locked("peers"):
        if marker.exists() and marker.read_text() == wanted:
            return
        with step("Downloading the addons of others that the tests stand beside"):
            quiet = ("--disable-pip-version-check", "--quiet")
            # Their metadata asks for a distribution named odoo, which is here already.
            options = ("--no-deps", "--upgrade", "--target", FOLDER)
            run([PYTHON, "-m", "pip", *quiet, "install", *options, *PACKAGES], what="pip")
        marker.write_text(wanted)


def install(environment: Environment, database: str, modules: tuple[str, ...]) -> None:
    """Install modules of others in a database; Odoo needs `ADDONS` in its path from then on."""
    fetch()
    databases.install(environment, database, modules, (ADDONS,))
