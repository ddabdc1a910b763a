from odoo import models

from ..lib import documents
from ..lib.fulfilment import services
from ..lib.fulfilment_reading import read_order


class SaleOrder(models.Model):
    """What needs no shipping (gift wrap, a warranty, an e-book) is done with the last of the goods."""

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _action_confirm(self):
        result = super()._action_confirm()
        if not self.env.context.get("o2c_shopify_history"):
            # Whoever confirms may see neither the shop nor its records.
            self.sudo().filtered(
                lambda order: (
                    order.shopify_shop_id.push_fulfilments
                    and "consu" not in order.order_line.mapped("product_id.type")
                )
            )._shopify_enqueue_services()
        return result

    def _shopify_enqueue_services(self):
        for order in self.filtered(lambda order: order._shopify_services()):
            order.with_delay(
                channel="root.o2c.shopify",
                # Shopify decides in the background who is to fulfil a new order.
                eta=60,
                identity_key=f"o2c.shopify.services:{order.id}",
                description=self.env._("Tell Shopify that %s needs no delivery", order.name),
            )._shopify_fulfil_services()

    def _o2c_retry_shopify_services(self):
        """Tell Shopify again of what needs no shipping; called from an issue."""
        self._shopify_enqueue_services()

    def _shopify_services(self):
        """The lines that no delivery will ever bring. Gift cards Shopify hands out itself."""
        return self.order_line.filtered(
            lambda line: (
                line.shopify_gid
                and line.product_id.type == "service"
                and line.product_id != self.shopify_shop_id.gift_card_product_id
            )
        )

    def _shopify_fulfil_services(self):
        """Tell Shopify of an order without goods."""
        self.ensure_one()
        shop = self.sudo().shopify_shop_id._as_odoobot()
        order = self.with_env(shop.env)
        with shop.env["o2c.issue"]._guard(
            order, "fulfilment", key="services", retry="_o2c_retry_shopify_services"
        ):
            shop._check_same_database()
            client = shop._client()
            known, _at = read_order(client, order.shopify_gid)
            if known and order.state == "sale":
                order._shopify_tell_services(client, known)

    def _shopify_tell_services(self, client, known):
        """Tell Shopify of the lines that need no shipping, unless goods are still to leave.

        What was told is not open any more, so nothing is told twice. The customer is told of parcels only.

        :param known: what Shopify says of the order, complete
        """
        lines = self._shopify_services()
        if not lines or any(picking._o2c_is_on_its_way_out() for picking in self.picking_ids):
            return
        for group in services(known, set(lines.mapped("shopify_gid"))):
            fulfilment = {"lineItemsByFulfillmentOrder": list(group), "notifyCustomer": False}
            client.mutate(documents.FULFILLMENT_CREATE, {"fulfillment": fulfilment})
