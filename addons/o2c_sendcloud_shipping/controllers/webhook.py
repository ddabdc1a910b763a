from odoo import http

from odoo.addons.o2c_base.controllers.webhook import receive_webhook

from ...o2c_base.lib.signature import verify_hmac
from ..lib.webhook import SIGNATURE_HEADER, delivery_id, read_hint


def _verify(account, body, headers):
    """Topic and id of a webhook that Sendcloud signed, else None.

    Sendcloud signs with the integration's webhook signature key if it has one, else with the
    secret key. Both are accepted, so that a key can be added without losing anything.
    """
    secrets = (account.webhook_signature_key, account.secret_key)
    if not verify_hmac(secrets, body, headers.get(SIGNATURE_HEADER), encoding="hex"):
        return None
    try:
        topic = read_hint(body).action
    except ValueError:
        topic = "unreadable"
    return topic, delivery_id(body)


class SendcloudWebhook(http.Controller):
    @http.route(
        "/o2c/sendcloud/webhook/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def receive(self, token, **_params):
        return receive_webhook("o2c.sendcloud.account", token, _verify)
