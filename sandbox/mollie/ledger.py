"""Double entry: money is moved between accounts, never made."""

from collections import defaultdict
from decimal import Decimal


class Ledger:
    """The accounts of one balance.

    ``pending`` and ``available`` are what Mollie owes the merchant; ``reserve`` is held back; the others are
    the other side: ``world`` (shoppers and their banks), ``fees`` (Mollie's income with VAT), ``mollie``
    (corrections) and ``bank`` (the merchant's own bank account).
    """

    def __init__(self):
        self.accounts = defaultdict(Decimal)
        self.entries = []

    def post(self, reference, **movements):
        """Move money: the movements of an entry add up to zero, or ValueError and nothing is moved."""
        if sum(movements.values()):
            raise ValueError(f"{reference} does not balance: {movements}")
        for account, amount in movements.items():
            self.accounts[account] += amount
        self.entries.append((reference, movements))

    def __getitem__(self, account):
        return self.accounts[account]
