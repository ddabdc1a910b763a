"""A real Odoo server beside the sandbox, on a fresh database: what end-to-end and browser tests act on."""

import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from tools import databases, odoo_source, postgres, serving
from tools.demo import control
from tools.demo.rpc import Session
from tools.odoo import Environment

PLATFORMS = ("shopify", "mollie", "sendcloud")


@dataclass(frozen=True)
class Live:
    """Where Odoo answers and on which database, and the sandbox's world that it is pointed at."""

    url: str
    database: str
    world: control.World

    def session(self, login: str = "admin", password: str = "admin") -> Session:
        """A user's session through RPC, with that user's rights."""
        return Session(self.url, self.database, login, password)


def environment() -> Environment:
    """Odoo and PostgreSQL as `./o2c test` found them."""
    return Environment(odoo_source.find(None), postgres.parse_url(os.environ["O2C_PG"]))


@contextlib.contextmanager
def running(name: str, *, shop: str = "garden", seed: int = 1):
    """Both servers, for the time of the block; nothing is connected yet but the addresses are set.

    :param name: tells the databases and logs of several tests apart
    """
    surroundings = environment()
    with (
        databases.copy(surroundings, f"o2c_{name}_{os.getpid()}") as database,
        serving.sandbox(surroundings) as outside,
        serving.odoo(surroundings, database) as server,
    ):
        live = Live(server.url, database, control.new_world(outside.url, shop=shop, seed=seed))
        point_at(live.session(), live.world)
        yield live


@contextlib.contextmanager
def demonstration(name: str):
    """A server on a database with demonstration data, for the time of the block: its administrator's session.

    :param name: see :func:`running`
    """
    surroundings = environment()
    with (
        databases.copy(surroundings, f"o2c_{name}_{os.getpid()}", demo=True) as database,
        serving.odoo(surroundings, database) as server,
    ):
        yield Session(server.url, database, "admin", "admin")


def point_at(admin: Session, world: control.World) -> None:
    """Let the addons call this world instead of the platforms themselves."""
    for platform in PLATFORMS:
        admin.call("ir.config_parameter", "set_param", f"o2c.{platform}_endpoint", f"{world.url}/{platform}")
    admin.call("ir.config_parameter", "set_param", "web.base.url.freeze", "True")


def wait_for(what: str, check: Callable, *, seconds: float = 120, explain: Callable[[], str] = str):
    """Wait until `check()` gives something true, and return it; fail with the reason when it never does."""
    deadline = time.monotonic() + seconds
    while not (found := check()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:.0f} s. {explain()}".rstrip())
        time.sleep(0.3)
    return found
