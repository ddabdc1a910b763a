"""Mollie's routes, API version 2: payments and what belongs to them, balances, settlements, the
organization.
"""

from datetime import datetime

from starlette.responses import Response
from starlette.routing import Route

from sandbox.pdf import text_pdf

from . import money, render, report, writes
from .http import handler, listing
from .options import SCOPES
from .problems import Problem
from .records import Payout, Settlement

EVERYTHING = ("payments", "captures", "refunds", "chargebacks")
PAYMENT_LISTS = ("captures", "refunds", "chargebacks")
LIST_SCOPES = {
    "payments": "payments.read",
    "captures": "payments.read",
    "refunds": "refunds.read",
    "chargebacks": "payments.read",
}


def found(records, record_id, kind):
    """The record, or Mollie's 404."""
    if record_id not in records:
        raise Problem(404, f"No {kind} exists with token {record_id}.")
    return records[record_id]


def _payment(state, request):
    return found(state.payments, request.path_params["payment"], "payment")


def list_all(kind):
    def function(state, request):
        return listing(
            state,
            request,
            kind,
            list(getattr(state, kind).values()),
            lambda item: render.RENDER[kind](state, item),
            f"list-{kind}",
        )

    return function


def get_payment(state, request):
    item = _payment(state, request)
    body = render.payment(state, item)
    embed = [name for name in request.query_params.get("embed", "").split(",") if name]
    if embed:
        body["_embedded"] = {
            name: [render.RENDER[name](state, part) for part in state.by_payment[name].get(item.id, [])]
            for name in embed
            if name in PAYMENT_LISTS
        }
    return body


def list_of_payment(kind):
    def function(state, request):
        items = state.by_payment[kind].get(_payment(state, request).id, [])
        return listing(
            state, request, kind, items, lambda item: render.RENDER[kind](state, item), f"list-{kind}"
        )

    return function


def get_of_payment(kind):
    def function(state, request):
        payment = _payment(state, request)
        item = found(getattr(state, kind), request.path_params["item"], kind.removesuffix("s"))
        if item.payment is not payment:
            raise Problem(404, f"No {kind.removesuffix('s')} exists with token {item.id}.")
        return render.RENDER[kind](state, item)

    return function


# -- settlements


def _settlement(state, token):
    if token in ("open", "next"):
        return _virtual(state, token)
    for item in state.settlements.values():
        if token in (item.id, item.reference):
            return item
    raise Problem(404, f"No settlement exists with token {token}.")


def _virtual(state, token):
    """``next``: the oldest one on its way; ``open``: what has become available since. An empty one when
    there is none.
    """
    wanted = ("open",) if token == "open" else ("pending", "processing-at-bank")
    for item in state.settlements.values():
        if item.status in wanted:
            return item
    balance = state.primary
    empty = Settlement(token, None, balance.id, "open", money.ZERO, state.now())
    if token == "open":
        empty.movements = list(balance.unsettled)
        empty.amount = balance.payable(empty.movements)
    return empty


def list_settlements(state, request):
    query = request.query_params
    items = list(state.settlements.values())
    if "balanceId" in query:
        items = [item for item in items if item.balance_id == query["balanceId"]]
    if "currencies" in query:
        wanted = query["currencies"].split(",")
        items = [item for item in items if state.balances[item.balance_id].currency in wanted]
    for part, index in (("year", 0), ("month", 1)):
        if part in query:
            if not query[part].isdigit():
                raise Problem(400, f"The {part} should be a number", part)
            items = [
                item
                for item in items
                if (item.created_at.year, item.created_at.month)[index] == int(query[part])
            ]
    return listing(
        state,
        request,
        "settlements",
        items,
        lambda item: render.settlement(state, item),
        "list-settlements",
    )


def get_settlement(state, request):
    return render.settlement(state, _settlement(state, request.path_params["settlement"]))


def list_of_settlement(kind):
    def draw(state, item, embed):
        body = render.RENDER[kind](state, item, settled=True)
        if embed and kind != "payments":
            body["_embedded"] = {"payment": render.payment(state, item.payment)}
        return body

    def function(state, request):
        settlement = _settlement(state, request.path_params["settlement"])
        items = [item for item in settlement.lists.get(kind, []) if item.id not in settlement.hidden]
        embed = "payment" in request.query_params.get("embed", "").split(",")
        return listing(
            state, request, kind, items, lambda item: draw(state, item, embed), f"list-settlement-{kind}"
        )

    return function


def _payouts(state):
    return [
        Payout(item.transfer_id, item)
        for item in state.settlements.values()
        if item.transfer_id and item.amount > 0
    ]


def list_payouts(state, request):
    wanted = request.query_params.get("balanceId")
    items = [item for item in _payouts(state) if wanted in (None, item.settlement.balance_id)]
    return listing(
        state, request, "payouts", items, lambda item: render.payout(state, item.settlement), "list-payouts"
    )


def get_payout(state, request):
    payouts = {item.id: item for item in _payouts(state)}
    return render.payout(state, found(payouts, request.path_params["payout"], "payout").settlement)


# -- balances


def _balance(state, request):
    token = request.path_params["balance"]
    return state.primary if token == "primary" else found(state.balances, token, "balance")


def list_balances(state, request):
    items = list(state.balances.values())[::-1]
    currency = request.query_params.get("currency")
    if currency:
        items = [item for item in items if item.currency == currency]
    return listing(
        state, request, "balances", items, lambda item: render.balance(state, item), "list-balances"
    )


def get_balance(state, request):
    return render.balance(state, _balance(state, request))


def list_movements(state, request):
    balance = _balance(state, request)
    return listing(
        state,
        request,
        "balance_transactions",
        balance.movements,
        lambda item: render.movement(state, balance.currency, item),
        "list-balance-transactions",
    )


def get_report(state, request):
    query = request.query_params
    days = []
    for name in ("from", "until"):
        try:
            days.append(datetime.strptime(query.get(name, ""), "%Y-%m-%d").date())
        except ValueError:
            raise Problem(400, f"The {name} date is missing or not of the form YYYY-MM-DD", name) from None
    return report.report(state, _balance(state, request), *days)


# -- the organization


def list_invoices(state, request):
    items = list(state.invoices.values())
    query = request.query_params
    if "reference" in query:
        items = [item for item in items if item.reference == query["reference"]]
    if "year" in query:
        items = [item for item in items if item.period.startswith(query["year"])]
    return listing(
        state, request, "invoices", items, lambda item: render.invoice(state, item), "list-invoices"
    )


def get_invoice(state, request):
    return render.invoice(state, found(state.invoices, request.path_params["invoice"], "invoice"))


def download_invoice(get_world):
    async def endpoint(request):
        state = get_world(request).mollie
        item = state.invoices.get(request.path_params["invoice"])
        if item is None:
            return Response(status_code=404)
        lines = [f"Mollie B.V. invoice {item.reference}", f"Period {item.period}"]
        lines += [
            f"{line['description']} x {line['count']}  {line['amount']['value']}" for line in item.lines
        ]
        lines += [f"Net {item.net} {item.currency}", f"VAT {item.vat}", f"Total {item.net + item.vat}"]
        return Response(text_pdf(lines, "A4"), media_type="application/pdf")

    return endpoint


def _permission(state, scope):
    return {
        "resource": "permission",
        "id": scope,
        "description": f"Access to {scope.replace('.', ', ')}",
        "granted": scope not in state.options.missing_scopes,
        "_links": {
            "self": render.link(f"{state.endpoint}/v2/permissions/{scope}"),
            "documentation": render.documentation("get-permission"),
        },
    }


def list_permissions(state, request):
    return {
        "count": len(SCOPES),
        "_embedded": {"permissions": [_permission(state, scope) for scope in SCOPES]},
        "_links": {
            "self": render.link(f"{state.endpoint}/v2/permissions"),
            "documentation": render.documentation("list-permissions"),
        },
    }


def get_permission(state, request):
    scope = request.path_params["permission"]
    if scope not in SCOPES:
        raise Problem(404, f"No permission exists with token {scope}.")
    return _permission(state, scope)


def get_organization(state, request):
    if request.path_params["organization"] not in ("me", state.organization_id):
        raise Problem(404, "No organization exists with this token.")
    return {
        "resource": "organization",
        "id": state.organization_id,
        "name": "Garden Lane B.V.",
        "email": "owner@garden-lane.example",
        "locale": "nl_NL",
        "address": {
            "streetAndNumber": "Tuinlaan 12",
            "postalCode": "1018 AB",
            "city": "Amsterdam",
            "country": "NL",
        },
        "registrationNumber": "30204462",
        "vatNumber": "NL815839091B01",
        "vatRegulation": "dutch" if state.options.country == "NL" else "shifted",
        "_links": {
            "self": render.link(f"{state.endpoint}/v2/organizations/{state.organization_id}"),
            "dashboard": render.link(f"https://my.mollie.com/dashboard/{state.organization_id}", "text/html"),
            "documentation": render.documentation("get-organization"),
        },
    }


def checkout(get_world):
    """The page where a shopper pays an open payment: opening it pays."""

    async def endpoint(request):
        state = get_world(request).mollie
        payment = state.payments.get(request.path_params["payment"])
        if payment is None:
            return Response(status_code=404)
        if payment.status == "open":
            state.complete(payment.id)
        if payment.redirect_url:
            return Response(status_code=302, headers={"Location": payment.redirect_url})
        return Response("Paid.", media_type="text/plain")

    return endpoint


def routes(get_world):
    def get(path, function, *scopes):
        return Route(f"/v2/{path}", handler(get_world, function, *scopes), methods=["GET"])

    def post(path, function, *scopes):
        return Route(f"/v2/{path}", handler(get_world, function, *scopes), methods=["POST"])

    def unknown(state, request):
        raise Problem(404, "The requested page does not exist.")

    result = [
        get("payments", list_all("payments"), "payments.read"),
        post("payments", writes.create_payment, "payments.write"),
        get("payments/{payment}", get_payment, "payments.read"),
        post("payments/{payment}/refunds", writes.create_refund, "refunds.write"),
        post("payments/{payment}/captures", writes.create_capture, "payments.write"),
        get("refunds", list_all("refunds"), "refunds.read"),
        get("chargebacks", list_all("chargebacks"), "payments.read"),
    ]
    for kind in PAYMENT_LISTS:
        result.append(get(f"payments/{{payment}}/{kind}", list_of_payment(kind), LIST_SCOPES[kind]))
        result.append(get(f"payments/{{payment}}/{kind}/{{item}}", get_of_payment(kind), LIST_SCOPES[kind]))
    result += [
        get("settlements", list_settlements, "settlements.read"),
        get("settlements/{settlement}", get_settlement, "settlements.read"),
    ]
    for kind in EVERYTHING:
        result.append(
            get(
                f"settlements/{{settlement}}/{kind}",
                list_of_settlement(kind),
                "settlements.read",
                LIST_SCOPES[kind],
            )
        )
    return [
        *result,
        get("balances", list_balances, "balances.read"),
        get("balances/{balance}", get_balance, "balances.read"),
        get("balances/{balance}/transactions", list_movements, "balances.read"),
        get("balances/{balance}/report", get_report, "balance-reports.read"),
        get("payouts", list_payouts, "payouts.read"),
        get("payouts/{payout}", get_payout, "payouts.read"),
        get("invoices", list_invoices, "invoices.read"),
        get("invoices/{invoice}", get_invoice, "invoices.read"),
        get("permissions", list_permissions),
        get("permissions/{permission}", get_permission),
        get("organizations/{organization}", get_organization, "organizations.read"),
        post("webhooks", writes.subscribe, "webhooks.write"),
        Route("/checkout/{payment}", checkout(get_world), methods=["GET"]),
        Route("/merchant/download/invoice/{invoice}", download_invoice(get_world), methods=["GET"]),
        Route("/{rest:path}", handler(get_world, unknown), methods=["GET", "POST", "PATCH", "PUT", "DELETE"]),
    ]
