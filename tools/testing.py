"""`./o2c test`: every suite, or the ones named; pytest's own arguments are passed on."""

import contextlib
import glob
import itertools
import os
import subprocess
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from . import browser, databases, peers
from .children import Children
from .console import Failure, say
from .odoo import Environment
from .paths import OUT, PYTHON, ROOT
from .serving import free_port, sandbox

NOTHING_SELECTED = 5  # pytest's exit status when no test fits its arguments
WITHOUT_ODOO = ("-p", "no:odoo", "-p", "no:cacheprovider")


@dataclass(frozen=True)
class Suite:
    """A group of tests that needs the same surroundings.

    :ivar peers: modules of others that are installed in its database too
    """

    name: str
    paths: tuple[str, ...]
    arguments: tuple[str, ...] = field(default=())
    database: bool = False
    sandbox: bool = False
    server: bool = False
    peers: tuple[str, ...] = ()


# Tests roll back what they make. Autovacuum sees the dead rows only and tells the planner that the
# tables are empty, and then a payment takes a second to post.
QUIET_TABLES = """
DO $$
DECLARE name regclass;
BEGIN
    FOR name IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', name);
    END LOOP;
END $$
"""

SUITES = (
    Suite("lib", ("addons/*/lib/tests",), (*WITHOUT_ODOO, "-p", "tests.support.lib_imports")),
    Suite("sandbox", ("sandbox/tests",), WITHOUT_ODOO),
    Suite("tools", ("tests/tools",), WITHOUT_ODOO),
    Suite("contracts", ("tests/contracts",), (*WITHOUT_ODOO, "-p", "tests.support.lib_imports")),
    Suite("matching", ("tests/matching",), (*WITHOUT_ODOO, "-p", "tests.support.lib_imports")),
    Suite(
        "addons", ("addons/*/tests",), ("--odoo-http", "-p", "no:cacheprovider"), database=True, sandbox=True
    ),
    Suite(
        "beside",
        ("tests/beside",),
        ("-p", "no:cacheprovider"),
        database=True,
        sandbox=True,
        peers=("account_in_payment", "account_reconcile_oca", "sale_loyalty", "website_sale"),
    ),
    Suite("e2e", ("tests/e2e",), WITHOUT_ODOO, server=True),
    Suite("lifecycle", ("tests/lifecycle",), WITHOUT_ODOO, server=True),
    Suite("browser", ("tests/browser",), WITHOUT_ODOO, server=True),
)


def run(environment: Environment, arguments: list[str]) -> int:
    names = {suite.name for suite in SUITES}
    chosen = list(itertools.takewhile(names.__contains__, arguments))
    rest = arguments[len(chosen) :]
    paths = [item for item in rest if not item.startswith("-") and (ROOT / item.split("::")[0]).exists()]
    rest = [item for item in rest if item not in paths]
    suites = _suites(chosen, paths)
    # The addons' tests take longest and leave a core idle: all others run beside them, and are printed after.
    others = [suite for suite in suites if suite.database and not suite.peers] or suites
    beside = [suite for suite in suites if suite not in others]
    job = Job(environment, paths, rest, Children())
    with ThreadPoolExecutor(max_workers=1) as pool:
        try:
            waiting = [pool.submit(_run_suite, job, suite, quiet=True) for suite in beside]
            results = [_run_suite(job, suite) for suite in others]
            results += [future.result() for future in waiting]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            job.children.end()
            raise
    for suite in beside:
        if _log(suite).exists():
            say(f"\n=== {suite.name}\n{_log(suite).read_text(errors='replace')}")
    return _tell(results)


@dataclass(frozen=True)
class Job:
    """One call of `./o2c test`: paths and further arguments for pytest, and the processes it started."""

    environment: Environment
    paths: list[str]
    rest: list[str]
    children: Children


@dataclass(frozen=True)
class Result:
    """How a suite went: its counts of tests, and whether it is green."""

    name: str
    counts: dict[str, int]
    green: bool


def _log(suite: Suite) -> Path:
    return OUT / f"tests-{suite.name}.log"


def _run_suite(job: Job, suite: Suite, *, quiet: bool = False) -> Result:
    """Run one suite; with `quiet` its output goes to a file instead of the screen."""
    own = [path for path in job.paths if _belongs(path, suite)] or _existing(suite)
    _log(suite).unlink(missing_ok=True)
    report = OUT / f"tests-{suite.name}.xml"
    report.unlink(missing_ok=True)
    if not own:
        say(f"\nThe suite {suite.name} has no tests.")
        return Result(suite.name, _count(report), False)
    OUT.mkdir(parents=True, exist_ok=True)
    if quiet:
        with _log(suite).open("wb") as output:
            status = _pytest(job, suite, [*own, *job.rest], report, output)
    else:
        say(f"\n=== {suite.name}")
        status = _pytest(job, suite, [*own, *job.rest], report, None)
    counts = _count(report)
    nothing_selected = status == NOTHING_SELECTED and bool(job.rest)
    skipped = bool(os.environ.get("CI")) and counts["skipped"] > 0
    return Result(suite.name, counts, (status == 0 or nothing_selected) and not skipped)


def _suites(chosen: list[str], paths: list[str]) -> list[Suite]:
    if chosen:
        return [suite for suite in SUITES if suite.name in chosen]
    if paths:
        found = [suite for suite in SUITES if any(_belongs(path, suite) for path in paths)]
        if not found:
            raise Failure(f"No suite has {' '.join(paths)}.")
        return found
    return list(SUITES)


def _belongs(path: str, suite: Suite) -> bool:
    path = path.split("::")[0].rstrip("/")
    folders = _existing(suite)
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _existing(suite: Suite) -> list[str]:
    return sorted(found for pattern in suite.paths for found in glob.glob(pattern, root_dir=ROOT))


def _pytest(job: Job, suite: Suite, arguments: list[str], report: Path, output) -> int:
    environment = job.environment
    command = [PYTHON, "-m", "pytest", *suite.arguments, f"--junitxml={report}", *arguments]
    variables = environment.variables(
        O2C_CONTRACTS=os.environ.get("O2C_CONTRACTS", str(ROOT.parent / "shared"))
    )
    with contextlib.ExitStack() as stack:
        if suite.sandbox:
            variables["O2C_SANDBOX"] = stack.enter_context(sandbox(environment)).url
        if suite.database:
            name = f"o2c_{os.getpid()}_{suite.name}"
            database = stack.enter_context(databases.copy(environment, name))
            if suite.peers:
                peers.install(environment, database, suite.peers)
            environment.server.execute(QUIET_TABLES, database=database)
            config = environment.config_file(
                name, http_port=free_port(), addons=(peers.ADDONS,) if suite.peers else ()
            )
            with config.open("r+") as file:
                text = file.read().replace("[options]", f"[options]\ndb_name = {database}", 1)
                file.seek(0)
                file.write(text)
            stack.callback(config.unlink)
            variables["ODOO_RC"] = str(config)
        if suite.server:
            variables["O2C_BROWSER"] = str(browser.find())
            variables["O2C_PG"] = environment.server.url()
        return job.children.call(
            command, cwd=ROOT, env=variables, stdout=output, stderr=output and subprocess.STDOUT
        )


def _count(report: Path) -> dict[str, int]:
    counts = {"tests": 0, "failed": 0, "skipped": 0}
    if report.exists():
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            counts["tests"] += int(suite.get("tests", 0))
            counts["failed"] += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            counts["skipped"] += int(suite.get("skipped", 0))
    return counts


def _tell(results: list[Result]) -> int:
    say("\nSuite        tests  failed  skipped")
    for result in results:
        count = result.counts
        say(f"{result.name:<12} {count['tests']:>5}  {count['failed']:>6}  {count['skipped']:>7}")
    total = {key: sum(result.counts[key] for result in results) for key in ("tests", "failed", "skipped")}
    passed = total["tests"] - total["failed"] - total["skipped"]
    say(f"\n{passed} passed, {total['failed']} failed, {total['skipped']} skipped")
    failed = [result.name for result in results if not result.green]
    if failed:
        say(f"Not green: {', '.join(failed)}")
    return 1 if failed or not total["tests"] else 0
