"""What must be true in the end, asked of both sides: of Odoo, and of the platforms themselves."""

from dataclasses import dataclass
from decimal import Decimal

from .connect import Connections
from .control import World
from .rpc import Session


@dataclass(frozen=True)
class Facts:
    """What Odoo's database and the outside world say, each in its own words."""

    shop_orders: list[dict]
    inventory: list[dict]
    labels: list[dict]
    mollie: dict
    orders: list[dict]
    invoices: dict[int, dict]
    pickings: dict[int, dict]
    matches: dict[int, str]
    settlements: dict[int, str]
    journal_balance: Decimal
    free_stock: dict[str, int]
    issues: list[dict]


def collect(admin: Session, world: World, connections: Connections) -> Facts:
    state = world.get("state")
    orders = admin.search_read(
        "sale.order",
        [("shopify_shop_id", "=", connections.shop)],
        [
            "name",
            "shopify_gid",
            "shopify_name",
            "amount_untaxed",
            "amount_tax",
            "amount_total",
            "state",
            "o2c_stage",
            "invoice_ids",
            "picking_ids",
        ],
        order="id",
    )
    invoices = admin.search_read(
        "account.move",
        [("id", "in", [invoice for order in orders for invoice in order["invoice_ids"]])],
        ["name", "state", "payment_state", "amount_untaxed", "amount_tax", "amount_total"],
    )
    pickings = admin.search_read(
        "stock.picking",
        [("id", "in", [picking for order in orders for picking in order["picking_ids"]])],
        ["name", "state", "carrier_id", "carrier_tracking_ref", "o2c_delivered_at"],
    )
    matches, settlements = _matches(admin)
    return Facts(
        shop_orders=state["orders"],
        inventory=state["inventory"],
        labels=world.get("sendcloud/labels")["labels"],
        mollie=state["mollie"],
        orders=orders,
        invoices={invoice["id"]: invoice for invoice in invoices},
        pickings={picking["id"]: picking for picking in pickings},
        matches=matches,
        settlements=settlements,
        journal_balance=_journal_balance(admin, connections.mollie_journal),
        free_stock=_free_stock(admin),
        issues=admin.search_read("o2c.issue", [("state", "=", "open")], ["kind", "message"]),
    )


def _matches(admin: Session) -> tuple[dict[int, str], dict[int, str]]:
    """Invoice id -> the rule that matched its payment, and -> the settlement that it came with."""
    lines = admin.search_read(
        "account.bank.statement.line",
        [("mollie_kind", "in", ("payment", "capture"))],
        ["id", "mollie_settlement_id"],
    )
    reference = {line["id"]: (line["mollie_settlement_id"] or [0, ""])[1] for line in lines}
    rules, settlements = {}, {}
    for match in admin.search_read(
        "o2c.match", [("state", "=", "applied")], ["line_ids", "move_ids", "model_id"]
    ):
        for invoice in match["move_ids"]:
            rules[invoice] = (match["model_id"] or [0, ""])[1]
            settlements[invoice] = ", ".join(
                reference[line] for line in match["line_ids"] if line in reference
            )
    return rules, settlements


def _journal_balance(admin: Session, journal: int) -> Decimal:
    account = admin.search_read("account.journal", [("id", "=", journal)], ["default_account_id"])
    groups = admin.call(
        "account.move.line",
        "formatted_read_group",
        [("account_id", "=", account[0]["default_account_id"][0]), ("parent_state", "=", "posted")],
        groupby=[],
        aggregates=["balance:sum"],
    )
    return money(groups[0]["balance:sum"] or 0)


def _free_stock(admin: Session) -> dict[str, int]:
    products = admin.search_read(
        "product.product",
        [("is_storable", "=", True), ("default_code", "!=", False)],
        ["default_code", "free_qty"],
    )
    return {product["default_code"]: int(product["free_qty"]) for product in products}


def money(value) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def before_settlement(admin: Session, world: World, connections: Connections) -> list[dict]:
    """What must be true when the orders are paid and Mollie has settled nothing yet.

    Each invoice is In Payment: it was paid, the bank has not shown it. And what lies on the journal's
    outstanding account is what Mollie holds for the merchant before its fees.
    """
    orders = world.get("state")["orders"]
    in_payment = admin.call(
        "account.move",
        "search_count",
        [("move_type", "=", "out_invoice"), ("payment_state", "=", "in_payment")],
    )
    payments = admin.search_read(
        "account.payment",
        [("journal_id", "=", connections.mollie_journal), ("is_matched", "=", False)],
        ["amount"],
    )
    outstanding = sum((money(payment["amount"]) for payment in payments), Decimal())
    paid = sum((money(order["total"]) for order in orders), Decimal())
    return [
        proof("invoices In Payment before the settlement", in_payment, len(orders)),
        proof("payments outstanding before the settlement", outstanding, paid),
    ]


def check(facts: Facts) -> list[dict]:
    """Every proof: its name, both sides, and whether it holds."""
    return [
        proof("orders in the shop = orders in Odoo", *_orders(facts)),
        proof("amounts equal to the cent (order and invoice; untaxed, tax, total)", *_amounts(facts)),
        proof("labels sold = deliveries", *_labels(facts)),
        proof("journal balance = Mollie's balance", facts.journal_balance, mollie_balance(facts)),
        proof("stock in the shop = free stock in Odoo", *_stock(facts)),
        proof(
            "orders done", sum(order["o2c_stage"] == "done" for order in facts.orders), len(facts.shop_orders)
        ),
        proof("open issues", len(facts.issues), 0),
    ]


def proof(name: str, odoo, outside) -> dict:
    return {"proof": name, "odoo": _plain(odoo), "outside": _plain(outside), "holds": odoo == outside}


def _plain(value):
    return value if isinstance(value, int) else str(value)


def _orders(facts: Facts):
    ours = sorted(order["shopify_gid"] for order in facts.orders)
    theirs = sorted(order["gid"] for order in facts.shop_orders)
    return (
        (len(ours), len(theirs)) if ours == theirs or len(ours) != len(theirs) else (str(ours), str(theirs))
    )


def _amounts(facts: Facts):
    theirs = {order["gid"]: (money(order["total"]), money(order["tax"])) for order in facts.shop_orders}
    wrong = []
    for order in facts.orders:
        documents = [order, *(facts.invoices[invoice] for invoice in order["invoice_ids"])]
        for document in documents:
            total, tax = theirs[order["shopify_gid"]]
            found = (money(document["amount_total"]), money(document["amount_tax"]))
            if found != (total, tax) or money(document["amount_untaxed"]) != total - tax:
                wrong.append(f"{document['name']} {found} instead of {(total, tax)}")
    return ("all equal" if not wrong else "; ".join(wrong), "all equal")


def _labels(facts: Facts):
    sold = [label for label in facts.labels if not label["cancelled"]]
    deliveries = [picking for picking in facts.pickings.values() if picking["state"] == "done"]
    return len(deliveries), len(sold)


def mollie_balance(facts: Facts) -> Decimal:
    return sum((money(balance["available"]) for balance in facts.mollie["balances"]), Decimal())


def _stock(facts: Facts):
    shop = {level["sku"]: level["available"] for level in facts.inventory if level["sku"] in facts.free_stock}
    wrong = [
        f"{sku}: {facts.free_stock[sku]} instead of {available}"
        for sku, available in sorted(shop.items())
        if facts.free_stock[sku] != available
    ]
    if not shop:
        return "nothing to compare", "stock levels"
    return "; ".join(wrong) or f"{len(shop)} levels", f"{len(shop)} levels"
