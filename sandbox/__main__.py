"""python -m sandbox --port 8070"""

import argparse
import contextlib
import logging
import socket
import sys

import uvicorn

from sandbox.app import create_app


def main(argv=None):
    """Serve until interrupted. ``--port 0`` takes a free port and says which."""
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8070)
    parser.add_argument(
        "--deliver-to",
        action="append",
        default=[],
        metavar="HOST",
        help="a host name besides loopback that may receive webhooks (repeatable)",
    )
    parser.add_argument("--verbose", action="store_true", help="log every request")
    options = parser.parse_args(argv)

    # The protocol is named because asyncio switches Nagle's delay (40 ms a call) off only where it is.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host, options.port))
    except OSError as error:
        parser.exit(1, f"The sandbox cannot listen on {options.host}:{options.port}: {error}\n")
    host, port = listener.getsockname()[:2]
    print(f"sandbox listening on http://{host}:{port}", flush=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    config = uvicorn.Config(
        create_app(tuple(options.deliver_to)),
        log_level="info" if options.verbose else "warning",
        access_log=options.verbose,
        timeout_graceful_shutdown=2,
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    sys.exit(main())
