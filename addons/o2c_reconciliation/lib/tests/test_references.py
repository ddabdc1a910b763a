import pytest

from o2c_lib.o2c_reconciliation.lib.references import (
    ReferenceIndex,
    is_belgian,
    is_rf,
    is_swiss,
    structured,
)


def found(text, *references, strong_only=True):
    index = ReferenceIndex()
    for reference in references:
        index.add(reference, reference)
    return {
        document for hit in index.find(text) if hit.strong or not strong_only for document in hit.documents
    }


@pytest.mark.parametrize(
    "text",
    [
        "INV/2026/00042",
        "Payment INV/2026/00042 thank you",
        "inv 2026 42",
        "INV-2026-0042",
        "INV202600042",
        "inv2026/00042.",
        "/EREF/NOTPROVIDED/REMI/INV/2026/00042/",
        "INV/2026/00 042",
        "factuur 2026/00042",
        "Facture n° 202600042",
        "202600042",
    ],
)
def test_a_reference_is_found_in_every_spelling(text):
    assert found(text, "INV/2026/00042", "INV/2026/00043") == {"INV/2026/00042"}


@pytest.mark.parametrize(
    "text",
    ["INV/2026/0004", "INV/2026/000421", "XINV/2026/00042", "INV/2025/00042", "INV", "%", "/", ""],
)
def test_a_similar_text_is_not_the_reference(text):
    assert found(text, "INV/2026/00042", strong_only=False) == set()


def test_the_number_behind_another_prefix_is_another_document():
    names = ("INV/2026/00042", "RINV/2026/00007")
    assert found("RINV 2026/00042", *names, strong_only=False) == set()
    assert found("BILL/2026/00042", *names, strong_only=False) == set()


def test_a_date_is_not_an_invoice_number():
    assert found("PAYMENT OF 2026-11 RENT", "INV/2026/00011") == set()


@pytest.mark.parametrize(
    "text",
    [
        "lease 2026-01-05",
        "factuur 2026-01-05",
        "contributie 2026.1.5",
        "lease 2026 01 05",
        "factuur 20260105",
        "factuur 05-01-2026",
        "BILL 2026-01-05",
    ],
)
def test_a_day_is_no_number_even_behind_a_word(text):
    names = ("BILL/2026/01/0005", "F20260105", "F/5/1/2026")
    assert found(text, *names, strong_only=False) == set()


@pytest.mark.parametrize(
    "text",
    ["BILL/2026/01/0005", "bill-2026-01-05", "BILL202601 0005", "2026/01/0005", "factuur 2026-1-0005"],
)
def test_a_number_with_year_and_month_is_none(text):
    assert found(text, "BILL/2026/01/0005") == {"BILL/2026/01/0005"}


def test_eight_digits_that_are_a_day_are_a_number_behind_a_word_only():
    assert found("lease 20260105", "20260105", strong_only=False) == set()
    assert found("factuur 20260105", "20260105") == {"20260105"}
    assert found("F20260105", "F20260105") == {"F20260105"}
    assert found("2026/0105", "INV/2026/00105", "2026/0105") == {"2026/0105"}


def test_a_short_number_needs_a_word_or_a_sign_before_it():
    assert found("Kerkstraat 1042", "#1042") == set()
    assert found("thanks for #1042", "#1042") == {"#1042"}
    assert found("Bestelling 1042", "#1042") == {"#1042"}


def test_several_references_in_one_text():
    text = "INV/2026/00042, INV/2026/00043 and RINV/2026/00001"
    names = ("INV/2026/00042", "INV/2026/00043", "RINV/2026/00001", "INV/2026/00044")
    assert found(text, *names) == set(names[:3])


def test_the_longest_reference_wins():
    assert found("SO 42/2026/7", "SO42", "SO42/2026/7", strong_only=False) == {"SO42/2026/7"}


def test_check_digits():
    assert is_belgian("090933755493")
    assert not is_belgian("090933755494")
    assert is_swiss("210000000003139471430009017")
    assert not is_swiss("210000000003139471430009016")
    assert not is_swiss("10000000003139471430009017")
    assert is_rf("RF18539007547034")
    assert not is_rf("RF19539007547034")
    assert structured("+++090/9337/55493+++") == "090933755493"
    assert structured("RF18 0000 5390 0754 7034") == structured("RF18539007547034")


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("RF18539007547034", "RF18 5390 0754 7034"),
        ("RF18539007547034", "ref: rf18000000000539007547034 danke"),
        ("+++090/9337/55493+++", "090933755493"),
        ("210000000003139471430009017", "QRR 21 00000 00003 13947 14300 09017"),
        ("21 00000 00003 13947 14300 09017", "210000000003139471430009017"),
        ("+++090/9337/55493+++", "mededeling ***090/9337/55493***"),
    ],
)
def test_structured_references_in_a_text(reference, text):
    index = ReferenceIndex()
    index.add(reference, "INV1")
    assert [hit.documents for hit in index.find_structured(text)] == [{"INV1"}]


def test_a_structured_reference_with_a_wrong_digit_is_nothing():
    index = ReferenceIndex()
    index.add("+++090/9337/55493+++", "INV1")
    assert index.find_structured("090/9337/55494") == []
