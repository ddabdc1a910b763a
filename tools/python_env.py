"""The virtual environment in `.o2c/venv`: Odoo's dependencies, the addons', and the test tools, pinned."""

import hashlib
import subprocess
import sys

from . import apt
from .console import Failure, step
from .odoo_source import OdooSource
from .paths import PYTHON, ROOT, STATE, VENV
from .processes import run

REQUIREMENTS = (
    ROOT / "tools" / "requirements" / "odoo.txt",
    ROOT / "tools" / "requirements" / "develop.txt",
    ROOT / "requirements.txt",
)
CONSTRAINTS = ROOT / "constraints.txt"


def ensure(odoo: OdooSource) -> None:
    marker = VENV / "o2c-complete"
    wanted = _fingerprint(odoo)
    if marker.exists() and marker.read_text() == wanted:
        return
    with step("Installing the Python dependencies"):
        if not PYTHON.exists():
            _create()
        site = next((VENV / "lib").glob("python3*/site-packages"))
        (site / "odoo_source.pth").write_text(f"{odoo.python_path}\n")
        if not odoo.has_metadata:
            _describe_odoo(site)
        addons, others = _split()
        _pip("install", "--constraint", CONSTRAINTS, *others)
        # OCA's addons require "odoo", and Odoo's own metadata asks for packages that need a compiler
        # (psycopg2 instead of its binary build): take the addons alone, their needs are in our lists.
        _pip("install", "--constraint", CONSTRAINTS, "--no-deps", *addons)
        marker.write_text(wanted)


def _split() -> tuple[list[str], list[str]]:
    """The requirements that are Odoo addons, and all others."""
    lines = [line.strip() for path in REQUIREMENTS for line in path.read_text().splitlines()]
    wanted = [line for line in lines if line and not line.startswith("#")]
    addons = [line for line in wanted if line.startswith("odoo-addon-")]
    return addons, [line for line in wanted if line not in addons]


def _fingerprint(odoo: OdooSource) -> str:
    digest = hashlib.sha256(f"{odoo.version} {odoo.python_path} {sys.version}".encode())
    for path in (*REQUIREMENTS, CONSTRAINTS):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _create() -> None:
    if subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0:
        run([sys.executable, "-m", "venv", VENV], what="Creating the virtual environment")
        return
    # Debian and Ubuntu split ensurepip off into python3-venv; pip's own wheel comes in a package too.
    run([sys.executable, "-m", "venv", "--without-pip", VENV], what="Creating the virtual environment")
    suite = apt.own_suite()
    suite.update()
    apt.unpack(suite.download(["python3-pip-whl"]), STATE / "pip")
    wheels = sorted((STATE / "pip" / "usr" / "share" / "python-wheels").glob("pip-*.whl"))
    if not wheels:
        raise Failure("pip is not available. Install the package python3-venv and try again.")
    run([PYTHON, f"{wheels[-1]}/pip", "install", "--no-index", wheels[-1]], what="Installing pip")


def _pip(*arguments) -> None:
    run([PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments], what="pip")


def _describe_odoo(site) -> None:
    """A source tree carries no package metadata; OCA's wheels require a distribution named odoo."""
    folder = site / "odoo-19.0.dist-info"
    folder.mkdir(exist_ok=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: odoo\nVersion: 19.0\n")
