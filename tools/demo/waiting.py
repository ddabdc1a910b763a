"""Waiting for Odoo to do its work, with progress, and with its reasons when it does not."""

import sys
import time
from collections.abc import Callable

from ..console import Failure


def until(
    what: str, count: Callable[[], tuple[int, int]], *, seconds: float, explain: Callable[[], str]
) -> None:
    """Wait until `count()` says (n, n); print progress; fail with `explain()` when nothing moves any more.

    :param seconds: how long nothing may change before it counts as stuck
    """
    started = last_change = time.monotonic()
    before = None
    while True:
        done, wanted = count()
        if done >= wanted:
            print(f"  {what}: {done} ({time.monotonic() - started:.0f} s)", file=sys.stderr, flush=True)
            return
        if done != before:
            before, last_change = done, time.monotonic()
        if time.monotonic() - last_change > seconds:
            spent = time.monotonic() - started
            raise Failure(f"{what}: {done} of {wanted} after {spent:.0f} s.\n{explain()}")
        time.sleep(0.5)
