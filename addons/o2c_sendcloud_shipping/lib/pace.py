"""How fast an account may write to Sendcloud, whoever writes: labels, quotes and cancellations.

Sendcloud counts 100 writes in any 60 seconds and 15 in any second, and questions about prices are
writes too. https://sendcloud.dev/docs/getting-started/rate-limits
"""

WRITES_PER_MINUTE = 92
# Together with the rate, no sliding minute ever sees more than 100.
WRITES_AT_ONCE = 5
# Seconds for which a job waits for its turn, and for which a person at a screen does.
PATIENCE_OF_JOBS = 30.0
PATIENCE_OF_PEOPLE = 10.0
# Seconds for which everybody waits when Sendcloud itself says that it is too much.
PAUSE_AFTER_REFUSAL = 5.0

_PACE = 60.0 / WRITES_PER_MINUTE


def book(free_at: float, now: float, patience: float) -> tuple[float, float | None]:
    """``(seconds to wait, new value of free_at)`` for one more write.

    ``free_at`` is when the next write may leave if none may leave at once. It stays as it is (None)
    when the wait is longer than ``patience`` seconds: then nothing was booked.
    """
    start = max(free_at, now - (WRITES_AT_ONCE - 1) * _PACE)
    # A moment is some 1.8e9 seconds: what is less than a millisecond is rounding.
    wait = round(max(0.0, start - now), 3)
    if wait > patience:
        return wait, None
    return wait, start + _PACE
