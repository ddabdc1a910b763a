"""Settlements: what became available is collected, paid out, and sometimes comes back."""

from . import notify
from .money import ZERO, up
from .periods import PREPAYMENT
from .records import Capture, Chargeback, Payment, Refund, Settlement

STATUSES = ("open", "pending", "processing-at-bank", "paidout", "failed")
# What a settlement may become; an open one still collects.
NEXT = {
    "open": STATUSES,
    "pending": ("processing-at-bank", "paidout", "failed"),
    "processing-at-bank": ("paidout", "failed"),
    "paidout": ("failed",),
    "failed": (),
}
LISTS = {Payment: "payments", Capture: "captures", Refund: "refunds", Chargeback: "chargebacks"}


def settle(state, status, *, balance_id=None, available=True, allow_negative=False):
    """Collect what is available per balance into a settlement of ``status``; returns the settlements.

    A balance that would pay nothing is left for next time, unless ``allow_negative``: then the settlement
    says so, and what is missing is collected from the merchant's bank. ``available`` False settles only
    what is available already. With "open" the settlement keeps collecting at each call until it gets
    another status.
    """
    if status not in STATUSES:
        raise ValueError(f"status must be one of {', '.join(STATUSES)}")
    if available:
        state.make_available()
    balances = [state.balance(balance_id)] if balance_id else list(state.balances.values())
    made = []
    for balance in balances:
        _prepay(state, balance)
        settlement = _open_one(state, balance)
        if settlement is None:
            if not balance.unsettled:
                continue
            if balance.payable(balance.unsettled) <= 0 and not allow_negative:
                continue
            settlement = _new(state, balance)
        _collect(balance, settlement)
        if settlement.status != status:
            advance(state, settlement, status)
        made.append(settlement)
    return made


def _prepay(state, balance):
    """Take the fees that were not deducted from transactions, rounded up to a cent."""
    owed, balance.owed = up(balance.owed), ZERO
    if owed:
        movement = balance.movement(state.new_id("baltr", 22), PREPAYMENT, -owed, state.now(), {})
        balance.book(movement, "fees")


def _open_one(state, balance):
    for settlement in state.settlements.values():
        if settlement.balance_id == balance.id and settlement.status == "open":
            return settlement
    return None


def _new(state, balance):
    now = state.now()
    customer = state.organization_id.removeprefix("org_")
    month = now.strftime("%y%m")
    number = state.world.ids.sequence(f"mollie.settlement.{month}")
    settlement = Settlement(
        state.new_id("stl"), f"{customer}.{month}.{number:02d}", balance.id, "open", ZERO, now
    )
    state.settlements[settlement.id] = settlement
    return settlement


def _collect(balance, settlement):
    for movement in balance.collect():
        settlement.movements.append(movement)
        movement.settlement_id = settlement.id
        kind = LISTS.get(type(movement.source))
        if kind:
            movement.source.settlement_id = settlement.id
            settlement.lists.setdefault(kind, []).append(movement.source)
            if kind == "refunds":
                movement.source.status = "refunded"
            if kind == "captures":
                movement.source.payment.settlement_id = settlement.id
    settlement.amount = balance.payable(settlement.movements)


def advance(state, settlement, status):
    """Let a settlement become ``status``: the money leaves the balance when it is handed to the bank.

    A settlement that fails was handed over and came back: the transfer and its return are both movements,
    and the returned money is collected by the next settlement.
    """
    if status not in NEXT[settlement.status]:
        raise ValueError(f"Settlement {settlement.id} is {settlement.status} and cannot become {status}.")
    balance = state.balances[settlement.balance_id]
    if status in ("processing-at-bank", "paidout", "failed") and not settlement.transfer_id:
        _transfer(state, balance, settlement)
    settlement.status = status
    if status == "paidout":
        settlement.settled_at = state.now()
        notify.tell(state, None, "payout.completed", settlement.transfer_id)
    if status == "failed":
        _return(state, balance, settlement)
        notify.tell(state, None, "payout.failed", settlement.transfer_id)
    return settlement


def _transfer(state, balance, settlement):
    settlement.transfer_id = state.new_id("payout", 22)
    if not settlement.amount:
        return
    kind = "outgoing-transfer" if settlement.amount > 0 else "incoming-transfer"
    balance.transfer(
        balance.movement(
            state.new_id("baltr", 22), kind, -settlement.amount, state.now(), _payout_context(settlement)
        ),
        settlement.id,
    )


def _return(state, balance, settlement):
    if settlement.amount <= 0:
        return
    balance.book(
        balance.movement(
            state.new_id("baltr", 22),
            "returned-transfer",
            settlement.amount,
            state.now(),
            _payout_context(settlement),
            description=f"Returned payout {settlement.reference}",
        ),
        "bank",
    )


def _payout_context(settlement):
    return {"settlementId": settlement.id, "transferId": settlement.transfer_id}


def unbalance(settlement, *, amount=None, hide=None, undo=False):
    """Make the settlement not add up: tell another amount, or keep one item out of its list.

    ``amount``: Decimal added to the amount that is told. ``hide``: id of an item, or True for the newest
    payment.
    """
    if undo:
        settlement.misreported = ZERO
        settlement.hidden.clear()
        return
    if hide:
        items = [item.id for records in settlement.lists.values() for item in records]
        if not items:
            raise ValueError("The settlement has nothing to hide.")
        target = settlement.lists.get("payments", [])[-1].id if hide is True else hide
        if target not in items:
            raise ValueError(f"{hide} is not in the settlement.")
        settlement.hidden.add(target)
    else:
        settlement.misreported += amount
