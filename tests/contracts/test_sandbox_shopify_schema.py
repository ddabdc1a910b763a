"""The sandbox's Shopify schema is Shopify's: nothing in it is invented.

Reads Shopify's published introspection (contracts/shopify/admin_2026-10.json.gz) from the
folder in the environment variable O2C_CONTRACTS, by default ../shared/contracts beside the
repository. Without it the tests fail: a proof that did not take place is no proof.
"""

import gzip
import json
import os
from pathlib import Path

import pytest
from graphql import (
    build_client_schema,
    build_schema,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
    is_specified_scalar_type,
    is_union_type,
)

from sandbox.shopify.scopes import PUBLISHED

ROOT = Path(__file__).resolve().parents[2]
VERSION = "2026-10"


def contracts_folder():
    """Return the folder of the platforms' published contracts."""
    given = os.environ.get("O2C_CONTRACTS")
    folder = Path(given) if given else ROOT.parent / "shared" / "contracts"
    return folder / "contracts" if (folder / "contracts").is_dir() else folder


@pytest.fixture(scope="module")
def contract():
    path = contracts_folder() / "shopify" / f"admin_{VERSION}.json.gz"
    assert path.is_file(), f"Shopify's published schema is not at {path}; set O2C_CONTRACTS."
    with gzip.open(path) as stream:
        return json.load(stream)


@pytest.fixture(scope="module")
def published(contract):
    return build_client_schema({"__schema": contract["data"]["__schema"]}, assume_valid=True)


@pytest.fixture(scope="module")
def ours():
    path = ROOT / "sandbox" / "shopify" / "schema.graphql"
    return build_schema(path.read_text(encoding="utf-8"), assume_valid=True)


def own_types(schema):
    return [
        graphql_type
        for name, graphql_type in schema.type_map.items()
        if not name.startswith("__") and not is_specified_scalar_type(graphql_type)
    ]


def test_root_types_are_shopifys(ours, published):
    assert ours.query_type.name == published.query_type.name
    assert ours.mutation_type.name == published.mutation_type.name


def test_types_are_shopifys(ours, published):
    for graphql_type in own_types(ours):
        theirs = published.type_map.get(graphql_type.name)
        assert theirs is not None, f"Shopify has no type {graphql_type.name}"
        assert type(graphql_type) is type(theirs), graphql_type.name


def test_fields_and_nullabilities_are_shopifys(ours, published):
    checked = 0
    for graphql_type in own_types(ours):
        if not hasattr(graphql_type, "fields"):
            continue
        theirs = published.type_map[graphql_type.name]
        for name, field in graphql_type.fields.items():
            where = f"{graphql_type.name}.{name}"
            assert name in theirs.fields, f"Shopify has no field {where}"
            assert str(field.type) == str(theirs.fields[name].type), where
            deprecated = theirs.fields[name].deprecation_reason is not None
            assert (field.deprecation_reason is not None) == deprecated, where
            checked += 1
    assert checked > 800


def test_arguments_are_shopifys(ours, published):
    for graphql_type in own_types(ours):
        if not (is_object_type(graphql_type) or is_interface_type(graphql_type)):
            continue
        theirs = published.type_map[graphql_type.name]
        for name, field in graphql_type.fields.items():
            known = theirs.fields[name].args
            for argument, definition in field.args.items():
                where = f"{graphql_type.name}.{name}({argument})"
                assert argument in known, f"Shopify has no argument {where}"
                assert str(definition.type) == str(known[argument].type), where
                assert definition.default_value == known[argument].default_value, where
            for argument, definition in known.items():
                required = str(definition.type).endswith("!")
                assert not required or argument in field.args, (
                    f"{graphql_type.name}.{name} lacks its required argument {argument}"
                )


def test_inputs_demand_what_shopify_demands(ours, published):
    for graphql_type in own_types(ours):
        if not is_input_object_type(graphql_type):
            continue
        theirs = published.type_map[graphql_type.name]
        for name, field in theirs.fields.items():
            if str(field.type).endswith("!"):
                assert name in graphql_type.fields, f"{graphql_type.name} lacks {name}"
        for name, field in graphql_type.fields.items():
            assert field.default_value == theirs.fields[name].default_value, name


def test_enums_have_all_values(ours, published):
    for graphql_type in own_types(ours):
        if is_enum_type(graphql_type):
            theirs = published.type_map[graphql_type.name]
            assert set(graphql_type.values) == set(theirs.values), graphql_type.name


def test_unions_and_interfaces_are_shopifys(ours, published):
    for graphql_type in own_types(ours):
        theirs = published.type_map[graphql_type.name]
        if is_union_type(graphql_type):
            names = {member.name for member in theirs.types}
            assert {member.name for member in graphql_type.types} <= names, graphql_type.name
        if is_object_type(graphql_type) or is_interface_type(graphql_type):
            names = {interface.name for interface in theirs.interfaces}
            assert {row.name for row in graphql_type.interfaces} <= names, graphql_type.name


def test_directives_are_shopifys(ours, published):
    known = {directive.name: directive for directive in published.directives}
    idempotent = next(row for row in ours.directives if row.name == "idempotent")
    theirs = known["idempotent"]
    assert {name: str(row.type) for name, row in idempotent.args.items()} == {
        name: str(row.type) for name, row in theirs.args.items()
    }
    assert set(idempotent.locations) <= set(theirs.locations)


def test_scopes_are_those_that_shopify_publishes(contract, ours):
    """Every type and field of ours that needs a scope at Shopify needs it here, and no other."""
    types, fields = {}, {}
    for row in contract["offline_scopes"]["items"]:
        graphql_type = ours.type_map.get(row["typeName"])
        # Fee needs two scopes at once; its two kinds name them by themselves.
        if graphql_type is None or not row["offlineScopes"] or row["typeName"] == "Fee":
            continue
        if row["type"] == "type":
            types[row["typeName"]] = row["offlineScopes"]
        elif row["fieldName"] in graphql_type.fields:
            fields[f"{row['typeName']}.{row['fieldName']}"] = row["offlineScopes"]
    assert {"types": types, "fields": fields} == PUBLISHED
    assert len(types) > 60 and len(fields) > 30
