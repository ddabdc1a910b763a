"""PostgreSQL: a server the user names (`--pg URL`), else an embedded one that ends with its last user."""

import contextlib
import fcntl
import json
import subprocess
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlsplit

from .console import Failure
from .locks import lock_file, locked
from .paths import PG, PYTHON, ROOT


@dataclass(frozen=True)
class Server:
    """Where PostgreSQL listens; `host` is a host name or the folder of its socket."""

    host: str
    port: str
    user: str
    password: str

    def url(self) -> str:
        """As `--pg` takes it."""
        credentials = f"{quote(self.user)}:{quote(self.password)}@" if self.user else ""
        if self.host.startswith("/"):
            return f"postgresql://{credentials}/?host={quote(self.host)}"
        return f"postgresql://{credentials}{self.host}:{self.port}/"

    def execute(self, statement: str, *values, database: str = "postgres") -> list[list]:
        """Run one statement through the virtual environment's psycopg2, outside a transaction."""
        code = (
            "import json, sys, psycopg2\n"
            "given = json.loads(sys.stdin.read())\n"
            "db = psycopg2.connect(**given['connect'])\n"
            "db.autocommit = True\n"
            "cursor = db.cursor()\n"
            "cursor.execute(given['statement'], given['values'] or None)\n"
            "print(json.dumps(cursor.fetchall() if cursor.description else [], default=str))\n"
        )
        connect = {"host": self.host, "port": self.port, "user": self.user, "password": self.password}
        given = {
            "connect": {**{key: value for key, value in connect.items() if value}, "dbname": database},
            "statement": statement,
            "values": values,
        }
        done = subprocess.run([PYTHON, "-c", code], input=json.dumps(given), capture_output=True, text=True)
        if done.returncode:
            raise Failure(f"PostgreSQL: {done.stderr.strip().splitlines()[-1]}")
        return json.loads(done.stdout)


def parse_url(url: str) -> Server:
    """`postgresql://user:password@host:port/` or with `?host=/socket/folder`."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise Failure(f"--pg wants postgresql://user:password@host:port/, not {url}.")
    host = parse_qs(parts.query).get("host", [parts.hostname or "localhost"])[0]
    return Server(host, str(parts.port or 5432), unquote(parts.username or ""), unquote(parts.password or ""))


@contextlib.contextmanager
def running(url: str | None):
    """The server, up for the time of the block. The last command that uses the embedded one stops it."""
    if url:
        server = parse_url(url)
        server.execute("SELECT 1")
        yield server
        return
    with lock_file("postgres.users") as users:
        # Shared while somebody uses the server; whoever can take it alone is the last one.
        with locked("postgres.start"):
            fcntl.flock(users, fcntl.LOCK_SH)
            server = parse_url(_embedded("start"))
        try:
            yield server
        finally:
            with locked("postgres.start"), contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _embedded("stop")


def _embedded(action: str) -> str:
    done = subprocess.run(
        [PYTHON, ROOT / "tools" / "pg_embedded.py", action, PG],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise Failure(
            f"The embedded PostgreSQL did not {action}: {done.stderr.strip().splitlines()[-1:]}\n"
            "Look into .o2c/pg/log, or name a server of yours with --pg postgresql://user:password@host:port/."
        )
    return done.stdout.strip()
