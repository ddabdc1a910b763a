"""The sandbox and a real Odoo server (HTTP, job runner, cron) as child processes."""

import contextlib
import os
import socket
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from . import databases
from .console import Failure, say, step
from .odoo import Environment
from .paths import LOGS, PYTHON, ROOT
from .processes import service, wait_until

CHANNELS = (
    "root:3,root.o2c:3,root.o2c.shopify:1,root.o2c.sendcloud:1,root.o2c.mollie:1,root.o2c.reconciliation:1"
)
ODOO_PORT, SANDBOX_PORT = 8069, 8070


@dataclass(frozen=True)
class Running:
    """A server that answers at `url`; `process` ends with the block that started it."""

    url: str
    process: object


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_taken(port: int) -> bool:
    """Whether a program of this machine listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


@contextlib.contextmanager
def sandbox(environment: Environment, port: int | None = None, *, tree: Path = ROOT):
    """The stand-ins for Shopify, Mollie and Sendcloud, of this check-out."""
    port = port or free_port()
    log = LOGS / f"sandbox-{os.getpid()}.log"
    command = [PYTHON, "-m", "sandbox", "--port", port]
    variables = environment.variables(PYTHONPATH=str(tree))
    with service(command, log=log, name="The sandbox", cwd=tree, env=variables) as process:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(f"{url}/worlds"), process, 30, "The sandbox answering")
        yield Running(url, process)


@contextlib.contextmanager
def odoo(
    environment: Environment,
    database: str,
    port: int | None = None,
    *,
    workers: int = 0,
    tree: Path = ROOT,
):
    """A real Odoo server on this database: pages, jobs and scheduled actions.

    :param workers: so many processes, as in production; 0: one process with threads
    :param tree: the check-out whose addons are used
    """
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    config = environment.config_file(
        f"server-{os.getpid()}-{port}", channels=CHANNELS, http_port=port, tree=tree
    )
    environment.server.execute(
        "UPDATE ir_config_parameter SET value = %s WHERE key = 'web.base.url'", url, database=database
    )
    several = ("--workers", workers, "--gevent-port", free_port()) if workers else ()
    # Without --db-filter: Odoo would list all databases for every call that comes without a session.
    command = environment.command("-d", database, *several, config=config)
    log = LOGS / f"{database}-server.log"
    try:
        with service(command, log=log, name="Odoo", cwd=ROOT, env=environment.variables()) as process:
            wait_until(lambda: answers(f"{url}/web/health"), process, 90, "Odoo answering")
            yield Running(url, process)
    finally:
        config.unlink(missing_ok=True)


def run(environment: Environment, *, unconnected: bool = False) -> int:
    """`./o2c serve`: both servers on their usual ports, on a database that is kept.

    :param unconnected: leave it to the user to connect the accounts, and say with which keys.
    """
    from .demo import connect, control, rpc

    for port in (ODOO_PORT, SANDBOX_PORT):
        if is_taken(port):
            raise Failure(
                f"Port {port} is taken by another program; perhaps ./o2c serve runs already. End it first."
            )
    name = "o2c_serve"
    with (
        databases.copy(environment, name, keep=True),
        sandbox(environment, SANDBOX_PORT) as world,
        odoo(environment, name, ODOO_PORT) as server,
    ):
        admin = rpc.Session(server.url, name, "admin", "admin")
        shoppers = control.new_world(world.url)
        if unconnected:
            connect.point_at(admin, shoppers)
        else:
            with step("Connecting the shop, Mollie and Sendcloud"):
                connect.everything(admin, shoppers)
        say(f"\nOdoo     {server.url}  (login admin, password admin)")
        say(f"Sandbox  {shoppers.url}/control/state")
        if unconnected:
            say_keys(shoppers.get("credentials"))
        say(f"An order: curl -X POST {shoppers.url}/control/checkout -d '{{\"count\": 1}}'")
        say("Ctrl-C ends both.")
        wait_for_interrupt(server.process, world.process)
    return 0


def say_keys(keys: dict) -> None:
    """What an administrator types into Settings > Order to Cash."""
    shop, mollie, sendcloud = keys["shopify"], keys["mollie"], keys["sendcloud"]
    say(f"Shopify    {shop['domain']}, client ID {shop['client_id']}, client secret {shop['client_secret']}")
    say(f"Mollie     access token {mollie['access_token']}")
    say(f"Sendcloud  public key {sendcloud['public_key']}, secret key {sendcloud['secret_key']}")


def wait_for_interrupt(*processes) -> None:
    while all(process.poll() is None for process in processes):
        time.sleep(0.5)
