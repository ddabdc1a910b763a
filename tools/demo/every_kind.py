"""`./o2c demo --every-kind`: every kind of order, the bad ones too, mended as people mend them."""

from ..console import say, step
from . import (
    actors,
    afterwards,
    bank,
    connect,
    control,
    deck,
    mending,
    parcels,
    proofs,
    report,
    thorough,
    waiting,
)
from .rpc import Session


def play(admin: Session, world: control.World, orders: int, seed: int) -> tuple[list[dict], list[dict]]:
    """Let the outside world and the people act; return the table and the proofs."""
    with step("Connecting the shop, Mollie and Sendcloud"):
        connect.second_warehouse(admin)
        connect.a_till(admin)
        connections = connect.everything(admin, world)
        connect.every_way_to_pay(admin, connections)
        parcels.connect_more_carriers(admin, connections.sendcloud)
        connect.stock_the_warehouse(admin)
        connect.hurry_scheduled_actions(admin)
        warehouse = connect.log_in(admin, "warehouse", connect.WAREHOUSE_ROLES)
        accountant = connect.log_in(admin, "accountant", connect.ACCOUNTANT_ROLES)
    kinds = deck.deal(world, orders, seed)
    made = world.post("checkout", count=orders, seed=seed, kinds=kinds)["orders"]
    waiting.for_jobs(admin, world, "Orders taken over")
    issues = mending.must_be_as_expected(admin, made)
    say(f"  {len(issues)} orders wait for a person, as they should; they are mended now")
    mending.products(admin, connections.shop, world, [i for i in issues if i["kind"] == "product"])
    mending.risky(admin, [i for i in issues if i["kind"] == "order"])
    mending.customers_pay(world, made)
    changes = afterwards.before_shipping(world, made)
    waiting.for_jobs(admin, world, "Orders mended, paid, changed and cancelled")
    parcels.ship(admin, warehouse, world)
    waiting.for_jobs(admin, world, "Labels made")
    for status in ("in_transit", "delivered"):
        actors.carrier_scans(world, status)
    waiting.for_jobs(admin, world, "Parcels delivered")
    changes += afterwards.goods_come_back(admin, warehouse, world, made)
    settlements = actors.mollie_settles_and_pays_out(world)
    waiting.for_jobs(admin, world, "Settlement read")
    actors.bank_feed_brings_deposits(accountant, connections.bank_journal, settlements)
    truth = bank.customers_transfer(admin, accountant, connections.bank_journal, made)
    waiting.for_jobs(admin, world, "Bank lines matched")
    matching = thorough.matching(admin, thorough.shop_orders(world), truth)
    bank.accountant_decides(accountant)
    waiting.for_jobs(admin, world, "Orders done")
    facts = proofs.collect(admin, world, connections)
    for change in changes:
        say(f"  {change}")
    return report.rows(facts), [*matching, *thorough.check(admin, facts, thorough.shop_orders(world))]
