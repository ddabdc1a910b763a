import json

from odoo import fields, models

from odoo.addons.queue_job.exception import RetryableJobError

from ...o2c_base.lib.http import AuthenticationError, O2cError
from ...o2c_base.words import in_words
from ..lib.remote import Result, differences
from .o2c_sendcloud_account import CHANNEL

MIME = {"pdf_a6": "application/pdf", "pdf_a4": "application/pdf", "zpl": "application/zpl"}
PAPER = {"pdf_a4": "A4"}
PAPERS = ("customs-declaration", "air-waybill")
LOOK_AGAIN_SECONDS = 15


class O2cSendcloudShipment(models.Model):
    """Carrying the intent out, after commit, as often as it takes."""

    _inherit = "o2c.sendcloud.shipment"  # pylint: disable=consider-merging-classes-inherited

    def _job_announce(self):
        """Buy this label, unless that was done.

        Runs again after any crash: Sendcloud answers a known reference with the first shipment.
        """
        self.ensure_one()
        if not self.exists():
            return
        if not self.try_lock_for_update():
            raise RetryableJobError(
                self.env._("Somebody is working on this shipment."), seconds=5, ignore_retry=True
            )
        self.invalidate_recordset()
        if self.state != "queued":
            return
        issues = self.env["o2c.issue"]
        with issues._guard(self.picking_id, "shipment", retry=self._retry_method(), key="label"):
            try:
                self._announce()
            except AuthenticationError as error:
                # One wrong key is one problem, not one for each delivery.
                self._report_keys(error)

    def _announce(self):
        self.account_id._check_same_database()
        client = self.account_id._client()
        text = self._frozen_payload()
        point = (json.loads(text).get("to_service_point") or {}).get("id")
        if point and not client.service_point_available(point):
            self._fail(self._words_for_closed_point())
            return
        outcome = client.announce(text, asynchronous=self.asynchronous)
        adopted = outcome.result is Result.EXISTS
        if adopted:
            outcome = client.existing(outcome, self.external_reference_id)
        if outcome.shipment and adopted:
            different = differences(json.loads(text), outcome.shipment.raw)
            if different:
                self._fail(self._words_for_differences(different))
                return
        if outcome.result in (Result.SOLD, Result.PENDING):
            self._adopt(outcome.shipment, client)
        else:
            if outcome.shipment:
                self.remote_id = outcome.shipment.id
            self._fail(self._words_for_refusal(outcome))

    def _report_keys(self, error):
        account = self.account_id
        account._connection_failed(error)
        self.env["o2c.issue"]._report(
            account,
            "connection",
            self.env._(
                "Sendcloud does not accept the keys of %(account)s, so no label can be bought. "
                "Correct them in the settings, then retry: all waiting labels are bought then.",
                account=account.name,
            ),
            detail=error.detail,
            retry="_o2c_retry_waiting",
        )

    def _words_for_differences(self, different):
        return self.env._(
            "Sendcloud already has a shipment under the reference %(reference)s, but it is "
            "another one (%(differences)s), so it was not used. This happens after a backup was "
            "restored. Retry to buy a label under a new reference.",
            reference=self.external_reference_id,
            differences=self._listed_differences(different),
        )

    def _listed_differences(self, different):
        return "; ".join(f"{in_words(self.env, what)}: {ours} / {theirs}" for what, ours, theirs in different)

    def _words_for_closed_point(self):
        return self.env._(
            "The service point of %(picking)s (%(point)s) takes no parcels any more, so no label "
            "was bought. Choose another one with the button Service Point on the delivery, then "
            "retry.",
            picking=self.picking_id.name,
            point=self.picking_id.sendcloud_service_point_name or "-",
        )

    def _words_for_refusal(self, outcome):
        picking = self.picking_id
        words = []
        pointers = outcome.pointers + ("",) * (len(outcome.messages) - len(outcome.pointers))
        for message, pointer in zip(outcome.messages, pointers, strict=False):
            place = picking._sendcloud_place(pointer)
            message = message if message.endswith((".", "!", "?")) else f"{message}."
            words.append(f"{place}: {message}" if place else message)
        return self.env._(
            "Sendcloud sold no label for %(picking)s: %(words)s Correct it and retry; nothing was bought.",
            picking=picking.name,
            words=" ".join(words) or self.env._("it gave no reason."),
        )

    def _retry_method(self):
        return "_o2c_retry_return" if self.direction == "r" else "_o2c_retry_label"

    def _fail(self, words):
        """No label will come of this attempt; the next one takes a new reference."""
        self.write({"state": "failed", "message": words})
        self.env["o2c.issue"]._report(
            self.picking_id, "shipment", words, key="refused", retry=self._retry_method()
        )
        self._notify_forms()

    # === The label exists === #

    def _adopt(self, remote, client):
        """Write down a shipment that exists at Sendcloud, and get its labels."""
        self._apply_remote(remote)
        self.announced_at = self.announced_at or fields.Datetime.now()
        self.env["o2c.issue"]._clear(self.picking_id, "shipment", "refused")
        inline = {parcel.id: parcel.label for parcel in remote.parcels if parcel.label}
        if self.state != "announced":
            self._enqueue_labels()
            return
        try:
            self._fetch_labels(client, inline)
        except O2cError:
            # It is bought, and that is written down: only the file has to be asked for again.
            self._enqueue_labels()

    def _enqueue_labels(self):
        self.with_delay(
            channel=CHANNEL,
            eta=LOOK_AGAIN_SECONDS,
            max_retries=0,
            identity_key=f"o2c.sendcloud.labels:{self.id}",
            description=self.env._("Get the label of %s", self.picking_id.name),
        )._job_labels()

    def _job_labels(self):
        """Get labels that were bought but not downloaded. Buys nothing, however often it runs."""
        self.ensure_one()
        if not self.exists() or self.label_ready or not self.remote_id:
            return
        issues = self.env["o2c.issue"]
        with issues._guard(self.picking_id, "shipment", retry="_o2c_retry_download", key="download"):
            client = self.account_id._client()
            if self.state == "announcing":
                self._apply_remote(client.shipment(self.remote_id))
            if self.state == "announcing":
                raise O2cError(self.env._("The carrier has not answered yet."), temporary=True)
            if self.state not in ("cancelled", "failed"):
                self._fetch_labels(client, {})

    def _fetch_labels(self, client, inline):
        """Store the labels and papers of all parcels.

        :param inline: files that came with the announcement, by Sendcloud's parcel id.
        :raises O2cError: when one cannot be had now; those before it are kept.
        """
        label_format = self.picking_id._sendcloud_label_format()
        for parcel in self.parcel_ids.filtered(lambda parcel: not parcel.label_id):
            # What comes along has the carrier's own size; another one must be asked for.
            content = None if label_format in PAPER else inline.get(parcel.remote_id)
            parcel.label_id = self._attach(
                parcel,
                self.carrier_id._get_delivery_label_prefix(),
                content
                or client.document(
                    parcel.remote_id,
                    mime_type=MIME[label_format],
                    paper_size=PAPER.get(label_format, ""),
                ),
            )
        if "customs_information" in json.loads(self.payload):
            self._fetch_papers(client)
        self.label_ready = True
        self._after_label()

    def _fetch_papers(self, client):
        """Store the customs papers that Sendcloud made for these parcels."""
        for parcel in self.parcel_ids:
            for kind in PAPERS:
                content = client.document_if_any(parcel.remote_id, kind)
                if content:
                    prefix = f"{self.carrier_id._get_delivery_doc_prefix()}-{kind}"
                    self._attach(parcel, prefix, content)

    def _attach(self, parcel, prefix, content):
        """Attach a file to the picking, under the name that Odoo's own screens look for."""
        extension = "pdf" if content.startswith(b"%PDF") else "zpl"
        name = f"{prefix}-{parcel.tracking_number or parcel.remote_id}.{extension}"
        return self.env["ir.attachment"].create(
            {
                "name": name,
                "res_model": "stock.picking",
                "res_id": self.picking_id.id,
                "company_id": self.company_id.id,
                "raw": content,
                "mimetype": "application/pdf" if extension == "pdf" else "text/plain",
            }
        )

    def _after_label(self):
        """Put tracking on the delivery and tell everybody who waits for it."""
        if self.superseded:
            return
        self._write_tracking()
        picking = self.picking_id
        picking.message_post(
            body=self.env._(
                "Label of %(company)s ready, tracking number %(numbers)s.",
                company=self.shipping_company or self.carrier_id.name,
                numbers=self.tracking_numbers or "-",
            ),
            attachment_ids=self.parcel_ids.label_id.ids,
        )
        self._notify_forms()
        if self.carrier_id.return_label_on_delivery and self.carrier_id.can_generate_return:
            self._order_returns(picking)
        # Here and not when it is validated: whoever validates two hundred does not wait for prices.
        picking._sendcloud_set_price(self.carrier_id._sendcloud_known_price(picking))
        if self.carrier_id.invoice_policy == "real" and picking.sale_id:
            picking.with_delay(
                channel=CHANNEL,
                identity_key=f"o2c.sendcloud.charge:{self.id}",
                description=self.env._("Charge the shipping of %s", picking.name),
            )._sendcloud_job_charge(self.id)
        # In a job of its own: trouble of those who listen must not undo a label that is paid for.
        picking.with_delay(
            channel=CHANNEL,
            identity_key=f"o2c.sendcloud.ready:{self.id}",
            description=self.env._("Tell that the label of %s is ready", picking.name),
        )._sendcloud_job_label_ready()

    def _write_tracking(self):
        """Tracking numbers on the delivery and on the transfers before and after it."""
        numbers = [parcel.tracking_number for parcel in self.parcel_ids if parcel.tracking_number]
        pickings = self.picking_id._sendcloud_chain()
        before = self.picking_id.carrier_tracking_ref
        pickings.write({"carrier_tracking_ref": ",".join(numbers) or False})
        if before and before != self.picking_id.carrier_tracking_ref:
            self.picking_id._o2c_tracking_changed()

    def _notify_forms(self):
        """Have open forms of these deliveries show what has just happened."""
        for picking in self.picking_id:
            # The job runs as the one who validated the delivery.
            users = self.env.user | picking.user_id | picking.write_uid | picking.create_uid
            for user in users.filtered(lambda user: user.active and not user.share):
                user._bus_send("o2c_sendcloud/changed", {"picking_id": picking.id})
