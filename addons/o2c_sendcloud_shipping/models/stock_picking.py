from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.pdf import merge_pdf

from .o2c_sendcloud_shipment import FINISHED


class StockPicking(models.Model):
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    sendcloud_shipment_ids = fields.One2many(
        "o2c.sendcloud.shipment",
        "picking_id",
        string="Sendcloud Shipments",
        domain=[("direction", "=", "o")],
    )
    sendcloud_return_ids = fields.One2many(
        "o2c.sendcloud.shipment",
        "picking_id",
        string="Sendcloud Returns",
        domain=[("direction", "=", "r")],
    )
    sendcloud_event_ids = fields.One2many("o2c.sendcloud.event", "picking_id")
    sendcloud_state = fields.Selection(
        selection="_sendcloud_states",
        string="Shipment",
        compute="_compute_sendcloud_state",
        search="_search_sendcloud_state",
    )
    sendcloud_message = fields.Char(compute="_compute_sendcloud_state")
    sendcloud_label_ready = fields.Boolean(compute="_compute_sendcloud_state")
    sendcloud_service_point = fields.Char(
        string="Service Point",
        compute="_compute_sendcloud_service_point",
        store=True,
        readonly=False,
        copy=False,
        help="Sendcloud's number of the service point where the customer picks the parcel up.",
    )
    sendcloud_service_point_name = fields.Char(
        string="Service Point Address",
        compute="_compute_sendcloud_service_point",
        store=True,
        readonly=False,
        copy=False,
    )
    sendcloud_needs_service_point = fields.Boolean(related="carrier_id.sendcloud_needs_service_point")

    @api.model
    def _sendcloud_states(self):
        return self.env["o2c.sendcloud.shipment"]._fields["state"].selection

    @api.depends(
        "sendcloud_shipment_ids.state",
        "sendcloud_shipment_ids.label_ready",
        "sendcloud_shipment_ids.message",
    )
    def _compute_sendcloud_state(self):
        for picking in self:
            shipments = picking.sendcloud_shipment_ids
            shipment = shipments.filtered("superseded") and shipments.filtered(
                lambda shipment: not shipment.superseded
            )
            shipment = (shipment or shipments)[:1]
            picking.sendcloud_state = shipment.state
            picking.sendcloud_message = shipment.message
            picking.sendcloud_label_ready = shipment.label_ready

    def _search_sendcloud_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("sendcloud_shipment_ids", "any", [("state", "in", list(value))])]

    @api.depends("sale_id.pickup_location_data", "carrier_id")
    def _compute_sendcloud_service_point(self):
        for picking in self:
            if picking.state in ("done", "cancel"):
                picking.sendcloud_service_point = picking.sendcloud_service_point
                picking.sendcloud_service_point_name = picking.sendcloud_service_point_name
                continue
            # A salesman's choice may be read by whoever packs the parcel.
            data = picking.sudo().sale_id.pickup_location_data or {}
            if not picking.sendcloud_needs_service_point:
                data = {}
            parts = (data.get("name"), data.get("street"), data.get("city"))
            picking.sendcloud_service_point = str(data.get("id") or "") or False
            picking.sendcloud_service_point_name = ", ".join(filter(None, parts)) or False

    def action_sendcloud_service_point(self):
        """Choose where the customer picks the parcel up."""
        self.ensure_one()
        return self.env["o2c.sendcloud.point.wizard"]._open(self, self._sendcloud_recipient())

    # === Which label stands for this delivery === #

    def _sendcloud_ships(self):
        """Whether validating this transfer is what buys a Sendcloud label."""
        self.ensure_one()
        return (
            self.carrier_id.delivery_type == "sendcloud"
            and self.carrier_id.integration_level == "rate_and_ship"
            and self.picking_type_code != "incoming"
            and self.picking_type_id.print_label
        )

    def _sendcloud_label(self):
        """The shipment that stands for the label of this delivery, or an empty one.

        In a delivery of several steps, the label of an earlier step counts: it is on the parcel.
        """
        self.ensure_one()
        # Whoever validates a delivery may not see the outbox, but must not buy a second label.
        found = self.sudo().sendcloud_shipment_ids.filtered(lambda row: row._is_active())
        if not found and self.move_ids.move_orig_ids:
            chain = self.sudo()._sendcloud_chain() - self
            found = chain.sendcloud_shipment_ids.filtered(lambda row: row._is_active())
        return found[:1]

    def _sendcloud_chain(self):
        """This transfer with those before and after it that move the same goods."""
        moves = pending = self.move_ids
        while pending:
            pending = (pending.move_orig_ids | pending.move_dest_ids) - moves
            moves |= pending
        return self | moves.picking_id.filtered(lambda picking: picking.picking_type_code != "incoming")

    # === Validating === #

    def _send_confirmation_email(self):
        """Sendcloud deliveries get their mail when they have tracking, not before.

        Stock calls this when a transfer is done. For ours, the label is ordered (nothing leaves this
        transaction), and the rest happens in ``_sendcloud_job_label_ready``.
        """
        waiting = self.filtered(
            lambda picking: picking._sendcloud_ships() and not picking.carrier_tracking_ref
        )
        if self.env.context.get("sendcloud_label_ready"):
            # Some labels, like those of letters, have no tracking number.
            waiting = self.browse()
        if waiting:
            waiting._sendcloud_order_label()
            for picking in waiting:
                picking._check_carrier_details_compliance()
        others = self - waiting
        others -= others.filtered(lambda picking: picking._sendcloud_ships() and picking._sendcloud_mails())
        return super(StockPicking, others)._send_confirmation_email() if others else None

    def send_to_shipper(self):
        if self.carrier_id.delivery_type != "sendcloud":
            return super().send_to_shipper()
        self.check_access("write")
        return self._sendcloud_order_label()

    def _sendcloud_order_label(self):
        """Write down that these deliveries need labels.

        :raises UserError: naming what is missing and where to mend it; nothing was bought.
        """
        # Packers order labels by validating; the outbox itself is not theirs to write.
        pickings = self.sudo()
        pickings.env["o2c.sendcloud.shipment"]._order_labels(pickings)

    def _sendcloud_set_price(self, price):
        """Keep what the label costs (company currency), as the delivery method charges it."""
        self.ensure_one()
        carrier, order = self.carrier_id, self.sale_id
        if carrier.free_over and order:
            amount = carrier._compute_currency(
                order, order._compute_amount_total_without_delivery(), "pricelist_to_company"
            )
            if amount >= carrier.amount:
                price = 0.0
        price = carrier._apply_margins(price, order)
        if price != self.carrier_price:
            self.carrier_price = price

    def _sendcloud_job_label_ready(self):
        """Tracking has come: send the mail, and tell the connectors that wait for it."""
        self._o2c_label_ready()
        self.with_context(sendcloud_label_ready=True)._send_confirmation_email()

    def _sendcloud_job_charge(self, shipment_id):
        """Charge the customer what Sendcloud asks for these very parcels, once for each delivery."""
        self.ensure_one()
        shipment = self.env["o2c.sendcloud.shipment"].browse(shipment_id)
        earlier = self.sendcloud_shipment_ids.filtered("label_ready") - shipment
        if earlier or not shipment.exists():
            return
        with self.env["o2c.issue"]._guard(self, "shipment", key="price", retry="action_sendcloud_charge"):
            price = self.carrier_id._sendcloud_parcels_price(self, shipment.parcel_ids.mapped("weight"))
            self._sendcloud_set_price(price)
            self._add_delivery_cost_to_so()

    def action_sendcloud_charge(self):
        """Charge the real cost of labels whose price could not be asked for before."""
        self.check_access("write")
        for picking in self:
            picking._sendcloud_job_charge(picking._sendcloud_label().id)

    def _o2c_awaits_label(self):
        if super()._o2c_awaits_label():
            return True
        shipment = self._sendcloud_label()
        if shipment:
            return not shipment.label_ready
        return self.state == "done" and self._sendcloud_ships() and not self.carrier_tracking_ref

    def _o2c_tracking(self):
        shipment = self._sendcloud_label()
        if not shipment:
            return super()._o2c_tracking()
        return [
            {
                "company": shipment.shipping_company or shipment.carrier_id.name,
                "number": parcel.tracking_number,
                "url": parcel.tracking_url or False,
                "status": parcel.status_message or "",
            }
            for parcel in shipment.parcel_ids
            if parcel.tracking_number
        ]

    # === Buttons === #

    def _o2c_retry_label(self):
        """Buy again what was not bought: the same intent if it still stands, else a new one."""
        for picking in self:
            shipment = picking._sendcloud_label()
            if shipment.state == "queued":
                shipment._enqueue_announce()
            elif not shipment:
                picking._sendcloud_order_label()

    def _o2c_retry_download(self):
        """Ask again for labels that are paid for. Buys nothing."""
        for picking in self:
            for shipment in picking._sendcloud_label() | picking._sendcloud_return_label():
                if not shipment.label_ready:
                    shipment._enqueue_labels()

    def action_sendcloud_new_label(self):
        """Cancel the label and buy a new one with the data as they are now."""
        self._sendcloud_check_user()
        for picking in self:
            shipment = picking._sendcloud_label()
            if shipment.state in ("in_transit", "out_for_delivery", "at_service_point"):
                raise UserError(
                    self.env._(
                        "%s is on its way already, so its label can no longer be replaced.",
                        picking.name,
                    )
                )
            if shipment.state in FINISHED:
                raise UserError(self.env._("%s was delivered already.", picking.name))
            shipment._cancel()
            if shipment and shipment.state != "cancelled":
                shipment.superseded = True
                # The index that lets one label stand for a delivery must see this first.
                shipment.flush_recordset(["superseded", "state"])
            picking._sendcloud_order_label()

    def action_sendcloud_cancel_label(self):
        """Cancel the labels of these deliveries."""
        self._sendcloud_check_user()
        for picking in self:
            picking._sendcloud_label()._cancel()

    def _sendcloud_check_user(self):
        self.check_access("write")

    def cancel_shipment(self):
        ours = self.filtered(lambda picking: picking.carrier_id.delivery_type == "sendcloud")
        ours.action_sendcloud_cancel_label()
        others = self - ours
        return super(StockPicking, others).cancel_shipment() if others else None

    def action_cancel(self):
        # Cancelled moves forget the step before them, which may be the one with the label.
        labels = {picking: picking._sendcloud_label() for picking in self}
        result = super().action_cancel()
        for picking, shipment in labels.items():
            # A label that was bought in an earlier step is needed as long as a later step goes on.
            following = shipment.picking_id.move_ids.move_dest_ids.picking_id
            if picking.state == "cancel" and all(step.state == "cancel" for step in following):
                shipment._cancel()
        return result

    def action_sendcloud_refresh(self):
        """Ask Sendcloud now where these parcels are."""
        self.check_access("read")
        # The program writes what Sendcloud says; users only ask for it.
        pickings = self.sudo()
        (pickings.sendcloud_shipment_ids | pickings.sendcloud_return_ids).action_refresh()

    def action_sendcloud_print_labels(self):
        """One file with the labels of these deliveries, in this order, each once.

        Says which of them have no label yet, for a packer would not miss them in a long file.
        """
        file = {
            "type": "ir.actions.act_url",
            "url": "/o2c/sendcloud/labels?ids=" + ",".join(map(str, self.ids)),
            "target": "new",
        }
        missing = self.filtered(lambda picking: picking._o2c_awaits_label())
        if not missing:
            return file
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "Not in the file, because their labels are not there yet: %(names)s. "
                    "Print them later; if something went wrong, the delivery says what.",
                    names=", ".join(missing.mapped("name")),
                ),
                "next": file if missing != self else False,
            },
        }

    def _sendcloud_labels_file(self):
        """``(content, extension)`` of the merged labels of these deliveries.

        :raises UserError: when there is none, or when PDF and ZPL labels are mixed.
        """
        self.check_access("read")
        # The labels belong to deliveries that the user can read.
        shipments = self.env["o2c.sendcloud.shipment"].sudo()
        for picking in self:
            shipments |= picking._sendcloud_label().filtered("label_ready")
        labels = shipments.parcel_ids.label_id
        if not labels:
            raise UserError(self.env._("There are no labels yet for %s.", ", ".join(self.mapped("name"))))
        contents = [label.raw for label in labels]
        kinds = {content.startswith(b"%PDF") for content in contents}
        if len(kinds) > 1:
            raise UserError(self.env._("PDF and ZPL labels cannot be printed together. Select one kind."))
        shipments.parcel_ids.filtered(lambda parcel: not parcel.printed_at).write(
            {"printed_at": fields.Datetime.now()}
        )
        if kinds == {False}:
            return b"\n".join(contents), "zpl"
        return merge_pdf(contents), "pdf"
