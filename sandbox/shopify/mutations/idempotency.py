"""The @idempotent directive, which some mutations demand since version 2026-04."""

from graphql.execution.values import get_directive_values

from sandbox.shopify import errors
from sandbox.shopify.state import parameters_digest

MISMATCH = "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"


def idempotent(code=True):
    """Decorate a mutation: demand a key, repeat the first answer for a repeated key.

    ``code`` says whether the payload's user errors have a code.
    """

    def decorate(function):
        def resolve(root, info, **arguments):
            state = info.context.state
            directive = info.schema.get_directive("idempotent")
            values = get_directive_values(directive, info.field_nodes[0], info.variable_values)
            if not values:
                raise errors.bad_request(
                    "The @idempotent directive is required for this mutation but was not provided."
                )
            slot = (info.field_name, values["key"])
            digest = parameters_digest(arguments)
            known = state.idempotency.get(slot)
            if known is not None:
                if known[0] != digest:
                    message = "The same idempotency key was used with different parameters."
                    error = errors.user_error(None, message, MISMATCH if code else None)
                    return {"userErrors": [error]}
                return known[1]
            answer = function(root, info, **arguments)
            if not answer["userErrors"]:
                state.idempotency[slot] = (digest, answer)
            return answer

        return resolve

    return decorate
