"""What holds for every input, however odd."""

from collections import Counter
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from o2c_lib.o2c_reconciliation.lib.combinations import Sums
from o2c_lib.o2c_reconciliation.lib.matching import match_lines
from o2c_lib.o2c_reconciliation.lib.records import DOCUMENT_KINDS

from .common import RULES, item, line

# Few different values, so that collisions and ambiguity are common.
amounts = st.sampled_from([Decimal(n) for n in (-30, -20, -10, 10, 20, 30, 40, 50, 60, 100)])
keys = st.frozensets(st.sampled_from(["tr_1", "tr_2", "r1", "r2", "r3"]), max_size=2)
documents = st.sampled_from([f"INV/2026/0000{n}" for n in range(1, 6)])
texts = st.lists(documents, max_size=3).map(" ".join)
partners = st.sampled_from([None, 7, 8])


@st.composite
def bank_lines(draw):
    count = draw(st.integers(0, 8))
    kinds = st.sampled_from(
        ["", "", "payment", "capture", "refund", "returned_refund", "chargeback", "fee", "payout"]
    )
    return [
        line(
            number,
            draw(amounts),
            draw(texts),
            kind=draw(kinds),
            partner=draw(partners),
            platform_references=draw(keys),
            journal=draw(st.sampled_from([0, 1])),
            company=draw(st.sampled_from([0, 0, 1])),
            refused=draw(st.frozensets(st.integers(0, 8), max_size=2)),
        )
        for number in range(1, count + 1)
    ]


@st.composite
def open_items(draw):
    count = draw(st.integers(0, 10))
    kinds = st.sampled_from(["invoice", "invoice", "payment", "transfer", "received", "given"])
    foreign = st.sampled_from([(), (), ("INV/2026/00001",), ("INV/2026/00002",)])
    return [
        item(
            number,
            draw(amounts),
            draw(documents),
            kind=draw(kinds),
            partner=draw(partners),
            platform_references=draw(keys),
            parent_references=draw(keys),
            foreign_references=draw(foreign),
            journal=draw(st.sampled_from([0, 0, 1])),
            company=draw(st.sampled_from([0, 0, 1])),
        )
        for number in range(1, count + 1)
    ]


@given(bank_lines(), open_items())
def test_no_line_and_no_item_is_posted_twice(lines, items):
    posted = [match for match in match_lines(lines, items, RULES) if match.posts]
    for counted in (
        Counter(number for match in posted for number in match.lines),
        Counter(number for match in posted for number in match.items),
    ):
        assert not counted or max(counted.values()) == 1


@given(bank_lines(), open_items())
def test_what_is_posted_adds_up(lines, items):
    line_of = {one.id: one for one in lines}
    item_of = {one.id: one for one in items}
    for match in match_lines(lines, items, RULES):
        own = [line_of[number] for number in match.lines]
        theirs = [item_of[number] for number in match.items]
        difference = sum(one.amount for one in own) - sum(one.residual for one in theirs)
        assert match.explanation
        if theirs:
            assert match.residual == difference
            assert len({(one.company, one.currency) for one in own + theirs}) == 1
            assert {one.journal for one in theirs} <= {0, own[0].journal}
        if match.posts and match.strategy == "platform_chargeback":
            assert 0 <= difference
        elif match.posts and theirs:
            assert difference == 0


@given(bank_lines(), open_items())
def test_a_document_of_several_is_posted_of_its_payer(lines, items):
    line_of = {one.id: one for one in lines}
    of = {one.id: one for one in items}
    partners = {}
    for one in items:
        if one.kind in DOCUMENT_KINDS:
            partners.setdefault((one.company, one.document), set()).add(one.partner)
    for match in match_lines(lines, items, RULES):
        if match.posts and match.strategy == "document_reference":
            payers = {line_of[number].partner for number in match.lines}
            for one in (of[number] for number in match.items):
                if len(partners[one.company, one.document]) > 1:
                    assert payers == {one.partner}
                elif one.foreign_references == one.references:
                    assert payers <= {one.partner}


@given(bank_lines(), open_items())
def test_an_undone_pair_is_never_posted(lines, items):
    refused = {one.id: one.refused for one in lines}
    for match in match_lines(lines, items, RULES):
        if match.posts:
            assert not any(refused[number] & set(match.items or {0}) for number in match.lines)


@given(bank_lines(), open_items(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(lines, items, rng):
    answer = match_lines(lines, items, RULES)
    rng.shuffle(lines)
    rng.shuffle(items)
    assert match_lines(lines, items, RULES) == answer


@settings(max_examples=60)
@given(st.lists(st.integers(-50, 50).filter(bool).map(Decimal), max_size=8), st.integers(-100, 100))
def test_combinations_are_complete_and_exact(values, target):
    target = Decimal(target)
    found = Sums(values).of(target, keep=10_000)
    brute = [
        bits
        for bits in range(1, 2 ** len(values))
        if 1 <= bits.bit_count() <= 5
        and sum(value for place, value in enumerate(values) if bits >> place & 1) == target
    ]
    assert len(found) == len(set(found)) == len(brute)
    assert all(sum(values[place] for place in chosen) == target for chosen in found)
    assert found == sorted(found, key=lambda chosen: (len(chosen), chosen))


@settings(max_examples=60)
@given(st.lists(st.integers(-50, 50).filter(bool).map(Decimal), max_size=9), st.integers(-100, 100))
def test_what_is_left_out_is_complete_and_exact(values, target):
    target = Decimal(target)
    found = Sums(values).rest_of(target, keep=10_000)
    brute = [
        bits
        for bits in range(1, 2 ** len(values))
        if bits.bit_count() > 5
        and sum(value for place, value in enumerate(values) if bits >> place & 1) == target
    ]
    assert len(found) == len(set(found)) == len(brute)
    assert all(sum(values[place] for place in chosen) == target for chosen in found)
    assert found == sorted(found, key=len, reverse=True)
