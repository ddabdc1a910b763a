"""How a bank line is divided."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_lib.o2c_reconciliation.lib.parts import NotDivisible, Part, divide

D = Decimal


def refused(open_amount, *parts):
    with pytest.raises(NotDivisible) as caught:
        divide(D(open_amount), list(parts))
    return caught.value


class TestDivide:
    def test_documents_and_a_model(self):
        parts = [Part(D(100), D(45)), Part(D(40)), Part(amount=D(5))]
        division = divide(D(100), parts)
        assert division.taken == (45, 40, 5)
        assert division.left == 10

    def test_a_model_takes_the_rest_also_if_it_is_more_than_the_line_has(self):
        assert divide(D(98), [Part(D(100)), Part()]).taken == (100, -2)
        assert divide(D(102), [Part(D(100)), Part()]).taken == (100, 2)

    def test_plain_documents_stay_open_with_what_the_line_does_not_reach(self):
        assert divide(D(60), [Part(D(100))]).left == -40

    def test_parts_that_exceed_the_line(self):
        error = refused(80, Part(D(100), D(60)), Part(amount=D(30)))
        assert (error.reason, error.amount) == ("exceeds", 10)

    @pytest.mark.parametrize("amount", ["101", "-5", "0"])
    def test_an_amount_that_is_no_part_of_its_document(self, amount):
        error = refused(200, Part(D(50)), Part(D(100), D(amount)))
        assert (error.reason, error.place) == ("part", 1)

    def test_two_that_want_the_rest(self):
        assert refused(80, Part(), Part()).reason == "rests"
        assert refused(80, Part(D(90), foreign=True, in_full=True), Part()).reason == "rests"

    def test_a_foreign_document_at_the_days_rate(self):
        division = divide(D("95.00"), [Part(D("91.30"), foreign=True)])
        assert (division.taken, division.left) == ((D("91.30"),), D("3.70"))

    def test_a_foreign_document_as_far_as_the_line_reaches(self):
        division = divide(D("91.00"), [Part(D("91.30"), foreign=True)])
        assert (division.taken, division.left) == ((D("91.00"),), 0)
        division = divide(D("-91.00"), [Part(D("-91.30"), foreign=True)])
        assert (division.taken, division.left) == ((D("-91.00"),), 0)

    def test_nothing_is_left_for_a_foreign_document(self):
        error = refused(50, Part(D(50)), Part(D(20), foreign=True))
        assert (error.reason, error.place) == ("nothing", 1)
        error = refused(50, Part(D(50)), Part(D(20), foreign=True, in_full=True))
        assert (error.reason, error.place) == ("nothing", 1)

    def test_a_foreign_document_in_full(self):
        full = Part(D("91.30"), foreign=True, in_full=True)
        assert divide(D(90), [full]).taken == (90,)
        assert divide(D(90), [Part(D(10)), full]).taken == (10, 80)
        assert divide(D(100), [Part(D("91.30"), D(95), True, True)]).left == 5
        assert refused(100, Part(D("91.30"), D(-95), True, True)).reason == "part"

    @given(
        st.integers(1, 10**6),
        st.lists(
            st.tuples(
                st.one_of(st.none(), st.integers(1, 10**6)),
                st.one_of(st.none(), st.integers(1, 10**6)),
                st.booleans(),
                st.booleans(),
            ),
            min_size=1,
            max_size=5,
        ),
        st.sampled_from((1, -1)),
    )
    def test_the_sum_is_kept(self, open_amount, rows, sign):
        parts = [
            Part(
                None if asks is None else D(sign * asks) / 100,
                None if amount is None else D(sign * amount) / 100,
                bool(foreign and asks),
                bool(foreign and in_full and asks),
            )
            for asks, amount, foreign, in_full in rows
        ]
        whole = D(sign * open_amount) / 100
        try:
            division = divide(whole, parts)
        except NotDivisible:
            return
        assert sum(division.taken) + division.left == whole
        for part, taken in zip(parts, division.taken, strict=True):
            if part.asks is not None:
                assert taken * whole > 0
            if part.asks is not None and not part.in_full:
                assert abs(taken) <= abs(part.asks)
        if any(part.foreign for part in parts):
            assert division.left * whole >= 0
