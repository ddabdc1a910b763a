"""Child processes that never outlive the command that started them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from .console import Failure

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """In the child: let the kernel end it when its parent is gone, even after `kill -9`."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def turn_signals_into_interrupts() -> None:
    """SIGTERM and SIGHUP take the way of Ctrl-C, so that every `finally` runs.

    SIGINT is named too: a shell starts background commands with it ignored.
    """

    def interrupt(signum, frame):
        raise KeyboardInterrupt

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), interrupt)


def run(arguments, *, log: Path | None = None, what: str = "", **kwargs) -> None:
    """Run to the end; on failure say what failed and show the end of its output."""
    arguments = [str(argument) for argument in arguments]
    kwargs.setdefault("stdin", subprocess.DEVNULL)
    if log is None:
        process = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **kwargs)
        output = process.stdout.decode(errors="replace")
    else:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as sink:
            process = subprocess.run(arguments, stdout=sink, stderr=subprocess.STDOUT, **kwargs)
        output = log.read_text(errors="replace") if process.returncode else ""
    if process.returncode:
        tail = "\n".join(output.splitlines()[-25:])
        where = f"\nThe whole output is in {log}." if log else ""
        raise Failure(
            f"{what or ' '.join(arguments[:3])} failed (exit status {process.returncode}).\n{tail}{where}"
        )


@contextlib.contextmanager
def service(arguments, *, log: Path, name: str, **kwargs):
    """A process that runs while the block runs. Its whole group is ended after it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [str(argument) for argument in arguments],
            stdout=sink,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,
            **kwargs,
        )
    process.o2c_name, process.o2c_log = name, log
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen, patience: float = 8.0) -> None:
    """Ask the process group to end, then insist."""
    for signum, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signum)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            if signum == signal.SIGTERM:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            return


def wait_until(check, process: subprocess.Popen, seconds: float, what: str) -> None:
    """Wait until `check()` is true; tell the user where to look when it never is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            tail = "\n".join(process.o2c_log.read_text(errors="replace").splitlines()[-25:])
            raise Failure(f"{process.o2c_name} stopped by itself (exit status {process.returncode}).\n{tail}")
        if check():
            return
        time.sleep(0.1)
    raise Failure(f"{what} did not happen within {seconds:.0f} s. See {process.o2c_log}.")
