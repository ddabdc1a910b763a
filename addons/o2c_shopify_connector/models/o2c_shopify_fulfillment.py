import json

from odoo import fields, models
from odoo.exceptions import UserError

from ..lib import documents
from ..lib.fulfilment import plan, tracking_input


class O2cShopifyFulfillment(models.Model):
    """What Shopify is to be told about a delivery, and whether it knows already (outbox)."""

    _name = "o2c.shopify.fulfillment"
    _description = "Shopify Fulfilment"
    _order = "id desc"
    _rec_name = "picking_id"

    picking_id = fields.Many2one(
        "stock.picking", string="Delivery", required=True, index=True, ondelete="cascade"
    )
    sale_order_id = fields.Many2one("sale.order", required=True, index=True, ondelete="cascade")
    shop_id = fields.Many2one(related="sale_order_id.shopify_shop_id", store=True, index=True)
    company_id = fields.Many2one(related="sale_order_id.company_id", store=True, index=True)
    gids = fields.Char(string="Shopify IDs", readonly=True, help="One fulfilment for each location.")
    tracking = fields.Text(readonly=True, help="What Shopify was last told about the parcels.")
    state = fields.Selection(
        [("pending", "To Send"), ("done", "Sent"), ("cancelled", "Cancelled")],
        default="pending",
        required=True,
        readonly=True,
    )
    sent_at = fields.Datetime(readonly=True)

    _picking_once = models.Constraint(
        "UNIQUE(picking_id)", "There is a fulfilment for this delivery already."
    )

    def _enqueue(self):
        """Send these in the background, after the transaction that caused them."""
        for fulfilment in self:
            fulfilment.with_delay(
                channel="root.o2c.shopify",
                identity_key=f"o2c.shopify.fulfilment:{fulfilment.id}",
                description=self.env._("Tell Shopify about delivery %s", fulfilment.picking_id.name),
            )._push()

    def _o2c_retry_push(self):
        """Send these again; called from an issue."""
        self._enqueue()

    def action_send(self):
        """Send these in the background."""
        self._enqueue()

    def _push(self):
        """Bring Shopify to what the delivery says. Harmless when it knows already.

        Runs as a job of whoever validated the delivery; that person has no rights to the shop.
        """
        for fulfilment in self:
            shop = fulfilment.sudo().shop_id._as_odoobot()
            fulfilment = fulfilment.with_env(shop.env)
            if not shop.push_fulfilments or fulfilment.picking_id._o2c_awaits_label():
                continue
            with self.env["o2c.issue"]._guard(
                fulfilment.picking_id,
                "fulfilment",
                retry="action_shopify_fulfil",
                order=fulfilment.sale_order_id,
            ):
                shop._check_same_database()
                if fulfilment.state == "pending":
                    fulfilment._create_in_shopify(shop)
                elif fulfilment.state == "done":
                    fulfilment._update_tracking(shop)

    def _create_in_shopify(self, shop):
        client = shop._client()
        wanted = self._delivered_lines()
        if not wanted:
            # Nothing of what left was sold by Shopify.
            self.state = "cancelled"
            return
        parcels = self.picking_id._o2c_tracking()
        order = self._read_order(client)
        todo = plan(order, wanted, [parcel["number"] for parcel in parcels], self._others())
        if todo.adopted:
            self._done(todo.adopted, tracking_input(parcels))
            return
        self._check_plan(todo, order)
        tracking = tracking_input(parcels)
        gids = []
        for group in todo.groups:
            fulfilment = {
                "lineItemsByFulfillmentOrder": list(group),
                "notifyCustomer": shop.notify_customer,
            }
            if tracking:
                fulfilment["trackingInfo"] = tracking
            payload = client.mutate(documents.FULFILLMENT_CREATE, {"fulfillment": fulfilment})
            gids.append(payload["fulfillment"]["id"])
        self._done(gids, tracking)

    def _delivered_lines(self):
        """Line item gid -> whole pieces that left with this delivery."""
        wanted = {}
        for move in self.picking_id.move_ids:
            gid = move.sale_line_id.shopify_gid
            if move.state == "done" and gid:
                quantity = move.product_uom._compute_quantity(move.quantity, move.sale_line_id.product_uom_id)
                wanted[gid] = wanted.get(gid, 0) + round(quantity)
        return wanted

    def _read_order(self, client):
        gid = self.sale_order_id.shopify_gid
        order = client.execute(documents.FULFILLMENT_ORDERS, {"id": gid, "after": None}).data["order"]
        if not order:
            raise UserError(
                self.env._(
                    "Order %s no longer exists in Shopify, so its delivery cannot be reported.",
                    self.sale_order_id.shopify_name,
                )
            )
        orders = order["fulfillmentOrders"]
        if orders["pageInfo"]["hasNextPage"]:
            orders["nodes"] += client.pages(
                documents.FULFILLMENT_ORDERS,
                {"id": gid, "after": orders["pageInfo"]["endCursor"]},
                ("order", "fulfillmentOrders"),
            )
        for fulfilment_order in orders["nodes"]:
            page = fulfilment_order["lineItems"]["pageInfo"]
            if page["hasNextPage"]:
                fulfilment_order["lineItems"]["nodes"] += client.pages(
                    documents.FULFILLMENT_ORDER_LINES_PAGE,
                    {"id": fulfilment_order["id"], "after": page["endCursor"]},
                    ("fulfillmentOrder", "lineItems"),
                )
        return order

    def _others(self):
        records = self.search([("sale_order_id", "=", self.sale_order_id.id), ("id", "!=", self.id)])
        return {gid for record in records for gid in (record.gids or "").split(",") if gid}

    def _check_plan(self, todo, order):
        if todo.held:
            raise UserError(
                self.env._(
                    "Shopify holds back order %(order)s (%(reason)s). Release the hold in Shopify and retry.",
                    order=self.sale_order_id.shopify_name,
                    reason=", ".join(todo.held),
                )
            )
        if not todo.missing:
            return
        names = {line.shopify_gid: line.product_id.display_name for line in self.sale_order_id.order_line}
        what = ", ".join(f"{quantity} x {names.get(gid, gid)}" for gid, quantity in todo.missing)
        if order.get("cancelledAt"):
            message = self.env._(
                "Order %(order)s was cancelled in Shopify, but %(what)s were delivered.",
                order=self.sale_order_id.shopify_name,
                what=what,
            )
        else:
            message = self.env._(
                "Shopify has nothing left to fulfil of %(what)s in order %(order)s. Somebody may "
                "have fulfilled or refunded it there: compare both, and close this issue.",
                order=self.sale_order_id.shopify_name,
                what=what,
            )
        raise UserError(message)

    def _done(self, gids, tracking):
        self.write(
            {
                "gids": ",".join(gids),
                "tracking": tracking and json.dumps(tracking, sort_keys=True),
                "state": "done",
                "sent_at": fields.Datetime.now(),
            }
        )

    def _update_tracking(self, shop):
        tracking = tracking_input(self.picking_id._o2c_tracking())
        text = tracking and json.dumps(tracking, sort_keys=True)
        if not tracking or text == self.tracking:
            return
        client = shop._client()
        for gid in (self.gids or "").split(","):
            client.mutate(
                documents.FULFILLMENT_TRACKING,
                {"id": gid, "tracking": tracking, "notify": shop.notify_customer},
            )
        self.write({"tracking": text, "sent_at": fields.Datetime.now()})
