"""Documents of several partners, and numbers that are the partner's own."""

from o2c_lib.o2c_reconciliation.lib.matching import Meter, match_lines

from .common import RULES, item, line, posted, proposed


class TestDocumentsOfSeveralPartners:
    """An entry of wages or an opening balance is one document, and many debts."""

    WAGES = (item(1, -10, "SLIP/2026/01/0003", partner=7), item(2, -12, "SLIP/2026/01/0003", partner=8))
    OPENING = (item(1, 10, "MISC/2026/01/0001", partner=7), item(2, 10, "MISC/2026/01/0001", partner=8))

    def test_another_partners_item_is_no_instalment(self):
        lines = [line(1, -10, "SLIP/2026/01/0003", partner=8)]
        assert posted(lines, self.WAGES) == {}
        assert proposed(lines, self.WAGES)[0] == (2,)
        assert posted([line(1, -12, "SLIP/2026/01/0003", partner=8)], self.WAGES) == {(1,): (2,)}

    def test_the_payers_own_item_is_meant(self):
        assert posted([line(1, 10, "MISC/2026/01/0001", partner=8)], self.OPENING) == {(1,): (2,)}

    def test_without_a_known_payer_or_for_another_it_is_proposed(self):
        for partner in (None, 9):
            for amount in (10, 20):
                lines = [line(1, amount, "MISC/2026/01/0001", partner=partner)]
                assert posted(lines, self.OPENING) == {}
                assert proposed(lines, self.OPENING)[0] == (1, 2)
        lines = [line(1, 15, "MISC/2026/01/0001"), line(2, 5, "MISC/2026/01/0001")]
        assert posted(lines, self.OPENING) == {}

    def test_items_on_two_accounts_or_of_nobody_are_no_instalments(self):
        name = "INV/2026/00001"
        accounts = [item(n, 10, name, partner=7, account=n) for n in (1, 2)]
        nobody = [item(n, 10, name) for n in (1, 2)]
        for items in (accounts, nobody):
            assert posted([line(1, 10, name, partner=7)], items) == {}
            assert posted([line(1, 20, name, partner=7)], items) == {(1,): (1, 2)}

    def test_many_instalments_and_debtors_take_no_more_than_their_number(self):
        def steps(size, **partner):
            name = "MISC/2026/01/0001"
            items = [item(n, 10, name, partner=partner.get("partner", 100 + n)) for n in range(1, size + 1)]
            lines = [line(n, 100_000 + n, name, partner=100 + n) for n in range(1, 11)]
            match_lines(lines, items, RULES, meter=(meter := Meter()))
            return meter.steps

        assert steps(2000) <= 2.2 * steps(1000)
        assert steps(2000, partner=7) <= 2.2 * steps(1000, partner=7)


class TestPaymentsInAdvance:
    """A part of an invoice was registered as paid: that payment waits for the bank, the rest for money."""

    NAME = "INV/2026/00042"
    ITEMS = (
        item(1, 60, NAME, partner=7, account=1),
        item(2, 40, NAME, partner=7, account=2, kind="payment"),
    )

    def test_each_of_them_is_known_by_its_amount(self):
        for partner in (None, 7, 8):
            lines = [line(1, 40, self.NAME, partner=partner), line(2, 60, self.NAME, partner=partner)]
            assert posted(lines, self.ITEMS) == {(1,): (2,), (2,): (1,)}
            assert posted(lines[:1], self.ITEMS) == {(1,): (2,)}
            assert posted([line(1, 100, self.NAME, partner=partner)], self.ITEMS) == {(1,): (1, 2)}
            assert posted([line(1, 30, self.NAME, partner=partner)], self.ITEMS) == {}

    def test_of_two_with_one_amount_a_person_chooses(self):
        another = item(3, 60, self.NAME, partner=7, account=2, kind="payment")
        assert posted([line(1, 60, self.NAME)], [*self.ITEMS, another]) == {}
        assert posted([line(1, 40, self.NAME)], [*self.ITEMS, another]) == {(1,): (2,)}
        assert posted([line(1, 40, self.NAME), line(2, 40, self.NAME)], self.ITEMS) == {}

    def test_nor_of_another_journal(self):
        elsewhere = item(2, 40, self.NAME, partner=7, account=2, kind="payment", journal=5)
        assert posted([line(1, 40, self.NAME, journal=4)], [self.ITEMS[0], elsewhere]) == {}


class TestNumbersOfThePartner:
    """The reference of an invoice is what the customer calls it; that of a bill is the vendor's number."""

    def invoice(self, foreign, amount=50):
        name = "INV/2026/00042" if amount > 0 else "BILL/2026/10/0007"
        references = (name, "S00042", "#1042", foreign)
        return item(1, amount, name, references=references, foreign_references=(foreign,), partner=7)

    def test_it_is_sure_of_its_partner_only(self):
        for number in ("PO4500012", "Mei 2026", "Week 23", "Abo 2026"):
            for amount in (50, -50):
                items = [self.invoice(number, amount)]
                for partner in (None, 8):
                    lines = [line(1, amount, f"betaling {number}", partner=partner)]
                    assert posted(lines, items) == {}
                    assert proposed(lines, items) == [(1,)]
                assert posted([line(1, amount, number, partner=7)], items) == {(1,): (1,)}

    def test_only_a_known_payer_seems_to_be_somebody_else(self):
        for partner, words in ((None, False), (8, True)):
            lines = [line(1, 50, "PO4500012", partner=partner)]
            (match,) = match_lines(lines, [self.invoice("PO4500012")], RULES)
            assert ("somebody else" in str(match.explanation)) is words

    def test_our_own_number_beside_it_is_enough(self):
        items = [self.invoice("PO4500012")]
        for text in ("INV/2026/00042 PO4500012", "S00042", "order #1042", "2026/00042"):
            assert posted([line(1, 50, text)], items) == {(1,): (1,)}
        assert posted([line(1, 50, "S00042", partner=8)], items) == {(1,): (1,)}
        assert posted([line(1, 50, "order #1042", partner=8)], items) == {}

    def test_two_lines_that_name_it_are_no_proof_together(self):
        lines = [line(1, 20, "PO4500012"), line(2, 30, "PO4500012")]
        assert posted(lines, [self.invoice("PO4500012")]) == {}

    def test_a_structured_reference_is_nobody_elses(self):
        items = [self.invoice("RF18539007547034")]
        assert posted([line(1, 50, "RF18 5390 0754 7034")], items) == {(1,): (1,)}


class TestLinesOfThePlatform:
    """They are joined by the platform's ids alone; a number in what it calls a payment is a hint."""

    ITEMS = (
        item(1, 50, "INV/2026/00042", references=("INV/2026/00042", "#1042", "RF18539007547034"), partner=7),
    )

    def test_a_number_in_their_text_is_proposed(self):
        for text in ("Order 1042", "INV/2026/00042", "RF18 5390 0754 7034"):
            for kind, amount in (("payment", 50), ("capture", 50), ("payment", 48)):
                lines = [line(1, amount, text, kind=kind, platform_ids=["tr_1"])]
                (match,) = match_lines(lines, self.ITEMS, RULES)
                assert (match.posts, match.items) == (False, (1,))
                assert "reference" in str(match.explanation)

    def test_nor_together_with_a_line_of_the_bank(self):
        lines = [line(1, 20, "INV/2026/00042", kind="payment"), line(2, 30, "INV/2026/00042")]
        assert posted(lines, self.ITEMS) == {}
