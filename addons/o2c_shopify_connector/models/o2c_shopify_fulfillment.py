import json
from datetime import datetime, timedelta, timezone

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.queue_job.exception import RetryableJobError

from ...o2c_base.lib.http import AuthenticationError, RefusedError
from ...o2c_base.words import in_words
from ..lib import documents
from ..lib.fulfilment import NO_TRACKING, VOID, Delivery, Plan, carries, moment, plan, tracking_input
from ..lib.fulfilment_reading import read_order

# Of these, Shopify was told or is to be told.
STANDING = ("pending", "done", "refused", "kept")


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
            ("refused", "Not Taken"),
            ("cancelling", "To Cancel"),
            ("kept", "Not Taken Back"),
            ("cancelled", "Cancelled"),
        ],
        default="pending",
        required=True,
        readonly=True,
        help="Not Taken: Shopify has no place for some or all of the pieces. Not Taken Back: Shopify did not "
        "cancel it. Nothing tries again by itself.",
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
        # See above.
        self.sudo()._try_refused()
        self._enqueue()

    def _try_refused(self):
        """Ask Shopify once more to take the pieces that it did not take, or that left after all."""
        refused = self.filtered(lambda fulfilment: fulfilment.state in ("refused", "kept"))
        refused.write({"state": "pending"})
        refused._enqueue()

    def action_cancel(self):
        """Take these back in Shopify: the goods did not leave."""
        standing = self.filtered(lambda fulfilment: fulfilment.state in STANDING)
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
            # A parcel is told with its number; a number that is gone is told before the next one comes.
            waits = fulfilment.state == "pending" and fulfilment.picking_id._o2c_awaits_label()
            if waits and not fulfilment._known_gids():
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
                elif fulfilment.state == "pending" and not waits:
                    fulfilment._create_in_shopify(shop)
                elif fulfilment._known_gids():
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
        """Tell Shopify what it can be told now; what waits stays to be sent, with the reason in an issue."""
        client = shop._client()
        if not self._delivered_lines():
            # Nothing of what left was sold by Shopify.
            self.state = "cancelled"
            return
        order, todo = self._plan(client, shop)
        tracking = self._tracking_to_tell()
        gids = list(todo.adopted)
        for gid in todo.untold:
            self._tell_tracking(client, shop, gid, tracking or NO_TRACKING)
        fulfilment = {"notifyCustomer": shop.notified_by == "shopify"}
        if tracking and tracking["numbers"]:
            fulfilment["trackingInfo"] = tracking
        for group in todo.groups:
            lines = {"lineItemsByFulfillmentOrder": list(group)}
            payload = client.mutate(documents.FULFILLMENT_CREATE, {"fulfillment": {**fulfilment, **lines}})
            gids.append(payload["fulfillment"]["id"])
        waits = todo.missing and self._words_on_waiting(todo)
        refused = not waits and self._words_on_refusal(todo, order)
        self.write(
            {
                "gids": ",".join(gids),
                "tracking": bool(gids) and self._text(tracking),
                "sent_at": bool(gids) and fields.Datetime.now(),
                "state": self._state_after(gids, waits, refused),
            }
        )
        self._keep_issue("cancel", None, None)
        self._keep_issue("waiting", waits, "action_shopify_fulfil")
        self._keep_issue("refused", refused, "_o2c_retry_shopify_refused")
        if order and not waits:
            with self.env["o2c.issue"]._guard(
                self.sale_order_id, "fulfilment", key="services", retry="_o2c_retry_shopify_services"
            ):
                self.sale_order_id._shopify_tell_services(client, order)

    def _state_after(self, gids, waits, refused):
        if waits:
            return "pending"
        if refused:
            return "refused"
        return "done" if gids or not self.picking_id._shopify_all_back() else "cancelled"

    def _keep_issue(self, key, words, retry):
        """Keep an issue about this delivery as long as there is something to say."""
        issues = self.env["o2c.issue"]
        if words:
            issues._report(
                self.picking_id, "fulfilment", words, key=key, retry=retry, order=self.sale_order_id
            )
        else:
            issues._clear(self.picking_id, "fulfilment", key)

    def _delivered_lines(self):
        """Line item gid -> whole pieces that left with this delivery."""
        done = self.picking_id.move_ids.filtered(lambda move: move.state == "done")
        wanted = {}
        for line, moves in done.grouped("sale_line_id").items():
            if line.shopify_gid:
                pieces = self._pieces(line, moves)
                wanted[line.shopify_gid] = wanted.get(line.shopify_gid, 0) + round(pieces)
        return wanted

    def _lines_back(self):
        """Line item gid -> whole pieces of this delivery that are on the shelf again."""
        back = {}
        returned = self.picking_id._shopify_back()
        for line, moves in returned.origin_returned_move_id.grouped("sale_line_id").items():
            if line.shopify_gid:
                pieces = self._pieces_back(line, moves, moves.returned_move_ids & returned)
                back[line.shopify_gid] = back.get(line.shopify_gid, 0) + round(pieces)
        return back

    def _pieces_back(self, line, _moves, returned):
        """How much of what these moves brought was returned, in the order line's unit."""
        return self._pieces(line, returned)

    def _pieces(self, line, moves):
        """How much of an order line these moves of one delivery brought, in the line's unit."""
        return sum(move.product_uom._compute_quantity(move.quantity, line.product_uom_id) for move in moves)

    def _plan(self, client, shop):
        """What Shopify says of the order now, None if it was deleted, and what to do about this delivery."""
        order, at = read_order(client, self.sale_order_id.shopify_gid)
        if not order:
            return None, Plan()
        warehouse = self.picking_id.picking_type_id.warehouse_id
        age = fields.Datetime.now() - self.intended_at
        others = self.search([("sale_order_id", "=", self.sale_order_id.id), ("id", "!=", self.id)])
        delivery = Delivery(
            wanted=self._delivered_lines(),
            numbers=self._tracking_numbers(self.picking_id),
            locations=shop.location_ids.filtered(lambda place: place.warehouse_id == warehouse).mapped("gid"),
            known=self._known_gids(),
            others={gid for other in others for gid in other._known_gids()},
            other_numbers=self._tracking_numbers(others.picking_id),
            # Both clocks tell whole seconds.
            since=(at or datetime.now(timezone.utc)) - age - timedelta(seconds=1),
            back=self._lines_back(),
        )
        return order, plan(order, delivery)

    def _known_gids(self):
        return [gid for gid in (self.gids or "").split(",") if gid]

    @staticmethod
    def _tracking_numbers(pickings):
        return {
            parcel["number"] for picking in pickings for parcel in picking._o2c_tracking() if parcel["number"]
        }

    def _words_on_refusal(self, todo, order):
        """What to tell of pieces that Shopify has no place for, or None."""
        if not order:
            return self._words_on_deleted()
        if not todo.missing:
            return None
        names = {line.shopify_gid: line.product_id.display_name for line in self.sale_order_id.order_line}
        what = ", ".join(f"{quantity} x {names.get(gid, gid)}" for gid, quantity in todo.missing)
        if order.get("cancelledAt"):
            return self.env._(
                "Order %(order)s was cancelled in Shopify, but %(what)s were delivered.",
                order=self.sale_order_id.shopify_name,
                what=what,
            )
        return self.env._(
            "Shopify has nothing left to fulfil of %(what)s in order %(order)s. Somebody may "
            "have fulfilled or refunded it there: compare both, and close this issue. If a fulfilment "
            "there was a mistake, cancel it there and retry.",
            order=self.sale_order_id.shopify_name,
            what=what,
        )

    def _words_on_deleted(self):
        return self.env._(
            "Order %s no longer exists in Shopify, so its delivery cannot be reported.",
            self.sale_order_id.shopify_name,
        )

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
        if todo.unknown:
            return self.env._(
                "Shopify says of order %(order)s what this version does not know: %(state)s. Odoo asks again "
                "every day. Look at the order in Shopify, update this module, and retry.",
                order=name,
                state=", ".join(todo.unknown),
            )
        return None

    @staticmethod
    def _text(tracking):
        return tracking and json.dumps(tracking, sort_keys=True)

    # === Later === #

    def _tracking_to_tell(self):
        """Shopify's tracking input for what the delivery says now; None if there is nothing to say."""
        tracking = tracking_input(self.picking_id._o2c_tracking())
        return tracking or (NO_TRACKING if self.tracking else None)

    def _update_tracking(self, shop):
        tracking = self._tracking_to_tell()
        if not tracking or self._text(tracking) == self.tracking:
            return
        client = shop._client()
        order, _at = read_order(client, self.sale_order_id.shopify_gid)
        if not order:
            raise UserError(self._words_on_deleted())
        # Of an attempt that broke off, some may know already: the customer is told once.
        told = {node["id"] for node in order["fulfillments"] if carries(node, tracking)}
        for gid in self._known_gids():
            if gid not in told:
                self._tell_tracking(client, shop, gid, tracking)
        self.write({"tracking": self._text(tracking), "sent_at": fields.Datetime.now()})

    def _tell_tracking(self, client, shop, gid, tracking):
        # Of a number that is gone there is nothing to tell the customer.
        notify = shop.notified_by == "shopify" and bool(tracking["numbers"])
        answer = client.mutate(
            documents.FULFILLMENT_TRACKING, {"id": gid, "tracking": tracking, "notify": notify}
        )
        self._check_tracking_is_gone(tracking, answer["fulfillment"])

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
        gids, refusals = [*dict.fromkeys([*self._known_gids(), *todo.adopted])], set()
        states = {node["id"]: node["status"] for node in order["fulfillments"]} if order else {}
        for gid in gids if order else ():
            if states.get(gid) in VOID:
                continue
            try:
                client.mutate(documents.FULFILLMENT_CANCEL, {"id": gid})
            except RefusedError as error:
                refusals.add(in_words(self.env, error))
        self.write(
            {
                "gids": ",".join(gids),
                "state": "kept" if refusals else "cancelled",
                "sent_at": fields.Datetime.now(),
            }
        )
        for key in ("waiting", "refused"):
            self._keep_issue(key, None, None)
        self._keep_issue("cancel", refusals and self._words_on_kept(refusals), "_o2c_retry_shopify_cancel")

    def _words_on_kept(self, reasons):
        return self.env._(
            "Delivery %(delivery)s did not leave, but Shopify does not cancel its fulfilment in order "
            "%(order)s: %(reasons)s Cancel it there (the order > the fulfilment > Cancel fulfillment) and "
            "retry, or close this issue to leave it as it is.",
            delivery=self.picking_id.name,
            order=self.sale_order_id.shopify_name,
            reasons=" ".join(f"“{reason.rstrip('.')}”." for reason in sorted(reasons)),
        )
