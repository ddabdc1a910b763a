"""The executable schema: Shopify's types, with resolvers."""

import functools
from pathlib import Path

from graphql import (
    GraphQLScalarType,
    build_schema,
    get_named_type,
    is_enum_type,
    is_object_type,
)

from sandbox.shopify import errors, mutations, queries, resolvers
from sandbox.shopify.paging import page_of_list
from sandbox.shopify.scopes import scopes_of_field

SCHEMA_FILE = Path(__file__).with_name("schema.graphql")


@functools.lru_cache(maxsize=1)
def load_schema():
    """Return the schema; it is built once."""
    schema = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"), assume_valid=True)
    for graphql_type in schema.type_map.values():
        if isinstance(graphql_type, GraphQLScalarType):
            continue
        if is_enum_type(graphql_type):
            graphql_type.coerce_output_value = _also_newer(graphql_type.coerce_output_value)
        if is_object_type(graphql_type) and not graphql_type.name.startswith("__"):
            for name, field in graphql_type.fields.items():
                field.resolve = _resolver(graphql_type.name, name, field)
    return schema


class NewerValue(str):
    """An enum value that a newer Shopify would answer; it goes out although the schema lacks it."""


def _also_newer(strict):
    def coerce(value):
        return str(value) if isinstance(value, NewerValue) else strict(value)

    return coerce


def _resolver(type_name, name, field):
    if type_name == "QueryRoot":
        resolve = queries.QUERIES[name]
    elif type_name == "Mutation":
        resolve = mutations.MUTATIONS[name]
    elif (type_name, name) in resolvers.COMPUTED:
        resolve = _plain(resolvers.COMPUTED[type_name, name])
    elif get_named_type(field.type).name.endswith("Connection"):
        resolve = _connection(name)
    elif "first" in field.args:
        resolve = _first(name)
    else:
        resolve = _stored(name)
    if (type_name, name) in resolvers.PROTECTED:
        resolve = _protected(resolve, resolvers.PROTECTED[type_name, name])
    scopes = scopes_of_field(type_name, name, field)
    return _guarded(resolve, name, scopes) if scopes else resolve


def _plain(function):
    def resolve(source, info, **arguments):
        return function(source, info.context.state, **arguments)

    return resolve


def _stored(name):
    def resolve(source, _info, **_arguments):
        return source.get(name) if type(source) is dict else getattr(source, name)

    return resolve


def _connection(name):
    def resolve(source, _info, **arguments):
        return page_of_list(source.get(name) or (), arguments)

    return resolve


def _first(name):
    def resolve(source, _info, **arguments):
        items = source.get(name) or []
        return items[: arguments["first"]] if arguments.get("first") is not None else items

    return resolve


def _protected(resolve, hidden):
    def guarded(source, info, **arguments):
        if not info.context.state.access.personal_data:
            return hidden
        return resolve(source, info, **arguments)

    return guarded


def _guarded(resolve, name, scopes):
    def guarded(source, info, **arguments):
        if not info.context.state.access.allows(*scopes):
            raise errors.access_denied(name, scopes)
        return resolve(source, info, **arguments)

    return guarded
