from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.payload import external_reference, fingerprint, freeze
from ..lib.preflight import check
from .o2c_sendcloud_account import CHANNEL

FINISHED = ("delivered", "returned", "cancelled", "failed")
# Up to here every label gets its job at once; more of them are handed to one job that does it, so
# that validating a whole wave does not wait for its own queue.
DIRECT_JOBS = 5
WATCHED_DAYS = 90
PAYLOAD_DAYS = 180


class O2cSendcloudShipment(models.Model):
    """The intent to buy a label, written together with its cause, and what became of it.

    One row per picking, direction and attempt. The payload is frozen when the row is written: every
    try to announce it sends the same text under the same reference, which Sendcloud sells only once.
    """

    _name = "o2c.sendcloud.shipment"
    _description = "Sendcloud Shipment"
    _order = "id desc"
    _rec_name = "external_reference_id"

    picking_id = fields.Many2one(
        "stock.picking", string="Delivery", required=True, readonly=True, index=True, ondelete="restrict"
    )
    sale_id = fields.Many2one(related="picking_id.sale_id", string="Order")
    partner_id = fields.Many2one(related="picking_id.partner_id")
    account_id = fields.Many2one(
        "o2c.sendcloud.account", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    carrier_id = fields.Many2one(
        "delivery.carrier", string="Delivery Method", readonly=True, ondelete="restrict"
    )
    direction = fields.Selection(
        [("o", "To the Customer"), ("r", "Return")], required=True, readonly=True, default="o"
    )
    attempt = fields.Integer(required=True, readonly=True, default=1)
    external_reference_id = fields.Char(string="Reference", required=True, readonly=True)
    payload = fields.Text(readonly=True, groups="o2c_base.group_manager")
    payload_hash = fields.Char(readonly=True, groups="o2c_base.group_manager")
    asynchronous = fields.Boolean(readonly=True)
    state = fields.Selection(
        [
            ("queued", "Waiting for Sendcloud"),
            ("announcing", "Waiting for the Carrier"),
            ("announced", "Label Ready"),
            ("in_transit", "In Transit"),
            ("out_for_delivery", "Out for Delivery"),
            ("at_service_point", "At Service Point"),
            ("delivered", "Delivered"),
            ("exception", "Problem"),
            ("returned", "Returned"),
            ("cancelling", "Cancelling"),
            ("cancelled", "Cancelled"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="queued",
        index=True,
    )
    superseded = fields.Boolean(
        readonly=True, help="Another label was bought while this one is being cancelled."
    )
    remote_id = fields.Char(string="Sendcloud ID", readonly=True)
    return_remote_id = fields.Char(string="Sendcloud Return ID", readonly=True)
    shipping_company = fields.Char(readonly=True)
    label_ready = fields.Boolean(readonly=True)
    is_test = fields.Boolean(
        string="Test", readonly=True, help="Bought as an unstamped letter that goes nowhere."
    )
    message = fields.Char(readonly=True, help="The last message from Sendcloud.")
    announced_at = fields.Datetime(readonly=True)
    delivered_at = fields.Datetime(readonly=True)
    parcel_ids = fields.One2many("o2c.sendcloud.parcel", "shipment_id", string="Parcels")
    event_ids = fields.One2many("o2c.sendcloud.event", "shipment_id", string="Timeline")
    tracking_numbers = fields.Char(compute="_compute_tracking_numbers")

    _reference_once = models.Constraint(
        "UNIQUE(external_reference_id)",
        "Somebody has just validated this delivery, and its label is ordered. Reload the page.",
    )
    _remote_once = models.Constraint(
        "UNIQUE(account_id, remote_id)", "This shipment of Sendcloud is already known."
    )
    _active_once = models.UniqueIndex(
        "(picking_id, direction) WHERE state NOT IN ('cancelled', 'failed') AND superseded IS NOT TRUE",
        "Somebody has just ordered a label for this delivery. Reload the page.",
    )

    @api.depends("parcel_ids.tracking_number")
    def _compute_tracking_numbers(self):
        for shipment in self:
            numbers = shipment.parcel_ids.mapped("tracking_number")
            shipment.tracking_numbers = ", ".join(filter(None, numbers))

    def _is_active(self):
        """Whether it stands for the label of its picking (there is at most one such row)."""
        self.ensure_one()
        return self.state not in ("cancelled", "failed") and not self.superseded

    # === Writing the intent down === #

    @api.model
    def _order_labels(self, pickings):
        """Check these deliveries, write down that their labels are to be bought, and return.

        Nothing is called and nothing is bought here: that happens after this transaction, in a
        job, and not at all if it is rolled back. Deliveries that have a label already keep it.

        :raises UserError: naming for every delivery what is missing and where to mend it.
        """
        earlier = self.search([("picking_id", "in", pickings.ids), ("direction", "=", "o")])
        earlier = earlier.grouped("picking_id")
        pickings = pickings.filtered(
            # Those without a shipment and without a step before them need not be looked at closer.
            lambda picking: (
                not (picking in earlier or picking.move_ids.move_orig_ids) or not picking._sendcloud_label()
            )
        )
        accounts = pickings.carrier_id.sendcloud_account_id
        accounts._check_same_database()
        for account in accounts:
            account._client()
        problems, rows = [], []
        limits = {carrier: pickings._sendcloud_limits(carrier) for carrier in pickings.carrier_id}
        alike = pickings.grouped(lambda picking: (picking.carrier_id, picking.picking_type_id))
        terms = {kind: some[0]._sendcloud_terms() for kind, some in alike.items()}
        uuid = accounts._current_database_uuid()
        for picking in pickings:
            attempts = earlier[picking].mapped("attempt") if picking in earlier else ()
            attempt = 1 + max(attempts, default=0)
            reference = external_reference(uuid, picking.id, "o", attempt)
            kind = picking.carrier_id, picking.picking_type_id
            request, packages = picking._sendcloud_request(reference, terms[kind])
            found = check(request, limits[picking.carrier_id])
            problems += [picking._sendcloud_problem(problem) for problem in found]
            rows.append((picking, attempt, request, packages))
        if problems:
            raise UserError("\n".join(problems))
        shipments = self.create([self._row(*row) for row in rows])
        shipments._enqueue_announce()
        return shipments

    @api.model
    def _row(self, picking, attempt, request, packages):
        text, digest = freeze(request.body())
        account = picking.carrier_id.sendcloud_account_id
        return {
            "picking_id": picking.id,
            "account_id": account.id,
            "company_id": picking.company_id.id,
            "carrier_id": picking.carrier_id.id,
            "attempt": attempt,
            "external_reference_id": request.external_reference_id,
            "payload": text,
            "payload_hash": digest,
            "asynchronous": request.asynchronous,
            "is_test": account.test_mode,
            "parcel_ids": [
                (
                    0,
                    0,
                    {
                        "sequence": number,
                        "package_id": package.id,
                        "weight": float(parcel.weight),
                    },
                )
                for number, (parcel, package) in enumerate(
                    zip(request.parcels, packages, strict=True), start=1
                )
            ],
        }

    def _enqueue_announce(self):
        """Have these shipments announced once this transaction is committed."""
        if len(self) > DIRECT_JOBS:
            self.with_delay(
                channel=CHANNEL,
                priority=5,
                description=self.env._("Buy %s labels", len(self)),
            )._job_enqueue_announce()
            return
        for shipment in self:
            shipment.with_delay(
                channel=CHANNEL,
                max_retries=0,
                identity_key=f"o2c.sendcloud.announce:{shipment.id}",
                description=self.env._("Buy the label of %s", shipment.picking_id.name),
            )._job_announce()

    def _job_enqueue_announce(self):
        for shipment in self.exists():
            shipment._enqueue_announce()

    def _frozen_payload(self):
        """The text to send, after making sure that nobody changed it.

        :raises UserError: when it is not what was checked before the delivery was validated.
        """
        self.ensure_one()
        if fingerprint(self.payload or "") != self.payload_hash:
            raise UserError(
                self.env._(
                    "The data of %(reference)s were changed after they had been checked, so "
                    "nothing is bought. Cancel this label and ask for a new one.",
                    reference=self.external_reference_id,
                )
            )
        return self.payload

    # === What the crons look for === #

    @api.model
    def _waiting_too_long(self):
        """Shipments whose job got lost (a restored queue, a purged one)."""
        before = fields.Datetime.now() - timedelta(minutes=15)
        return self.search([("state", "=", "queued"), ("create_date", "<", before)])

    @api.model
    def _unfinished(self):
        """Shipments that Sendcloud may still have news about."""
        since = fields.Datetime.now() - timedelta(days=WATCHED_DAYS)
        return self.search(
            [
                "|",
                ("remote_id", "!=", False),
                ("return_remote_id", "!=", False),
                ("state", "not in", FINISHED),
                ("create_date", ">=", since),
            ]
        )

    @api.autovacuum
    def _gc_payloads(self):
        """Forget the addresses in what was sent half a year ago; deliveries keep their own."""
        before = fields.Datetime.now() - timedelta(days=PAYLOAD_DAYS)
        old = self.search(
            [("state", "in", FINISHED), ("create_date", "<", before), ("payload", "!=", "{}")], limit=5000
        )
        old.write({"payload": "{}", "payload_hash": fingerprint("{}")})

    # === What users do === #

    def action_refresh(self):
        """Ask Sendcloud now where these shipments are."""
        self.check_access("read")
        for account, shipments in self.grouped("account_id").items():
            # The program writes what Sendcloud says; users only ask for it.
            account.sudo()._job_poll(shipments.ids)

    def action_open_picking(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "stock.picking",
            "res_id": self.picking_id.id,
            "view_mode": "form",
        }
