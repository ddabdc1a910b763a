"""Runs inside `odoo shell`: the bench that O2C_BENCH names."""

from bench.running import main

main(env)  # noqa: F821  (given by the shell)
