"""Python's garbage collector, and code that leaves it nothing to do."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_rest() -> Iterator[None]:
    """Keep the collector from looking for cycles while a block builds many objects and no cycle.

    Each of its full rounds visits everything that is alive, so that they cost the more the larger a run is.
    What the block drops is freed at once all the same, by its reference counts. The collector is the
    process's: threads that overlap here may find it awake sooner, never asleep for good.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
