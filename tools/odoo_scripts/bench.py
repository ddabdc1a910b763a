"""Runs inside `odoo shell`: the bench that O2C_BENCH names."""

import tests.support.lib_imports  # noqa: F401  (the worlds of tests/matching import lib without Odoo)
from bench.running import main

main(env)  # noqa: F821  (given by the shell)
