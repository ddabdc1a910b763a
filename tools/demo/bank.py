"""The merchant's bank: customers who pay by transfer, in the words that customers use."""

from dataclasses import dataclass
from datetime import date

from .rpc import Session


@dataclass(frozen=True)
class Transfer:
    """A bank line, the document that it pays, and whether its text and amount leave one answer only."""

    line: int
    document: int
    certain: bool
    case: str


def customers_transfer(admin: Session, accountant: Session, journal: int, made: list[dict]) -> list[Transfer]:
    """Customers with payment terms, and those who chose a bank transfer, pay; returns the truth."""
    lines, truth = [], []
    for number, invoice in enumerate(_open_invoices(admin)):
        name, amount = invoice["name"], invoice["amount_residual"]
        case = CASES[number % len(CASES)]
        text, share, certain = case[1](name), case[2], case[3]
        lines.append(_line(journal, text, round(amount * share, 2), invoice["partner_id"][1]))
        truth.append((invoice["id"], certain, case[0]))
    for payment in _announced(admin, journal):
        text = f"Bestelling {payment['memo']}"
        lines.append(_line(journal, text, payment["amount"], payment["partner_id"][1]))
        truth.append((payment["move_id"][0], True, "bank deposit"))
    created = accountant.call("account.bank.statement.line", "create", lines) if lines else []
    return [Transfer(line, *known) for line, known in zip(created, truth, strict=True)]


def damaged(name: str) -> str:
    """The last digit but one read wrongly: it may be nobody's number, or somebody else's."""
    digit = name[-2]
    return f"{name[:-2]}{'7' if digit != '7' else '4'}{name[-1]}"


CASES = (
    ("reference", lambda name: f"Factuur {name}", 1, True),
    ("reference without slashes", lambda name: f"betaling {name.replace('/', '')} dank u", 1, True),
    ("deduction", lambda name: f"{name} minus 2% skonto", 0.98, False),
    ("damaged reference", lambda name: f"Factuur {damaged(name)}", 1, False),
    ("no reference", lambda name: "betaling", 1, False),
)


def _line(journal: int, text: str, amount: float, partner: str) -> dict:
    return {
        "journal_id": journal,
        "date": date.today().isoformat(),
        "payment_ref": text,
        "partner_name": partner,
        "amount": amount,
    }


def _open_invoices(admin: Session) -> list[dict]:
    return admin.search_read(
        "account.move",
        [("move_type", "=", "out_invoice"), ("state", "=", "posted"), ("payment_state", "=", "not_paid")],
        ["name", "amount_residual", "partner_id"],
        order="id",
    )


def _announced(admin: Session, journal: int) -> list[dict]:
    return admin.search_read(
        "account.payment",
        [("journal_id", "=", journal), ("is_matched", "=", False), ("payment_type", "=", "inbound")],
        ["memo", "amount", "partner_id", "move_id"],
        order="id",
    )


def accountant_decides(accountant: Session) -> int:
    """Accept the first proposal of every line that waits; a difference is booked with a model."""
    waiting = accountant.search("account.bank.statement.line", [("is_reconciled", "=", False)])
    proposals = first_proposals(accountant, waiting)
    model = _model_for_differences(accountant) if proposals else None
    for line, best in proposals.items():
        if not best["residual"]:
            accountant.call("o2c.match", "action_accept", [best["id"]])
            continue
        dialog = accountant.call("account.bank.statement.line", "action_o2c_choose", [line])
        choice = [dialog["res_id"]]
        values = {"item_ids": [[6, 0, best["item_ids"]]], "write_off_id": model}
        accountant.call("o2c.match.choice", "write", choice, values)
        accountant.call("o2c.match.choice", "action_apply", choice)
    return len(proposals)


def _model_for_differences(accountant: Session) -> int:
    """Cash discounts that were agreed on, and what changing money costs."""
    accounts = accountant.search("account.account", [("account_type", "=", "expense")], limit=1)
    values = {"name": "Discounts and exchange rates", "line_ids": [[0, 0, {"account_id": accounts[0]}]]}
    return accountant.call("account.reconcile.model", "create", [values])[0]


def first_proposals(session: Session, lines: list[int]) -> dict[int, dict]:
    """Bank line -> the proposal that people see first."""
    found = session.search_read(
        "o2c.match",
        [("state", "=", "proposed"), ("line_ids", "in", lines)],
        ["line_ids", "item_ids", "move_ids", "residual"],
        order="confidence desc, id",
    )
    first = {}
    for match in found:
        for line in match["line_ids"]:
            first.setdefault(line, match)
    return first
