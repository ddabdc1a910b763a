"""How Odoo is started here: its configuration, its command line, its databases' files."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from .odoo_source import OdooSource
from .paths import ADDONS, DATA, PYTHON, ROOT, RUN
from .postgres import Server

# Odoo's command line, whichever way Odoo was obtained.
LAUNCH = ("-c", "import odoo.cli; odoo.cli.main()")


@dataclass(frozen=True)
class Environment:
    """Everything a command needs once the set-up is done."""

    odoo: OdooSource
    server: Server

    def config_file(
        self,
        name: str = "odoo",
        *,
        channels: str = "root:2",
        http_port: int | None = None,
        addons: tuple[Path, ...] = (),
        tree: Path = ROOT,
    ) -> Path:
        """Write an Odoo configuration for this environment and return its path.

        :param channels: capacity of the queue_job channels, in queue_job's own syntax
        :param addons: further folders with addons
        :param tree: the check-out whose addons are used
        """
        RUN.mkdir(parents=True, exist_ok=True)
        folders = [*self.odoo.addons, tree / ADDONS.name, *addons]
        lines = [
            "[options]",
            f"addons_path = {','.join(str(folder) for folder in folders)}",
            f"data_dir = {DATA}",
            "server_wide_modules = base,web,rpc,queue_job",
            "list_db = False",
            "max_cron_threads = 1",
            "limit_time_real = 1200",
            "limit_time_cpu = 1200",
            "db_maxconn = 40",
            f"http_interface = {'127.0.0.1' if http_port else ''}",
        ]
        if http_port:
            lines.append(f"http_port = {http_port}")
        for key, value in (
            ("db_host", self.server.host),
            ("db_port", self.server.port),
            ("db_user", self.server.user),
            ("db_password", self.server.password),
        ):
            if value:
                lines.append(f"{key} = {value}")
        lines += ["", "[queue_job]", f"channels = {channels}"]
        if http_port:
            lines += ["scheme = http", "host = 127.0.0.1", f"port = {http_port}"]
        path = RUN / f"{name}.conf"
        path.write_text("\n".join(lines) + "\n")
        return path

    def command(self, *arguments, config: Path | None = None) -> list[str]:
        """An Odoo command line; a subcommand such as `shell` comes first, as Odoo wants it."""
        arguments = list(arguments)
        subcommand = [arguments.pop(0)] if arguments and not str(arguments[0]).startswith("-") else []
        return [
            str(PYTHON),
            *LAUNCH,
            *subcommand,
            "--config",
            str(config or self.config_file()),
            *map(str, arguments),
        ]

    def variables(self, **extra: str) -> dict[str, str]:
        """The process environment for Odoo and for the tests."""
        path = os.pathsep.join([str(PYTHON.parent), os.environ.get("PATH", "")])
        return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **extra}


def copy_files(source: str, target: str) -> None:
    """Copy a database's filestore. Its files are named by content and never change: hard links are enough."""
    origin, copy = DATA / "filestore" / source, DATA / "filestore" / target
    shutil.rmtree(copy, ignore_errors=True)
    if origin.exists():
        shutil.copytree(origin, copy, copy_function=os.link)


def remove_files(database: str) -> None:
    shutil.rmtree(DATA / "filestore" / database, ignore_errors=True)
