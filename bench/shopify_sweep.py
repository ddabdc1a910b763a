"""What a sweep over changed orders costs at Shopify: calls, and points of its budget."""

from unittest.mock import patch

from . import shopify_shop

ORDERS = 500


def run(bench) -> None:
    from odoo.addons.o2c_shopify_connector.lib.client import ShopifyClient

    orders = bench.size(ORDERS)
    world = bench.world("sweep")
    shop = shopify_shop.connect(bench.env, world)
    shopify_shop.stock_up(bench.env, shop.variant_ids.product_id)
    world.post("checkout", count=orders, seed=1)
    shop.order_cursor = False
    points = []
    execute = ShopifyClient.execute

    def counted(self, *args, **kwargs):
        answer = execute(self, *args, **kwargs)
        points.append(answer.cost["actualQueryCost"])
        return answer

    before = len(_calls(world))
    with patch.object(ShopifyClient, "execute", counted):
        queued = shop.sync_orders()
        inbox = bench.env["o2c.inbox.event"]
        while inbox.search_count([("state", "=", "new")]):
            shop._process_inbox()
            bench.env.cr.commit()
    calls = _calls(world)[before:]
    taken = bench.env["sale.order"].search_count([("shopify_shop_id", "=", shop.id)])
    if (queued, taken) != (orders, orders):
        raise RuntimeError(f"{orders} orders were placed, {queued} queued and {taken} taken over")
    names = sorted({call["operation"] for call in calls})
    bench.tell(
        "API calls for 25 orders in a sweep",
        len(calls) * 25 / orders,
        at_most=1,
        note=f"{len(calls)} calls for {orders} orders of the usual mixture: {', '.join(names)}",
    )
    bench.tell("points of Shopify's budget for an order", sum(points) / orders)


def _calls(world):
    return [call for call in world.get("requests")["requests"] if call["platform"] == "shopify"]
