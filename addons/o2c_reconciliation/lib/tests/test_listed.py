"""Several numbers of which only the first is written in full."""

import pytest

from o2c_lib.o2c_reconciliation.lib.matching import Meter, match_lines

from .common import RULES, item, line, posted, proposed


def invoice(number, amount, partner=7, year=2026):
    name = f"INV/{year}/{number:05d}"
    order = f"S{700 + number:05d}"
    return item(number, amount, name, references=(name, order, f"#{1000 + number}"), partner=partner)


# No two combinations of them have the same sum.
ITEMS = [invoice(41, 10), invoice(42, 20.5), invoice(43, 40), invoice(44, 80), invoice(143, 160)]


@pytest.mark.parametrize(
    "text",
    [
        "INV/2026/00041-43",
        "INV/2026/00041 - 00043",
        "INV/2026/00041 t/m 00043",
        "facturen INV/2026/00041 t.e.m. 43 dank",
        "INV/2026/00041 tot en met 43",
        "Rechnungen INV 2026 00041 bis 00043",
        "factures 2026/00041 au 2026/00043",
        "INV/2026/00041 t/m INV/2026/00043",
        "INV202600041-43",
        "INV/2026/00041, 42, 43",
        "INV/2026/00041, 42 en 43",
        "INV/2026/00041/42/43",
        "INV/2026/00041+00042+00043 d.d. 01-11-2026",
        "INV/2026/00041 & 2026/00042 & INV/2026/00043",
        "S00741-743",
        "Bestellungen #1041, 1042 und 1043",
        "INV/2026/00041, 42-43",
    ],
)
@pytest.mark.parametrize("partner", [None, 7])
def test_all_of_them_are_meant(text, partner):
    assert posted([line(1, 70.5, text, partner=partner)], ITEMS) == {(1,): (41, 42, 43)}


@pytest.mark.parametrize(
    ("text", "amount", "paid"),
    [
        ("INV/2026/00041-43", 50, (41, 43)),
        ("INV/2026/00143, 44", 240, (44, 143)),
        ("INV/2026/00041, 42 INV/2026/00044", 110.5, (41, 42, 44)),
    ],
)
def test_one_reading_has_the_amount(text, amount, paid):
    assert posted([line(1, amount, text)], ITEMS) == {(1,): paid}


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("INV/2026/00041 t/m 00043", 50),  # the middle one is meant, too
        ("INV/2026/00041, 42", 30),
        ("INV/2026/00041 42", 30.5),  # not joined by anything: a number of something else
        ("INV/2026/00041, klant 42", 30.5),
        ("INV/2026/00041, 12-10-2026", 30.5),
        ("INV/2026/00041, INV/2025/00042", 30.5),
        ("INV/2026/00041-45", 150.5),  # there is no 45
        ("INV/2026/00043-41", 70.5),
        ("INV/2026/00041, 42, 42", 51),
        ("INV/2026/00041, 42 en 2 stoelen", 30.5),
    ],
)
def test_what_is_not_sure_is_left_to_people(text, amount):
    lines = [line(1, amount, text)]
    assert posted(lines, ITEMS) == {}
    assert proposed(lines, ITEMS)


def test_two_readings_with_the_amount():
    items = [invoice(141, 10), invoice(143, 30), invoice(43, 30)]
    assert posted([line(1, 40, "INV/2026/00141, 43")], items) == {}
    assert posted([line(1, 40, "INV/2026/00141, 143")], items) == {(1,): (141, 143)}


def test_numbers_of_two_customers_or_of_another_payer():
    items = [invoice(41, 10), invoice(42, 20, partner=8)]
    assert posted([line(1, 30, "INV/2026/00041, 42")], items) == {}
    nobody = [invoice(number, 10, partner=None) for number in (41, 42)]
    assert posted([line(1, 20, "INV/2026/00041, 42")], nobody) == {}
    assert posted([line(1, 70.5, "INV/2026/00041-43", partner=9)], ITEMS) == {(1,): (41, 42, 43)}
    assert posted([line(1, 70.5, "#1041-1043", partner=9)], ITEMS) == {}


def test_the_work_is_bounded():
    """A text of nothing but numbers takes no more than a few times what one number takes."""

    def steps(text):
        match_lines([line(1, 1, text)], ITEMS, RULES, meter=(meter := Meter()))
        return meter.steps

    numbers = ", ".join(f"{number}" for number in range(42, 142))
    assert steps(f"INV/2026/00041, {numbers}") <= 20 * steps("INV/2026/00041") + 20 * 100
    assert steps("INV/2026/00041 t/m 99999") <= 3 * steps("INV/2026/00041")
