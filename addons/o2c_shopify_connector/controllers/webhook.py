from odoo import http

from odoo.addons.o2c_base.controllers.webhook import receive_webhook
from odoo.addons.o2c_base.lib.signature import verify_hmac


class ShopifyWebhook(http.Controller):
    @http.route(
        "/o2c/shopify/webhook/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def receive(self, token):
        """Take in a webhook of Shopify; it must be answered within five seconds.

        https://shopify.dev/docs/apps/build/webhooks/subscribe/https
        """
        return receive_webhook("o2c.shopify.shop", token, verify, fields=("domain",))


def verify(shop, body, headers):
    """``(topic, delivery id)`` when the shop's secret signed this body, else None.

    A retried delivery keeps its id, so that it is stored once.
    """
    signature = headers.get("X-Shopify-Hmac-Sha256") or ""
    if not verify_hmac(shop._webhook_secrets(), body, signature):
        return None
    if (headers.get("X-Shopify-Shop-Domain") or "").lower() != shop.domain:
        return None
    delivery = headers.get("X-Shopify-Webhook-Id")
    topic = headers.get("X-Shopify-Topic")
    return (topic, delivery) if topic and delivery else None
