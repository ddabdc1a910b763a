"""From a settlement to the lines of a bank statement, and the proof that they add up.

The journal of a balance shows what Mollie owes. A settlement changes it by its gross payments,
captures, refunds and chargebacks, less Mollie's fees, and by what no list has (reserves,
corrections); once paid out, the payout takes the sum away again.

Everything is decided here, without a database: which lines, with which amounts, and whether they
may be posted at all. Amounts are Decimal in the balance's currency, signed as they change the
balance.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from ...o2c_base.lib.text import texts_of
from .amounts import ZERO, Money, round_to
from .fees import fee_in_whole_cents
from .ledger import FEES, LISTED, fee_of, is_returned_payout, kind_of, listed_id

_lt = texts_of(__name__)

# Revenue rows that none of the four lists shows, and the kind of line that they become.
LISTLESS_METHODS = {
    "applicationfee": "application_fee",
    "authorizationreversal": "correction",
    "kickback": "correction",
    "rollingreserve": "reserve",
    "shiftedfee": "correction",
}
# Rows under these names sum up a list, whatever the payment method.
LISTED_METHODS = {"capture", "chargeback", "refund"}
PAID_OUT = "paidout"
FAILED = "failed"
# Closed: Mollie adds nothing more, so that the statement can be made.
CLOSED = ("pending", "processing-at-bank", PAID_OUT, FAILED)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """A statement line to be. ``id`` with ``kind`` is unique for ever: it is what stops a line
    from being booked twice. For lines that Mollie gives no id it is made of the settlement's id
    and what the line stands for. ``vat`` is the part of a fee's ``amount`` that is VAT (signed)."""

    kind: str
    id: str
    amount: Decimal
    payment_id: str = ""
    description: str = ""
    label: str = ""
    method: str = ""
    consumer: str = ""
    moment: datetime | None = None
    customer_amount: Money | None = None
    vat: Decimal = ZERO


@dataclass(frozen=True)
class Proof:
    """Both sides of the sum. ``difference`` is what the lines lack; only zero may be posted.

    ``carried`` is money in this settlement that the journal has already: a payout that came back.
    """

    items: Decimal
    fees: Decimal
    others: Decimal
    rounding: Decimal
    carried: Decimal
    expected: Decimal

    @property
    def total(self):
        """What lines and carried money add up to."""
        return self.items + self.fees + self.others + self.rounding + self.carried

    @property
    def difference(self):
        return self.expected - self.total


@dataclass(frozen=True)
class Plan:
    """The lines of a settlement without its payout, their proof, and what a person may be told.

    ``unsettled`` are payments in the lists that Mollie does not settle itself; ``findings`` are
    the rows and movements that look responsible when the sum is not right.
    """

    lines: tuple[Line, ...]
    proof: Proof
    unsettled: tuple = ()
    findings: tuple[str, ...] = ()

    @property
    def adds_up(self):
        return self.proof.difference == 0

    @property
    def is_whole(self):
        """Whether the lines come to what the proof says."""
        return sum(line.amount for line in self.lines) == self.proof.total - self.proof.carried


def slug(text):
    return re.sub(r"[^a-z0-9.%]+", "-", text.lower()).strip("-")


def item_line(item):
    foreign = item.amount if item.amount.currency != item.settled.currency else None
    if foreign:
        sign = -1 if item.settled.value < 0 else 1
        foreign = Money(sign * abs(foreign.value), foreign.currency)
    return Line(
        kind=item.kind,
        id=item.id,
        amount=item.settled.value,
        payment_id=item.payment_id,
        description=item.description,
        label=item.own_description or item.reason,
        method=item.method,
        consumer=item.consumer,
        moment=item.created_at,
        customer_amount=foreign,
    )


def _grouped(rows):
    """Sum rows that stand for the same thing, so that each key comes once."""
    groups = {}
    for row in rows:
        key = (row.period, row.method, row.description, row.rate)
        seen = groups.get(key)
        groups[key] = (
            row
            if seen is None
            else replace(
                row,
                count=seen.count + row.count,
                net=seen.net + row.net,
                vat=seen.vat + row.vat,
                gross=seen.gross + row.gross,
            )
        )
    return list(groups.values())


def _row_key(settlement, side, row):
    parts = [settlement.id, side, row.period, slug(row.method or "none"), slug(row.description)]
    if row.rate:
        parts.append(slug(row.rate))
    return "/".join(parts)


def fee_lines(settlement, decimals):
    """One line per month, method and rate, rounded to cents as Mollie's bill does."""
    lines = []
    for row in _grouped(settlement.costs):
        amount, vat = -round_to(row.gross, decimals), -round_to(row.vat, decimals)
        if amount or vat:
            lines.append(
                Line(
                    kind="fee",
                    id=_row_key(settlement, "fee", row),
                    amount=amount,
                    vat=vat,
                    method=row.method,
                    label=f"{row.count} × {row.description} {row.rate} ({row.period})".replace("  ", " "),
                )
            )
    return lines


def listless_rows(settlement, items):
    """Revenue rows that no list shows, with the kind of each.

    Rows of a kind never seen before count as such when they, together, are exactly what the lists
    lack: then they are imported under the kind ``other`` and not lost.
    """
    found, rest = [], []
    for row in _grouped(settlement.revenue):
        if row.method in LISTLESS_METHODS:
            found.append((LISTLESS_METHODS[row.method], row))
        else:
            rest.append(row)
    lacking = sum((row.gross for row in rest), ZERO) - sum((i.settled.value for i in items), ZERO)
    if abs(lacking) >= CENT:
        methods = {item.method for item in items if item.method} | LISTED_METHODS
        strange = [row for row in rest if row.method not in methods]
        if strange and abs(sum((row.gross for row in strange), ZERO) - lacking) < CENT:
            found += [("other" if row.method else "correction", row) for row in strange]
    return found


def plan_settlement(settlement, items, window=None, returned=frozenset()):
    """:param items: Item of all four lists.
    :param window: LedgerEntry that the settlement can be made of, or None when not read.
    :param returned: ids of settlements whose lines the journal has and whose payout came back.

    :return: Plan. Rounding is never a plug. It is accepted only when the sum is right in one of
        three ways: to less than a cent with the exact costs (rounding of the total), to the cent
        with each fee rounded up, or to the cent with the deductions that the ledger shows.
    """
    decimals = max(0, -settlement.amount.value.as_tuple().exponent)
    items = [_with_ledger_amount(item, window) for item in items]
    lines = [item_line(item) for item in items if item.settled and item.settled.value]
    fees = fee_lines(settlement, decimals)
    others, carried, exact_others = _others(settlement, items, window, returned, decimals)
    amount = settlement.amount.value
    gross = sum((line.amount for line in lines), ZERO)
    exact_costs = sum((row.gross for row in settlement.costs), ZERO)
    proof = Proof(
        items=gross,
        fees=sum((line.amount for line in fees), ZERO),
        others=sum((line.amount for line in others), ZERO),
        rounding=ZERO,
        carried=carried,
        expected=amount,
    )
    extra = []
    if proof.difference:
        charged = gross + exact_others + carried - amount
        deducted = _deducted(window)
        if window is not None and charged == deducted and not _near(proof.fees, deducted, window):
            # The totals do not speak of these fees; the ledger shows each of them.
            fees = ledger_fee_lines(settlement, window, {item.id: item for item in items})
            proof = replace(proof, fees=sum((line.amount for line in fees), ZERO))
        elif (
            abs(charged - exact_costs) < CENT
            or charged == fee_in_whole_cents(settlement, items, decimals)
            or (window is not None and charged == deducted)
        ):
            extra = [rounding_line(settlement, proof.difference)]
            proof = replace(proof, rounding=proof.difference)
    return Plan(
        lines=tuple(lines + fees + others + extra),
        proof=proof,
        unsettled=tuple(item for item in items if not item.settled),
        findings=() if proof.difference == 0 else tuple(_findings(settlement, items)),
    )


def _with_ledger_amount(item, window):
    """Where a list does not tell what an item changed on the balance, the ledger does."""
    if item.settled is None and window:
        for entry in window:
            if listed_id(entry) == item.id and entry.initial.value:
                return replace(item, settled=entry.initial)
    return item


def _others(settlement, items, window, returned, decimals):
    """What no list has: from the ledger, which knows each movement, else from the totals.

    :return: lines, money carried over from a payout that came back, and the exact sum of lines.
    """
    rows = listless_rows(settlement, [item for item in items if item.settled])
    carried = ZERO
    if window is not None:
        entries = [entry for entry in window if not _in_totals(entry)]
        total = sum((entry.result.value for entry in entries), ZERO)
        back = [
            entry
            for entry in entries
            if is_returned_payout(entry) and entry.context["settlementId"] in returned
        ]
        if abs(total - sum((row.gross for _kind, row in rows), ZERO)) < CENT or not rows:
            lines = [ledger_line(entry) for entry in entries if entry not in back]
            carried = sum((entry.result.value for entry in back), ZERO)
            return [line for line in lines if line.amount], carried, total - carried
        # Even where the ledger does not explain everything, what came back is no new money.
        for entry in back:
            same = [pair for pair in rows if pair[1].gross == entry.result.value]
            if same:
                rows.remove(same[0])
                carried += entry.result.value
    lines = [
        Line(
            kind=kind,
            id=_row_key(settlement, "revenue", row),
            amount=round_to(row.gross, decimals),
            method=row.method,
            label=f"{row.description} ({row.period})",
        )
        for kind, row in rows
    ]
    exact = sum((row.gross for _kind, row in rows), ZERO)
    return [line for line in lines if line.amount], carried, exact


def listless_total(settlement, items):
    """:return: what the movements that no list has come to, as the totals say."""
    rows = listless_rows(settlement, [item for item in items if item.settled])
    return sum((row.gross for _kind, row in rows), ZERO)


def ledger_line(entry):
    words = entry.type.replace("-", " ").capitalize()
    subject = next((value for value in entry.context.values() if value), "")
    return Line(
        kind=kind_of(entry),
        id=entry.id,
        amount=entry.result.value,
        payment_id=entry.context.get("paymentId", ""),
        label=f"{words} {subject}".strip(),
        moment=entry.created_at,
    )


def _in_totals(entry):
    """True for movements that the settlement's lists and costs already speak of."""
    return entry.type in LISTED or entry.type in FEES


def _deducted(window):
    """Fees that the ledger shows for the settlement, as a positive sum."""
    return -sum((fee_of(entry) for entry in window or () if _in_totals(entry)), ZERO)


def _near(fees, deducted, window):
    """True when fees from the totals can become the deductions by rounding each one up."""
    number = sum(1 for entry in window if _in_totals(entry))
    return abs(fees + deducted) < CENT * max(1, number)


def ledger_fee_lines(settlement, window, items):
    """Fees as the ledger shows them, one line per month and method."""
    groups = {}
    for entry in window:
        if _in_totals(entry) and fee_of(entry):
            item = items.get(listed_id(entry))
            period = entry.created_at.strftime("%Y-%m") if entry.created_at else ""
            method = item.method if item and entry.type in ("payment", "capture") else entry.type
            total, number = groups.get((period, method), (ZERO, 0))
            groups[(period, method)] = (total + fee_of(entry), number + 1)
    return [
        Line(
            kind="fee",
            id=f"{settlement.id}/ledger-fee/{period}/{slug(method)}",
            amount=total,
            method=method,
            label=f"{number} × {method} ({period})",
        )
        for (period, method), (total, number) in sorted(groups.items())
    ]


def with_fee_of_each(plan, items, window):
    """The plan with a line for the fee of each transaction, where these come to the settlement to the
    cent; else the plan as it is, with fees by method.

    :param window: see :func:`plan_settlement`; of movements that the settlement may not have, only the
        sum tells.
    """
    fees = transaction_fee_lines(window, {item.id: item for item in items})
    total = sum((line.amount for line in fees), ZERO)
    proof = replace(plan.proof, fees=total, rounding=ZERO)
    if proof.difference:
        return plan
    kept = tuple(line for line in plan.lines if line.kind not in ("fee", "rounding"))
    return replace(plan, lines=kept + tuple(fees), proof=proof, findings=())


def transaction_fee_lines(window, items):
    """Fees as the ledger shows them, one line for each movement that had one.

    They have the id of the payment, refund or chargeback concerned; a fee that Mollie takes for many
    at once has the id of its movement.
    """
    lines = []
    for entry in window:
        if _in_totals(entry) and fee_of(entry):
            item = items.get(listed_id(entry))
            lines.append(
                Line(
                    kind="fee",
                    id=listed_id(entry) or entry.id,
                    amount=fee_of(entry),
                    payment_id=entry.context.get("paymentId", ""),
                    description=item.description if item else "",
                    label=entry.type if entry.type not in ("payment", "capture") else "",
                    method=item.method if item and entry.type in ("payment", "capture") else entry.type,
                    moment=entry.created_at,
                )
            )
    return lines


def needs_ledger(plan):
    """Whether the ledger should be read: to name what no list has, or to find what is missing."""
    return (
        not plan.adds_up
        or plan.proof.others != 0
        or any(line.kind in ("correction", "other", "reserve") for line in plan.lines)
    )


def rounding_line(settlement, amount):
    return Line(
        kind="rounding",
        id=f"{settlement.id}/rounding",
        amount=amount,
        label=settlement.reference,
    )


def _findings(settlement, items):
    """Compare the totals with the lists, row by row, to name what is missing."""
    rows = Counter()
    counts = Counter()
    for row in settlement.revenue:
        rows[row.method or row.description] += row.gross
        counts[row.method or row.description] += row.count
    listed, numbers = Counter(), Counter()
    for item in items:
        if not item.settled:
            continue
        name = item.method if item.kind == "payment" else item.kind
        listed[name] += item.settled.value
        numbers[name] += 1
    for name in sorted(set(rows) | set(listed)):
        if rows[name] != listed[name]:
            total, lists = Decimal(rows[name]), Decimal(listed[name])
            yield _lt(
                "%(name)s: total %(total)s (%(count)s), lists %(lists)s (%(number)s)",
                name=name,
                total=round_to(total, 2),
                count=counts[name],
                lists=round_to(lists, 2),
                number=numbers[name],
            )


def lists_are_complete(settlement, items):
    """True when what was read so far is, by number and by sum, all that the totals speak of.

    It saves reading lists that are empty. When in doubt it is False, and they are read.
    """
    rows = [row for row in settlement.revenue if row.method not in LISTLESS_METHODS]
    if not rows or len(items) != sum(row.count for row in rows):
        return False
    if any(item.settled is None for item in items):
        return False
    return sum(row.gross for row in rows) == sum(item.settled.value for item in items)
