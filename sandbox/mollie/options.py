"""What a test may change about a Mollie account."""

from dataclasses import dataclass, field, fields

SCOPES = (
    "balances.read",
    "balance-reports.read",
    "invoices.read",
    "organizations.read",
    "payments.read",
    "payments.write",
    "payouts.read",
    "profiles.read",
    "refunds.read",
    "refunds.write",
    "settlements.read",
    "webhooks.read",
    "webhooks.write",
)
ROUNDINGS = ("transaction", "settlement")
CONTEXTS = ("flat", "nested")
FEES = ("transaction", "prepayment")


@dataclass
class Options:
    """The switches of an account.

    ``rounding``: where fractions of a cent are lost (see ``Balance.movement``). ``fees``: deducted from each
    transaction, or from the balance in one ``fee-prepayment`` per settlement. ``context``: the shape of a
    balance transaction's context, of which Mollie's text and schema show two. ``country``: decides VAT on
    fees. ``queue_refunds``: a refund larger than the available balance waits. ``missing_scopes``: not
    granted to the token.
    """

    rounding: str = "transaction"
    fees: str = "transaction"
    context: str = "flat"
    country: str = "NL"
    queue_refunds: bool = False
    missing_scopes: list = field(default_factory=list)

    def update(self, data):
        """Take what ``data`` says; ValueError on anything unknown."""
        names = {item.name for item in fields(self)}
        unknown = sorted(set(data) - names)
        if unknown:
            raise ValueError(f"Unknown options {', '.join(unknown)}; there are {', '.join(sorted(names))}.")
        for name, known in (("rounding", ROUNDINGS), ("fees", FEES), ("context", CONTEXTS)):
            if data.get(name, getattr(self, name)) not in known:
                raise ValueError(f"{name} must be one of {', '.join(known)}")
        missing = data.get("missing_scopes", self.missing_scopes)
        wrong = [scope for scope in missing if scope not in SCOPES]
        if wrong:
            raise ValueError(f"No such scope: {', '.join(wrong)}; there are {', '.join(SCOPES)}.")
        for name, value in data.items():
            setattr(self, name, value)

    def as_json(self):
        return {item.name: getattr(self, item.name) for item in fields(self)}
