"""refundCreate and orderCancel."""

from decimal import Decimal

from sandbox.shopify.errors import bad_request, user_error
from sandbox.shopify.money import amount_of
from sandbox.shopify.mutations.idempotency import idempotent


@idempotent(code=False)
def create_refund(_root, info, input):  # noqa: A002
    """refundCreate."""
    from sandbox.shopify import aftersales

    state = info.context.state
    order = state.find(input["orderId"], "Order")
    if order is None:
        return _refused(["orderId"], "Order does not exist")
    lines = []
    for index, row in enumerate(input.get("refundLineItems") or ()):
        line = state.find(row["lineItemId"], "LineItem")
        if line is None or line.get("_order") is not order:
            return _refused(["refundLineItems", str(index)], "Line item does not exist")
        lines.append((line, row["quantity"], row.get("restockType") or "NO_RESTOCK"))
    shipping = input.get("shipping") or {}
    shipping_amount = shipping.get("amount")
    if shipping.get("fullRefund"):
        shipping_amount = amount_of(order["currentShippingPriceSet"])
    transactions = input.get("transactions")
    amount = None
    if transactions is not None:
        amount = sum((Decimal(str(row["amount"])) for row in transactions), Decimal(0))
    try:
        made = aftersales.refund(
            state,
            order,
            lines=lines,
            shipping=shipping_amount or None,
            amount=amount,
            note=input.get("note"),
            reason=input.get("discrepancyReason"),
            repay=bool(transactions),
        )
    except ValueError as error:
        return _refused(None, str(error))
    return {"order": order, "refund": made, "userErrors": []}


def _refused(field, message):
    return {"order": None, "refund": None, "userErrors": [user_error(field, message)]}


def cancel_order(
    _root,
    info,
    orderId,
    reason,
    restock,
    refund=None,
    refundMethod=None,  # noqa: N803
    staffNote=None,
    notifyCustomer=None,  # noqa: N803
):
    """orderCancel."""
    from sandbox.shopify import aftersales

    state = info.context.state
    if refund is not None and refundMethod is not None:
        raise bad_request("Only one of refund and refundMethod can be given.")
    repay = bool(refund) or bool((refundMethod or {}).get("originalPaymentMethodsRefund"))
    order = state.find(orderId, "Order")
    problem = None
    if order is None:
        problem = user_error(["orderId"], "Order does not exist", "NOT_FOUND")
    elif order["cancelledAt"]:
        problem = user_error(["orderId"], "Order has already been cancelled", "INVALID")
    if problem:
        return {"job": None, "orderCancelUserErrors": [problem], "userErrors": [problem]}
    order["_notified"] = bool(notifyCustomer)
    aftersales.cancel(state, order, reason=reason, repay=repay, restock=restock, staff_note=staffNote)
    job = {"id": f"gid://shopify/Job/{state.world.ids.token('job', 12)}", "done": True}
    return {"job": job, "orderCancelUserErrors": [], "userErrors": []}


MUTATIONS = {"refundCreate": create_refund, "orderCancel": cancel_order}
