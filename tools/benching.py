"""`./o2c bench`: run the benchmarks of `bench/`, or the ones named, and print their figures.

Each runs in a process of its own; those with Odoo on databases of their own, beside a sandbox.
"""

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from . import databases, peers
from .children import Children
from .console import Failure, say
from .odoo import Environment
from .paths import LOGS, OUT, PYTHON, ROOT
from .serving import odoo, sandbox

# The addons' lib/ is imported without Odoo, as in the tests.
PLAIN = "import tests.support.lib_imports; from bench.running import main; main()"
# One for each job channel, and two that are free for whoever calls.
WORKERS = 5
SHELL = ROOT / "tools" / "odoo_scripts" / "bench.py"


@dataclass(frozen=True)
class Bench:
    """A module of `bench/` and what it needs.

    :ivar shell: runs inside Odoo, on a copy of the template, with one of stock Odoo beside it
    :ivar server: runs outside a real Odoo server
    :ivar peers: modules of others that the stock Odoo has too
    """

    name: str
    shell: bool = False
    server: bool = False
    peers: tuple[str, ...] = ()


BENCHES = (
    Bench("matching", shell=True),
    Bench("reconciliation", shell=True),
    Bench("reconcile_oca", shell=True, peers=("account_reconcile_oca",)),
    Bench("review_screen", shell=True),
    Bench("overview", shell=True),
    Bench("shopify_sweep", shell=True),
    Bench("shopify_orders", shell=True),
    Bench("shopify_peer", shell=True, peers=("shopify_connector",)),
    Bench("webhook_burst", server=True),
    Bench("sendcloud_labels", shell=True),
    Bench("mollie_settlement", shell=True),
)


def run(environment: Environment, names: list[str], file: str | None = None, part: int = 1) -> int:
    """Exit status 0 when every bench ran to its end; whether goals are met is told, not judged."""
    known = {bench.name: bench for bench in BENCHES}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Failure(f"There is no bench {', '.join(unknown)}; there are: {', '.join(known)}.")
    results, failed = [], []
    children = Children()
    try:
        for name in names or known:
            say(f"=== {name}")
            result = _run(environment, known[name], children, part)
            if result is None:
                failed.append(name)
            else:
                results.append(result)
    except BaseException:
        children.end()
        raise
    if file:
        Path(file).write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    _tell(results, failed)
    return 1 if failed else 0


def _run(environment: Environment, bench: Bench, children: Children, part: int) -> dict | None:
    """The bench's figures; None when it broke off."""
    OUT.mkdir(parents=True, exist_ok=True)
    out = OUT / f"bench-{bench.name}.json"
    out.unlink(missing_ok=True)
    variables = environment.variables(O2C_BENCH=bench.name, O2C_BENCH_OUT=str(out), O2C_BENCH_PART=str(part))
    command, streams = [PYTHON, "-c", PLAIN], {}
    with contextlib.ExitStack() as stack:
        if bench.shell or bench.server:
            database = stack.enter_context(databases.copy(environment, f"bench_{os.getpid()}"))
            variables["O2C_SANDBOX"] = stack.enter_context(sandbox(environment)).url
        if bench.server:
            server = stack.enter_context(odoo(environment, database, workers=WORKERS))
            variables |= {"O2C_BENCH_DATABASE": database, "O2C_BENCH_SERVER": server.url}
        if bench.shell:
            stock = stack.enter_context(databases.copy(environment, f"bench_stock_{os.getpid()}", stock=True))
            config = None
            if bench.peers:
                peers.install(environment, stock, bench.peers)
                config = environment.config_file(f"bench-{os.getpid()}", addons=(peers.ADDONS,))
                stack.callback(config.unlink)
            variables["O2C_BENCH_STOCK"] = stock
            log = LOGS / f"bench-{bench.name}.log"
            command = environment.command(
                "shell", "-d", database, "--no-http", "--logfile", log, config=config
            )
            streams["stdin"] = stack.enter_context(SHELL.open("rb"))
        status = children.call(command, cwd=ROOT, env=variables, **streams)
    if status or not out.exists():
        return None
    return json.loads(out.read_text())


def _tell(results: list[dict], failed: list[str]) -> None:
    figures = [figure for result in results for figure in result["figures"]]
    missed = [figure["what"] for figure in figures if figure["holds"] is False]
    held = sum(figure["holds"] is True for figure in figures)
    say(f"\n{held} goals met, {len(missed)} missed")
    for what in missed:
        say(f"  missed: {what}")
    if failed:
        say(f"Broke off: {', '.join(failed)}")
