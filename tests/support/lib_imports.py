"""A pytest plugin: import the addons' `lib/` without Odoo.

Importing `odoo.addons.x.lib` would run the addon's `__init__`, and with it Odoo. The package `o2c_lib`
made here holds every addon as an empty package, so that `o2c_lib.o2c_base.lib.http` is all that is
imported, and relative imports between addons find each other.

pytest itself imports the packages around a test file, under names that start at `addons` or at the addon;
those are taken as well, or it would run the addons' `__init__`.
"""

import sys
import types
from pathlib import Path

ADDONS = Path(__file__).resolve().parents[2] / "addons"


def _package(name: str, path: Path) -> None:
    module = types.ModuleType(name)
    module.__path__ = [str(path)]
    sys.modules[name] = module


for _root in ("o2c_lib", "addons"):
    _package(_root, ADDONS)
for _addon in sorted(path.parent for path in ADDONS.glob("*/__manifest__.py")):
    for _name in (f"o2c_lib.{_addon.name}", f"addons.{_addon.name}", _addon.name):
        _package(_name, _addon)
