import logging

from odoo import SUPERUSER_ID
from odoo.http import Response, request

_logger = logging.getLogger(__name__)


def receive_webhook(connection_model, token, verify, max_bytes=2_000_000, fields=()):
    """Take in a webhook from a connector's route (``type="http", auth="public", csrf=False``).

    Nothing is stored before ``verify`` has accepted it, and nothing is processed here. Made for
    JSON bodies; of a form, Odoo keeps no raw bytes to verify.

    :param connection_model: name of the model that inherits ``o2c.connection.mixin``.
    :param token: the connection's ``webhook_token``, from the URL.
    :param verify: ``verify(connection, raw_body, headers)`` returns ``(topic, external_id)``
        when the signature is right, else None. It gets the connection in sudo mode.
    :param max_bytes: longer bodies are refused unread.
    :param fields: what ``verify`` looks at besides the connection's secrets; it is read in the same query.
    :return: an empty answer: 200, 401 (signature), 404 (token), 413 (too long).
    """
    connection = _find(connection_model, token, fields)
    if not connection:
        return Response(status=404)
    body = _read(request.httprequest, max_bytes)
    if body is None:
        return Response(status=413)
    verified = verify(connection, body, request.httprequest.headers)
    if not verified:
        _logger.warning("Webhook with a wrong signature for %s", connection)
        return Response(status=401)
    topic, external_id = verified
    # PostgreSQL keeps no NUL characters, and no platform has a use for them.
    text = body.decode("utf-8", errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    # The sender is not a user of Odoo; the signature is what gives it the right.
    connection.env["o2c.inbox.event"]._receive(connection, topic, external_id, text)
    return Response(status=200)


def _find(connection_model, token, fields):
    # Nobody is logged in; the unguessable token names the connection.
    connections = request.env[connection_model].with_user(SUPERUSER_ID)
    names = [*connections._o2c_secret_fields, "company_id", "name", *fields]
    return token and connections.search_fetch([("webhook_token", "=", token)], names, limit=1)


def _read(httprequest, max_bytes):
    """The raw body, or None when it is longer than ``max_bytes``."""
    if (httprequest.content_length or 0) > max_bytes:
        return None
    body = httprequest.get_data()
    return body if len(body) <= max_bytes else None
