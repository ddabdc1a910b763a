"""Paid orders from Shopify to confirmed, invoiced and paid, against the same records made in stock Odoo."""

from decimal import Decimal
from itertools import count

from . import purchases, shopify_shop, stock_orders
from .measuring import Contestant, compete, end_job, measure, middle, ratio, versus

ORDERS = 500
ROUNDS = 3
FEW = 50


def run(bench) -> None:
    orders, few_orders = bench.size(ORDERS), bench.size(FEW)
    world = bench.world("orders")
    world.post("shopify/plan", maximum=20000, restore=1000)
    shop = shopify_shop.connect(bench.env, world)
    shopify_shop.stock_up(bench.env, shop.variant_ids.product_id)
    stock = stock_orders.prepare(bench.stock)
    numbers = count(1, orders)

    def ours(size=orders):
        bought = purchases.make(size, next(numbers))
        world.post("orders", orders=[purchase.as_shopify() for purchase in bought])
        return lambda: check(take(bench.env, shop), bought)

    def alone():
        bought = purchases.make(few_orders, next(numbers))
        made = world.post("orders", orders=[purchase.as_shopify() for purchase in bought])
        return lambda: check(_import_one_by_one(bench.env, shop, made["orders"]), bought)

    def batch():
        bought = purchases.make(orders, next(numbers))
        return lambda: check(stock_orders.take(stock, bought), bought)

    def singly():
        bought = purchases.make(few_orders, next(numbers))
        return lambda: _one_by_one(stock, bought)

    # Caches are filled before anything is measured.
    ours(few_orders)()
    stock_orders.take(stock, purchases.make(few_orders, next(numbers)))
    few = measure(bench.env, ours(few_orders))
    samples = compete(
        {
            "ours": Contestant(bench.env, ours),
            "alone": Contestant(bench.env, alone),
            "batch": Contestant(bench.stock, batch),
            "singly": Contestant(bench.stock, singly),
        },
        ROUNDS,
    )
    mine, theirs = samples["ours"], samples["batch"]
    bench.tell(
        f"{orders} paid orders of 3 lines, against stock Odoo's calls for all at once",
        ratio(mine, theirs),
        "x",
        at_most=1.25,
        note=versus(mine, theirs, orders),
    )
    bench.tell(
        "faster than importing them one by one, each with its call and its transaction",
        ratio(samples["alone"], mine) * orders / few_orders,
        "x",
        at_least=3,
        note=_singly(samples["alone"], mine, few_orders, orders),
    )
    bench.tell(
        "faster than stock Odoo one by one, which asks nobody",
        ratio(samples["singly"], mine) * orders / few_orders,
        "x",
        note=_singly(samples["singly"], mine, few_orders, orders)
        + f"; stock Odoo's own calls for all at once are "
        f"{ratio(samples['singly'], theirs) * orders / few_orders:.2f} x faster than that",
    )
    bench.tell(
        f"queries for an order of {orders}, against one of {few_orders}",
        middle(mine).queries / orders / (few.queries / few_orders),
        "x",
        at_most=1,
        note=f"{middle(mine).queries / orders:.1f} and {few.queries / few_orders:.1f}",
    )


def _singly(singly, mine, few_orders, orders) -> str:
    return (
        f"{few_orders} one by one took {middle(singly).seconds:.2f} s; "
        f"processor {ratio(singly, mine, 'cpu') * orders / few_orders:.2f} x"
    )


def _import_one_by_one(env, shop, orders):
    """As a job for each webhook would do it."""
    for order in orders:
        shop._import_orders([order["gid"]])
        end_job(env)
    return env["sale.order"].search([("shopify_gid", "in", [order["gid"] for order in orders])])


def _one_by_one(stock, bought):
    """Each order in a transaction of its own, as a call or a job for each would do it."""
    for purchase in bought:
        stock_orders.take(stock, [purchase])
        end_job(stock.env)


def take(env, shop):
    """What the scheduled action and the job runner do, each step with its commit."""
    known = env["sale.order"].search([("shopify_shop_id", "=", shop.id)])
    shop.sync_orders()
    env.cr.commit()
    while env["o2c.inbox.event"].search_count([("state", "=", "new")]):
        shop._process_inbox()
        env.cr.commit()
    return env["sale.order"].search([("shopify_shop_id", "=", shop.id)]) - known


def check(orders, bought):
    """Both sides did the whole work, to the cent."""
    total = sum(purchase.total for purchase in bought)
    invoices = orders.invoice_ids
    found = {
        "orders": len(orders.filtered(lambda order: order.state == "sale")),
        "total": Decimal(f"{sum(orders.mapped('amount_total')):.2f}"),
        "invoices": len(invoices.filtered(lambda move: move.payment_state in ("paid", "in_payment"))),
        "deliveries": len(orders.picking_ids.filtered(lambda picking: picking.state == "assigned")),
    }
    wanted = {"orders": len(bought), "total": total, "invoices": len(bought), "deliveries": len(bought)}
    if found != wanted:
        raise RuntimeError(f"{found} instead of {wanted}")
