"""`./o2c bench`: run every benchmark of `bench/` and print its figures."""

import subprocess

from .console import say
from .odoo import Environment
from .paths import PYTHON, ROOT

# The addons' lib/ is imported without Odoo, as in the tests.
MATCHING = "import tests.support.lib_imports; from bench.matching import main; main()"


def run(environment: Environment) -> int:
    say("=== matching")
    return subprocess.call([str(PYTHON), "-c", MATCHING], cwd=ROOT, env=environment.variables())
