"""Runs one GraphQL request: parse, validate, price, admit, execute, charge."""

from collections import OrderedDict
from dataclasses import dataclass, field

from graphql import GraphQLError, execute, parse, validate
from graphql.execution.values import get_variable_values

from sandbox.shopify import bucket, errors
from sandbox.shopify.cost import CostCounter
from sandbox.shopify.paging import UNLIMITED
from sandbox.shopify.schema import load_schema

CACHED_DOCUMENTS = 256
# Elements of a list that is given to Shopify; some fields take more.
# https://shopify.dev/docs/api/usage/limits#input-arguments
MAX_LIST = 250
LONGER_LISTS = {"fulfillmentOrderLineItems": 512}
_documents = OrderedDict()


@dataclass
class Context:
    """What resolvers know of the request."""

    state: object
    search: list = field(default_factory=list)


def document_of(text):
    """Return (document, validation errors); known documents are remembered."""
    if text in _documents:
        _documents.move_to_end(text)
        return _documents[text]
    try:
        document = parse(text)
        problems = [errors.validation_error(error) for error in validate(load_schema(), document)]
    except GraphQLError as error:
        document, problems = None, [errors.validation_error(error)]
    _documents[text] = (document, problems)
    if len(_documents) > CACHED_DOCUMENTS:
        _documents.popitem(last=False)
    return document, problems


def operation_of(document, name):
    """Return the operation to run, or raise GraphQLError."""
    operations = [node for node in document.definitions if node.kind == "operation_definition"]
    if name:
        operations = [node for node in operations if node.name and node.name.value == name]
    if len(operations) != 1:
        raise GraphQLError("An operation name is required" if not name else f"No operation named {name}")
    return operations[0]


def run(state, text, variables=None, operation_name=None):
    """Answer a request as Shopify does; returns the JSON object of the answer."""
    schema = load_schema()
    document, problems = document_of(text)
    if problems:
        return {"errors": problems}
    try:
        operation = operation_of(document, operation_name)
    except GraphQLError as error:
        return {"errors": [errors.validation_error(error)]}
    coerced = get_variable_values(schema, operation.variable_definitions or (), variables or {})
    if isinstance(coerced, list):
        return {"errors": [_variable_error(error) for error in coerced]}
    too_long = _too_long(variables or {})
    if too_long:
        return {"errors": [too_long]}
    counter = CostCounter(schema, document, operation, coerced)
    requested = counter.requested()
    if requested > bucket.MAX_COST:
        return bucket.too_expensive(requested)
    if not state.bucket.admits(requested):
        return state.bucket.throttled(requested)
    context = Context(state)
    result = execute(
        schema,
        document,
        context_value=context,
        variable_values=variables or {},
        operation_name=operation_name,
        is_awaitable=_never,
    )
    actual = counter.actual(result.data)
    state.bucket.charge(actual)
    answer = {}
    if result.errors:
        answer["errors"] = [error.formatted for error in result.errors]
    answer["data"] = result.data
    answer["extensions"] = {"cost": state.bucket.cost(requested, actual)}
    if context.search:
        answer["extensions"]["search"] = context.search
    return answer


def run_unlimited(state, text):
    """Execute a query for a bulk operation: no cost, no pages; returns an ExecutionResult."""
    document, problems = document_of(text)
    if problems:
        raise ValueError(problems[0]["message"])
    reset = UNLIMITED.set(True)
    try:
        return execute(load_schema(), document, context_value=Context(state), is_awaitable=_never)
    finally:
        UNLIMITED.reset(reset)


def _too_long(value, limit=MAX_LIST):
    """Return the error about a list that is longer than Shopify takes, or None."""
    if isinstance(value, dict):
        found = (_too_long(item, LONGER_LISTS.get(key, MAX_LIST)) for key, item in value.items())
    elif isinstance(value, list):
        if len(value) > limit:
            text = f"The input array size of {len(value)} is greater than the maximum allowed of {limit}."
            return {"message": text, "extensions": {"code": "MAX_INPUT_SIZE_EXCEEDED"}}
        found = (_too_long(item) for item in value)
    else:
        return None
    return next((error for error in found if error), None)


def _variable_error(error):
    return {**error.formatted, "extensions": {"code": "INVALID_VARIABLE"}}


def _never(_value):
    return False
