"""What must be true of every kind of order, asked of both sides."""

from collections import Counter
from decimal import Decimal

from . import bank
from .control import World
from .mending import LEFT_ALONE
from .proofs import Facts, mollie_balance, money, proof
from .rpc import Session

ENDS = ("done", "cancelled")


def shop_orders(world: World) -> dict[str, dict]:
    """Every order of the shop, whole, by its id."""
    return {
        order["gid"]: {**order, **world.get(f"shopify/order?order={order['gid']}")}
        for order in world.get("state")["orders"]
    }


# === Matching === #


def matching(admin: Session, orders: dict[str, dict], transfers: list[bank.Transfer]) -> list[dict]:
    """What has one right answer is matched by itself, nothing wrongly, and the rest is well proposed."""
    truth = {transfer.line: transfer.document for transfer in transfers}
    certain = {transfer.line for transfer in transfers if transfer.certain}
    for line, gid in _of_mollie(admin, orders).items():
        truth[line] = gid
        if not _in_other_money(orders[gid]):
            certain.add(line)
    applied = _documents(admin, _applied(admin))
    rest = truth.keys() - certain
    first = bank.first_proposals(admin, list(rest))
    proposed = _documents(admin, [{**match, "line_ids": [line]} for line, match in first.items()])
    right = {line for line in truth if truth[line] in applied.get(line, ())}
    well = sum(line in right or truth[line] in proposed.get(line, ()) for line in rest)
    share = 100 * well // len(rest) if rest else 100
    return [
        proof("bank lines with one right answer, matched by themselves", len(certain & right), len(certain)),
        proof("bank lines matched wrongly", len(applied.keys() & truth.keys() - right), 0),
        {
            "proof": f"the right proposal is first, for {len(rest)} other bank lines (%, at least 95)",
            "odoo": share,
            "outside": 95,
            "holds": share >= 95,
        },
    ]


def _in_other_money(order: dict) -> bool:
    """The customer paid in a currency that the books do not keep: Mollie's rate is not the shop's."""
    return order["presentment_currency"] != order["currency"]


def _of_mollie(admin: Session, orders: dict[str, dict]) -> dict[int, str]:
    """Mollie's bank lines -> the order that the shop says was paid, or paid back, by it."""
    payer = {
        row["paymentId"]: gid
        for gid, order in orders.items()
        for row in order["transactions"]
        if row["paymentId"] and row["status"] == "SUCCESS"
    }
    lines = admin.search_read(
        "account.bank.statement.line",
        [("mollie_kind", "in", ("payment", "capture", "refund"))],
        ["mollie_description"],
    )
    return {line["id"]: payer[line["mollie_description"]] for line in lines}


def _applied(admin: Session) -> list[dict]:
    return admin.search_read(
        "o2c.match",
        [("state", "=", "applied"), ("automatic", "=", True)],
        ["line_ids", "item_ids", "move_ids"],
    )


def _documents(admin: Session, matches: list[dict]) -> dict[int, set]:
    """Bank line -> what these matches join it with: documents, and the orders of shop payments."""
    items = [item for match in matches for item in match["item_ids"]]
    payments = {
        item["id"]: item["payment_id"][0]
        for item in admin.search_read("account.move.line", [("id", "in", items)], ["payment_id"])
        if item["payment_id"]
    }
    transactions = admin.search_read(
        "o2c.shopify.transaction",
        [("payment_id", "in", list(payments.values()))],
        ["payment_id", "sale_order_id"],
    )
    gids = {
        order["id"]: order["shopify_gid"]
        for order in admin.search_read("sale.order", [("shopify_gid", "!=", False)], ["shopify_gid"])
    }
    order_of = {row["payment_id"][0]: gids[row["sale_order_id"][0]] for row in transactions}
    found = {}
    for match in matches:
        documents = set(match["move_ids"])
        documents |= {order_of.get(payments.get(item)) for item in match["item_ids"]} - {None}
        for line in match["line_ids"]:
            found.setdefault(line, set()).update(documents)
    return found


# === Orders === #


def check(admin: Session, facts: Facts, orders: dict[str, dict]) -> list[dict]:
    """Every proof about the orders; `orders`: those of the shop, by id."""
    kept = {gid: order for gid, order in orders.items() if not set(order["kinds"]) & set(LEFT_ALONE)}
    ours = {order["shopify_gid"]: order for order in facts.orders}
    books = _books(admin, facts)
    return [
        proof("orders in the shop = orders in Odoo", len(ours.keys() & kept.keys()), len(kept)),
        proof("orders that Odoo should have left alone", len(ours.keys() - kept.keys()), 0),
        proof("invoices less credit notes, to the cent", *_compare(kept, books, "billed", _charged)),
        proof("VAT of the same, to the cent", *_compare(kept, books, "tax", _charged_tax)),
        proof("money received less money given back", *_compare(kept, books, "paid", _net_payment)),
        proof("left open on invoices and credit notes", sum(book["open"] for book in books.values()), 0),
        proof("labels sold = deliveries sent with Sendcloud", *_labels(facts)),
        proof("what parcels met", *_parcels(facts)),
        proof("stock in the shop = free stock in Odoo, place by place", *_stock(admin, facts, orders)),
        proof("journal balance = Mollie's balance", facts.journal_balance, mollie_balance(facts)),
        proof("orders done or cancelled", sum(o["o2c_stage"] in ENDS for o in facts.orders), len(kept)),
        proof("open issues", len(facts.issues), 0),
    ]


def _compare(kept, books, what, outside):
    wrong = [
        f"{order['name']} ({', '.join(order['kinds'])}): {books[gid][what]} instead of {outside(order)}"
        for gid, order in kept.items()
        if gid in books and books[gid][what] != outside(order)
    ]
    return "; ".join(wrong) or "all equal", "all equal"


def _amount(bag) -> Decimal:
    return money(bag["shopMoney"]["amount"]) if bag else Decimal("0.00")


def _charged(order) -> Decimal:
    return _amount(order["currentTotalPriceSet"])


def _charged_tax(order) -> Decimal:
    return _amount(order["currentTotalTaxSet"])


def _net_payment(order) -> Decimal:
    return _amount(order["netPaymentSet"])


def _books(admin: Session, facts: Facts) -> dict[str, dict]:
    """Order id at the shop -> what Odoo's books say of it."""
    moves = {
        move["id"]: move
        for move in admin.search_read(
            "account.move",
            [("id", "in", list(facts.invoices)), ("state", "=", "posted")],
            ["move_type", "amount_total", "amount_tax", "amount_residual"],
        )
    }
    transactions = admin.search_read(
        "o2c.shopify.transaction", [("payment_id", "!=", False)], ["sale_order_id", "kind", "amount"]
    )
    books = {}
    for order in facts.orders:
        own = [moves[move] for move in order["invoice_ids"] if move in moves]
        signed = [(1 if move["move_type"] == "out_invoice" else -1, move) for move in own]
        paid = [row for row in transactions if row["sale_order_id"][0] == order["id"]]
        books[order["shopify_gid"]] = {
            "billed": sum((sign * money(move["amount_total"]) for sign, move in signed), money(0)),
            "tax": sum((sign * money(move["amount_tax"]) for sign, move in signed), money(0)),
            "open": sum((money(move["amount_residual"]) for move in own), money(0)),
            "paid": sum(
                ((-1 if row["kind"] == "REFUND" else 1) * money(row["amount"]) for row in paid), money(0)
            ),
        }
    return books


def _kept_back(facts: Facts, orders) -> Counter:
    """Pieces of open orders that Odoo left alone, by place and SKU: the shop has promised them."""
    ours = {order["shopify_gid"] for order in facts.orders}
    found = Counter()
    for gid, order in orders.items():
        for part in order["fulfillmentOrders"] if gid not in ours else ():
            for line in part["lineItems"]:
                found[part["assignedLocation"]["name"], line["sku"]] += line["remainingQuantity"]
    return found


def _stock(admin: Session, facts: Facts, orders):
    """Levels of both sides; places and goods that only one side has are left out."""
    places = {
        place["name"]: place["warehouse_id"][0]
        for place in admin.search_read("o2c.shopify.location", [], ["name", "warehouse_id"])
        if place["warehouse_id"]
    }
    free, kept_back = {}, _kept_back(facts, orders)
    for name, warehouse in places.items():
        goods = admin.search_read(
            "product.product",
            [("is_storable", "=", True), ("default_code", "!=", False)],
            ["default_code", "free_qty"],
            context={**admin.context, "warehouse_id": warehouse},
        )
        for row in goods:
            key = (name, row["default_code"])
            free[key] = int(row["free_qty"]) - kept_back[key]
    shop = {(level["location"], level["sku"]): level["available"] for level in facts.inventory}
    both = shop.keys() & free.keys()
    wrong = [f"{key}: {free[key]} instead of {shop[key]}" for key in sorted(both) if free[key] != shop[key]]
    return "; ".join(wrong) or f"{len(both)} levels", f"{len(both)} levels" if both else "stock levels"


def _parcels(facts: Facts):
    """That a day had everything in it that was promised, by what Sendcloud itself has sold."""
    outgoing = [label for label in facts.labels if label["direction"] == "outgoing"]
    met = {
        "several parcels": any(len(label["parcel_ids"]) > 1 for label in outgoing),
        "customs": any(label["shipping_option_code"] == "postnl:parcels_non_eu" for label in outgoing),
        "service point": any("service_point" in label["shipping_option_code"] for label in outgoing),
        "cancelled label": any(label["cancelled"] for label in outgoing),
        "return": any(label["direction"] != "outgoing" for label in facts.labels),
    }
    return ", ".join(name for name, happened in met.items() if happened), ", ".join(met)


def _labels(facts: Facts):
    sold = [label for label in facts.labels if not label["cancelled"] and label["direction"] == "outgoing"]
    sent = [picking for picking in facts.pickings.values() if picking["carrier_tracking_ref"]]
    return len(sent), len(sold)
