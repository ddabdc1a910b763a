"""Which access scopes a field needs: one of those that are named.

``scopes.json`` is taken from what Shopify publishes with its schema (tests/contracts compares
them): scopes of a type hold wherever an object of it is returned, those of a field go before.
"""

import json
from pathlib import Path

from graphql import get_named_type

PUBLISHED = json.loads(Path(__file__).with_name("scopes.json").read_text(encoding="utf-8"))
# Not published with the schema; as the mutations' pages say.
UNPUBLISHED = {
    "Mutation.fulfillmentCancel": [
        "write_merchant_managed_fulfillment_orders",
        "write_assigned_fulfillment_orders",
        "write_third_party_fulfillment_orders",
    ],
    "Mutation.refundCreate": ["write_orders"],
}


def scopes_of_type(name):
    """Return the scopes, one of which is needed to see an object of a type; empty: none."""
    return tuple(PUBLISHED["types"].get(name, ()))


def scopes_of_field(parent, name, field):
    """Return the scopes, one of which is needed to ask for a field; empty: none."""
    key = f"{parent}.{name}"
    for table in (UNPUBLISHED, PUBLISHED["fields"]):
        if key in table:
            return tuple(table[key])
    named = get_named_type(field.type)
    if named.name.endswith("Connection"):
        named = get_named_type(named.fields["nodes"].type)
    return scopes_of_type(named.name)
