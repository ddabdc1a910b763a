"""How Shopify says no inside an answer with HTTP status 200."""

from graphql import GraphQLError


def access_denied(field, scopes):
    """The token lacks a scope."""
    wanted = " or ".join(f"`{scope}`" for scope in scopes)
    required = f"{wanted} access scope."
    return GraphQLError(
        f"Access denied for {field} field. Required access: {required}",
        extensions={
            "code": "ACCESS_DENIED",
            "documentation": "https://shopify.dev/api/usage/access-scopes",
            "requiredAccess": required,
        },
    )


def bad_request(message):
    """The query cannot be carried out as it was written."""
    return GraphQLError(message, extensions={"code": "BAD_REQUEST"})


def user_error(field, message, code=None):
    """An entry of userErrors."""
    error = {"field": field, "message": message}
    if code is not None:
        error["code"] = code
    return error


def validation_error(error):
    """Write a validation error in Shopify's words where clients look at them."""
    data = error.formatted
    message = error.message
    if message.startswith("Cannot query field '"):
        parts = message.split("'")
        data = {
            **data,
            "message": f"Field '{parts[1]}' doesn't exist on type '{parts[3]}'",
            "extensions": {"code": "undefinedField", "typeName": parts[3], "fieldName": parts[1]},
        }
    else:
        data = {**data, "extensions": {"code": "invalid", **(error.extensions or {})}}
    return data
