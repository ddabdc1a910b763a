"""One bench in a process of its own, which `tools/benching.py` starts with what it needs in the environment.

In Odoo's shell it is called with that shell's environment, otherwise without one.
"""

import contextlib
import importlib
import os
from dataclasses import dataclass
from pathlib import Path

from tools.demo.control import World, new_world

from .report import Report


@dataclass(frozen=True)
class Bench:
    """What a bench works with.

    :ivar env: Odoo with all addons, as the program's own user
    :ivar stock: Odoo with its own modules only, on a database of its own
    :ivar database, server: name and address of a running Odoo, for a bench that needs one
    """

    report: Report
    env: object = None
    stock: object = None
    database: str = ""
    server: str = ""

    def tell(self, what: str, value: float, unit: str = "", **more) -> None:
        """See :meth:`bench.report.Report.tell`."""
        self.report.tell(what, value, unit, **more)

    def size(self, full: int) -> int:
        """How much of something to measure: all of it, or the part that was asked for."""
        return max(1, full // int(os.environ.get("O2C_BENCH_PART") or 1))

    def world(self, name: str, **options) -> World:
        """A new world of the sandbox; where there is an `env`, its addons are pointed at it."""
        world = new_world(os.environ["O2C_SANDBOX"], name, **options)
        if self.env is not None:
            parameters = self.env["ir.config_parameter"]
            for platform in ("shopify", "mollie", "sendcloud"):
                parameters.set_param(f"o2c.{platform}_endpoint", f"{world.url}/{platform}")
            self.env.cr.commit()
        return world


def main(env=None) -> None:
    name = os.environ["O2C_BENCH"]
    report = Report(name)
    module = importlib.import_module(f"bench.{name}")
    with _stock(env) as stock:
        module.run(
            Bench(
                report,
                env,
                stock,
                os.environ.get("O2C_BENCH_DATABASE", ""),
                os.environ.get("O2C_BENCH_SERVER", ""),
            )
        )
    report.save(Path(os.environ["O2C_BENCH_OUT"]))


@contextlib.contextmanager
def _stock(env):
    """The other database in the same process, so that both are measured under the same conditions."""
    if env is None:
        yield None
        return
    from odoo.api import Environment
    from odoo.modules.registry import Registry

    with Registry(os.environ["O2C_BENCH_STOCK"]).cursor() as cr:
        yield Environment(cr, env.uid, dict(env.context))


if __name__ == "__main__":
    main()
