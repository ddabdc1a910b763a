"""How the outside world acts on a Mollie account."""

from decimal import Decimal

from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.control import read_json

from . import invoicing, render, settling, writes
from .money import cents


def _optional_amount(data):
    return cents(data["amount"]) if data.get("amount") is not None else None


def control_routes(get_world):
    def post(path, function, status=200):
        async def endpoint(request):
            state = get_world(request).mollie
            return JSONResponse(function(state, await read_json(request)), status)

        return Route(f"/mollie/{path}", endpoint, methods=["POST"])

    def get(path, function):
        async def endpoint(request):
            return JSONResponse(function(get_world(request).mollie))

        return Route(f"/mollie/{path}", endpoint, methods=["GET"])

    return [
        post("pay", pay, 201),
        post(
            "complete",
            lambda state, data: render.payment(
                state, state.complete(data["payment"], data.get("method"), details=data.get("details"))
            ),
        ),
        post("capture", lambda state, data: state.capture(data["payment"], _optional_amount(data)), 201),
        post(
            "refund",
            lambda state, data: state.refund(
                data["payment"], _optional_amount(data), description=data.get("description", "")
            ),
            201,
        ),
        post(
            "chargeback",
            lambda state, data: state.chargeback(
                data["payment"], _optional_amount(data), reason=data.get("reason")
            ),
            201,
        ),
        post("reverse", lambda state, data: state.reverse_chargeback(data["chargeback"])),
        post("move", move, 201),
        post("available", available),
        post("settle", settle),
        post(
            "advance",
            lambda state, data: render.settlement(state, state.advance(data["settlement"], data["status"])),
        ),
        post(
            "fail",
            lambda state, data: render.settlement(state, state.advance(data["settlement"], "failed")),
        ),
        post("unbalance", unbalance),
        post(
            "invoice",
            lambda state, data: {
                "invoices": [
                    render.invoice(state, item) for item in invoicing.issue(state, data.get("period"))
                ]
            },
        ),
        post("generate", generate, 201),
        post("options", options),
        post(
            "webhooks",
            lambda state, data: writes.add_subscription(
                state, data["url"], data.get("events", ["*"]), data.get("secret")
            ),
            201,
        ),
        post("balances", lambda state, data: render.money_of(state.add_balance(data["currency"])), 201),
        get("balances", balances),
        get(
            "settlements",
            lambda state: {
                "settlements": [render.settlement(state, item) for item in state.settlements.values()]
            },
        ),
        get("options", lambda state: state.options.as_json()),
        get("events", lambda state: {"events": state.told}),
    ]


def pay(state, data):
    """Somebody pays outside the shop (an invoice link, a portal)."""
    return state.pay(
        cents(data["amount"]),
        data.get("currency", "EUR"),
        data["description"],
        data.get("method", "ideal"),
        metadata=data.get("metadata"),
        details=data.get("details"),
        profile_id=data.get("profile"),
        webhook_url=data.get("webhook_url"),
        capture=data.get("capture", "automatic"),
    )


def move(state, data):
    movement = state.move(
        data["type"],
        cents(data["amount"]),
        balance_id=data.get("balance"),
        context=data.get("context"),
        description=data.get("description", ""),
    )
    balance = state.balance(data.get("balance"))
    return render.movement(state, balance.currency, movement)


def available(state, _data):
    state.make_available()
    return balances(state)


def balances(state):
    return {"balances": [render.money_of(balance) for balance in state.balances.values()]}


def settle(state, data):
    made = state.settle(
        data.get("status", "paidout"),
        balance_id=data.get("balance"),
        available=data.get("available", True),
        allow_negative=data.get("allow_negative", False),
    )
    return {"settlements": [render.settlement(state, item) for item in made]}


def unbalance(state, data):
    settlement = state.settlement(data["settlement"])
    amount = _optional_amount(data)
    settling.unbalance(
        settlement,
        amount=Decimal("1.00") if amount is None else amount,
        hide=data.get("hide"),
        undo=data.get("undo", False),
    )
    return render.settlement(state, settlement)


def generate(state, data):
    """Many payments at once, and their settlement unless ``settle`` is false (else the status, "paidout")."""
    made = state.generate(
        int(data["count"]),
        seed=data.get("seed", 1),
        days=int(data.get("days", 1)),
        methods=tuple(data.get("methods", ("ideal", "bancontact", "creditcard"))),
    )
    status = data.get("settle", "paidout")
    settlements = state.settle("paidout" if status is True else status) if status else []
    return {"count": len(made), "settlements": [render.settlement(state, item) for item in settlements]}


def options(state, data):
    state.options.update(data)
    return state.options.as_json()
