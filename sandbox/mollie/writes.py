"""What a merchant's program may do: start a payment, capture it, give it back, subscribe to events."""

import json

from starlette.responses import Response

from . import render
from .http import answer, read_body
from .money import cents
from .problems import Problem


async def idempotent(state, request, deed):
    """Do ``deed(body)`` once per Idempotency-Key: a repeat gets the same answer, marked as replayed.

    A key that comes back with another request is refused (docs.mollie.com/overview/api-idempotency).
    """
    body = await read_body(request)
    key = request.headers.get("idempotency-key")
    mark = (request.url.path, json.dumps(body, sort_keys=True))
    if key and key in state.replays:
        known, content, status = state.replays[key]
        if known != mark:
            raise Problem(400, "This Idempotency-Key has already been used.")
        return Response(content, status, headers={"Idempotent-Replayed": "true"}, media_type=render.HAL)
    response = answer(deed(body), 201)
    if key:
        state.replays[key] = mark, response.body, response.status_code
    return response


def _amount(body, required=True):
    """Value (Decimal) and currency of ``amount``; None and None when it may be left out."""
    amount = body.get("amount")
    if amount is None and not required:
        return None, None
    if not isinstance(amount, dict) or not all(
        isinstance(amount.get(name), str) for name in ("value", "currency")
    ):
        raise Problem(
            422,
            "The amount is required and needs a value (a text with 2 decimals) and a currency",
            "amount",
        )
    value = amount["value"]
    if len(value.partition(".")[2]) != 2:
        raise Problem(
            422, "The amount contains an invalid value: it needs exactly 2 decimals", "amount.value"
        )
    try:
        return cents(value), amount["currency"]
    except ValueError:
        raise Problem(422, "The amount contains an invalid value", "amount.value") from None


def _texts(body, *names, required=False):
    """Refuse what should be a text and is not."""
    for name in names:
        value = body.get(name)
        if required and not value:
            raise Problem(422, f"The {name} field is required", name)
        if value is not None and not isinstance(value, str):
            raise Problem(422, f"The {name} should be a string", name)


def _refuse(error, field=None):
    return Problem(422, str(error), field)


def _payment(state, request):
    token = request.path_params["payment"]
    if token not in state.payments:
        raise Problem(404, f"No payment exists with token {token}.")
    return state.payments[token]


def create_payment(state, request):
    def deed(body):
        value, currency = _amount(body)
        _texts(body, "description", "redirectUrl", required=True)
        _texts(body, "method", "webhookUrl", "captureMode")
        try:
            payment = state.create_payment(
                value,
                currency,
                body["description"],
                method=body.get("method"),
                metadata=body.get("metadata"),
                webhook_url=body.get("webhookUrl"),
                redirect_url=body["redirectUrl"],
            )
        except ValueError as error:
            raise _refuse(error) from error
        payment.capture_mode = body.get("captureMode") or "automatic"
        return render.payment(state, payment)

    return idempotent(state, request, deed)


def create_refund(state, request):
    payment = _payment(state, request)

    def deed(body):
        value, currency = _amount(body, required=False)
        _texts(body, "description")
        if currency not in (None, payment.currency):
            raise Problem(422, f"The currency should be {payment.currency}", "amount.currency")
        try:
            return state.refund(
                payment.id, value, description=body.get("description") or "", metadata=body.get("metadata")
            )
        except ValueError as error:
            raise _refuse(error, "amount" if "amount" in str(error) else None) from error

    return idempotent(state, request, deed)


def create_capture(state, request):
    payment = _payment(state, request)

    def deed(body):
        value, _currency = _amount(body, required=False)
        _texts(body, "description")
        try:
            return state.capture(payment.id, value, description=body.get("description") or "")
        except ValueError as error:
            raise _refuse(error, "amount") from error

    return idempotent(state, request, deed)


def subscribe(state, request):
    """Next-generation webhooks; the secret is told once, in this answer."""

    def deed(body):
        _texts(body, "name", "url", required=True)
        events = body.get("eventTypes")
        events = events.split(",") if isinstance(events, str) else events
        if not isinstance(events, list) or not events or not all(isinstance(event, str) for event in events):
            raise Problem(422, "The eventTypes field is required", "eventTypes")
        subscription = add_subscription(state, body["url"], events)
        return {
            "resource": "webhook",
            "id": subscription["id"],
            "url": subscription["url"],
            "profileId": None,
            "createdAt": render.moment(state.now()),
            "name": body["name"],
            "eventTypes": events,
            "status": "enabled",
            "mode": "live",
            "webhookSecret": subscription["secret"],
            "_links": {"self": render.link(f"{state.endpoint}/v2/webhooks/{subscription['id']}")},
        }

    return idempotent(state, request, deed)


def add_subscription(state, url, events, secret=None):
    """Let events of the types ``events`` ("*": all) go to ``url``; returns id and secret."""
    subscription = {
        "id": state.new_id("hook", 22),
        "url": url,
        "events": list(events),
        "secret": secret or state.world.ids.token("mollie.secret", 32),
    }
    state.subscriptions[subscription["id"]] = subscription
    return subscription
