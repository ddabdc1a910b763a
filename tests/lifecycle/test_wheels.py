"""Each addon builds as a wheel, and Odoo installs them all from what pip unpacked."""

import subprocess
import sys
import zipfile

import pytest

from tests.support import live
from tools import databases
from tools.paths import ADDONS, our_addons
from tools.processes import run

BUILD = "import sys; from whool import buildapi; print(buildapi.build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    for addon in our_addons():
        run([sys.executable, "-c", BUILD, folder], cwd=ADDONS / addon, what=f"Building {addon}")
    return {path.name.split("-")[0].removeprefix("odoo_addon_"): path for path in folder.glob("*.whl")}


def test_every_addon_is_a_wheel_with_all_its_files(wheels):
    assert sorted(wheels) == our_addons()
    for addon, wheel in wheels.items():
        packed = set(zipfile.ZipFile(wheel).namelist())
        tracked = subprocess.check_output(["git", "ls-files", "."], cwd=ADDONS / addon, text=True).split()
        wanted = {f"odoo/addons/{addon}/{name}" for name in tracked if name != "pyproject.toml"}
        assert not wanted - packed, addon


def test_a_wheel_asks_for_what_the_addon_needs(wheels):
    wheel = zipfile.ZipFile(wheels["o2c_shopify_connector"])
    metadata = wheel.read(next(name for name in wheel.namelist() if name.endswith("/METADATA"))).decode()
    wanted = {line.split(": ")[1] for line in metadata.splitlines() if line.startswith("Requires-Dist")}
    assert {"odoo-addon-o2c_base==19.0.*", "ShopifyAPI"} <= wanted


def test_odoo_installs_them_from_the_wheels(wheels, tmp_path):
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", site]
    run([*pip, *wheels.values()], what="Installing the wheels")
    environment = live.environment()
    config = tmp_path / "odoo.conf"
    config.write_text(
        environment.config_file().read_text().replace(str(ADDONS), str(site / "odoo" / "addons"))
    )
    with databases.copy(environment, "o2c_wheels", stock=True) as name:
        arguments = ("-d", name, "--init", ",".join(our_addons()), "--stop-after-init", "--no-http")
        run(
            environment.command(*arguments, config=config),
            log=tmp_path / "odoo.log",
            env=environment.variables(),
            what="Installing the addons",
        )
        installed = environment.server.execute(
            "SELECT name FROM ir_module_module WHERE state = 'installed' AND name LIKE 'o2c%%'", database=name
        )
    assert sorted(row[0] for row in installed) == our_addons()
    assert " ERROR " not in (tmp_path / "odoo.log").read_text()
