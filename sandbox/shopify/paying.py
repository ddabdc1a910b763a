"""How shoppers pay: through Mollie at once, in parts, later, or not at all."""

from decimal import Decimal

from sandbox.shopify import aftersales, checkout
from sandbox.shopify.money import Currencies, amount_of, rounded

METHODS = {
    "NL": ("ideal", "ideal", "ideal", "creditcard"),
    "BE": ("bancontact", "bancontact", "creditcard"),
    "FR": ("creditcard",),
    "DE": ("creditcard",),
    "GB": ("creditcard",),
}


def settle(state, random, kind, order, country):
    """Pay an order as its kind says and take it into the shop; return the Mollie payment or None.

    ``random`` chooses among the methods that are usual in ``country``.
    """
    total = order["totalPriceSet"]
    if kind in ("unpaid", "payment_terms", "zero_total"):
        return checkout.place(state, order)
    if kind == "pos":
        checkout.add_transaction(state, order, "SALE", "cash", total, None)
        checkout.place(state, order)
        aftersales.ship_all(state, order)
        return None
    if kind == "authorized":
        checkout.add_transaction(
            state,
            order,
            "AUTHORIZATION",
            checkout.GATEWAYS["creditcard"],
            total,
            checkout.new_payment_id(state),
        )
        return checkout.place(state, order)
    method = random.choice(METHODS[country])
    if kind == "failed_then_paid":
        checkout.add_transaction(
            state,
            order,
            "SALE",
            checkout.GATEWAYS["creditcard"],
            total,
            checkout.new_payment_id(state),
            status="FAILURE",
        )
    if kind == "many_transactions":
        for _ in range(299):
            checkout.add_transaction(
                state,
                order,
                "SALE",
                checkout.GATEWAYS["creditcard"],
                total,
                checkout.new_payment_id(state),
                status="FAILURE",
            )
    if kind == "many_refunds":
        payment = checkout.place(state, order, pay_with=method)
        for _ in range(30):
            line = order["lineItems"][0]
            aftersales.refund(state, order, lines=[(line, 1, "NO_RESTOCK")])
        return payment
    if kind == "bank_deposit":
        checkout.add_transaction(
            state, order, "SALE", "Bank Deposit", total, f"{order['name']}.1", status="PENDING"
        )
        return checkout.place(state, order)
    if kind in ("split_payment", "gift_card_spent"):
        return pay_in_parts(state, kind, order, method)
    if kind == "test":
        checkout.add_transaction(state, order, "SALE", "bogus", total, None)
        return checkout.place(state, order)
    return checkout.place(state, order, pay_with=method)


def pay_in_parts(state, kind, order, method):
    """Pay a part by gift card or by another method, and the rest through Mollie."""
    whole = amount_of(order["totalPriceSet"])
    part = min(Decimal("10.00"), rounded(whole / 2))
    bag = Currencies.of(order).bag
    if kind == "gift_card_spent":
        checkout.add_transaction(state, order, "SALE", "gift_card", bag(part), None)
    else:
        checkout.pay(state, order, "creditcard", bag(part))
    payment = checkout.pay(state, order, method, bag(whole - part))
    checkout.place(state, order)
    return payment
