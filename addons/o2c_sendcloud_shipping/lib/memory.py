"""A small memory for answers that are asked for again and again."""

import threading
import time
from collections import OrderedDict


class Memory:
    """Keeps up to ``size`` values for ``seconds`` each, in this process. Thread-safe."""

    def __init__(self, seconds: float, size: int = 2000, *, clock=time.monotonic):
        self._seconds = seconds
        self._size = size
        self._clock = clock
        self._values: OrderedDict = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key):
        """The value, or None when it is not known or too old."""
        with self._lock:
            stored = self._values.get(key)
            if stored is None:
                return None
            expires, value = stored
            if expires < self._clock():
                del self._values[key]
                return None
            return value

    def put(self, key, value) -> None:
        with self._lock:
            self._values[key] = (self._clock() + self._seconds, value)
            self._values.move_to_end(key)
            while len(self._values) > self._size:
                self._values.popitem(last=False)
