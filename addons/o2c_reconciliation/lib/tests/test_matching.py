from datetime import date, timedelta
from decimal import Decimal

import pytest

from o2c_lib.o2c_reconciliation.lib import partners
from o2c_lib.o2c_reconciliation.lib.certain import CERTAIN
from o2c_lib.o2c_reconciliation.lib.combinations import POOL, Sums
from o2c_lib.o2c_reconciliation.lib.matching import Rule, match_lines

from .common import DAY, RULES, item, line, posted, proposed


def payment(number, amount, reference, **values):
    return item(number, amount, f"INV{number}", kind="payment", platform_references=[reference], **values)


def mollie(number, amount, reference, kind="payment", **values):
    return line(
        number,
        amount,
        reference,
        kind=kind,
        platform_ids=[values.pop("tr", f"tr_{number}")],
        platform_references=[reference],
        **values,
    )


class TestPlatform:
    def test_payment_by_description(self):
        matches = match_lines([mollie(1, 50, "rAbc")], [payment(1, 50, "rAbc", order="#1042")], RULES)
        assert [(m.lines, m.items, m.posts) for m in matches] == [((1,), (1,), True)]
        assert matches[0].residual == 0
        assert "tr_1" in matches[0].explanation
        assert "rAbc" in matches[0].explanation
        assert "#1042" in matches[0].explanation

    def test_payment_by_platform_id(self):
        items = [item(1, 50, "P1", kind="payment", platform_ids=["tr_9"])]
        assert posted([mollie(1, 50, "other", tr="tr_9")], items) == {(1,): (1,)}

    def test_another_amount_is_proposed(self):
        lines, items = [mollie(1, 49, "r1")], [payment(1, 50, "r1")]
        assert posted(lines, items) == {}
        assert proposed(lines, items) == [(1,)]

    def test_two_captures_of_one_payment(self):
        lines = [mollie(1, 20, "r1", "capture"), mollie(2, 30, "r1", "capture")]
        assert posted(lines, [payment(1, 50, "r1")]) == {(1, 2): (1,)}

    def test_one_capture_alone_waits(self):
        assert posted([mollie(1, 20, "r1", "capture")], [payment(1, 50, "r1")]) == {}

    def test_one_payment_of_two_invoices(self):
        items = [payment(1, 20, "r1"), payment(2, 30, "r1")]
        assert posted([mollie(1, 50, "r1")], items) == {(1,): (1, 2)}

    def test_the_same_payment_twice_is_posted_to_neither(self):
        lines = [mollie(1, 50, "r1"), mollie(2, 50, "r1")]
        assert posted(lines, [payment(1, 50, "r1")]) == {}

    def test_the_other_journal_is_left_alone(self):
        assert posted([mollie(1, 50, "r1", journal=2)], [payment(1, 50, "r1", journal=3)]) == {}

    def test_another_currency_or_company_is_left_alone(self):
        assert posted([mollie(1, 50, "r1")], [payment(1, 50, "r1", company=2)]) == {}

    def test_refund_by_its_own_id_before_its_parent(self):
        items = [
            item(1, -10, "R1", kind="payment", parent_references=["r1"]),
            item(2, -10, "R2", kind="payment", platform_ids=["re_2"], parent_references=["r1"]),
        ]
        lines = [mollie(1, -10, "r1", "refund", tr="re_2")]
        assert posted(lines, items) == {(1,): (2,)}

    def test_refund_by_parent_and_unique_amount(self):
        items = [
            item(1, -10, "R1", parent_references=["r1"]),
            item(2, -15, "R2", parent_references=["r1"]),
        ]
        assert posted([mollie(1, -15, "r1", "refund")], items) == {(1,): (2,)}

    def test_one_refund_among_two_equal_ones_waits(self):
        items = [item(n, -10, f"R{n}", parent_references=["r1"]) for n in (1, 2)]
        assert posted([mollie(1, -10, "r1", "refund")], items) == {}
        matches = match_lines([mollie(1, -10, "r1", "refund")], items, RULES)
        assert [(match.items, match.posts) for match in matches] == [((1,), False), ((2,), False)]
        assert "differ" not in str(matches[0].explanation)

    def test_two_equal_refunds_with_two_lines(self):
        items = [item(n, -10, f"R{n}", parent_references=["r1"]) for n in (1, 2)]
        lines = [mollie(n, -10, "r1", "refund") for n in (1, 2)]
        assert posted(lines, items) == {(1,): (1,), (2,): (2,)}

    def test_a_returned_refund_takes_back_the_one_refund_of_its_amount(self):
        lines = [mollie(1, 30, "r1", "returned_refund")]
        given = item(5, 30, "RINV/1", kind="given", platform_references=["r1"])
        assert posted(lines, [given]) == {(1,): (5,)}
        other = item(6, 20, "RINV/2", kind="given", platform_references=["r1"])
        assert posted(lines, [given, other]) == {(1,): (5,)}
        same = item(7, 30, "RINV/3", kind="given", platform_references=["r1"])
        assert posted(lines, [given, same]) == {}
        assert set(proposed(lines, [given, same])) == {(5,), (7,)}
        invoice = item(8, 30, "INV/1", platform_references=["r1"])
        assert posted(lines, [invoice]) == {}

    @pytest.mark.parametrize(("amount", "expected"), [(-50, True), (-20, True), (-51, False)])
    def test_chargeback_takes_back_at_most_the_payment(self, amount, expected):
        received = item(1, -50, "INV1", kind="received", platform_references=["r1"])
        lines = [mollie(1, amount, "r1", "chargeback")]
        assert bool(posted(lines, [received])) is expected

    def test_fee_only_with_an_account(self):
        lines = [line(1, -2, kind="fee")]
        assert posted(lines, []) == {(1,): ()}
        assert posted(lines, [], [Rule(1, "platform_fee")]) == {}

    def test_a_platform_line_is_never_matched_by_partner(self):
        assert posted([mollie(1, 50, "r1", partner=7)], [item(1, 50, "INV1", partner=7)]) == {}


class TestPayout:
    def transfer(self, **values):
        return item(1, 97, "1234567.2611.03", kind="transfer", **values)

    @pytest.mark.parametrize("text", ["MOLLIE 1234567.2611.03", "T1234567 2611 03", "1234567261103"])
    def test_deposit_by_settlement_reference(self, text):
        assert posted([line(1, 97, text)], [self.transfer()]) == {(1,): (1,)}

    def test_deposit_with_another_amount(self):
        lines = [line(1, 96, "1234567.2611.03")]
        assert posted(lines, [self.transfer()]) == {}
        assert proposed(lines, [self.transfer()]) == [(1,)]

    @pytest.mark.parametrize(("days", "expected"), [(0, True), (7, True), (8, False), (-1, False)])
    def test_deposit_by_amount_within_days(self, days, expected):
        lines = [line(1, 97, "Stichting Mollie Payments", date=DAY + timedelta(days))]
        assert bool(posted(lines, [self.transfer()])) is expected

    def test_deposit_of_somebody_else(self):
        assert posted([line(1, 97, "J. Jansen")], [self.transfer()]) == {}

    @pytest.mark.parametrize("name", ["Stichting Mollie Payments", "STG MOLLIE PAYME", "Mollie B.V."])
    def test_the_name_of_the_sender(self, name):
        assert posted([line(1, 97, "uitbetaling", partner_name=name)], [self.transfer()]) == {(1,): (1,)}

    @pytest.mark.parametrize("name", ["Mollie Byrne", "Byrne Mollie", "J. Jansen"])
    def test_a_customer_who_says_mollie(self, name):
        lines = [line(1, 97, "iDEAL Mollie lukte niet", partner_name=name)]
        assert posted(lines, [self.transfer()]) == {}
        assert proposed(lines, [self.transfer()]) == [(1,)]

    def test_two_deposits_of_one_amount(self):
        lines = [line(n, 97, "Mollie") for n in (1, 2)]
        assert posted(lines, [self.transfer()]) == {}

    def test_payout_line_without_counterpart(self):
        assert posted([line(1, -97, kind="payout")], []) == {(1,): ()}

    def test_a_payout_that_is_left_to_people(self):
        transfer = item(1, -97, "transfer", kind="transfer")
        lines = [line(1, -97, kind="payout", unbooked=True)]
        assert posted(lines, [transfer]) == {}
        invoices = [item(2, -97, "RINV/2026/00001", partner=7), item(3, -90, "BILL/2026/1", partner=7)]
        assert proposed(lines, [transfer, *invoices]) == [(1,)]
        named = [line(1, -97, kind="payout", unbooked=True, partner=7)]
        assert proposed(named, invoices) == []


class TestDocument:
    def test_exact(self):
        assert posted([line(1, 100, "INV/2026/00001")], [item(1, 100, "INV/2026/00001")]) == {(1,): (1,)}

    def test_number_with_wrong_amount_is_a_proposal_and_blocks_weaker_rules(self):
        items = [item(1, 100, "INV/2026/00001", partner=7), item(2, 60, "INV/2026/00002", partner=7)]
        lines = [line(1, 60, "INV/2026/00001", partner=7)]
        assert posted(lines, items) == {}
        assert set(proposed(lines, items)[:2]) == {(1,), (2,)}

    def test_one_line_for_several_documents_with_a_credit_note(self):
        items = [
            item(1, 100, "INV/2026/00001"),
            item(2, 50, "INV/2026/00002"),
            item(3, -20, "RINV/2026/00001"),
        ]
        text = "INV/2026/00001 INV/2026/00002 -/- RINV/2026/00001"
        assert posted([line(1, 130, text)], items) == {(1,): (1, 2, 3)}

    def test_several_lines_for_one_document(self):
        lines = [line(1, 60, "INV/2026/00001"), line(2, 40, "INV/2026/00001 rest")]
        assert posted(lines, [item(1, 100, "INV/2026/00001")]) == {(1, 2): (1,)}

    def test_first_instalment(self):
        items = [
            item(1, 50, "INV/2026/00001", partner=7, date=date(2026, 12, 1)),
            item(2, 50, "INV/2026/00001", partner=7, date=date(2026, 11, 1)),
        ]
        assert posted([line(1, 50, "INV/2026/00001")], items) == {(1,): (2,)}

    def test_a_number_of_two_documents_names_neither(self):
        items = [
            item(1, 100, "INV/2026/00001", references=("PO77123",)),
            item(2, 100, "INV/2026/00002", references=("PO77123",)),
        ]
        assert posted([line(1, 100, "PO77123")], items) == {}

    def order(self, *amounts, partners=(7, 7, 7)):
        """Invoices of one order."""
        return [
            item(n, amount, f"INV/2026/0000{n}", references=(f"INV/2026/0000{n}", "S00042"), partner=partner)
            for n, (amount, partner) in enumerate(zip(amounts, partners, strict=False), 1)
        ]

    @pytest.mark.parametrize(
        ("amount", "invoices", "paid"),
        [
            (100, (60, 40), (1, 2)),
            (40, (60, 40), (2,)),
            (100, (60, 40, 100), None),
            (100, (60, 40, 50), None),
            (60, (60, 60), None),
            (90, (60, 40), None),
        ],
    )
    def test_the_number_of_an_order_means_all_its_invoices_or_the_one_of_that_amount(
        self, amount, invoices, paid
    ):
        lines = [line(1, amount, "Order S00042", partner=7)]
        assert posted(lines, self.order(*invoices)) == ({(1,): paid} if paid else {})
        assert proposed(lines, self.order(*invoices)) or paid

    def test_an_order_of_several_partners_is_left_to_people(self):
        items = self.order(60, 40, partners=(7, 8))
        (first, *_others) = match_lines([line(1, 100, "Order S00042")], items, RULES)
        assert not first.posts
        assert "differ" not in str(first.explanation)
        assert posted([line(1, 70, "S00042"), line(2, 30, "S00042")], items) == {}

    def test_several_lines_of_two_banks_for_one_document(self):
        lines = [line(1, 60, "INV/2026/00001", journal=1), line(2, 40, "INV/2026/00001", journal=2)]
        assert posted(lines, [item(1, 100, "INV/2026/00001")]) == {(1, 2): (1,)}
        elsewhere = item(1, 100, "INV/2026/00001", kind="payment", journal=1)
        assert posted(lines, [elsewhere]) == {}
        both = [line(1, 60, "INV/2026/00001", journal=1), line(3, 40, "INV/2026/00001", journal=1)]
        assert posted([*both, lines[1]], [elsewhere]) == {(1, 3): (1,)}

    def test_several_lines_for_items_on_two_accounts_are_left_to_people(self):
        lines = [line(1, 70, "INV/2026/00001"), line(2, 30, "INV/2026/00001")]
        items = [
            item(1, 60, "INV/2026/00001", account=1),
            item(2, 40, "INV/2026/00001", account=2),
        ]
        assert posted(lines, items) == {}
        assert proposed(lines, items)[0] == (1, 2)

    def test_a_reference_of_very_many_documents_names_none(self):
        items = [
            item(n, 10 + n, f"INV/2026/{n:05d}", references=(f"INV/2026/{n:05d}", "PO77123"), partner=7)
            for n in range(1, 30)
        ]
        lines = [line(1, 15, "PO77123", partner=7)]
        assert not any("reference" in str(m.explanation) for m in match_lines(lines, items, RULES))

    def test_paid_twice(self):
        lines = [line(n, 100, "INV/2026/00001", partner=7) for n in (1, 2)]
        assert posted(lines, [item(1, 100, "INV/2026/00001", partner=7)]) == {}

    def test_overpayment_is_a_proposal(self):
        match = match_lines([line(1, 250, "INV/2026/00001")], [item(1, 100, "INV/2026/00001")], RULES)[0]
        assert (match.posts, match.residual) == (False, Decimal(150))

    @pytest.mark.parametrize("label", ["%", "/", "INV", "_"])
    def test_wildcards_match_nothing(self, label):
        assert posted([line(1, 7, label)], [item(1, 100, "INV/2026/00001")]) == {}

    def test_structured(self):
        items = [item(1, 100, "INV/2026/00001", references=("RF18539007547034",))]
        match = match_lines([line(1, 100, "RF18 5390 0754 7034")], items, RULES)[0]
        assert (match.posts, match.strategy) == (True, "structured_reference")


class TestEarlyPaymentDiscount:
    """The payer may keep a discount: it is no sum of open items, but a person sees it first."""

    INVOICE = item(
        1, 100, "INV/2026/00042", partner=7, discounted=Decimal(97), discount_until=DAY + timedelta(3)
    )

    @pytest.mark.parametrize("text", ["INV/2026/00042", "betaling"])
    def test_it_is_proposed_with_words(self, text):
        other = item(2, 98, "INV/2026/00043", partner=7)
        (first, *_rest) = match_lines([line(1, 97, text, partner=7)], [self.INVOICE, other], RULES)
        assert (first.posts, first.items, first.residual) == (False, (1,), -3)
        assert "discount" in str(first.explanation)
        late = line(1, 97, text, partner=7, date=DAY + timedelta(4))
        assert not any("discount" in str(m.explanation) for m in match_lines([late], [self.INVOICE], RULES))

    def test_it_is_a_rival_of_an_item_with_the_amount(self):
        other = item(2, 97, "INV/2026/00043", partner=7)
        lines = [line(1, 97, "betaling", partner=7)]
        assert posted(lines, [other]) == {(1,): (2,)}
        assert posted(lines, [self.INVOICE, other]) == {}
        assert set(proposed(lines, [self.INVOICE, other])) == {(1,), (2,)}

    def test_a_sum_of_discounted_items_is_a_rival_too(self):
        until = {"partner": 7, "discount_until": DAY}
        items = [
            item(1, 100, "A1", discounted=Decimal(98), **until),
            item(2, 50, "A2", discounted=Decimal(49), **until),
            item(3, 147, "A3", partner=7),
        ]
        assert posted([line(1, 147, partner=7)], items) == {}
        late = line(1, 147, partner=7, date=DAY + timedelta(1))
        assert posted([late], items) == {(1,): (3,)}
        assert posted([line(1, 150, partner=7)], items) == {(1,): (1, 2)}
        lines = [line(1, 147, "betaling", partner=7)]
        assert all(match.confidence < CERTAIN["partner_amount"] for match in match_lines(lines, items, RULES))

    def test_more_discounts_than_can_be_searched_leave_it_to_people(self):
        items = [
            item(n, 10 + n, f"A{n}", partner=7, discounted=Decimal(9 + n), discount_until=DAY)
            for n in range(1, 20)
        ]
        items.append(item(20, 25.5, "A20", partner=7))
        assert posted([line(1, 25.5, partner=7)], items) == {}


class TestPartner:
    def test_the_whole_balance_of_very_many_items_is_not_certain(self):
        items = [item(n, 10, f"A{n}", partner=7) for n in range(1, POOL + 2)]
        lines = [line(1, 10 * len(items), partner=7)]
        first = match_lines(lines, items, RULES)[0]
        assert (first.posts, len(first.items)) == (False, len(items))
        assert first.confidence < CERTAIN[first.strategy]

    def test_the_sums_of_a_partner_are_made_once(self, monkeypatch):
        made = []
        monkeypatch.setattr(partners, "Sums", lambda amounts: made.append(1) or Sums(amounts))
        items = [item(n, 10 * n, f"A{n}", partner=7) for n in range(1, 10)]
        match_lines([line(n, 1000 + n, partner=7) for n in range(1, 30)], items, RULES)
        assert len(made) == 1

    def test_only_item_with_the_amount(self):
        items = [item(1, 100, "A", partner=7), item(2, 60, "B", partner=7)]
        assert posted([line(1, 60, partner=7)], items) == {(1,): (2,)}

    def test_sum_of_five(self):
        items = [item(n, 10 * 2**n, f"A{n}", partner=7) for n in range(1, 8)]
        assert posted([line(1, 20 + 40 + 80 + 160 + 1280, partner=7)], items) == {(1,): (1, 2, 3, 4, 7)}

    def test_two_combinations_are_proposals(self):
        items = [item(1, 100, "A", partner=7), item(2, 60, "B", partner=7), item(3, 40, "C", partner=7)]
        lines = [line(1, 100, partner=7)]
        assert posted(lines, items) == {}
        assert proposed(lines, items)[:2] == [(1,), (2, 3)]

    def test_a_popular_price_does_not_hide_the_partners_own_items(self):
        items = [item(n, 50, f"A{n}", partner=100 + n) for n in range(1, 40)]
        items += [item(n, 50, f"A{n}", partner=7) for n in (91, 92)]
        lines = [line(1, 50, partner=7)]
        matches = match_lines(lines, items, [])
        assert {match.items for match in matches[:2]} == {(91,), (92,)}
        assert not any("against" in str(match.explanation) for match in matches)

    def test_two_lines_for_one_item(self):
        lines = [line(n, 100, partner=7) for n in (1, 2)]
        assert posted(lines, [item(1, 100, "A", partner=7)]) == {}

    def test_partner_by_the_variant_of_a_name(self):
        items = [item(1, 100, "A", partner=7, partner_name="Bakkerij Müller B.V.")]
        assert posted([line(1, 100, partner_name="MULLER BAKKERIJ BV")], items) == {(1,): (1,)}

    def test_a_name_of_two_partners_is_nobody(self):
        items = [item(n, 100 * n, "A", partner=n, partner_name="J. Jansen") for n in (1, 2)]
        assert posted([line(1, 100, partner_name="J Jansen")], items) == {}

    def test_an_invoice_of_much_later_is_a_proposal(self):
        items = [item(1, 100, "A", partner=7, date=DAY + timedelta(30))]
        lines = [line(1, 100, partner=7)]
        assert posted(lines, items) == {}
        assert proposed(lines, items) == [(1,)]

    def test_more_items_than_can_be_proven_is_a_proposal(self):
        items = [item(n, 100, f"A{n}", partner=7) for n in range(1, 20)]
        assert posted([line(1, 100, partner=7)], items) == {}

    def test_the_whole_balance(self):
        items = [item(n, 2**n, f"A{n}", partner=7) for n in range(1, 9)]
        assert posted([line(1, 510, partner=7)], items) == {(1,): tuple(range(1, 9))}

    def test_the_whole_balance_of_very_many_items_is_proposed_first(self):
        items = [item(n, 10, f"A{n}", partner=7) for n in range(1, 20)]
        lines = [line(1, 190, partner=7)]
        assert posted(lines, items) == {}
        assert proposed(lines, items)[0] == tuple(range(1, 20))

    def test_all_but_a_few_are_a_combination_too(self):
        items = [item(n, 10, f"A{n}", partner=7) for n in range(1, 7)]
        items.append(item(9, 60, "A9", partner=7))
        lines = [line(1, 60, partner=7)]
        assert posted(lines, items) == {}
        assert set(proposed(lines, items)[:2]) == {(9,), (1, 2, 3, 4, 5, 6)}

    def test_what_another_line_names_is_not_matched_by_its_amount(self):
        invoice = item(1, 100, "INV/2026/00001", partner=7)
        lines = [line(1, 97, "INV/2026/00001", partner=7), line(2, 100, "betaling", partner=7)]
        assert posted(lines, [invoice]) == {}
        assert {m.lines for m in match_lines(lines, [invoice], RULES)} == {(1,), (2,)}
        paid = item(1, 100, "INV/2026/00001", partner=7, kind="payment", platform_references=["r1"])
        lines[0] = mollie(1, 97, "r1")
        assert posted(lines, [paid]) == {}

    def test_larger_items_do_not_count(self):
        items = [item(n, 1000 + n, f"A{n}", partner=7) for n in range(2, 30)]
        items.append(item(1, 100, "A1", partner=7))
        assert posted([line(1, 100, partner=7)], items) == {(1,): (1,)}


class TestRules:
    def test_a_manual_rule_proposes_and_keeps_others_away(self):
        rules = [Rule(1, "document_reference", posts=False), Rule(2, "partner_amount")]
        items = [item(1, 100, "INV/2026/00001", partner=7)]
        lines = [line(1, 100, "INV/2026/00001", partner=7)]
        assert posted(lines, items, rules) == {}
        assert proposed(lines, items, rules) == [(1,)]

    def test_no_rules_only_proposals(self):
        lines, items = [line(1, 100)], [item(1, 100, "INV/2026/00001")]
        assert posted(lines, items, []) == {}
        assert proposed(lines, items, []) == [(1,)]

    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            ({"journals": frozenset({1})}, True),
            ({"journals": frozenset({2})}, False),
            ({"amount_max": Decimal(10)}, True),
            ({"amount_max": Decimal(9)}, False),
            ({"amount_min": Decimal(5), "amount_max": Decimal(15)}, True),
            ({"label_test": "contains", "label": "charges"}, True),
            ({"label_test": "not_contains", "label": "charges"}, False),
            ({"label_test": "match_regex", "label": r"bank\s+charges"}, True),
            ({"partners": frozenset({3})}, False),
        ],
    )
    def test_conditions(self, condition, expected):
        rules = [Rule(1, "counterpart", counterpart=True, **condition)]
        lines = [line(1, -10, "Bank  charges Q3", journal=1)]
        # A journal alone is no condition: it would book everything on one account.
        if set(condition) == {"journals"}:
            assert rules[0].accepts(lines[0]) is expected
            assert posted(lines, [], rules) == {}
        else:
            assert bool(posted(lines, [], rules)) is expected

    def test_an_undone_pair_is_not_posted_again(self):
        items = [item(1, 100, "INV/2026/00001", partner=7)]
        lines = [line(1, 100, "INV/2026/00001", partner=7, refused=[1])]
        assert posted(lines, items) == {}

    def test_what_was_undone_is_proposed_last(self):
        items = [item(1, 100, "INV/2026/00001", partner=7), item(2, 100, "INV/2026/00002", partner=7)]
        lines = [line(1, 100, "INV/2026/00001", partner=7, refused=[1])]
        matches = match_lines(lines, items, RULES)
        assert [match.items for match in matches] == [(2,), (1,)]
        assert matches[0].confidence > matches[1].confidence

    def test_money_of_another_journal_is_not_this_lines(self):
        """Part of the invoice was paid elsewhere, and the settlement has not been read yet."""
        items = [
            item(1, 60, "INV/2026/00001", partner=7),
            item(2, 40, "INV/2026/00001", partner=7, kind="payment", journal=5),
        ]
        for amount, expected in ((40, {}), (100, {}), (60, {(1,): (1,)})):
            lines = [line(1, amount, "INV/2026/00001", partner=7, journal=8)]
            assert posted(lines, items) == expected
            assert (2,) not in proposed(lines, items)

    def test_a_booking_that_was_taken_back_is_proposed_last(self):
        rules = [*RULES, Rule(9, "counterpart", counterpart=True, label_test="contains", label="costs")]
        lines = [line(1, -50, "costs", partner=7, refused=[0])]
        matches = match_lines(lines, [item(1, -50, "BILL/1", partner=8)], rules)
        assert [(match.items, match.posts) for match in matches] == [((1,), False), ((), False)]

    def test_unknown_strategy(self):
        with pytest.raises(KeyError):
            match_lines([], [], [Rule(1, "guess")])
