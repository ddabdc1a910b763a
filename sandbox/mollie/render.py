"""Mollie's resources as JSON."""

from .money import ZERO, amount
from .periods import periods

HAL = "application/hal+json"
DOCUMENTATION = "https://docs.mollie.com/reference"
NESTED = {
    "paymentId": "payment",
    "refundId": "refund",
    "captureId": "capture",
    "chargebackId": "chargeback",
}


def moment(value):
    """2026-11-24T08:00:00+00:00, or None."""
    return value.isoformat(timespec="seconds") if value else None


def link(href, kind=HAL):
    return {"href": href, "type": kind}


def documentation(page):
    return link(f"{DOCUMENTATION}/{page}", "text/html")


def money_of(balance):
    return {
        "id": balance.id,
        "currency": balance.currency,
        "available": str(balance.available_amount),
        "pending": str(balance.pending_amount),
        "reserved": str(balance.ledger["reserve"]),
        "paid_out": str(balance.ledger["bank"]),
        "fees": str(balance.ledger["fees"]),
    }


def _url(state, path):
    return f"{state.endpoint}/v2/{path}"


def payment(state, item, settled=False):
    """A payment; with ``settled`` as the settlement's list shows it, with ``settlementAmount``."""
    url = _url(state, f"payments/{item.id}")
    body = {
        "resource": "payment",
        "id": item.id,
        "mode": "live",
        "createdAt": moment(item.created_at),
        "amount": amount(item.amount, item.currency),
        "description": item.description,
        "method": item.method,
        "metadata": item.metadata,
        "status": item.status,
        "isCancelable": item.status == "open",
        "profileId": item.profile_id,
        "sequenceType": "oneoff",
        "captureMode": item.capture_mode,
        "details": item.details,
        "redirectUrl": item.redirect_url,
        "webhookUrl": item.webhook_url,
    }
    links = {
        "self": link(url),
        "dashboard": link(
            f"https://my.mollie.com/dashboard/{state.organization_id}/payments/{item.id}", "text/html"
        ),
    }
    if item.paid_at:
        body["paidAt"] = moment(item.paid_at)
        body["amountRefunded"] = amount(item.refunded, item.currency)
        body["amountRemaining"] = amount(item.amount - item.refunded, item.currency)
        links["refunds"] = link(f"{url}/refunds")
        links["chargebacks"] = link(f"{url}/chargebacks")
    if item.captured:
        body["amountCaptured"] = amount(item.captured, item.currency)
        links["captures"] = link(f"{url}/captures")
    if item.charged_back:
        body["amountChargedBack"] = amount(item.charged_back, item.currency)
    if item.status == "open":
        links["checkout"] = link(f"{state.endpoint}/checkout/{item.id}", "text/html")
    _settlement_part(state, item, body, links, settled)
    body["_links"] = {**links, "documentation": documentation("get-payment")}
    return body


def _settlement_part(state, item, body, links, settled):
    if item.settlement_id:
        body["settlementId"] = item.settlement_id
        links["settlement"] = link(_url(state, f"settlements/{item.settlement_id}"))
    if settled and item.settled is not None:
        owner = getattr(item, "payment", item)
        body["settlementAmount"] = amount(item.settled, state.balances[owner.balance_id].currency)


def _part(state, item, kind, values, settled, page):
    url = _url(state, f"payments/{item.payment.id}")
    body = {
        "resource": kind,
        "id": item.id,
        "mode": "live",
        "amount": amount(item.amount, item.payment.currency),
        "paymentId": item.payment.id,
        "createdAt": moment(item.created_at),
        **values,
    }
    links = {"self": link(f"{url}/{kind}s/{item.id}"), "payment": link(url)}
    _settlement_part(state, item, body, links, settled)
    body["_links"] = {**links, "documentation": documentation(page)}
    return body


def capture(state, item, settled=False):
    values = {"status": "succeeded", "description": item.description, "metadata": None}
    return _part(state, item, "capture", values, settled, "get-capture")


def refund(state, item, settled=False):
    values = {"status": item.status, "description": item.description, "metadata": item.metadata}
    return _part(state, item, "refund", values, settled, "get-refund")


def chargeback(state, item, settled=False):
    values = {"reason": item.reason, "reversedAt": moment(item.reversed_at)}
    return _part(state, item, "chargeback", values, settled, "get-chargeback")


RENDER = {"payments": payment, "captures": capture, "refunds": refund, "chargebacks": chargeback}


def settlement(state, item):
    balance = state.balances[item.balance_id]
    url = _url(state, f"settlements/{item.id}")
    invoices = [invoice for invoice in state.invoices.values() if invoice.currency == balance.currency]
    links = {name: link(f"{url}/{name}") for name in RENDER}
    body = {
        "resource": "settlement",
        "id": item.id,
        "reference": item.reference,
        "createdAt": moment(item.created_at),
        "settledAt": moment(item.settled_at),
        "status": item.status,
        "amount": amount(item.amount + item.misreported, balance.currency),
        "balanceId": item.balance_id,
        "periods": periods(balance, item, invoices),
    }
    ids = [
        part["invoiceId"] for year in body["periods"].values() for part in year.values() if part["invoiceId"]
    ]
    body["invoiceId"] = ids[0] if ids else None
    if ids:
        links["invoice"] = link(_url(state, f"invoices/{ids[0]}"))
    body["_links"] = {"self": link(url), **links, "documentation": documentation("get-settlement")}
    return body


def balance(state, item):
    currency = item.currency
    return {
        "resource": "balance",
        "id": item.id,
        "mode": "live",
        "createdAt": moment(item.created_at),
        "currency": currency,
        "description": "Primary balance" if item is state.primary else f"Balance in {currency}",
        "status": "active",
        "availableAmount": amount(item.available_amount, currency),
        "pendingAmount": amount(item.pending_amount, currency),
        "transferFrequency": "daily",
        "transferThreshold": amount(ZERO, currency),
        "transferReference": "Mollie payout",
        "transferDestination": {
            "type": "bank-account",
            "beneficiaryName": "Garden Lane B.V.",
            "bankAccount": "NL53INGB0654422370",
            "bankAccountId": "bnk_garden",
        },
        "_links": {
            "self": link(_url(state, f"balances/{item.id}")),
            "documentation": documentation("get-balance"),
        },
    }


def movement(state, currency, item):
    """A balance transaction, its context flat or nested as the options say."""
    context = dict(item.context)
    if state.options.context == "nested":
        context = {}
        for key, value in item.context.items():
            context.setdefault(NESTED.get(key, item.type), {})[key] = value
        if item.source is not None:
            context = {item.type: dict(item.context)}
    return {
        "resource": "balance_transaction",
        "id": item.id,
        "type": item.type,
        "resultAmount": amount(item.result, currency),
        "initialAmount": amount(item.initial, currency),
        "deductions": amount(-item.fee, currency) if item.fee else None,
        "deductionDetails": {
            "fees": amount(-item.fee, currency) if item.fee else None,
            "commissions": None,
            "repayments": None,
            "reservations": None,
        },
        "createdAt": moment(item.created_at),
        "context": context,
    }


def invoice(state, item):
    url = _url(state, f"invoices/{item.id}")
    return {
        "resource": "invoice",
        "id": item.id,
        "reference": item.reference,
        "vatNumber": "NL001234567B01",
        "status": item.status,
        "issuedAt": item.issued_at.date().isoformat(),
        "paidAt": item.paid_at.date().isoformat() if item.paid_at else None,
        "dueAt": item.issued_at.date().isoformat(),
        "netAmount": amount(item.net, item.currency),
        "vatAmount": amount(item.vat, item.currency),
        "grossAmount": amount(item.net + item.vat, item.currency),
        "lines": item.lines,
        "_links": {
            "self": link(url),
            "pdf": link(f"{state.endpoint}/merchant/download/invoice/{item.id}", "application/pdf"),
            "documentation": documentation("get-invoice"),
        },
    }


PAYOUT_STATUS = {"processing-at-bank": "processing-at-bank", "paidout": "completed", "failed": "failed"}


def payout(state, item):
    """The transfer of the settlement ``item`` to the merchant's bank."""
    failed = item.status == "failed"
    return {
        "resource": "payout",
        "id": item.transfer_id,
        "mode": "live",
        "balanceId": item.balance_id,
        "amount": amount(item.amount, state.balances[item.balance_id].currency),
        "status": PAYOUT_STATUS[item.status],
        "statusReason": {"code": "returned", "message": "The bank returned the payout."} if failed else None,
        "description": f"REF {item.reference}",
        "createdAt": moment(item.created_at),
        "_links": {
            "self": link(_url(state, f"payouts/{item.transfer_id}")),
            "documentation": documentation("get-payout"),
        },
    }
