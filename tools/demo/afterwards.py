"""What shopkeepers do to orders afterwards: refunds, cancellations, edits, returns, exchanges."""

from . import actors, waiting
from .control import World
from .deck import SEVERAL_LINES
from .rpc import Session


def _plain(made: list[dict]) -> list[dict]:
    return [order for order in made if set(order["kinds"]) & set(SEVERAL_LINES)]


def before_shipping(world: World, made: list[dict]) -> list[str]:
    """Changes to orders that nobody packed yet; returns what was done."""
    cards = iter(_plain(made))
    done = []
    for change in (_cancel, _refund_a_piece, _take_a_line_off, _add_a_line, _goodwill):
        order = next(cards, None)
        if order:
            done.append(f"{order['name']}: {change(world, order)}")
    return done


def _cancel(world: World, order: dict) -> str:
    world.post("shopify/cancel", order=order["gid"])
    return "cancelled"


def _refund_a_piece(world: World, order: dict) -> str:
    lines = [{"line": 0, "quantity": 1, "restock": "CANCEL"}]
    world.post("shopify/refund", order=order["gid"], lines=lines, shipping=True)
    return "a piece and the shipping refunded"


def _take_a_line_off(world: World, order: dict) -> str:
    world.post("shopify/edit", order=order["gid"], changes=[{"line": 0, "quantity": 0}])
    whole = world.get(f"shopify/order?order={order['gid']}")
    owed = -float(whole["totalOutstandingSet"]["shopMoney"]["amount"])
    if owed > 0:
        world.post("shopify/refund", order=order["gid"], amount=f"{owed:.2f}")
    return "a line taken off and paid back"


def _add_a_line(world: World, order: dict) -> str:
    sku = _first_line(world, order)["sku"]
    world.post("shopify/edit", order=order["gid"], changes=[{"sku": sku, "quantity": 1}])
    world.post("shopify/pay", order=order["gid"])
    return "a piece added and paid"


def _goodwill(world: World, order: dict) -> str:
    world.post("shopify/refund", order=order["gid"], amount="2.50")
    return "2.50 given back out of goodwill"


def goods_come_back(admin: Session, warehouse: Session, world: World, made: list[dict]) -> list[str]:
    """One customer sends a piece back, another one exchanges it; returns what was done."""
    arrived = {order["gid"] for order in world.get("state")["orders"] if order["fulfillment"] == "FULFILLED"}
    cards = [order for order in _plain(made)[5:] if order["gid"] in arrived]
    with_label = _can_be_returned(warehouse, cards)
    done = []
    for order in cards:
        if order["gid"] in with_label:
            cards.remove(order)
            back = _ask_for_return(world, order)
            warehouse.call("stock.picking", "action_sendcloud_return_label", [with_label[order["gid"]]])
            waiting.for_jobs(admin, world, "Return label made")
            world.post("shopify/return/process", **{"return": back})
            done.append(f"{order['name']}: a piece came back with a return label")
            break
    for order in cards[:1]:
        back = _ask_for_return(world, order)
        exchanges = [{"sku": _first_line(world, order)["sku"], "quantity": 1}]
        world.post("shopify/return/process", **{"return": back, "exchanges": exchanges})
        pay_what_is_due(world, order)
        done.append(f"{order['name']}: a piece exchanged for a new one")
    waiting.for_jobs(admin, world, "Returns told")
    _receive(warehouse)
    actors.warehouse_validates(warehouse)
    waiting.for_jobs(admin, world, "Returns received, exchange sent")
    for status in ("in_transit", "delivered"):
        actors.carrier_scans(world, status)
    waiting.for_jobs(admin, world, "Exchange delivered")
    return done


def _can_be_returned(warehouse: Session, orders: list[dict]) -> dict[str, int]:
    """Order -> its delivery, where the carrier has a return option."""
    pickings = warehouse.search_read(
        "stock.picking",
        [
            ("state", "=", "done"),
            ("carrier_tracking_ref", "!=", False),
            ("carrier_id.sendcloud_return_option_id", "!=", False),
        ],
        ["origin"],
    )
    by_origin = {picking["origin"]: picking["id"] for picking in pickings}
    names = {
        row["shopify_gid"]: row["name"]
        for row in warehouse.search_read(
            "sale.order", [("shopify_gid", "in", [order["gid"] for order in orders])], ["shopify_gid", "name"]
        )
    }
    return {gid: by_origin[name] for gid, name in names.items() if name in by_origin}


def pay_what_is_due(world: World, order: dict) -> None:
    """The new piece may cost more than what a discount made of the old one."""
    whole = world.get(f"shopify/order?order={order['gid']}")
    if float(whole["totalOutstandingSet"]["shopMoney"]["amount"]) > 0:
        world.post("shopify/pay", order=order["gid"])


def _first_line(world: World, order: dict) -> dict:
    return world.get(f"shopify/order?order={order['gid']}")["lineItems"][0]


def _ask_for_return(world: World, order: dict) -> str:
    lines = [{"line": 0, "quantity": 1}]
    return world.post("shopify/return", order=order["gid"], lines=lines)["return"]


def _receive(warehouse: Session) -> None:
    """The goods are back: receive what is expected."""
    incoming = warehouse.search(
        "stock.picking", [("picking_type_code", "=", "incoming"), ("state", "in", ("assigned", "confirmed"))]
    )
    if incoming:
        warehouse.call("stock.picking", "button_validate", incoming)
