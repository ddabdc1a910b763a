"""Those outside Odoo, and the people inside who still do something: the warehouse, the bank feed."""

from datetime import date

from ..console import Failure
from .control import World
from .rpc import Session

HEAVIEST_PARCEL = 20.0  # kg, what one person lifts


def shoppers_check_out(world: World, count: int, seed: int) -> list[dict]:
    """Shoppers fill their baskets, check out and pay through Mollie."""
    return world.post("checkout", count=count, seed=seed)["orders"]


def warehouse_validates(warehouse: Session) -> int:
    """The warehouse user works off every delivery that is ready; returns how many."""
    todo = ready(warehouse)
    for start in range(0, len(todo), 20):
        validate(warehouse, todo[start : start + 20])
    return len(todo)


def ready(warehouse: Session) -> list[int]:
    """The deliveries that wait for the warehouse."""
    return warehouse.search(
        "stock.picking",
        [("picking_type_code", "=", "outgoing"), ("state", "in", ("assigned", "confirmed"))],
    )


def validate(warehouse: Session, pickings: list[int]) -> None:
    """Pick, pack and validate these deliveries at once."""
    warehouse.call("stock.picking", "action_assign", pickings)
    warehouse_packs(warehouse, pickings)
    answer = warehouse.call("stock.picking", "button_validate", pickings)
    if isinstance(answer, dict) and answer.get("res_model"):
        raise Failure(f"Validating deliveries asked a question instead: {answer.get('name')}")


def warehouse_packs(warehouse: Session, pickings: list[int]) -> None:
    """Spread what is too heavy for one parcel over several, as one does at the packing table."""
    heavy = warehouse.search(
        "stock.picking", [("id", "in", pickings), ("shipping_weight", ">", HEAVIEST_PARCEL)]
    )
    lines = warehouse.search_read(
        "stock.move.line", [("picking_id", "in", heavy)], ["picking_id", "product_id", "quantity"]
    )
    products = {line["product_id"][0] for line in lines}
    weights = {
        product["id"]: product["weight"]
        for product in warehouse.search_read("product.product", [("id", "in", list(products))], ["weight"])
    }
    for picking in heavy:
        own = [line for line in lines if line["picking_id"][0] == picking]
        _pack(warehouse, own, weights)


def _pack(warehouse: Session, lines: list[dict], weights: dict[int, float]) -> None:
    package, room = None, 0.0
    for line in lines:
        weight = weights[line["product_id"][0]]
        left, first = line["quantity"], True
        while left:
            if package is None or room < weight:
                package, room = warehouse.call("stock.package", "create", [{}])[0], HEAVIEST_PARCEL
            pieces = min(left, max(1, int(room / weight) if weight else left))
            values = {"quantity": pieces, "result_package_id": package}
            if first:
                warehouse.call("stock.move.line", "write", [line["id"]], values)
            else:
                warehouse.call("stock.move.line", "copy", [line["id"]], values)
            room -= pieces * weight
            left, first = left - pieces, False


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
