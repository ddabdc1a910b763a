import hashlib
import json

from odoo import http

from odoo.addons.o2c_base.controllers.webhook import receive_webhook

from ...o2c_base.lib.signature import verify_hmac

SIGNATURE_HEADER = "X-Mollie-Signature"


def _verify(account, body, headers):
    """Topic and id of an event that Mollie signed, else None.

    Source: https://docs.mollie.com/reference/webhooks-best-practices
    """
    signature = (headers.get(SIGNATURE_HEADER) or "").removeprefix("sha256=")
    secrets = (account.webhook_secret, account.webhook_secret_old)
    if not verify_hmac(secrets, body, signature, encoding="hex"):
        return None
    try:
        event = json.loads(body)
        topic, identifier = event.get("type"), event.get("id")
    except (ValueError, AttributeError):
        topic = identifier = None
    return topic or "unreadable", identifier or hashlib.sha256(body).hexdigest()


class MollieWebhook(http.Controller):
    @http.route(
        "/o2c/mollie/webhook/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def receive(self, token, **_params):
        return receive_webhook("o2c.mollie.account", token, _verify)
