"""Identifiers, the same for the same seed and the same sequence of calls."""

import random
import string
from collections import defaultdict

ALPHANUMERIC = string.ascii_letters + string.digits


class Ids:
    """Numbers and random-looking texts of one world."""

    def __init__(self, seed):
        self._seed = seed
        self._counters = defaultdict(int)
        self._random = {}

    def sequence(self, kind, start=1):
        """Return the next number of ``kind``: start, start + 1, ..."""
        value = start + self._counters[kind]
        self._counters[kind] += 1
        return value

    def token(self, kind, length, alphabet=ALPHANUMERIC):
        """Return a text of ``length`` characters; each kind has its own stream."""
        stream = self._random.get(kind)
        if stream is None:
            stream = self._random[kind] = random.Random(f"{self._seed}/{kind}")
        return "".join(stream.choice(alphabet) for _ in range(length))
