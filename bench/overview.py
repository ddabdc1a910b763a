"""The Overview, the orders and their analysis with 200,000 orders: what a person waits for."""

import time

from odoo import Command

from .filling import TOKEN, Example, fill
from .measuring import measure, middle

ORDERS, ON_THE_ROAD, SETTLEMENTS, CUSTOMERS = 200_000, 10_000, 400, 2000
ROUNDS = 3
PAGE = 80
ROAD = ("ordered", "invoiced", "shipped", "delivered", "settled")
NOT_DONE = [("o2c_stage", "in", ROAD)]
ALL = [("o2c_stage", "!=", False)]
LIST = ("name", "date_order", "o2c_stage", "amount_total", "o2c_issue_count", "invoice_status", "state")
CARD = ("name", "amount_total", "o2c_stage", "o2c_stage_since", "o2c_issue_count", "activity_state")
LINKS = ("partner_id", "currency_id", "user_id", "company_id")
# Of an amount the web client asks for the sum, the currencies, and the sum in one of them.
MEASURES = (
    "revenue:sum",
    "currency_id:array_agg_distinct",
    "revenue:sum_currency",
    "days_to_ship:avg",
    "days_to_label:avg",
    "days_to_deliver:avg",
    "days_to_cash:avg",
)
# These are found through all payments and invoices.
COSTLY = ("mollie_fee_rate:avg", "matched_by_itself:avg")


def run(bench) -> None:
    env = bench.env
    started = time.perf_counter()
    count = bench.size(ORDERS)
    _orders(env, count, bench.size(ON_THE_ROAD))
    env.cr.commit()
    # As autovacuum would have done by then; ANALYZE alone leaves the visibility map empty.
    _vacuum(env)
    bench.tell("filling the database", time.perf_counter() - started, "s", note=f"{count} orders")
    user = env(user=env.ref("base.user_admin"))
    for name, (work, goal) in _works(user).items():
        sample = middle([measure(user, work) for _round in range(ROUNDS)])
        bench.tell(
            f"{name}, of {count} orders",
            1000 * sample.seconds,
            "ms",
            at_most=goal,
            note=f"{sample.queries} queries",
        )


def _works(env):
    """What the web client asks for, and within how many milliseconds it should be there."""
    orders, report = env["sale.order"], env["o2c.order.report"]
    return {
        "the Overview": (env["o2c.overview"].get_overview, 1000),
        "the list of orders on their way": (lambda: _page(orders, NOT_DONE), 500),
        "the list of all orders": (lambda: _page(orders, ALL), 500),
        "the kanban of orders on their way": (lambda: _kanban(orders, NOT_DONE), 500),
        "the kanban of all orders": (lambda: _kanban(orders, ALL), 1000),
        "the graph: revenue by month, B2B and B2C": (
            lambda: report.formatted_read_group([], ["date:month", "customer_kind"], ["revenue:sum"]),
            1000,
        ),
        "the pivot by month, B2B and B2C": (lambda: _pivot(report, "customer_kind", MEASURES + COSTLY), 5000),
        "the same without fees and matching": (lambda: _pivot(report, "customer_kind", MEASURES), 5000),
        "the pivot by payment method": (lambda: _pivot(report, "payment_method", MEASURES + COSTLY), 5000),
        "the pivot by shop": (lambda: _pivot(report, "shopify_shop_id", MEASURES + COSTLY), 5000),
    }


def _specification(names):
    return {name: {} for name in names} | {name: {"fields": {"display_name": {}}} for name in LINKS}


def _page(orders, domain):
    return orders.web_search_read(domain, _specification(LIST), limit=PAGE, count_limit=10_001)


def _kanban(orders, domain):
    orders = orders.with_context(read_group_expand=True)
    colours = {"planned": "success", "today": "warning", "overdue": "danger"}
    bar = {"field": "activity_state", "colors": colours, "sum_field": "amount_total"}
    orders.read_progress_bar(domain, "o2c_stage", bar)
    return orders.web_read_group(
        domain,
        ["o2c_stage"],
        ["amount_total:sum_currency", "currency_id:array_agg_distinct"],
        order="o2c_stage_since",
        auto_unfold=True,
        unfold_read_specification=_specification(CARD),
        unfold_read_default_limit=40,
    )


def _pivot(report, columns, measures):
    sets = [[], ["date:month"], [columns], ["date:month", columns]]
    return report.formatted_read_grouping_sets([("stage", "!=", "cancelled")], sets, measures)


def _vacuum(env):
    """VACUUM works outside a transaction only."""
    connection = env.cr._cnx
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    connection.autocommit = False


# === The orders === #


def _orders(env, count, on_the_road):
    """Done and cancelled orders with their documents, and some on their road."""
    order, documents, match = _example(env)
    customers = _customers(env)
    shops = env["o2c.shopify.shop"].create(
        [
            {"name": f"Shop {number}", "domain": f"bench-{number}.myshopify.com", "auth_method": "token"}
            for number in range(3)
        ]
    )
    settlement = documents["account_bank_statement_line"].mollie_settlement_id
    fees = env["account.bank.statement.line"].search([("mollie_kind", "=", "fee")])
    first = fill(
        env,
        Example(
            [settlement, fees.move_id, fees],
            values={"o2c_mollie_settlement": {"mollie_id": "'stl_bench' || n"}},
        ),
        SETTLEMENTS,
    )["o2c_mollie_settlement"]
    placed = "now()::timestamp - interval '1 day' * (30 + n % 700) - interval '1 minute' * (n % 1400)"
    who = f"{customers} + n % {CUSTOMERS}"
    shared = {
        "sale_order": {
            "name": "'BENCH' || n",
            "partner_id": who,
            "partner_shipping_id": who,
            "partner_invoice_id": who,
            "amount_untaxed": "10 + n % 190",
            "shopify_shop_id": f"(ARRAY{shops.ids})[1 + n % 3]",
        },
        "o2c_shopify_transaction": {
            "gateway": "(ARRAY['Mollie - iDEAL', 'Mollie - Credit Card', 'Klarna'])[1 + n % 3]"
        },
    }
    done = {
        **shared,
        "sale_order": {
            **shared["sale_order"],
            "shopify_gid": "'gid://shopify/Order/' || n",
            "date_order": placed,
            "o2c_stage": "CASE WHEN n % 50 = 0 THEN 'cancelled' ELSE 'done' END",
            "o2c_stage_since": f"{placed} + interval '9 days'",
            "o2c_shipped_at": f"{placed} + interval '1 hour' * (8 + n % 40)",
            "o2c_delivered_at": f"{placed} + interval '1 hour' * (32 + n % 60)",
            "o2c_settled_on": f"({placed})::date + 7 + n % 5",
        },
        "o2c_sendcloud_shipment": {"announced_at": f"{placed} + interval '1 hour' * (8 + n % 40)"},
        "account_bank_statement_line": {"mollie_settlement_id": f"{first} + n % {SETTLEMENTS}"},
    }
    links = (
        "sale_order_line_invoice_rel",
        "o2c_match_move_rel",
        "o2c_match_bank_line_rel",
        "o2c_match_item_rel",
    )
    records = [order, order.order_line, *documents.values(), match]
    fill(env, Example(records, links, done), count - on_the_road)
    since = "now()::timestamp - interval '1 hour' * (n % 300)"
    waiting = {
        **shared,
        "sale_order": {
            **shared["sale_order"],
            "shopify_gid": "'gid://shopify/Order/w' || n",
            "date_order": f"{since} - interval '5 hours'",
            "o2c_stage": f"(ARRAY{list(ROAD)})[1 + n % 5]",
            "o2c_stage_since": since,
            "o2c_settled_on": "NULL::date",
        },
        "stock_picking": {"name": "'WH/WAIT/' || n"},
    }
    few = [order, order.order_line, documents["stock_picking"], documents["o2c_shopify_transaction"]]
    fill(env, Example(few, values=waiting), on_the_road)


def _customers(env):
    """The id of the first of many customers, a third of them companies, from three countries."""
    example = env["res.partner"].create({"name": f"Customer {TOKEN}"})
    countries = [env.ref(f"base.{code}").id for code in ("nl", "be", "de")]
    own = env["res.partner"]._table
    first = fill(env, Example([example]), CUSTOMERS)[own]
    env.cr.execute(
        "UPDATE res_partner SET is_company = id %% 3 = 0, country_id = (%s)[1 + id %% 3], "
        "commercial_partner_id = id WHERE id >= %s",
        [countries, first],
    )
    return first


def _example(env):
    """An order with everything that belongs to it, from the shop to the bank.

    :return: the order, ``{table: records}`` of its documents, and the match of its payment
    """
    product = env["product.product"].create(
        {"name": "Can", "type": "consu", "invoice_policy": "order", "taxes_id": [Command.clear()]}
    )
    partner = env["res.partner"].create({"name": "Example"})
    service = env["product.product"].create({"name": "Delivery", "type": "service"})
    account = env["o2c.sendcloud.account"].create({"name": "Bench"})
    carrier = env["delivery.carrier"].create(
        {"name": "Parcels", "delivery_type": "fixed", "product_id": service.id}
    )
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "carrier_id": carrier.id,
            "order_line": [Command.create({"product_id": product.id, "price_unit": 100})],
        }
    )
    order.action_confirm()
    picking = order.picking_ids
    picking.name = f"WH/OUT/{TOKEN}"
    picking.move_ids.quantity = 1
    picking.button_validate()
    order._create_invoices().action_post()
    invoice = order.invoice_ids
    bank = env["account.journal"].create({"name": "Mollie bench", "code": "MBEN", "type": "bank"})
    register = env["account.payment.register"].with_context(
        active_model="account.move", active_ids=invoice.ids
    )
    payment = register.create({"journal_id": bank.id})._create_payments()
    payment.o2c_reference = f"r{TOKEN}"
    lines = _statement_lines(env, bank)
    line = lines.filtered(lambda one: one.mollie_kind == "payment")
    invoice.name, payment.move_id.name = f"INV/{TOKEN}", f"{bank.code}/P{TOKEN}"
    attempt = env["o2c.shopify.transaction"].create(
        {
            "sale_order_id": order.id,
            "gid": f"gid://shopify/OrderTransaction/{TOKEN}",
            "kind": "SALE",
            "status": "SUCCESS",
            "amount": 100,
            "currency_id": order.currency_id.id,
            "payment_reference": f"r{TOKEN}",
            "payment_id": payment.id,
        }
    )
    shipment = env["o2c.sendcloud.shipment"].create(
        {
            "picking_id": picking.id,
            "account_id": account.id,
            "company_id": order.company_id.id,
            "external_reference_id": f"ref-{TOKEN}",
            "state": "delivered",
        }
    )
    moves = invoice | payment.move_id | line.move_id
    match = env["o2c.match"].create(
        {
            "company_id": order.company_id.id,
            "currency_id": order.currency_id.id,
            "journal_id": bank.id,
            "line_ids": line.ids,
            "item_ids": payment.move_id.line_ids[:1].ids,
            "move_ids": (invoice | payment.move_id).ids,
            "amount": 100,
            "state": "applied",
            "automatic": True,
        }
    )
    documents = [moves, moves.line_ids, payment, line, picking, attempt, shipment]
    return order, {records._table: records for records in documents}, match


def _statement_lines(env, bank):
    """A payment and the fee for its method, of a settlement."""
    account = env["o2c.mollie.account"].create({"name": "Bench", "access_token": "access_bench"})
    settlement = env["o2c.mollie.settlement"].create({"account_id": account.id, "mollie_id": "stl_bench"})
    lines = env["account.bank.statement.line"].with_context(o2c_skip_matching=True)
    shared = {
        "journal_id": bank.id,
        "date": "2026-11-10",
        "mollie_method": "ideal",
        "mollie_settlement_id": settlement.id,
    }
    made = lines.create(
        [
            {
                **shared,
                "amount": 100,
                "payment_ref": f"Payment {TOKEN}",
                "mollie_kind": "payment",
                "mollie_id": f"tr_{TOKEN}",
                "mollie_payment_id": f"tr_{TOKEN}",
                "mollie_description": f"r{TOKEN}",
            },
            {
                **shared,
                "amount": -195,
                "payment_ref": f"Fee {TOKEN}",
                "mollie_kind": "fee",
                "mollie_id": f"stl/{TOKEN}/fee",
            },
        ]
    )
    for line in made:
        line.move_id.name = f"{bank.code}/S{TOKEN}/{line.mollie_kind}"
    return made
