"""The template database and its copies.

Two layers: stock Odoo with a Dutch chart of accounts, made once; on a copy of it the addons, made again
when their code changes. Another one has the addons' demonstration data, which end today. Every use gets a
copy, so that no use sees what another one did.
"""

import contextlib
import datetime
import hashlib
import os
import re
from pathlib import Path

from .console import Failure, step
from .locks import locked
from .odoo import Environment, copy_files, remove_files
from .paths import ADDONS, LOGS, ROOT, RUN, our_addons
from .processes import run

STOCK_MODULES = (
    "l10n_nl",
    "l10n_eu_oss",
    "account",
    "contacts",
    "sale_management",
    "sale_stock",
    "stock_delivery",
    "stock_picking_batch",
    "payment_mollie",
)
# In Odoo's log. It goes on without demonstration data that failed.
WRONG = re.compile(r" (ERROR|CRITICAL) |demo data failed to install")
# What an addon has that no database depends on.
UNUSED = ("tests", "readme", "i18n", "pyproject.toml")
# Demonstration data need nobody: they are made with the network shut.
NO_NETWORK = ROOT / "tools" / "odoo_scripts" / "no_network"
COMPANY_SCRIPT = ROOT / "tools" / "odoo_scripts" / "company.py"


def wanted_addons() -> list[str]:
    """All addons of the repository, or the ones named in O2C_MODULES (a developer's shortcut)."""
    named = [name for name in os.environ.get("O2C_MODULES", "").split(",") if name]
    return named or our_addons()


def template(environment: Environment, *, demo: bool = False) -> str:
    """Name of an up-to-date template database. Call it with the template lock held.

    :param demo: with demonstration data, which are a year up to today
    """
    stock = _stock(environment)
    modules = wanted_addons()
    name = f"o2c_template_{_short('|'.join(modules))}{'_demo' if demo else ''}"
    day = str(datetime.date.today()) if demo else ""
    fingerprint = _short(stock + day + "".join(_content(module) for module in modules))
    if _mark(name) == fingerprint and _exists(environment, name):
        return name
    with step(f"Installing the addons{' with demonstration data' if demo else ''}: {', '.join(modules)}"):
        _unmark(name)
        drop(environment, name)
        _duplicate(environment, stock, name)
        arguments = ("--init", ",".join(modules))
        if demo:
            # Odoo gives demonstration data to modules only whose dependencies have theirs.
            environment.server.execute(
                "UPDATE ir_module_module SET demo = true WHERE state = 'installed'", database=name
            )
            _odoo(environment, name, *arguments, "--with-demo", PYTHONPATH=f"{NO_NETWORK}{os.pathsep}{ROOT}")
        else:
            _odoo(environment, name, *arguments)
        _set_mark(name, fingerprint)
    return name


def _stock(environment: Environment) -> str:
    content = f"{environment.odoo.version} {STOCK_MODULES} {COMPANY_SCRIPT.read_text()}"
    name = f"o2c_stock_{_short(content)}"
    if _mark(name) == "complete" and _exists(environment, name):
        return name
    with step("Preparing a database with Odoo's own modules (about a minute, once)"):
        drop(environment, name)
        environment.server.execute(
            f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'"
        )
        _odoo(environment, name, "--init", "base")
        script(environment, name, COMPANY_SCRIPT, "country", what="Setting up the company")
        _odoo(environment, name, "--init", ",".join(STOCK_MODULES))
        script(environment, name, COMPANY_SCRIPT, "company", what="Setting up the company")
        _set_mark(name, "complete")
    return name


@contextlib.contextmanager
def copy(
    environment: Environment,
    name: str | None = None,
    *,
    keep: bool = False,
    stock: bool = False,
    demo: bool = False,
):
    """A fresh copy of the template, of the one with `demo` data, or of `stock` Odoo.

    It is dropped after the block unless `keep`.
    """
    name = check_name(name or f"o2c_{os.getpid()}")
    with locked("template"):
        source = _stock(environment) if stock else template(environment, demo=demo)
        drop(environment, name)
        _duplicate(environment, source, name)
    try:
        yield name
    finally:
        if not keep:
            drop(environment, name)


def install(
    environment: Environment,
    database: str,
    modules: tuple[str, ...],
    addons: tuple = (),
    *,
    tree: Path = ROOT,
) -> None:
    """Install further modules, from the folders ``addons`` or a check-out, in a database."""
    config = environment.config_file(database, addons=addons, tree=tree)
    try:
        _odoo(environment, database, "--init", ",".join(modules), config=config)
    finally:
        config.unlink()


def update(environment: Environment, database: str, module: str) -> None:
    """Bring an addon of a database, and whatever depends on it, up to the present code."""
    _odoo(environment, database, "--update", module)


def check_name(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,50}", name):
        raise Failure(f"{name!r} is no database name: use small letters, digits and underscores.")
    if name.startswith(("o2c_template", "o2c_stock")) or name == "postgres":
        raise Failure(f"The database {name} is kept for internal use; choose another name.")
    return name


def drop(environment: Environment, name: str) -> None:
    environment.server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    remove_files(name)


def _duplicate(environment: Environment, source: str, target: str) -> None:
    environment.server.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY FILE_COPY')
    copy_files(source, target)
    # A copy is a database of its own: what it signs or buys must not be taken for the template's.
    environment.server.execute(
        "UPDATE ir_config_parameter SET value = gen_random_uuid()::text WHERE key = 'database.uuid'",
        database=target,
    )


def _exists(environment: Environment, name: str) -> bool:
    return bool(environment.server.execute("SELECT 1 FROM pg_database WHERE datname = %s", name))


def _odoo(environment: Environment, database: str, *arguments, config=None, **variables: str) -> None:
    log = LOGS / f"{database}.log"
    run(
        environment.command("-d", database, *arguments, "--stop-after-init", "--no-http", config=config),
        log=log,
        env=environment.variables(**variables),
        what=f"Odoo {' '.join(arguments)}",
    )
    wrong = [line for line in log.read_text(errors="replace").splitlines() if WRONG.search(line)]
    if wrong:
        raise Failure("Odoo reported errors:\n" + "\n".join(wrong[:10]) + f"\nThe whole output is in {log}.")


def script(environment: Environment, database: str, script, *arguments: str, what: str) -> None:
    """Run a script of `odoo_scripts` in Odoo's shell; it finds the arguments in O2C_SCRIPT_PART."""
    with script.open("rb") as source:
        run(
            environment.command("shell", "-d", database, "--no-http"),
            log=LOGS / f"{database}-{script.stem}.log",
            env=environment.variables(O2C_SCRIPT_PART=" ".join(arguments)),
            what=what,
            stdin=source,
            cwd=ROOT,
        )


def _content(module: str) -> str:
    digest = hashlib.sha256()
    for path in sorted((ADDONS / module).rglob("*")):
        parts = path.relative_to(ADDONS / module).parts
        if path.is_file() and "__pycache__" not in parts and parts[0] not in UNUSED:
            digest.update(str(path.relative_to(ADDONS)).encode() + path.read_bytes())
    return digest.hexdigest()


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _mark(name: str) -> str:
    path = RUN / f"{name}.mark"
    return path.read_text() if path.exists() else ""


def _set_mark(name: str, text: str) -> None:
    RUN.mkdir(parents=True, exist_ok=True)
    (RUN / f"{name}.mark").write_text(text)


def _unmark(name: str) -> None:
    (RUN / f"{name}.mark").unlink(missing_ok=True)
