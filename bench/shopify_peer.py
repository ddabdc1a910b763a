"""The same paid orders taken over by OCA's `shopify_connector` and by ours, from the same shop.

OCA's needs the customer, the articles, taxes and journals to be there; it takes every order for one guest,
where ours makes a customer for each. It asks for one order at a time, in a job for each, as its webhooks do.
"""

from itertools import count
from unittest.mock import patch

import requests

from . import purchases, shopify_orders, shopify_shop
from .measuring import Contestant, compete, ratio, versus

ORDERS = 50
ROUNDS = 3


def run(bench) -> None:
    orders = bench.size(ORDERS)
    world = bench.world("peer")
    world.post("shopify/plan", maximum=20000, restore=1000)
    shop = shopify_shop.connect(bench.env, world)
    shopify_shop.stock_up(bench.env, shop.variant_ids.product_id)
    instance = _connect(bench.stock, world, shop)
    numbers = count(1, 1000)

    def place(size):
        bought = purchases.make(size, next(numbers))
        made = world.post("orders", orders=[purchase.as_shopify() for purchase in bought])["orders"]
        return bought, [order["gid"] for order in made]

    def ours(size=orders):
        bought, _gids = place(size)
        return lambda: shopify_orders.check(shopify_orders.take(bench.env, shop), bought)

    def theirs(size=orders):
        bought, gids = place(size)
        return lambda: shopify_orders.check(_take(bench.stock, world, shop, instance, gids), bought)

    ours(5)()
    # What was placed for the one is seen by the other's sweep as well: that is not part of the race.
    theirs(5)()
    samples = compete(
        {
            "ours": Contestant(bench.env, _after_sweep(bench.env, shop, ours)),
            "OCA": Contestant(bench.stock, theirs),
        },
        ROUNDS,
    )
    bench.tell(
        f"{orders} paid orders, OCA's shopify_connector against ours",
        ratio(samples["OCA"], samples["ours"]),
        "x",
        note=versus(samples["OCA"], samples["ours"], orders),
    )


def _after_sweep(env, shop, prepare):
    def prepared():
        shopify_orders.take(env, shop)
        return prepare()

    return prepared


def _take(env, world, shop, instance, gids):
    """One job for each order, as the webhook of a new order starts it, each with its commit."""
    domain = f"https://{shop.domain}"
    request = requests.Session.request

    def at_the_sandbox(self, method, url, *args, **kwargs):
        return request(
            self, method, url.replace(domain, f"{world.url}/shopify/{shop.domain}", 1), *args, **kwargs
        )

    with patch.object(requests.Session, "request", at_the_sandbox):
        for gid in gids:
            env["shopify.order"]._job_import_order_from_api(instance.id, gid)
            env.cr.commit()
    taken = env["shopify.order"].search([("shopify_id", "in", gids)])
    if len(taken.odoo_id) != len(gids):
        raise RuntimeError(f"OCA: {taken.mapped('error_message')[:1]}")
    return taken.odoo_id


def _connect(env, world, shop):
    """What an administrator of OCA's connector sets up by hand."""
    keys = world.get("credentials")["shopify"]
    tax = env.company.account_sale_tax_id.copy(
        {"name": "21% included", "price_include_override": "tax_included"}
    )
    journal = env["account.journal"].create({"name": "Mollie EUR", "code": "MOLB", "type": "bank"})
    instance = env["shopify.instance"].create(
        {
            "name": "Garden Lane",
            "shop_url": keys["domain"],
            "access_token": keys["access_token"],
            "state": "connected",
            "order_confirmation_policy": "auto",
            "order_invoicing_policy": "paid",
            "guest_partner_id": env["res.partner"].create({"name": "Guest", "company_id": env.company.id}).id,
        }
    )
    env["shopify.tax.mapping"].create(
        {
            "instance_id": instance.id,
            "rate": "0.21",
            "country_id": env.ref("base.nl").id,
            "price_included": True,
            "tax_id": tax.id,
        }
    )
    env["shopify.gateway.journal"].create(
        {"instance_id": instance.id, "gateway": "mollie - ideal", "journal_id": journal.id}
    )
    wanted = [sku for sku, _unit, _rate in purchases.GOODS]
    for variant in shop.variant_ids.filtered(lambda variant: variant.product_id.default_code in wanted):
        _article(env, instance, variant, tax)
    return instance


def _article(env, instance, variant, tax):
    product = env["product.product"].create(
        {
            "name": variant.product_id.name,
            "default_code": variant.product_id.default_code,
            "type": "consu",
            "is_storable": True,
            "weight": 0.5,
            "taxes_id": [(6, 0, tax.ids)],
            "invoice_policy": "order",
            "company_id": env.company.id,
        }
    )
    shopify_shop.stock_up(env, product)
    binding = env["shopify.product.template"].search(
        [("instance_id", "=", instance.id), ("shopify_id", "=", variant.product_gid)]
    ) or env["shopify.product.template"].create(
        {
            "instance_id": instance.id,
            "shopify_id": variant.product_gid,
            "odoo_id": product.product_tmpl_id.id,
        }
    )
    env["shopify.product.variant"].create(
        {
            "instance_id": instance.id,
            "shopify_id": variant.gid,
            "template_binding_id": binding.id,
            "odoo_id": product.id,
        }
    )
