"""What to click when Shopify refuses the keys or the shop.

https://shopify.dev/docs/api/usage/response-codes and
https://shopify.dev/docs/apps/build/authentication-authorization/client-secrets
"""

from ...o2c_base.lib.http import AuthenticationError, O2cError, RefusedError
from ...o2c_base.lib.text import texts_of

_lt = texts_of(__name__)

WRONG_PAIR = _lt(
    "Shopify does not accept these keys, the client ID and client secret. In the Dev Dashboard open the "
    "app, then Settings, and copy both again."
)
NOT_INSTALLED = _lt(
    "The app may not enter this shop. In the Dev Dashboard open the app, press “Install app” and choose the "
    "shop; the app and the shop must belong to the same organisation."
)
WRONG_TOKEN = _lt(
    "Shopify does not accept the access token, which is one of the keys. In Shopify's admin open "
    "Settings > Apps > Develop apps > the app > API credentials; if the token is gone, install the app "
    "again and enter the new one."
)
BY_STATUS = {
    402: _lt(
        "Shopify has frozen this shop. Its owner can settle the bill in Shopify's admin under Settings > "
        "Billing."
    ),
    404: _lt(
        "Shopify knows no shop at this domain. You find it in Shopify's admin under Settings > Domains: "
        "the one that ends with myshopify.com."
    ),
    423: _lt("Shopify has locked this shop. Its owner must contact Shopify's support."),
}


def of_token_request(error: O2cError) -> O2cError:
    """The refusal of a new token, with what to do about it."""
    if isinstance(error, RefusedError) and error.status in BY_STATUS:
        return _said(BY_STATUS[error.status], error)
    if isinstance(error, AuthenticationError) or _code(error) == "invalid_client":
        return _said(WRONG_PAIR, error)
    if isinstance(error, RefusedError) and error.status == 400:
        return _said(NOT_INSTALLED, error)
    return error


def of_call(error: O2cError) -> O2cError:
    """The refusal of a call, with what to do about it."""
    status = getattr(error, "status", None)
    if isinstance(error, AuthenticationError) and status == 401:
        return _said(WRONG_TOKEN, error)
    if isinstance(error, RefusedError) and status in BY_STATUS:
        return _said(BY_STATUS[status], error)
    return error


def _code(error):
    body = getattr(error, "body", None)
    return body.get("error") if isinstance(body, dict) else None


def _said(message, error):
    return AuthenticationError(message, status=error.status, body=error.body, detail=error.detail)
