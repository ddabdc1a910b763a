"""Mollie's monthly bill for its fees, and the fractions of cents that it gives back."""

from decimal import Decimal

from .money import ZERO, amount, nearest_cent
from .periods import labels, month_of
from .records import Invoice
from .tariff import vat_percentage


def issue(state, period=None):
    """Bill the fees of ``period`` ("2026-11"; the running month when None), paid from what was deducted.

    One invoice per balance with fees; what was deducted above its total returns as ``invoice-compensation``.
    """
    period = period or state.now().strftime("%Y-%m")
    made = []
    for balance in state.balances.values():
        if any(
            item.period == period and item.currency == balance.currency for item in state.invoices.values()
        ):
            raise ValueError(f"The fees of {period} were billed before.")
        charged = [
            item for item in balance.movements if item.rate is not None and "-".join(month_of(item)) == period
        ]
        if charged:
            made.append(_issue(state, balance, period, charged))
    if not made:
        raise ValueError(f"There are no fees to bill for {period}.")
    return made


def _issue(state, balance, period, charged):
    percentage = vat_percentage(state.options.country)
    groups = {}
    for movement in charged:
        description = f"{labels(movement)[1]} transaction fees"
        count, net = groups.get(description, (0, ZERO))
        groups[description] = count + 1, net + movement.fee_net
    lines = [
        {
            "period": period,
            "description": description,
            "count": count,
            "vatPercentage": int(percentage),
            "amount": amount(net, balance.currency),
        }
        for description, (count, net) in groups.items()
    ]
    net = sum((Decimal(line["amount"]["value"]) for line in lines), ZERO)
    vat = nearest_cent(net * percentage / 100)
    number = state.world.ids.sequence("mollie.invoice", 10000)
    now = state.now()
    invoice = Invoice(
        state.new_id("inv"),
        f"{period[:4]}.{number}",
        period,
        "paid",
        now,
        lines,
        net,
        vat,
        balance.currency,
        paid_at=now,
    )
    state.invoices[invoice.id] = invoice
    # What was prepaid in one sum was exact but for a fraction of a cent.
    paid = sum((item.fee or item.fee_net + balance.vat(item.fee_net) for item in charged), ZERO)
    difference = nearest_cent(paid - net - vat)
    if difference:
        state.move(
            "invoice-compensation",
            difference,
            balance_id=balance.id,
            context={"invoiceId": invoice.id},
            description=f"Invoice compensation {invoice.reference}",
        )
    return invoice
