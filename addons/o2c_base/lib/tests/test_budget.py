"""The rate budget on its own; how requests use it is in test_http."""

import threading

import pytest

from o2c_lib.o2c_base.lib.budget import RateBudget


def test_budget_recovers_up_to_its_burst():
    now = [1000.0]
    budget = RateBudget(60, 3, clock=lambda: now[0])
    assert [budget.reserve() for _ in range(3)] == [0, 0, 0]
    now[0] += 3600
    assert [budget.reserve() for _ in range(4)] == [0, 0, 0, 1]


def test_budget_holds_over_threads():
    budget = RateBudget(600, 5, clock=lambda: 0.0)
    waits = []
    threads = [threading.Thread(target=lambda: waits.append(budget.reserve())) for _ in range(25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = [0.0] * 5 + [0.1 * number for number in range(1, 21)]
    assert sorted(waits) == pytest.approx(expected)


@pytest.mark.parametrize("arguments", [(0, 1), (-1, 1), (60, 0)])
def test_budget_must_allow_something(arguments):
    with pytest.raises(ValueError):
        RateBudget(*arguments)
