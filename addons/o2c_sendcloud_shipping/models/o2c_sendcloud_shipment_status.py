from datetime import datetime, timezone

from odoo import fields, models

from odoo.addons.queue_job.exception import RetryableJobError

from ...o2c_base.lib.http import RefusedError
from ..lib.remote import Outcome, Result
from ..lib.statuses import TERMINAL, advance, combine, state_of
from .o2c_sendcloud_account import CHANNEL
from .o2c_sendcloud_shipment import FINISHED


def moment_of(text):
    """Naive UTC datetime of an ISO text, now when there is none."""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except (ValueError, AttributeError):
        return fields.Datetime.now()
    if moment.tzinfo:
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return moment.replace(microsecond=0)


class O2cSendcloudShipment(models.Model):
    """What happens to a shipment after its label was bought."""

    _inherit = "o2c.sendcloud.shipment"  # pylint: disable=consider-merging-classes-inherited

    # === Reading === #

    def _refresh(self):
        """Read these shipments (of one account) from Sendcloud, a hundred in a request."""
        by_remote = {shipment.remote_id: shipment for shipment in self if shipment.remote_id}
        if not by_remote:
            return
        client = self.account_id._client()
        try:
            for remote in client.shipments_by_id(sorted(by_remote)):
                shipment = by_remote.get(remote.id)
                if shipment:
                    shipment._apply_remote(remote)
        except RefusedError as error:
            if error.status != 404:
                raise

    def _apply_remote(self, remote):
        """Bring this row up to date with ``remote``: parcels, timeline, state and what follows."""
        self.ensure_one()
        moments = self._apply_parcels(remote)
        heard = combine(filter(None, (state_of(parcel.status_code) for parcel in remote.parcels)))
        state = advance(self.state, heard)
        values = {
            "remote_id": remote.id,
            "shipping_company": remote.carrier_name or self.shipping_company,
            "message": " ".join(remote.messages) or self._words_of_parcels(remote),
        }
        changed = state != self.state
        if changed:
            values["state"] = state
        if changed and state == "delivered":
            values["delivered_at"] = max(moments, default=fields.Datetime.now())
        self.write({name: value for name, value in values.items() if self[name] != value})
        if changed:
            self._state_changed()

    def _words_of_parcels(self, remote):
        return ", ".join(dict.fromkeys(parcel.status_message for parcel in remote.parcels))

    def _apply_parcels(self, remote):
        """Returns the moments (naive UTC) at which Sendcloud last changed the parcels."""
        known = {parcel.remote_id: parcel for parcel in self.parcel_ids if parcel.remote_id}
        unnamed = self.parcel_ids.filtered(lambda parcel: not parcel.remote_id)
        moments, events = [], []
        for number, theirs in enumerate(remote.parcels, start=1):
            parcel = known.get(theirs.id) or unnamed[:1]
            unnamed -= parcel
            if not parcel:
                parcel = self.env["o2c.sendcloud.parcel"].create({"shipment_id": self.id, "sequence": number})
            moment = moment_of(theirs.updated_at)
            moments.append(moment)
            values = parcel._values_from_remote(theirs)
            if "status_code" in values:
                events.append(
                    {
                        "parcel_id": parcel.id,
                        "occurred_at": moment,
                        "code": theirs.status_code,
                        "message": theirs.status_message,
                    }
                )
            if values:
                parcel.write(values)
        if events:
            self.env["o2c.sendcloud.event"].create(events)
        return moments

    def _state_changed(self):
        picking = self.picking_id
        if self.state == "delivered" and self.direction == "o":
            picking._o2c_set_delivered(self.delivered_at)
        if self.superseded:
            self._report_superseded()
        elif self.state in ("exception", "returned"):
            self._report_exception()
        elif self.state in ("in_transit", "out_for_delivery", "at_service_point", "delivered"):
            self.env["o2c.issue"]._clear(picking, "shipment", "exception")
        if self.state == "cancelled":
            self._cancelled()
        if self.state == "failed":
            # The carrier took its time, and then it refused.
            self._fail(self._words_for_refusal(Outcome(Result.FAILED, None, (self.message or "",))))
        if self.state == "announced" and not self.label_ready:
            self._enqueue_labels()
        self._notify_forms()

    def _report_exception(self):
        picking = self.picking_id
        words = self.env._(
            "The carrier reports a problem with %(picking)s (%(numbers)s): %(status)s. Look at the "
            "tracking page, then tell the customer or have it sent again.",
            picking=picking.name,
            numbers=self.tracking_numbers or "-",
            status=self.message or self.state,
        )
        self.env["o2c.issue"]._report(picking, "shipment", words, key="exception")
        responsible = picking.user_id or picking.sale_id.user_id or self.account_id.user_id
        if responsible:
            picking.activity_schedule("mail.mail_activity_data_warning", note=words, user_id=responsible.id)

    def _report_superseded(self):
        """A replaced label that is not given back, or was stuck on a parcel all the same, costs money."""
        if self.state in ("cancelling", "cancelled", "failed", "announced"):
            return
        self.env["o2c.issue"]._report(
            self.picking_id,
            "shipment",
            self.env._(
                "The label %(numbers)s of %(picking)s was replaced, but it was not given back: "
                "%(status)s. Two labels are paid for. See which one is on the parcel, and cancel the "
                "other one in Sendcloud.",
                numbers=self.tracking_numbers or "-",
                picking=self.picking_id.name,
                status=self.message or self.state,
            ),
            key="superseded",
        )

    # === Cancelling === #

    def _cancel(self):
        """Cancel these labels; what was bought is given back by a job, after commit."""
        for shipment in self.filtered(lambda shipment: shipment.state not in TERMINAL):
            if not shipment.try_lock_for_update():
                # It is being announced in this very moment: cancel what comes of it.
                shipment._enqueue_cancel()
                continue
            shipment.invalidate_recordset(["state", "remote_id"])
            if shipment.state == "queued":
                shipment.state = "cancelled"
            elif shipment.state != "failed":
                shipment.state = "cancelling"
                shipment._enqueue_cancel()

    def _enqueue_cancel(self):
        self.with_delay(
            channel=CHANNEL,
            max_retries=0,
            identity_key=f"o2c.sendcloud.cancel:{self.id}",
            description=self.env._("Cancel the label of %s", self.picking_id.name),
        )._job_cancel()

    def _job_cancel(self):
        """Ask Sendcloud to cancel; tell "done", "will be done" and "no" apart."""
        self.ensure_one()
        if not self.exists():
            return
        if not self.try_lock_for_update():
            raise RetryableJobError(
                self.env._("Somebody is working on this shipment."), seconds=5, ignore_retry=True
            )
        self.invalidate_recordset()
        if self.state == "queued":
            self.state = "cancelled"
        if self.state in FINISHED:
            return
        issues = self.env["o2c.issue"]
        with issues._guard(self.picking_id, "shipment", retry="action_sendcloud_cancel_label", key="cancel"):
            self._ask_to_cancel()

    def _ask_to_cancel(self):
        client = self.account_id._client()
        status, words = client.cancel(self.remote_id)
        if status == "cancelled":
            self.write({"state": "cancelled", "message": words})
            self._cancelled()
            self._notify_forms()
        elif status == "queued":
            self.write({"state": "cancelling", "message": words})
            self._notify_forms()
        else:
            self._cancel_refused(client, words)

    def _cancel_refused(self, client, words):
        """Sendcloud said no: it may be cancelled already, or it is too late."""
        remote = client.shipment(self.remote_id)
        heard = combine(filter(None, (state_of(parcel.status_code) for parcel in remote.parcels)))
        if heard not in ("cancelled", "cancelling"):
            # "Cancelling" was our wish; what Sendcloud says about the parcel is the truth.
            self.state = "announced"
        self._apply_remote(remote)
        if heard not in ("cancelled", "cancelling"):
            self.env["o2c.issue"]._report(
                self.picking_id,
                "shipment",
                self.env._(
                    "Sendcloud does not cancel the label of %(picking)s: %(words)s The label "
                    "stays valid and paid.",
                    picking=self.picking_id.name,
                    words=words,
                ),
                key="cancel_refused",
            )

    def _cancelled(self):
        """Take the tracking of a cancelled label off its delivery."""
        picking = self.picking_id
        if self.direction != "o" or picking._sendcloud_label():
            return
        if picking.carrier_tracking_ref:
            picking._sendcloud_chain().write({"carrier_tracking_ref": False})
            picking._o2c_tracking_changed()
        picking.message_post(
            body=self.env._("Label %s was cancelled.", self.tracking_numbers or self.remote_id)
        )
