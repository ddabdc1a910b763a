"""Those outside Odoo, and the people inside who still do something: the warehouse, the bank feed."""

from datetime import date

from ..console import Failure
from .control import World
from .rpc import Session


def shoppers_check_out(world: World, count: int, seed: int) -> list[dict]:
    """Shoppers fill their baskets, check out and pay through Mollie."""
    return world.post("checkout", count=count, seed=seed)["orders"]


def warehouse_validates(warehouse: Session) -> int:
    """The warehouse user works off every delivery that is ready; returns how many."""
    ready = warehouse.search(
        "stock.picking",
        [("picking_type_code", "=", "outgoing"), ("state", "in", ("assigned", "confirmed"))],
    )
    for start in range(0, len(ready), 20):
        batch = ready[start : start + 20]
        warehouse.call("stock.picking", "action_assign", batch)
        answer = warehouse.call("stock.picking", "button_validate", batch)
        if isinstance(answer, dict) and answer.get("res_model"):
            raise Failure(f"Validating deliveries asked a question instead: {answer.get('name')}")
    return len(ready)


def mollie_settles_and_pays_out(world: World) -> list[dict]:
    """Mollie closes the settlement of everything that is available, and transfers it."""
    return world.post("mollie/settle", status="paidout")["settlements"]


def bank_feed_brings_deposits(accountant: Session, journal: int, settlements: list[dict]) -> None:
    """The merchant's bank shows Mollie's transfers, as its own statement import would."""
    accountant.call(
        "account.bank.statement.line",
        "create",
        [
            {
                "journal_id": journal,
                "date": date.today().isoformat(),
                "payment_ref": f"Stichting Mollie Payments {settlement['reference']}",
                "partner_name": "Stichting Mollie Payments",
                "amount": float(settlement["amount"]["value"]),
            }
            for settlement in settlements
            if float(settlement["amount"]["value"]) > 0
        ],
    )


def carrier_scans(world: World, status: str) -> None:
    """The carrier scans every parcel that is on its way."""
    world.post("sendcloud/scan", to=status)
