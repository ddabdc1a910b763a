"""Texts with numbers besides the one that is meant, or instead of it."""

import pytest

from o2c_lib.o2c_reconciliation.lib.matching import match_lines

from .common import RULES, item, line, posted, proposed


class TestNumbersOfOthers:
    """The text has numbers besides the one that is meant, or instead of it."""

    INVOICE = item(1, 50, "INV/2026/00042", partner=7)

    @pytest.mark.parametrize(
        "text",
        [
            "INV/2025/00042",
            "factuur 2025/00017",
            "Rechnung Nr. 202500042",
            "inv 2025 42",
            "INV/2026/00981",
            # Mistyped, or the invoice after it, which was paid or has yet to come.
            "INV/2026/00043",
            "INV 2026 10042",
            # Structured references of documents that are not here.
            "+++582/0491/01501+++",
            "RF18 5390 0754 7034",
        ],
    )
    def test_another_number_of_ours_is_not_overruled_by_the_amount(self, text):
        lines = [line(1, 50, text, partner=7)]
        assert posted(lines, [self.INVOICE]) == {}
        assert proposed(lines, [self.INVOICE]) == [(1,)]

    @pytest.mark.parametrize("text", ["", "betaling 12-10-2026", "klant 20418"])
    def test_no_number_of_ours_leaves_it_to_partner_and_amount(self, text):
        assert posted([line(1, 50, text, partner=7)], [self.INVOICE]) == {(1,): (1,)}

    def test_the_payers_own_order_number_is_somebody_elses_here(self):
        other = item(2, 80, "S00742", partner=8)
        text = "INV/2026/00042 our order S00742"
        assert posted([line(1, 50, text, partner=7)], [self.INVOICE, other]) == {(1,): (1,)}
        assert posted([line(1, 50, text)], [self.INVOICE, other]) == {}
        assert posted([line(1, 130, text, partner=7)], [self.INVOICE, other]) == {(1,): (1, 2)}

    def test_a_name_that_several_bear_tells_nobody_apart(self):
        invoice = item(1, 50, "INV/2026/00042", partner=7, partner_name="Anna Bakker")
        assert posted([line(1, 50, "", partner_name="Bakker, Annie")], [invoice]) == {}
        assert posted([line(1, 50, "", partner_name="BAKKER ANNA")], [invoice]) == {(1,): (1,)}
        assert posted([line(1, 50, "", partner_name="BAKKER ANNA", namesakes=True)], [invoice]) == {}

    def test_of_several_numbers_the_one_with_the_amount_comes_first(self):
        items = [item(1, 50, "INV/2026/00042", partner=7), item(2, 80, "INV/2026/00017", partner=8)]
        assert proposed([line(1, 50, "INV/2026/00042 INV/2026/00017")], items)[0] == (1,)

    def test_the_sums_of_namesakes_are_proposed(self):
        items = [
            item(number, amount, partner=partner, partner_name="Anna Bakker")
            for number, amount, partner in ((1, 50, 7), (2, 30, 7), (3, 20, 8), (4, 60, 8))
        ]
        lines = [line(1, 80, "", partner_name="BAKKER ANNA")]
        assert posted(lines, items) == {}
        assert set(proposed(lines, items)) == {(1, 2), (3, 4)}


class TestNumbersOfNoDocument:
    """The partner's only item with the amount, and a text about something else, or about nothing."""

    ITEMS = (item(1, 49.95, "INV/2026/00042", references=("INV/2026/00042", "#1042", "S00042"), partner=7),)

    @pytest.mark.parametrize(
        "text",
        [
            "Bestelling #1043",
            "#43",
            "order 1043",
            "Bestellnr. 1043",
            "commande n° 43",
            "onze bestelling 1043",
            "factuur 43",
            "INV 43",
            "facture n° 43",
            "S99",
            "S 43",
            "12-10 #1043",
            # The invoice's short number, but as an order.
            "order 2026 43",
            "factuur 20261012",
            "RG 2026/10042",
        ],
    )
    def test_another_number_stops_it_and_the_proposal_says_so(self, text):
        lines = [line(1, 49.95, text, partner=7)]
        assert posted(lines, self.ITEMS) == {}
        first = match_lines(lines, self.ITEMS, RULES)[0]
        assert first.items == (1,)
        assert "another number" in str(first.explanation)

    @pytest.mark.parametrize(
        "text",
        [
            "Bestelling #1042",
            "order 42",
            "order S42",
            "factuur 42",
            "factuur 2026-42",
            "Rechnung Nr. 202642",
            "facture n° 00042",
            "betaling 20261012",
            "factuur dd 12-10-2026",
            "uw factuur 12 okt",
            "BE68 5390 0754 7034",
            "IBAN NL91 ABNA 0417 1643 00 dank",
            "klantnr 1043",
            "klant nr 1043",
            "2 stoelen",
            # What the bank calls the transfer.
            "KREF+2026110912345678 SVWZ+danke",
            "/EREF/20261109123015/REMI/betaling",
        ],
    )
    def test_its_own_number_or_none_does_not(self, text):
        assert posted([line(1, 49.95, text, partner=7)], self.ITEMS) == {(1,): (1,)}

    def test_a_short_number_tells_two_items_of_one_amount_apart(self):
        items = [*self.ITEMS, item(2, 49.95, "INV/2026/00043", partner=7)]
        for text, paid in (("factuur 42", 1), ("factuur 43", 2), ("factuur 44", None), ("uw factuur", None)):
            lines = [line(1, 49.95, text, partner=7)]
            assert posted(lines, items) == ({(1,): (paid,)} if paid else {})
        assert posted([line(1, 49.95, "factuur 42 en factuur 43", partner=7)], items) == {}

    @pytest.mark.parametrize(
        "text",
        [
            "abonnement maand nr 42",
            "Dorpsstraat nr 42",
            "ref 42",
            "factuur 42 en 55",
            "factuur 42, 55",
            "factuur 42 klant 7",
        ],
    )
    def test_what_may_be_another_number_is_shown_first_and_not_posted(self, text):
        items = [item(n, 49.95, f"INV/2026/000{n}", partner=7) for n in (40, 42)]
        lines = [line(1, 49.95, text, partner=7)]
        assert posted(lines, items) == {}
        assert proposed(lines, items)[0] == (42,)

    @pytest.mark.parametrize(
        "text",
        ["factuur nr 42", "Rechnung Nr. 42", "facture n° 42 dd 12-10-2026", "INV 42", "factuur 2026 42"],
    )
    def test_a_word_for_documents_makes_it_sure(self, text):
        items = [item(n, 49.95, f"INV/2026/000{n}", partner=7) for n in (40, 42)]
        assert posted([line(1, 49.95, text, partner=7)], items) == {(1,): (42,)}

    def test_a_day_behind_a_word_tells_nothing_apart(self):
        items = [item(n, 49.95, f"F202601{n:02d}", partner=7) for n in (5, 6)]
        for text in ("factuur 20260105", "factuur 2026-01-05"):
            assert posted([line(1, 49.95, text, partner=7)], items) == {}

    @pytest.mark.parametrize(
        ("reference", "text"),
        [
            ("260123", "260101"),
            ("260123", "betaling 260101 dank"),
            ("26000123", "26000101"),
            ("F-26000123", "26000101 dank"),
            ("26-00123", "2600101"),
        ],
    )
    def test_a_plain_number_like_ours_is_another_document(self, reference, text):
        items = [item(1, 50, reference, partner=7)]
        lines = [line(1, 50, text, partner=7)]
        (match,) = match_lines(lines, items, RULES)
        assert (match.posts, match.items) == (False, (1,))
        assert "another number" in str(match.explanation)

    @pytest.mark.parametrize(
        "text",
        [
            "260123",
            "klantnr 260101",
            "Kunden-Nr. 260101",
            "klant 260101",
            "2601010",
            "TRX260101",
            "20261012",
            "BE68 5390 0754 7034",
        ],
    )
    def test_its_own_number_and_those_of_other_things_do_not(self, text):
        items = [item(1, 50, "260123", partner=7)]
        assert posted([line(1, 50, text, partner=7)], items) == {(1,): (1,)}

    def test_a_moment_as_long_as_our_numbers_is_one(self):
        items = [item(1, 50, "20261109000123", partner=7)]
        assert posted([line(1, 50, "20261109000124", partner=7)], items) == {}
        assert posted([line(1, 50, "20261109000123", partner=7)], items) == {(1,): (1,)}

    def test_a_number_without_our_year_is_no_number_of_ours(self):
        items = [item(1, 50, "INV/2026/00123", partner=7)]
        assert posted([line(1, 50, "machtiging 504123987", partner=7)], items) == {(1,): (1,)}

    def test_a_transfer_that_was_made_twice(self):
        later = item(2, 49.95, "INV/2026/00050", references=("INV/2026/00050", "#1050"), partner=7)
        assert posted([line(2, 49.95, "Bestelling #1042", partner=7)], [later]) == {}

    def test_a_right_check_sum_makes_an_account_number(self):
        """An account number with a wrong digit is not taken for one: its digits are a right reference."""
        items = [item(1, 50, "INV/2026/00042", partner=7)]
        assert posted([line(1, 50, "BE69 5390 0754 7034", partner=7)], items) == {}


class TestNumbersOfSomebodyElse:
    """A number that two may have is no proof where the payer is known and is not the debtor."""

    @pytest.mark.parametrize(
        ("text", "amount", "document", "reference"),
        [
            ("uw nr 1042", 49.95, "INV/2026/00042", "#1042"),
            ("factuur 2026001", -121, "BILL/2026/10/0007", "2026001"),
            ("factuur F2026001", -121, "BILL/2026/10/0007", "F2026001"),
            ("incasso 2026-10", -121, "BILL/2026/10/0007", "2026-10"),
            ("creditnota 2026-00042", 100, "INV/2026/00042", "S00042"),
        ],
    )
    def test_the_payer_is_another(self, text, amount, document, reference):
        items = [item(1, amount, document, references=(document, reference), partner=7)]
        lines = [line(1, amount, text, partner=8)]
        assert posted(lines, items) == {}
        assert proposed(lines, items) == [(1,)]
        assert posted([line(1, amount, text, partner=7)], items) == {(1,): (1,)}

    @pytest.mark.parametrize("text", ["INV/2026/00042", "inv 2026 42", "S00042"])
    def test_our_own_full_number_may_be_paid_by_anybody(self, text):
        items = [item(1, 50, "INV/2026/00042", references=("INV/2026/00042", "S00042"), partner=7)]
        assert posted([line(1, 50, text, partner=8)], items) == {(1,): (1,)}

    def test_so_may_our_own_number_of_a_bill_and_a_structured_reference(self):
        items = [
            item(
                1,
                -50,
                "BILL/2026/10/0007",
                references=("BILL/2026/10/0007", "2026001", "RF18539007547034"),
                partner=7,
            )
        ]
        for text in ("BILL/2026/10/0007", "RF18 5390 0754 7034"):
            assert posted([line(1, -50, text, partner=8)], items) == {(1,): (1,)}

    def test_a_customer_number_is_no_number_of_a_document(self):
        items = [item(1, 50, "INV/2026/00042", references=("#1042",), partner=7)]
        assert posted([line(1, 50, "klant nr 1042")], items) == {}
        assert posted([line(1, 50, "order nr 1042")], items) == {(1,): (1,)}

    def test_a_date_is_no_number_by_itself(self):
        items = [item(1, 50, "INV/2026/1012")]
        assert posted([line(1, 50, "overschrijving 20261012")], items) == {}
        assert posted([line(1, 50, "factuur 20261012")], items) == {}

    def test_the_number_of_a_vendor_does_not_hide_ours(self):
        items = [
            item(1, 50, "INV/2026/00148", partner=7),
            item(2, -80, "BILL/2026/10/0001", references=("2026-148",), partner=8),
        ]
        assert posted([line(1, 50, "factuur 2026/00148", partner=7)], items) == {(1,): (1,)}


class TestSwissReference:
    """Zeros and the number of the invoice and a check digit: without the zeros another number."""

    REFERENCE = "000000000000000002026000429"
    ITEMS = (item(1, 50, "INV/2026/00042", references=("INV/2026/00042", REFERENCE), partner=7),)

    @pytest.mark.parametrize("partner", [None, 7, 8])
    def test_it_is_matched_whoever_pays(self, partner):
        for text in (self.REFERENCE, "00 00000 00000 00000 20260 00429"):
            assert len(text.replace(" ", "")) == 27
            assert posted([line(1, 50, text, partner=partner)], self.ITEMS) == {(1,): (1,)}

    def test_another_number_is_not_taken_for_it(self):
        for text in ("Rechnung 2026000429", "INV 2026/000429"):
            assert posted([line(1, 50, text)], self.ITEMS) == {}


class TestNumbersThatRunIntoEachOther:
    ITEMS = (item(1, 50, "F2026-4", partner=7), item(2, 50, "F2026-42", partner=8))

    def test_a_number_and_a_quantity(self):
        assert posted([line(1, 50, "F2026-4 2 stoelen")], self.ITEMS) == {}
        assert set(proposed([line(1, 50, "F2026-4 2 stoelen")], self.ITEMS)[:2]) == {(1,), (2,)}
        assert posted([line(1, 50, "F2026-4 2 stoelen", partner=7)], self.ITEMS) == {(1,): (1,)}
        assert posted([line(1, 50, "F2026-42 stoelen")], self.ITEMS) == {(1,): (2,)}

    def test_a_number_that_the_bank_broke_up(self):
        items = [item(1, 50, "INV/2026/00001", partner=7), item(2, 50, "INV/2026/01040", partner=8)]
        assert posted([line(1, 50, "INV/2026/01 040")], items) == {(1,): (2,)}


class TestStructuredReferenceAndNumber:
    ITEMS = (
        item(1, 100, "INV/2026/00042", references=("INV/2026/00042", "RF18539007547034"), partner=7),
        item(2, 100, "INV/2026/00043", references=("INV/2026/00043", "S00743"), partner=7),
    )

    def test_of_two_documents_they_are_left_to_people(self):
        matches = match_lines([line(1, 100, "RF18 5390 0754 7034 INV/2026/00043")], self.ITEMS, RULES)
        assert not any(match.posts for match in matches)
        assert {match.items for match in matches[:2]} == {(1,), (2,)}
        assert "other numbers" in str(matches[0].explanation)

    def test_of_one_document_or_with_a_number_of_others_they_agree(self):
        both = "RF18 5390 0754 7034 INV/2026/00042"
        assert posted([line(1, 100, both)], self.ITEMS) == {(1,): (1,)}
        other = item(3, 70, "INV/2026/00050", references=("S00750",), partner=8)
        text = "RF18 5390 0754 7034 S00750"
        assert posted([line(1, 100, text, partner=7)], [*self.ITEMS, other]) == {(1,): (1,)}
        assert posted([line(1, 100, text)], [*self.ITEMS, other]) == {}
