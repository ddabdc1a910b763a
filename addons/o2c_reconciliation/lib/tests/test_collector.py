import gc
from datetime import date
from decimal import Decimal

import pytest

from o2c_lib.o2c_reconciliation.lib.collector import at_rest
from o2c_lib.o2c_reconciliation.lib.matching import BankLine, Rule, match_lines


@pytest.fixture(autouse=True)
def awake():
    gc.enable()
    yield
    gc.enable()


def test_the_collector_rests_inside_and_wakes_behind():
    with at_rest():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_wakes_after_an_error():
    with pytest.raises(KeyError):
        match_lines([BankLine(1, date(2026, 11, 10), Decimal("1.00"), "EUR")], [], [Rule(1, "guess")])
    assert gc.isenabled()


def test_who_has_put_it_to_rest_wakes_it():
    gc.disable()
    with at_rest():
        pass
    assert not gc.isenabled()
