"""Returns and exchanges: what comes back before money does, and why less money goes back than was paid.

https://shopify.dev/docs/apps/build/orders-fulfillment/returns-apps
"""

from dataclasses import dataclass
from decimal import Decimal

from .documents import MONEY
from .money import ZERO, bag

# A customer may ask; only what was approved is on its way.
COMING = frozenset({"OPEN", "CLOSED"})


def _document(name, returns, pieces, exchanges, refunds):
    return f"""
query {name}($ids: [ID!]!) {{
  nodes(ids: $ids) {{
    ... on Order {{
      id
      returns(first: {returns}) {{
        nodes {{
          id name status
          returnLineItems(first: {pieces}) {{
            nodes {{
              id quantity
              ... on ReturnLineItem {{
                fulfillmentLineItem {{ id lineItem {{ id }} }}
                restockingFee {{ id amountSet {{ ...Money }} }}
              }}
            }}
            pageInfo {{ hasNextPage }}
          }}
          exchangeLineItems(first: {exchanges}) {{
            nodes {{ id lineItems {{ id }} }}
            pageInfo {{ hasNextPage }}
          }}
          returnShippingFees {{ id amountSet {{ ...Money }} }}
          refunds(first: {refunds}) {{ nodes {{ id }} pageInfo {{ hasNextPage }} }}
        }}
        pageInfo {{ hasNextPage }}
      }}
    }}
  }}
}}
{MONEY}"""


RETURNS = _document("o2cReturns", returns=10, pieces=20, exchanges=10, refunds=5)
# For the few orders that do not fit; asked one by one, for Shopify admits it on what it could cost.
RETURNS_WHOLE = _document("o2cReturnsWhole", returns=25, pieces=100, exchanges=50, refunds=25)


def is_cut_off(returns: dict) -> bool:
    """Whether there is more of an order's returns than :data:`RETURNS` brought."""
    parts = [returns]
    for item in returns["nodes"]:
        parts += [item["returnLineItems"], item["exchangeLineItems"], item["refunds"]]
    return any(part["pageInfo"]["hasNextPage"] for part in parts)


def documents() -> dict[str, str]:
    """Name -> text of every document in this module."""
    return {"RETURNS": RETURNS, "RETURNS_WHOLE": RETURNS_WHOLE}


@dataclass(frozen=True)
class Return:
    """Goods that a customer sends back.

    ``pieces``: (line, quantity); ``exchanges``: the order's lines that are given instead;
    ``fees``: what is kept back for the return, untaxed as Shopify charges it.
    """

    gid: str
    name: str
    status: str
    pieces: tuple[tuple[str, int], ...] = ()
    exchanges: tuple[str, ...] = ()
    fees: Decimal = ZERO
    refund_gids: tuple[str, ...] = ()

    @property
    def is_coming(self) -> bool:
        """Approved, and not called off."""
        return self.status in COMING


def parse_return(node: dict, presentment: bool) -> Return:
    """Read a ``Return`` as asked by :data:`RETURNS`."""
    fees = [fee["amountSet"] for fee in node.get("returnShippingFees") or ()]
    fees += [
        item["restockingFee"]["amountSet"]
        for item in node["returnLineItems"]["nodes"]
        if item.get("restockingFee")
    ]
    return Return(
        gid=node["id"],
        name=node.get("name") or "",
        status=node["status"],
        pieces=tuple(
            (item["fulfillmentLineItem"]["lineItem"]["id"], item["quantity"])
            for item in node["returnLineItems"]["nodes"]
            if item.get("fulfillmentLineItem")
        ),
        exchanges=tuple(
            line["id"] for item in node["exchangeLineItems"]["nodes"] for line in item["lineItems"] or ()
        ),
        fees=sum((bag(fee, presentment=presentment) for fee in fees), ZERO),
        refund_gids=tuple(item["id"] for item in node["refunds"]["nodes"]),
    )


def return_terms(order, refund_gid: str) -> tuple[Decimal, Decimal]:
    """(fees, value of what was given instead) of the return that a refund belongs to.

    By so much less goes back than the goods came to.
    """
    for item in order.returns:
        if refund_gid in item.refund_gids:
            given = (line for line in order.lines if line.gid in item.exchanges)
            value = sum((line.amount + (ZERO if order.taxes_included else line.tax) for line in given), ZERO)
            return item.fees, value
    return ZERO, ZERO


def pieces_back(order) -> dict[str, int]:
    """Shopify's line -> pieces that came back or are on their way back.

    A return and the refund that restocks it speak of the same pieces.
    """
    returned: dict[str, int] = {}
    for item in order.returns:
        for gid, quantity in item.pieces if item.is_coming else ():
            returned[gid] = returned.get(gid, 0) + quantity
    restocked: dict[str, int] = {}
    for refund in order.refunds:
        for part in refund.lines:
            if part.restock == "RETURN":
                restocked[part.line_gid] = restocked.get(part.line_gid, 0) + part.quantity
    return {gid: max(returned.get(gid, 0), restocked.get(gid, 0)) for gid in {**returned, **restocked}}
