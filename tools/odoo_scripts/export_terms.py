"""Runs inside `odoo shell`: writes every translatable text of an addon to FOLDER/ADDON.pot."""

import os
from pathlib import Path

from odoo.tools.translate import trans_export

folder, *addons = os.environ["O2C_SCRIPT_PART"].split()
for addon in addons:
    with (Path(folder) / f"{addon}.pot").open("wb") as file:
        trans_export(None, [addon], file, "po", env)  # noqa: F821  (given by the shell)
