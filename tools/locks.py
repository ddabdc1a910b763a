"""File locks between commands that run at the same time. The kernel frees them when a process dies."""

import contextlib
import fcntl

from .paths import RUN


def lock_file(name: str):
    RUN.mkdir(parents=True, exist_ok=True)
    return (RUN / name).open("w")


@contextlib.contextmanager
def locked(name: str):
    """Hold the lock of this name alone; wait for whoever has it."""
    with lock_file(name) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
