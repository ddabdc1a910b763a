"""A balance: what Mollie owes the merchant in one currency, and every movement on it."""

from .ledger import Ledger
from .money import ZERO, down, fine, up
from .records import Movement
from .tariff import vat_percentage


class Balance:
    """Money first stands in ``pending`` and then becomes available; only what is available is settled.

    ``unsettled`` are the available movements that no settlement has collected yet, in order; ``owed`` are
    fees that were not deducted from the transactions, exact.
    """

    def __init__(self, balance_id, currency, created_at, options):
        self.id = balance_id
        self.currency = currency
        self.created_at = created_at
        self.ledger = Ledger()
        self.pending = []
        self.movements = []
        self.unsettled = []
        self.owed = ZERO
        self._options = options

    @property
    def available_amount(self):
        return self.ledger["available"]

    @property
    def pending_amount(self):
        return self.ledger["pending"]

    def vat(self, fee_net):
        """VAT on a fee, four decimals."""
        return fine(fee_net * vat_percentage(self._options.country) / 100)

    def movement(
        self,
        movement_id,
        kind,
        initial,
        created_at,
        context,
        *,
        source=None,
        rate=None,
        basis=None,
        description="",
    ):
        """A movement with the fee that ``rate`` asks on ``basis`` (the initial amount when None).

        What is deducted for a fee is a whole number of cents per transaction, rounded up; the rest comes
        back with the monthly invoice. With ``rounding`` "settlement" the exact fee is deducted and only
        the payout is rounded.
        """
        fee_net = rate.net(initial if basis is None else basis) if rate else ZERO
        exact = fee_net + self.vat(fee_net)
        if self._options.fees == "prepayment":
            fee = ZERO
            self.owed += exact
        else:
            fee = up(exact) if self._options.rounding == "transaction" else exact
        return Movement(
            movement_id, kind, initial, fee, fee_net, created_at, context, source, rate, description
        )

    def earn(self, movement):
        """Book a movement that becomes available later."""
        self.ledger.post(movement.id, pending=movement.result, world=-movement.initial, fees=movement.fee)
        self.pending.append(movement)

    def book(self, movement, other="world"):
        """Book a movement that is available at once; ``other`` is the account on the other side."""
        movements = {"available": movement.result, "fees": movement.fee}
        movements[other] = movements.get(other, ZERO) - movement.initial
        self.ledger.post(movement.id, **movements)
        self.movements.append(movement)
        self.unsettled.append(movement)

    def transfer(self, movement, settlement_id):
        """Pay out (initial < 0) or collect (initial > 0); the settlement that pays it collects it not."""
        self.ledger.post(movement.id, available=movement.initial, bank=-movement.initial)
        movement.settlement_id = settlement_id
        self.movements.append(movement)

    def make_available(self, now):
        """Let everything pending become available; returns the movements."""
        moved, self.pending = self.pending, []
        for movement in moved:
            movement.created_at = max(now, movement.created_at)
            self.ledger.post(movement.id, pending=-movement.result, available=movement.result)
            self.movements.append(movement)
        self.unsettled.extend(moved)
        return moved

    def collect(self):
        """Take all unsettled movements; returns them."""
        taken, self.unsettled = self.unsettled, []
        return taken

    def payable(self, movements, already=ZERO):
        """What is paid for ``movements``: their sum, rounded down to a cent where fees hold fractions."""
        return down(sum((movement.result for movement in movements), already))
