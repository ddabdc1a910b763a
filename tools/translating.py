"""`./o2c translations`: bring the addons' .pot and .po files up to date with the texts in the code."""

import shutil
import subprocess

from . import databases
from .odoo import Environment
from .paths import ADDONS, OUT, PYTHON, ROOT, our_addons

SCRIPTS = ROOT / "tools" / "odoo_scripts"


def run(environment: Environment) -> int:
    """Export the texts, merge them into the files, and tell how many are untranslated."""
    folder = OUT / "i18n"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with databases.copy(environment) as name:
        databases.script(
            environment,
            name,
            SCRIPTS / "export_terms.py",
            str(folder.relative_to(ROOT)),
            *our_addons(),
            what="Exporting texts",
        )
    return subprocess.call([str(PYTHON), str(SCRIPTS / "merge_terms.py"), str(folder), str(ADDONS)])
