"""Finding what a control request names."""

from sandbox.shopify.state import order_summary


def placed(order):
    """Return what the control API answers about an order that was checked out."""
    paid = [
        row
        for row in order["transactions"]
        if row["kind"] in ("SALE", "CAPTURE") and row["status"] == "SUCCESS" and row["paymentId"]
    ]
    last = paid[-1] if paid else None
    return {
        **order_summary(order),
        "payment_id": last["paymentId"] if last else None,
        "mollie_payment": last.get("_mollie_id") if last else None,
    }


def find_order(state, data):
    """Return the order that a control request names by "order": name or gid."""
    wanted = data.get("order") or data.get("gid") or data.get("name")
    for order in state.all("Order"):
        if wanted in (order["id"], order["name"], order["name"].lstrip("#")):
            return order
    raise ValueError(f"There is no order {wanted}.")


def find_location(state, name=None):
    """Return a location by name or gid; the warehouse without one."""
    if not name:
        return state.primary_location()
    for place in state.all("Location"):
        if name in (place["id"], place["name"]):
            return place
    raise ValueError(f"There is no location {name}.")


def find_variant(state, sku):
    """Return a variant by SKU."""
    for variant in state.all("ProductVariant"):
        if variant["sku"] == sku:
            return variant
    raise ValueError(f"There is no SKU {sku}.")
