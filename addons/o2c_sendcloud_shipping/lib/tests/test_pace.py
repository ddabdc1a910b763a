import random

from o2c_lib.o2c_sendcloud_shipping.lib.pace import WRITES_AT_ONCE, book

SENDCLOUD_A_MINUTE = 100
SENDCLOUD_A_SECOND = 15


def departures(arrivals):
    """When writes leave that are asked for at these moments, by whatever process."""
    free_at, left = 0.0, []
    for moment in sorted(arrivals):
        wait, booked = book(free_at, moment, patience=float("inf"))
        free_at = booked
        left.append(moment + wait)
    return left


def most_within(moments, seconds):
    """The largest number of moments in any window of this length."""
    start, most = 0, 0
    for end, moment in enumerate(moments):
        while moments[start] <= moment - seconds:
            start += 1
        most = max(most, end - start + 1)
    return most


def test_sendclouds_limits_hold_in_every_window_and_little_is_given_away():
    everything_at_once = departures([1000.0] * 400)
    assert most_within(everything_at_once, 60) <= SENDCLOUD_A_MINUTE
    assert most_within(everything_at_once, 1) <= SENDCLOUD_A_SECOND
    minutes = (everything_at_once[-1] - everything_at_once[0]) / 60
    assert len(everything_at_once) / minutes >= 85


def test_limits_hold_after_pauses_too():
    chance = random.Random(4)
    for _run in range(30):
        moment, arrivals = 1000.0, []
        for _burst in range(20):
            moment += chance.uniform(0, 30)
            arrivals += [moment + chance.uniform(0, 2) for _one in range(chance.randint(1, 60))]
        left = departures(arrivals)
        assert most_within(left, 60) <= SENDCLOUD_A_MINUTE
        assert most_within(left, 1) <= SENDCLOUD_A_SECOND


def test_a_few_leave_at_once():
    left = departures([1000.0] * (WRITES_AT_ONCE + 1))
    assert left[:WRITES_AT_ONCE] == [1000.0] * WRITES_AT_ONCE
    assert left[-1] > 1000.0


def test_who_does_not_want_to_wait_books_nothing():
    wait, booked = book(free_at=1012.0, now=1000.0, patience=10.0)
    assert (wait, booked) == (12.0, None)
