"""Every GraphQL document of the connector is valid on Shopify's published schema.

A wrong field answers with an error in production only; here it fails before it is released.
"""

import gzip
import json
import os
from pathlib import Path

import graphql
import pytest

from o2c_lib.o2c_shopify_connector.lib import customers, documents, history, publishing, returns

ROOT = Path(__file__).resolve().parents[2]
VERSION = "2026-10"
DOCUMENTS = {
    **documents.documents(),
    **history.documents(),
    **returns.documents(),
    **customers.documents(),
    **publishing.documents(),
}
# Shopify refuses these without a key from 2026-04 on; the schema does not say so.
MUST_BE_IDEMPOTENT = {"inventorySetQuantities", "inventoryActivate", "refundCreate"}


@pytest.fixture(scope="module")
def schema():
    """The published schema; its absence is a failure, since nothing would be checked."""
    shared = Path(os.environ.get("O2C_CONTRACTS") or ROOT.parent / "shared")
    candidates = [folder / f"shopify/admin_{VERSION}.json.gz" for folder in (shared / "contracts", shared)]
    path = next((candidate for candidate in candidates if candidate.exists()), None)
    if path is None:
        pytest.fail(f"Shopify's schema is missing: set O2C_CONTRACTS to a folder with {candidates[0].name}")
    content = json.loads(gzip.decompress(path.read_bytes()))
    return graphql.build_client_schema({"__schema": content["data"]["__schema"]}, assume_valid=True)


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_document_is_valid(schema, name):
    ast = graphql.parse(DOCUMENTS[name])
    errors = graphql.validate(schema, ast)
    assert not errors, [error.message for error in errors]


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_no_deprecated_field(schema, name):
    ast = graphql.parse(DOCUMENTS[name])
    errors = graphql.validate(schema, ast, [graphql.NoDeprecatedCustomRule])
    assert not errors, [error.message for error in errors]


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_idempotency_key_is_given_where_shopify_demands_it(name):
    ast = graphql.parse(DOCUMENTS[name])
    for definition in ast.definitions:
        if getattr(definition, "operation", None) != graphql.OperationType.MUTATION:
            continue
        for field in definition.selection_set.selections:
            if field.name.value in MUST_BE_IDEMPOTENT:
                assert [d.name.value for d in field.directives] == ["idempotent"]


def test_a_wrong_document_would_be_seen(schema):
    ast = graphql.parse("{ shop { nameOfNothing } }")
    assert graphql.validate(schema, ast)


def test_there_are_documents():
    assert {"ORDERS", "REFUNDS", "INVENTORY_SET", "FULFILLMENT_CREATE"} <= set(documents.documents())
