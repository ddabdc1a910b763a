"""The commands of `./o2c`."""

import argparse
import contextlib
import shutil
import sys

from . import databases, odoo_source, postgres, python_env
from .console import Failure, say, step
from .locks import locked
from .odoo import Environment
from .paths import PYTHON, ROOT, STATE
from .processes import turn_signals_into_interrupts


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    turn_signals_into_interrupts()
    try:
        return options.run(options) or 0
    except Failure as failure:
        say(f"\n{failure}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130


def parser() -> argparse.ArgumentParser:
    main_parser = argparse.ArgumentParser(
        prog="./o2c",
        description="Order to cash for Odoo 19: sets everything up by itself, in the folder .o2c.",
    )
    main_parser.add_argument("--odoo", metavar="PATH", help="an Odoo 19 source tree (or O2C_ODOO)")
    main_parser.add_argument("--pg", metavar="URL", help="a PostgreSQL server (default: an embedded one)")
    commands = main_parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser(
        "demo", help="run the main job: orders from checkout to reconciled, and prove it"
    )
    demo.add_argument(
        "--orders", type=int, help="how many shoppers check out (default 20, of every kind 60, the least)"
    )
    demo.add_argument("--seed", type=int, default=1, help="the same seed gives the same orders (default 1)")
    demo.add_argument(
        "--every-kind",
        action="store_true",
        help="every kind of order and of bad luck, mended as people mend them",
    )
    demo.add_argument("--json", metavar="FILE", help="write the table and the proofs as JSON")
    demo.add_argument(
        "--serve", action="store_true", help="leave everything running to be looked at, until Ctrl-C"
    )
    demo.set_defaults(run=run_demo)

    test = commands.add_parser(
        "test",
        help="run all tests, a path, or a suite "
        "(lib sandbox tools contracts matching addons beside e2e lifecycle browser)",
    )
    test.add_argument("rest", nargs=argparse.REMAINDER, metavar="SUITE|PYTEST-ARGUMENT")
    test.set_defaults(run=run_tests)

    serve = commands.add_parser("serve", help="Odoo on port 8069 and the sandbox on 8070, until Ctrl-C")
    serve.add_argument(
        "--unconnected", action="store_true", help="connect the accounts by hand; the keys are shown"
    )
    serve.set_defaults(run=run_serve)

    odoo = commands.add_parser("odoo", help="Odoo's own command line here: ./o2c odoo -- shell -d NAME")
    odoo.add_argument("rest", nargs=argparse.REMAINDER)
    odoo.set_defaults(run=run_odoo)

    database = commands.add_parser("db", help="make a fresh copy of the template database")
    database.add_argument("name")
    database.add_argument(
        "--demo", action="store_true", help="with demonstration data: a year of a small shop, up to today"
    )
    database.set_defaults(run=run_db)

    lint = commands.add_parser("lint", help="ruff, pylint-odoo, XML and manifest checks")
    lint.set_defaults(run=run_lint)

    bench = commands.add_parser("bench", help="measure against stock Odoo, as ratios in one run")
    bench.add_argument("names", nargs="*", metavar="NAME", help="benches to run (default: all)")
    bench.add_argument(
        "--part", type=int, default=1, metavar="N", help="a Nth of the sizes: rougher figures, sooner"
    )
    bench.add_argument("--json", metavar="FILE", help="write the figures as JSON")
    bench.set_defaults(run=run_bench)

    translations = commands.add_parser(
        "translations", help="bring the addons' translation files up to date with their texts"
    )
    translations.set_defaults(run=run_translations)

    readme = commands.add_parser("readme", help="render the addons' README.rst and pages from readme/")
    readme.set_defaults(run=run_readme)

    screenshots = commands.add_parser(
        "screenshots", help="take the pictures of docs/screenshots from a database with demonstration data"
    )
    screenshots.set_defaults(run=run_screenshots)

    clean = commands.add_parser("clean", help="remove everything that was made (.o2c)")
    clean.set_defaults(run=run_clean)
    return main_parser


@contextlib.contextmanager
def prepared(options):
    """The environment: Odoo, its dependencies and a running PostgreSQL."""
    with locked("setup"):
        odoo = odoo_source.find(options.odoo)
        python_env.ensure(odoo)
    with postgres.running(options.pg) as server:
        yield Environment(odoo, server)


def run_demo(options) -> int:
    from .demo import command

    # Before anything is fetched.
    options.orders = command.asked_orders(options)
    with prepared(options) as environment:
        return command.run(environment, options)


def run_tests(options) -> int:
    from . import testing

    with prepared(options) as environment:
        return testing.run(environment, [item for item in options.rest if item != "--"])


def run_serve(options) -> int:
    from . import serving

    with prepared(options) as environment:
        return serving.run(environment, unconnected=options.unconnected)


def run_odoo(options) -> int:
    import subprocess

    arguments = options.rest[1:] if options.rest[:1] == ["--"] else options.rest
    with prepared(options) as environment:
        return subprocess.call(environment.command(*arguments), env=environment.variables(), cwd=ROOT)


def run_db(options) -> int:
    databases.check_name(options.name)
    with (
        prepared(options) as environment,
        databases.copy(environment, options.name, keep=True, demo=options.demo),
    ):
        say(f"The database {options.name} is ready: ./o2c odoo -- shell -d {options.name} --no-http")
    return 0


def run_lint(options) -> int:
    from . import linting

    with locked("setup"):
        python_env.ensure(odoo_source.find(options.odoo))
    return linting.run()


def run_bench(options) -> int:
    from . import benching

    with prepared(options) as environment:
        return benching.run(environment, options.names, options.json, options.part)


def run_translations(options) -> int:
    from . import translating

    with prepared(options) as environment:
        return translating.run(environment)


def run_readme(options) -> int:
    import subprocess

    with locked("setup"):
        python_env.ensure(odoo_source.find(options.odoo))
    return subprocess.call([PYTHON, "-m", "tools.readme"], cwd=ROOT)


def run_screenshots(options) -> int:
    from . import screenshots

    with prepared(options) as environment:
        return screenshots.run(environment)


def run_clean(options) -> int:
    if not STATE.exists():
        say("Nothing to remove.")
        return 0
    if PYTHON.exists():
        with contextlib.suppress(Failure), postgres.running(None):
            pass
    with step("Removing .o2c"):
        shutil.rmtree(STATE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
