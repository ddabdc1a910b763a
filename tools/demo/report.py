"""The table, one row per order, and the proofs below it."""

from ..console import say
from .proofs import Facts

COLUMNS = (
    "shopify",
    "odoo",
    "invoice",
    "invoice_state",
    "delivery",
    "label",
    "tracking",
    "fulfilment",
    "settlement",
    "matched_by",
    "stage",
)
WIDEST = 24


def rows(facts: Facts) -> list[dict]:
    """One dictionary per order, in the order of the shop."""
    outside = {order["gid"]: order for order in facts.shop_orders}
    return [_row(facts, order, outside[order["shopify_gid"]]) for order in facts.orders]


def _row(facts: Facts, order: dict, shop_order: dict) -> dict:
    invoices = [facts.invoices[invoice] for invoice in order["invoice_ids"]]
    pickings = [facts.pickings[picking] for picking in order["picking_ids"]]
    shipped = [picking for picking in pickings if picking["carrier_tracking_ref"]]
    return {
        "shopify": shop_order["name"],
        "odoo": order["name"],
        "invoice": _list(invoice["name"] for invoice in invoices),
        "invoice_state": _list(invoice["payment_state"] for invoice in invoices),
        "delivery": _list(picking["name"] for picking in pickings),
        "label": _list((picking["carrier_id"] or [0, ""])[1] for picking in shipped),
        "tracking": _list(picking["carrier_tracking_ref"] for picking in shipped),
        "fulfilment": shop_order["fulfillment"].lower(),
        "settlement": _list({facts.settlements.get(invoice["id"], "") for invoice in invoices}),
        "matched_by": _list({facts.matches.get(invoice["id"], "") for invoice in invoices}),
        "stage": order["o2c_stage"] or "",
        "total": shop_order["total"],
        "currency": shop_order["currency"],
    }


def _list(values) -> str:
    return ", ".join(sorted(value for value in values if value))


def show(table: list[dict], results: list[dict]) -> None:
    widths = {
        column: min(WIDEST, max([len(column), *(len(row[column]) for row in table)])) for column in COLUMNS
    }
    say()
    say("  ".join(column.ljust(widths[column]) for column in COLUMNS))
    for row in table:
        say("  ".join(row[column][:WIDEST].ljust(widths[column]) for column in COLUMNS))
    say()
    for result in results:
        mark = "holds" if result["holds"] else "FAILS"
        say(f"{mark}  {result['proof']}: Odoo {result['odoo']}, outside {result['outside']}")
