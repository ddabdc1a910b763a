"""What people do about orders that rightly wait for one: as the issue, or the shop, tells them."""

from ..console import Failure
from .control import World
from .rpc import Session

# Kinds that nobody can carry on without a person, and what Odoo must say about them.
NEEDS = {"unknown_sku": "product", "custom_item": "product", "high_risk": "order"}
# Kinds that are paid later.
UNPAID = ("unpaid", "authorized", "bank_deposit")
# Kinds that are not taken over.
LEFT_ALONE = ("test",)


def told(admin: Session) -> list[dict]:
    """The open issues about orders: what people see in their list."""
    return admin.search_read(
        "o2c.issue",
        [("state", "=", "open")],
        ["kind", "message", "sale_order_id", "res_model", "res_id"],
        order="id",
    )


def retry(admin: Session, issues: list[dict]) -> None:
    """Press Retry on these issues."""
    if issues:
        admin.call("o2c.issue", "action_retry", [issue["id"] for issue in issues])


def products(admin: Session, shop: int, world: World, issues: list[dict]) -> None:
    """Enter the products that Odoo does not know, and say what stands for what was typed in by hand."""
    kinds = {order["gid"]: order["kinds"] for order in world.get("state")["orders"]}
    gids = _gids(admin, issues)
    known_later = [issue for issue in issues if "unknown_sku" in kinds[gids[issue["sale_order_id"][0]]]]
    for issue in known_later:
        order = world.get(f"shopify/order?order={gids[issue['sale_order_id'][0]]}")
        for line in order["lineItems"]:
            _enter_product(admin, line)
    retry(admin, known_later)
    typed_in = [issue for issue in issues if issue not in known_later]
    if typed_in:
        template = admin.call("product.product", "create", [{"name": "Typed in by hand", "type": "service"}])[
            0
        ]
        admin.call(
            "o2c.shopify.shop",
            "write",
            [shop],
            {"unknown_product_policy": "placeholder", "placeholder_product_id": template},
        )
        retry(admin, typed_in)
        admin.call("o2c.shopify.shop", "write", [shop], {"unknown_product_policy": "stop"})


def _gids(admin: Session, issues: list[dict]) -> dict[int, str]:
    orders = [issue["sale_order_id"][0] for issue in issues]
    found = admin.search_read("sale.order", [("id", "in", orders)], ["shopify_gid"])
    return {order["id"]: order["shopify_gid"] for order in found}


def _enter_product(admin: Session, line: dict) -> None:
    sku = line["sku"]
    if not sku or admin.search("product.product", [("default_code", "=", sku)]):
        return
    product = admin.call(
        "product.product",
        "create",
        [{"name": line["title"], "default_code": sku, "is_storable": True, "weight": 0.5}],
    )[0]
    place = admin.search_read("stock.warehouse", [], ["lot_stock_id"], limit=1)[0]["lot_stock_id"][0]
    context = {**admin.context, "inventory_mode": True}
    values = {"product_id": product, "location_id": place, "inventory_quantity": 100}
    quant = admin.call("stock.quant", "create", [values], context=context)
    admin.call("stock.quant", "action_apply_inventory", quant, context=context)


def risky(admin: Session, issues: list[dict]) -> None:
    """Look at the customer, trust them, confirm the order by hand."""
    for issue in issues:
        admin.call("sale.order", "action_confirm", [issue["sale_order_id"][0]])
    retry(admin, issues)


def customers_pay(world: World, made: list[dict]) -> list[str]:
    """What was not paid at the check-out is paid now; returns the names of these orders."""
    late = [order for order in made if set(order["kinds"]) & set(UNPAID)]
    for order in late:
        world.post("shopify/pay", order=order["gid"])
    return [order["name"] for order in late]


def expected(made: list[dict], issues: list[dict], gids: dict[int, str]) -> list[str]:
    """What is told beyond, or short of, what has to be told about these orders."""
    kinds = {order["gid"]: order["kinds"] for order in made}
    found = {(gids.get((issue["sale_order_id"] or [0])[0], "?"), issue["kind"]) for issue in issues}
    wanted = {(order["gid"], NEEDS[kind]) for order in made for kind in order["kinds"] if kind in NEEDS}
    names = {order["gid"]: order["name"] for order in made}
    wrong = [f"{names.get(gid, gid)}: unexpected {kind} ({kinds.get(gid)})" for gid, kind in found - wanted]
    return wrong + [f"{names[gid]}: nothing said about {kind}" for gid, kind in wanted - found]


def must_be_as_expected(admin: Session, made: list[dict]) -> list[dict]:
    """The issues of orders taken over, which are exactly those that these kinds deserve."""
    issues = told(admin)
    wrong = expected(made, issues, _gids(admin, [issue for issue in issues if issue["sale_order_id"]]))
    if wrong:
        raise Failure(
            "What Odoo tells about the orders is not what it should:\n"
            + "\n".join([*wrong, *(issue["message"] for issue in issues)])
        )
    return issues
