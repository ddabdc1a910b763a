"""The ledger of a balance: every movement of the available amount, newest first.

It is the second witness. It shows what no list of a settlement has, what each fee came to in
cents, and what is on the balance that no settlement has collected yet.
Source: https://docs.mollie.com/reference/list-balance-transactions
"""

from dataclasses import dataclass
from decimal import Decimal

from .amounts import ZERO

CENT = Decimal("0.01")
# How many payouts are passed in search of a settlement's movements.
FURTHER_PAYOUTS = 5

# A settlement below zero is collected from the merchant: the transfer goes the other way.
PAYOUTS = ("outgoing-transfer", "incoming-transfer")
RETURNED_PAYOUTS = ("returned-transfer", "canceled-outgoing-transfer", "canceled-transfer")
# Types that a settlement's lists have, and where their id stands in the context.
LISTED = {
    "payment": "paymentId",
    "capture": "captureId",
    "refund": "refundId",
    "chargeback": "chargebackId",
}
# Fees that are taken in a sum of their own; the settlement's totals count them as costs.
FEES = ("balance-charge-fee", "fee-prepayment", "payment-fee")
# The kinds of statement line for what no list has; anything else becomes ``other``.
KINDS = {
    "application-fee": "application_fee",
    "balance-correction": "correction",
    "balance-reserve": "reserve",
    "balance-reserve-return": "reserve",
    "balance-topup": "topup",
    "canceled-outgoing-transfer": "payout_return",
    "canceled-transfer": "payout_return",
    "cash-collateral-issuance": "reserve",
    "cash-collateral-release": "reserve",
    "chargeback-reversal": "chargeback_reversal",
    "failed-payment": "failed_payment",
    "incoming-transfer": "topup",
    "invoice-compensation": "compensation",
    "invoice-rounding-compensation": "compensation",
    "outgoing-custom-amount-transfer": "custom_payout",
    "returned-refund": "returned_refund",
    "returned-transfer": "payout_return",
    "rolling-reserve-hold": "reserve",
    "rolling-reserve-release": "reserve",
    "split-payment": "split",
    "topup": "topup",
}


def kind_of(entry):
    """:return: kind of statement line of what no list has; types never seen before are
    ``other``."""
    return KINDS.get(entry.type, "other")


def fee_of(entry):
    """:return: what a movement took for fees (negative), whichever way Mollie charges them."""
    return entry.result.value if entry.type in FEES else entry.deductions


def listed_id(entry):
    """:return: id of the payment, capture, refund or chargeback that moved the balance, or ""."""
    return entry.context.get(LISTED.get(entry.type, ""), "")


def is_payout(entry):
    """True for the transfer of a settlement, in either direction."""
    return entry.type in PAYOUTS and bool(entry.context.get("settlementId"))


def is_returned_payout(entry):
    return entry.type in RETURNED_PAYOUTS and bool(entry.context.get("settlementId"))


def settlement_window(entries, settlement_id, item_ids, oldest, booked_ids=frozenset(), expected=None):
    """The movements that a settlement can be made of.

    A payout may reach the ledger late, after movements of the next settlement; so this goes back
    past payouts until all of the settlement's own items were met and what no list has comes to
    what its totals say. Whether the movements found really are the settlement is decided by the
    sum, never assumed.

    :param entries: LedgerEntry, newest first; read no further than needed.
    :param item_ids: ids of the settlement's payments, captures, refunds and chargebacks.
    :param oldest: naive UTC datetime before which none of them was made, or None.
    :param booked_ids: ids of ledger entries that other settlements have booked.
    :param expected: what the movements that no list has come to, or None when not known.
    :return: list of LedgerEntry without payouts.
    """
    window, left, first_guess, passed = [], set(item_ids), None, 0
    for entry in entries:
        if oldest and entry.created_at and entry.created_at < oldest:
            break
        if is_payout(entry):
            if entry.context["settlementId"] == settlement_id:
                window, left = [], set(item_ids)
                continue
            if left or not window:
                continue
            if expected is None or abs(_listless(window) - expected) < CENT:
                return window
            first_guess = first_guess or list(window)
            passed += 1
            if passed > FURTHER_PAYOUTS:
                break
            continue
        if entry.type in LISTED:
            if listed_id(entry) in item_ids:
                left.discard(listed_id(entry))
                window.append(entry)
        elif entry.id not in booked_ids:
            window.append(entry)
    if expected is not None and first_guess and abs(_listless(window) - expected) >= CENT:
        return first_guess
    return window


def _listless(window):
    """:return: sum of the movements that neither a list nor the costs of a settlement show."""
    return sum(
        (entry.result.value for entry in window if entry.type not in LISTED and entry.type not in FEES),
        ZERO,
    )


def open_zone(entries, known, since=None):
    """The movements that may not be in the journal yet: those newer than the newest payout of a
    settlement whose payout the journal has.

    :param known: ids of settlements whose payout the journal has.
    :param since: naive UTC datetime; what is older does not concern the journal.
    :return: list of LedgerEntry, newest first.
    """
    zone = []
    for entry in entries:
        if is_payout(entry) and entry.context["settlementId"] in known:
            break
        if since and entry.created_at and entry.created_at < since:
            break
        zone.append(entry)
    return zone


def feedable(zone, booked_ids):
    """The movements of the zone that can be booked before their settlement: those with an id under
    which the settlement's lists will show them, so that they are recognised there.

    :param booked_ids: ids of Mollie's objects that the journal has.
    :return: list of LedgerEntry, oldest first.
    """
    return [
        entry
        for entry in reversed(zone)
        if listed_id(entry)
        and entry.context.get("paymentId")
        and listed_id(entry) not in booked_ids
        and entry.initial.value
    ]


@dataclass(frozen=True)
class Bridge:
    """How the journal's balance leads to the balance at Mollie.

    ``journal`` + ``not_settled`` + ``on_its_way`` = ``available``. ``not_settled`` is on the
    balance but in no settlement of the journal; ``on_its_way`` (negative) is a payout that left
    the balance while Mollie does not call it paid out yet.
    """

    journal: Decimal
    not_settled: Decimal
    on_its_way: Decimal
    available: Decimal

    @property
    def difference(self):
        return self.available - self.journal - self.not_settled - self.on_its_way


def bridge(
    journal,
    available,
    zone,
    booked_ids,
    booked_settlements,
    failed_settlements=(),
    closed_until=None,
    fed_ids=frozenset(),
):
    """:param zone: see :func:`open_zone`.
    :param booked_ids: ids (of Mollie's objects or ledger entries) that the journal has.
    :param booked_settlements: ids of settlements whose statement the journal has.
    :param failed_settlements: those of them whose payout came back; out and back cancel out.
    :param closed_until: naive UTC datetime at which the newest of them was made. Fees taken in a
        sum of their own have no id that the journal could know; what was taken before that is in.
    :param fed_ids: ids of objects that are in the journal before their settlement: without their fee.
    """
    not_settled = on_its_way = ZERO
    settled = False
    for entry in zone:
        concerned = entry.context.get("settlementId")
        if is_payout(entry):
            # What is older than a booked settlement's payout is in that statement or before it.
            settled = settled or concerned in booked_settlements
            if concerned in failed_settlements:
                continue
            if concerned in booked_settlements:
                on_its_way += entry.result.value
            elif not settled:
                not_settled += entry.result.value
        elif is_returned_payout(entry) and concerned in failed_settlements:
            continue
        elif not settled and listed_id(entry) in fed_ids:
            not_settled += entry.result.value - entry.initial.value
        elif settled or entry.id in booked_ids or listed_id(entry) in booked_ids:
            continue
        elif entry.type in FEES and closed_until and (entry.created_at or closed_until) <= (closed_until):
            continue
        else:
            not_settled += entry.result.value
    return Bridge(journal, not_settled, on_its_way, available)
