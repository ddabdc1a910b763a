import json
from datetime import datetime, timedelta, timezone

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.queue_job.exception import RetryableJobError

from ...o2c_base.lib.http import AuthenticationError
from ..lib import documents
from ..lib.fulfilment import NO_TRACKING, VOID, Delivery, moment, plan, tracking_input
from ..lib.fulfilment_reading import read_order


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
        [
            ("pending", "To Send"),
            ("done", "Sent"),
            ("cancelling", "To Cancel"),
            ("cancelled", "Cancelled"),
        ],
        default="pending",
        required=True,
        readonly=True,
    )
    intended_at = fields.Datetime(
        default=fields.Datetime.now,
        required=True,
        readonly=True,
        help="When it was decided to tell Shopify (UTC).",
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
        """Send these in the background, those that were cancelled in Shopify among them."""
        self.check_access("read")
        # Whoever may see that a parcel was taken back may say that it left after all.
        again = self.sudo().filtered(
            lambda fulfilment: fulfilment.state == "cancelled" and fulfilment.picking_id.state == "done"
        )
        again.write(
            {"state": "pending", "gids": False, "tracking": False, "intended_at": fields.Datetime.now()}
        )
        self._enqueue()

    def action_cancel(self):
        """Take these back in Shopify: the goods did not leave."""
        standing = self.filtered(lambda fulfilment: fulfilment.state in ("pending", "done"))
        standing.write({"state": "cancelling"})
        self.filtered(lambda fulfilment: fulfilment.state == "cancelling")._enqueue()

    def _push(self):
        """Bring Shopify to what the delivery says. Harmless when it knows already.

        Runs as a job of whoever validated the delivery; that person has no rights to the shop.
        """
        for fulfilment in self:
            shop = fulfilment.sudo().shop_id._as_odoobot()
            fulfilment = fulfilment.with_env(shop.env)
            cancelling = fulfilment.state == "cancelling"
            if not shop.push_fulfilments and not cancelling:
                continue
            if fulfilment.picking_id._o2c_awaits_label() and not cancelling:
                continue
            fulfilment._lock_order()
            with self.env["o2c.issue"]._guard(
                fulfilment.picking_id,
                "fulfilment",
                retry="action_shopify_fulfil",
                order=fulfilment.sale_order_id,
            ) as outcome:
                shop._check_same_database()
                if cancelling:
                    fulfilment._cancel_in_shopify(shop)
                elif fulfilment.state == "pending":
                    fulfilment._create_in_shopify(shop)
                elif fulfilment.state == "done":
                    fulfilment._update_tracking(shop)
            if isinstance(outcome.error, AuthenticationError):
                # The shop is what is wrong; when it is mended, this is sent by itself.
                shop._connection_failed(outcome.error)

    def _lock_order(self):
        """Let one job at a time speak for an order: two could each take the other's fulfilment for theirs.

        Rows that another job changed since this transaction began make the database refuse, and the
        job begins again.
        """
        rows = self.search([("sale_order_id", "=", self.sale_order_id.id)])
        if rows.try_lock_for_update() != rows:
            raise RetryableJobError(
                self.env._("Another delivery of the order is just being sent."), seconds=5, ignore_retry=True
            )

    # === Creating === #

    def _create_in_shopify(self, shop):
        client = shop._client()
        if not self._delivered_lines():
            # Nothing of what left was sold by Shopify.
            self.state = "cancelled"
            return
        order, todo = self._plan(client, shop)
        refused = self._check_plan(todo, order)
        tracking = tracking_input(self.picking_id._o2c_tracking())
        notify = shop.notified_by == "shopify"
        for gid in todo.untold:
            client.mutate(documents.FULFILLMENT_TRACKING, {"id": gid, "tracking": tracking, "notify": notify})
        gids = list(todo.adopted)
        for group in todo.groups:
            fulfilment = {"lineItemsByFulfillmentOrder": list(group), "notifyCustomer": notify}
            if tracking:
                fulfilment["trackingInfo"] = tracking
            payload = client.mutate(documents.FULFILLMENT_CREATE, {"fulfillment": fulfilment})
            gids.append(payload["fulfillment"]["id"])
        self.write(
            {
                "gids": ",".join(gids),
                "tracking": self._text(tracking),
                "state": "done",
                "sent_at": fields.Datetime.now(),
            }
        )
        if refused:
            self.env["o2c.issue"]._report(
                self.picking_id, "fulfilment", refused, key="refused", order=self.sale_order_id
            )

    def _delivered_lines(self):
        """Line item gid -> whole pieces that left with this delivery."""
        done = self.picking_id.move_ids.filtered(lambda move: move.state == "done")
        wanted = {}
        for line, moves in done.grouped("sale_line_id").items():
            if line.shopify_gid:
                pieces = self._pieces(line, moves)
                wanted[line.shopify_gid] = wanted.get(line.shopify_gid, 0) + round(pieces)
        return wanted

    def _pieces(self, line, moves):
        """How much of an order line these moves of one delivery brought, in the line's unit."""
        return sum(move.product_uom._compute_quantity(move.quantity, line.product_uom_id) for move in moves)

    def _plan(self, client, shop):
        """What Shopify says of the order now, and what there is to do about this delivery."""
        order, at = self._read_order(client)
        warehouse = self.picking_id.picking_type_id.warehouse_id
        age = fields.Datetime.now() - self.intended_at
        others = self.search([("sale_order_id", "=", self.sale_order_id.id), ("id", "!=", self.id)])
        delivery = Delivery(
            wanted=self._delivered_lines(),
            numbers=self._tracking_numbers(self.picking_id),
            locations=shop.location_ids.filtered(lambda place: place.warehouse_id == warehouse).mapped("gid"),
            others={gid for other in others for gid in other._known_gids()},
            other_numbers=self._tracking_numbers(others.picking_id),
            # Both clocks tell whole seconds.
            since=(at or datetime.now(timezone.utc)) - age - timedelta(seconds=1),
        )
        return order, plan(order, delivery)

    def _known_gids(self):
        return [gid for gid in (self.gids or "").split(",") if gid]

    @staticmethod
    def _tracking_numbers(pickings):
        return {
            parcel["number"] for picking in pickings for parcel in picking._o2c_tracking() if parcel["number"]
        }

    def _read_order(self, client):
        order, at = read_order(client, self.sale_order_id.shopify_gid)
        if not order:
            raise UserError(
                self.env._(
                    "Order %s no longer exists in Shopify, so its delivery cannot be reported.",
                    self.sale_order_id.shopify_name,
                )
            )
        return order, at

    def _check_plan(self, todo, order):
        """Tell a person what keeps Shopify from taking this delivery for sent.

        What waits is tried again by itself: when Shopify says that it may leave, and daily.

        :return: what to tell of pieces that Shopify refuses while the others can be sent, or None.
        :raises UserError: nothing of the delivery can be sent, or not yet.
        """
        if not todo.missing:
            return None
        waits = self._words_on_waiting(todo)
        if waits:
            raise UserError(waits)
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
        if todo.groups or todo.adopted or todo.untold:
            return message
        raise UserError(message)

    def _words_on_waiting(self, todo):
        name = self.sale_order_id.shopify_name
        if todo.held:
            return self.env._(
                "Shopify holds back order %(order)s (%(reason)s). Release the hold in Shopify; Odoo then "
                "tells it about this delivery by itself.",
                order=name,
                reason=", ".join(todo.held),
            )
        if todo.planned and all(todo.planned):
            return self.env._(
                "Shopify has planned order %(order)s for %(day)s, but the goods have left. Odoo tells "
                "Shopify when that day has come. If the customer is to hear of it earlier, mark the order as "
                "ready in Shopify and retry.",
                order=name,
                day=format_date(self.env, self.shop_id._local_date(moment(max(todo.planned)))),
            )
        if todo.planned:
            return self.env._(
                "Order %s is planned for later in Shopify, without a day, but the goods have left. Mark it "
                "as ready in Shopify and retry.",
                name,
            )
        if todo.incomplete:
            return self.env._(
                "A fulfilment service gave order %s back as incomplete, but the goods have left from here. "
                "Change its location in Shopify to your own and retry.",
                name,
            )
        return None

    @staticmethod
    def _text(tracking):
        return tracking and json.dumps(tracking, sort_keys=True)

    # === Later === #

    def _update_tracking(self, shop):
        tracking = tracking_input(self.picking_id._o2c_tracking())
        if not tracking and self.tracking:
            tracking = NO_TRACKING
        if not tracking or self._text(tracking) == self.tracking:
            return
        client = shop._client()
        # Of a number that is gone there is nothing to tell the customer.
        notify = shop.notified_by == "shopify" and bool(tracking["numbers"])
        for gid in self._known_gids():
            answer = client.mutate(
                documents.FULFILLMENT_TRACKING, {"id": gid, "tracking": tracking, "notify": notify}
            )
            self._check_tracking_is_gone(tracking, answer["fulfillment"])
        self.write({"tracking": self._text(tracking), "sent_at": fields.Datetime.now()})

    def _check_tracking_is_gone(self, tracking, fulfilment):
        """Shopify nowhere says that it takes a number away when it is given none: look."""
        left = [info["number"] for info in fulfilment["trackingInfo"] if info["number"]]
        if left and not tracking["numbers"]:
            raise UserError(
                self.env._(
                    "The tracking number %(number)s was removed from delivery %(delivery)s, but Shopify "
                    "still shows it to the customer of order %(order)s. Remove it there (the order > the "
                    "fulfilment > Edit tracking), or enter the new number on the delivery.",
                    number=", ".join(left),
                    delivery=self.picking_id.name,
                    order=self.sale_order_id.shopify_name,
                )
            )

    def _cancel_in_shopify(self, shop):
        """Cancel what stands of this delivery; an attempt whose answer was lost is found, too."""
        client = shop._client()
        order, todo = self._plan(client, shop)
        states = {node["id"]: node["status"] for node in order["fulfillments"]}
        for gid in dict.fromkeys([*self._known_gids(), *todo.adopted]):
            if states.get(gid) not in VOID:
                client.mutate(documents.FULFILLMENT_CANCEL, {"id": gid})
        self.write({"state": "cancelled", "sent_at": fields.Datetime.now()})
