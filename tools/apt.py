"""Debian packages without root: apt's own client with a private state folder, signatures checked by it.

The mirror is read from the machine's own configuration, so nothing here names a host.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .console import Failure
from .paths import APT, DEBS
from .processes import run

DEFAULT_KEYRINGS = ("debian-archive-keyring.gpg", "ubuntu-archive-keyring.gpg")


@dataclass(frozen=True)
class Source:
    """One mirror of the machine: its address, the suites it names, and the keyring that signs it."""

    uri: str
    suites: tuple[str, ...]
    signed_by: str


def machine_sources(etc: Path = Path("/etc/apt")) -> list[Source]:
    """The `deb` sources of this machine, from one-line and deb822 files."""
    sources = []
    for path in [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]:
        if path.suffix == ".sources":
            sources += _parse_deb822(path.read_text(errors="replace"))
        elif path.suffix == ".list" and path.exists():
            sources += _parse_one_line(path.read_text(errors="replace"))
    return sources


def _parse_deb822(text: str) -> list[Source]:
    found = []
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [line for line in paragraph.splitlines() if not line.startswith("#")]
        fields = dict(re.findall(r"^([A-Za-z-]+):[ \t]*(.*(?:\n[ \t]+.*)*)", "\n".join(lines), re.M))
        if "deb" not in fields.get("Types", "").split() or fields.get("Enabled", "").lower() == "no":
            continue
        suites = tuple(fields.get("Suites", "").split())
        for uri in fields.get("URIs", "").split():
            found.append(Source(uri, suites, fields.get("Signed-By", "").strip()))
    return found


def _parse_one_line(text: str) -> list[Source]:
    found = []
    for line in text.splitlines():
        match = re.match(r"deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)", line)
        if match:
            options = dict(item.split("=", 1) for item in (match[1] or "").split() if "=" in item)
            found.append(Source(match[2], (match[3],), options.get("signed-by", "")))
    return found


def is_distribution_mirror(source: Source) -> bool:
    """Leave out security-only and third-party sources: they do not carry other suites."""
    return bool(re.search(r"/(debian|ubuntu)/?$", source.uri)) or "mirror" in source.uri


def default_keyring() -> str:
    for name in DEFAULT_KEYRINGS:
        path = Path("/usr/share/keyrings") / name
        if path.exists():
            return str(path)
    raise Failure(
        "No archive keyring found in /usr/share/keyrings. Install the package debian-archive-keyring."
    )


class PrivateApt:
    """apt-get and apt-cache on one suite, with lists and packages kept in `.o2c/apt/<suite>`.

    With `installed=True` the machine's own installed packages count as present, so that only what is
    missing is fetched.
    """

    def __init__(self, sources: list[tuple[str, str, str]], name: str, *, installed: bool = False):
        if not shutil.which("apt-get"):
            raise Failure("apt-get is not on this machine. Give an Odoo 19 source tree with --odoo PATH.")
        self.folder = APT / name
        for part in ("lists/partial", "cache/archives/partial"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        listing = "\n".join(
            f"Types: deb\nURIs: {uri}\nSuites: {suite}\nComponents: main universe\nSigned-By: {keyring}\n"
            if "ubuntu" in uri
            else f"Types: deb\nURIs: {uri}\nSuites: {suite}\nComponents: main\nSigned-By: {keyring}\n"
            for uri, suite, keyring in sources
        )
        (self.folder / "sources.sources").write_text(listing)
        status = Path("/var/lib/dpkg/status")
        if not installed:
            status = self.folder / "status"
            status.touch()
        (self.folder / "apt.conf").write_text(
            f'Dir::Etc::sourcelist "{self.folder}/sources.sources";\n'
            'Dir::Etc::sourceparts "-";\n'
            f'Dir::State::lists "{self.folder}/lists";\n'
            f'Dir::State::status "{status}";\n'
            f'Dir::State::extended_states "{self.folder}/extended_states";\n'
            f'Dir::Cache "{self.folder}/cache";\n'
            'Acquire::Languages "none";\n'
            'Acquire::Retries "3";\n'
            'Debug::NoLocking "true";\n'
            f'APT::Sandbox::User "{"root" if os.geteuid() == 0 else ""}";\n'
        )
        self.environment = {**os.environ, "APT_CONFIG": str(self.folder / "apt.conf"), "LC_ALL": "C"}

    def update(self) -> None:
        run(["apt-get", "update"], env=self.environment, what="Reading the package lists")

    def has(self, package: str) -> bool:
        answer = subprocess.run(
            ["apt-cache", "policy", package], env=self.environment, capture_output=True, text=True
        ).stdout
        return "Candidate:" in answer and "Candidate: (none)" not in answer

    def download(self, packages: list[str]) -> list[Path]:
        """Fetch exactly these packages."""
        target = DEBS / self.folder.name
        target.mkdir(parents=True, exist_ok=True)
        run(["apt-get", "download", *packages], env=self.environment, cwd=target, what="Fetching packages")
        return [next(target.glob(f"{package}_*.deb")) for package in packages]

    def download_with_missing(self, packages: list[str]) -> list[Path]:
        """Fetch these packages and whatever they need that the machine does not have."""
        run(
            ["apt-get", "install", "--download-only", "--yes", "--no-install-recommends", *packages],
            env=self.environment,
            what=f"Fetching {' '.join(packages)}",
        )
        return sorted((self.folder / "cache" / "archives").glob("*.deb"))


def unpack(packages: list[Path], target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for package in packages:
        run(["dpkg", "-x", package, target], what=f"Unpacking {package.name}")


def find_suite(package: str, suites: tuple[str, ...]) -> PrivateApt:
    """The first of the machine's mirrors and of these suites that has the package."""
    mirrors = [source for source in machine_sources() if is_distribution_mirror(source)]
    if not mirrors:
        raise Failure("No Debian or Ubuntu mirror in /etc/apt. Give an Odoo 19 source tree with --odoo PATH.")
    seen, reasons = set(), []
    for source in mirrors:
        for suite in suites:
            if (source.uri, suite) in seen:
                continue
            seen.add((source.uri, suite))
            keyring = source.signed_by if source.signed_by.startswith("/") else default_keyring()
            apt = PrivateApt([(source.uri, suite, keyring)], f"{len(seen)}-{suite}")
            try:
                apt.update()
            except Failure as failure:
                reasons.append(str(failure).splitlines()[0])
                continue
            if apt.has(package):
                return apt
    raise Failure(
        f"No mirror of this machine has the package {package} in {', '.join(suites)}.\n"
        "Give an Odoo 19 source tree instead: ./o2c --odoo PATH ... (or the environment variable O2C_ODOO)."
    )


def own_suite() -> PrivateApt:
    """The machine's own sources, counting what is installed: for programs that run on this machine."""
    listed = []
    for source in machine_sources():
        keyring = source.signed_by if source.signed_by.startswith("/") else default_keyring()
        if re.search(r"debian|ubuntu", source.uri):
            listed += [(source.uri, suite, keyring) for suite in source.suites]
    if not listed:
        raise Failure("No Debian or Ubuntu mirror in /etc/apt.")
    return PrivateApt(listed, "own", installed=True)
