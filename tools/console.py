"""What the user sees while a long step runs, and how a failure is told."""

import contextlib
import sys
import threading
import time


class Failure(Exception):
    """Something went wrong that the user can mend: the text says what and how."""


def say(text: str = "") -> None:
    print(text, flush=True)


@contextlib.contextmanager
def step(title: str):
    """Announce a long step, show that it is alive, and tell how long it took."""
    started = time.monotonic()
    terminal = sys.stderr.isatty()
    done = threading.Event()

    def tick():
        while not done.wait(1.0 if terminal else 30.0):
            seconds = int(time.monotonic() - started)
            end = "\r" if terminal else "\n"
            print(f"  ... {title} ({seconds} s)", end=end, file=sys.stderr, flush=True)

    thread = threading.Thread(target=tick, daemon=True)
    print(f"* {title}", file=sys.stderr, flush=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
    print(f"  done in {time.monotonic() - started:.1f} s{' ' * 60}"[:100], file=sys.stderr, flush=True)
