"""Two hundred deliveries validated at once, against stock Odoo without a carrier; then their labels, and all
of them in one file."""

import time

from .measuring import Contestant, compete, ratio, versus
from .shopify_shop import stock_up

DELIVERIES = 200
ROUNDS = 5


def run(bench) -> None:
    deliveries = bench.size(DELIVERIES)
    world = bench.world("labels", shop="empty")
    carrier = _connect(bench.env, world)
    goods, others = _goods(bench.env), _goods(bench.stock)
    last = {}

    def ours(size=deliveries):
        last["pickings"] = pickings = _deliveries(bench.env, goods, size, carrier_id=carrier.id)
        return lambda: _validate(pickings)

    def stock(size=deliveries):
        pickings = _deliveries(bench.stock, others, size)
        return lambda: _validate(pickings)

    ours(5)()
    stock(5)()
    samples = compete({"ours": Contestant(bench.env, ours), "stock": Contestant(bench.stock, stock)}, ROUNDS)
    mine, theirs = samples["ours"], samples["stock"]
    bench.tell(
        f"{deliveries} deliveries validated at once, against stock Odoo without a carrier",
        ratio(mine, theirs),
        "x",
        at_most=1.15,
        note=versus(mine, theirs, deliveries),
    )
    bench.tell(
        f"queries with {(ROUNDS - 1) * deliveries} deliveries done before, against few",
        mine[-1].queries / mine[0].queries,
        "x",
        at_most=1.01,
        note=f"{mine[-1].queries / deliveries:.1f} and {mine[0].queries / deliveries:.1f} for each",
    )
    _labels(bench, world, last["pickings"])


def _labels(bench, world, pickings) -> None:
    world.post("sendcloud/options", limits=True)
    before = len(world.get("sendcloud/labels")["labels"])
    started = time.monotonic()
    for shipment in pickings.sendcloud_shipment_ids:
        _announce(bench.env, shipment)
    minutes = (time.monotonic() - started) / 60
    sold = len(world.get("sendcloud/labels")["labels"]) - before
    ready = pickings.filtered("sendcloud_label_ready")
    if (sold, len(ready)) != (len(pickings), len(pickings)):
        raise RuntimeError(f"{sold} labels sold and {len(ready)} ready for {len(pickings)} deliveries")
    refused = sum(call["status"] == 429 for call in world.get("requests")["requests"])
    bench.tell(
        "labels a minute, with Sendcloud's limit of 100 writes a minute",
        sold / minutes,
        at_least=85,
        note=f"{sold} labels in {minutes:.1f} minutes; Sendcloud refused {refused} calls",
    )
    bench.env.invalidate_all()
    started = time.monotonic()
    content, _extension = pickings._sendcloud_labels_file()
    bench.tell(
        f"one file with {len(pickings)} labels",
        time.monotonic() - started,
        "s",
        at_most=5,
        note=f"{len(content) / 1e6:.1f} MB",
    )


def _announce(env, shipment) -> None:
    """As the job runner does: a job that has to wait is tried again when it asks for it."""
    from odoo.addons.queue_job.exception import RetryableJobError

    while True:
        try:
            shipment._job_announce()
            env.cr.commit()
            return
        except RetryableJobError as error:
            env.cr.rollback()
            time.sleep(error.seconds or 1)


def _connect(env, world):
    """A connected account, and one of its shipping options as delivery method."""
    keys = world.get("credentials")["sendcloud"]
    env.company.partner_id.write({"street": "Stadhuisplein 10", "zip": "5611 EM", "city": "Eindhoven"})
    env.company.partner_id.write({"phone": "+31401234567", "email": "shop@example.com"})
    account = env["o2c.sendcloud.account"].create(
        {
            "name": "Garden Lane",
            "public_key": keys["public_key"],
            "secret_key": keys["secret_key"],
            "sample_country_ids": [(6, 0, env.ref("base.nl").ids)],
        }
    )
    account.action_test_connection()
    account.sync_shipping_options()
    return account.create_carriers(["postnl:standard"])


def _goods(env):
    product = env["product.product"].create(
        {
            "name": "Trowel",
            "default_code": "TROWEL",
            "type": "consu",
            "is_storable": True,
            "weight": 0.8,
            "list_price": 12.5,
        }
    )
    stock_up(env, product)
    return product


def _deliveries(env, product, count, **values):
    """So many orders of different customers, confirmed, their goods picked."""
    partners = env["res.partner"].create(
        [
            {
                "name": f"Customer {number}",
                "street": f"Kerkstraat {number + 1}",
                "zip": "1012 AB",
                "city": "Amsterdam",
                "country_id": env.ref("base.nl").id,
                "email": f"customer{number}@garden.example",
                "phone": "+31612345678",
            }
            for number in range(count)
        ]
    )
    line = {"product_id": product.id, "product_uom_qty": 2, "price_unit": 12.5}
    orders = env["sale.order"].create(
        [{"partner_id": partner.id, "order_line": [(0, 0, line)], **values} for partner in partners]
    )
    orders.with_context(send_email=False).action_confirm()
    orders.picking_ids.move_ids.picked = True
    env.flush_all()
    return orders.picking_ids


def _validate(pickings) -> None:
    pickings.button_validate()
    states = set(pickings.mapped("state"))
    if states != {"done"}:
        raise RuntimeError(f"Validating ended in {', '.join(states)}")
