import json
from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...o2c_base.lib.http import O2cError, RefusedError, Unavailable
from ...o2c_base.words import in_words
from ..lib.payload import external_reference, freeze
from ..lib.returns import find_ours
from ..lib.statuses import advance, state_of
from .o2c_sendcloud_shipment_status import moment_of

CLOCKS_MAY_DIFFER = timedelta(minutes=10)


class O2cSendcloudShipment(models.Model):
    """Labels for what comes back. Sendcloud sells a return as often as it is asked to.

    So it is asked once: before every purchase the list of returns is looked at, and when it is not
    known whether a purchase went through, a person decides.
    """

    _inherit = "o2c.sendcloud.shipment"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _order_returns(self, pickings):
        """Write down that return labels for these transfers are to be bought after this transaction.

        :raises UserError: naming what is missing; nothing was bought.
        """
        pickings = pickings.filtered(lambda picking: not picking._sendcloud_return_label())
        accounts = pickings.carrier_id.sendcloud_account_id
        accounts._check_same_database()
        rows = []
        uuid = accounts._current_database_uuid()
        for picking in pickings:
            picking._sendcloud_check_return()
            attempt = 1 + max(picking.sendcloud_return_ids.mapped("attempt"), default=0)
            reference = external_reference(uuid, picking.id, "r", attempt)
            request = picking._sendcloud_return_request(reference)
            text, digest = freeze(request.body())
            rows.append(
                {
                    "picking_id": picking.id,
                    "account_id": picking.carrier_id.sendcloud_account_id.id,
                    "company_id": picking.company_id.id,
                    "carrier_id": picking.carrier_id.id,
                    "direction": "r",
                    "attempt": attempt,
                    "external_reference_id": reference,
                    "payload": text,
                    "payload_hash": digest,
                    "parcel_ids": [(0, 0, {"weight": float(request.weight)})],
                }
            )
        shipments = self.create(rows)
        shipments._enqueue_announce()
        return shipments

    def _announce(self):
        if self.direction == "r":
            return self._announce_return()
        return super()._announce()

    def _announce_return(self):
        self.account_id._check_same_database()
        client = self.account_id._client()
        text = self._frozen_payload()
        found, doubtful = self._look_for_return(client)
        if found is None and not doubtful:
            try:
                answer = client.announce_return(text)
            except RefusedError as error:
                self._fail(self._words_for_return(in_words(self.env, error)))
                return
            except Unavailable as error:
                if not error.maybe_done:
                    raise
                found, doubtful = self._look_for_return(client)
                doubtful = doubtful or found is None
            else:
                self._adopt_return(client, str(answer["return_id"]), str(answer["parcel_id"]))
                return
        if found is not None and found.id and found.parcel_id:
            self._adopt_return(client, found.id, found.parcel_id)
        else:
            self._fail(
                self.env._(
                    "It is not known whether Sendcloud sold a return label for %(picking)s. Look "
                    "for a return of order %(order)s in Sendcloud: if there is one, use its "
                    "label and ignore this; if there is none, retry.",
                    picking=self.picking_id.name,
                    order=json.loads(text).get("order_number", ""),
                )
            )

    def _words_for_return(self, words):
        return self.env._(
            "Sendcloud sold no return label for %(picking)s: %(words)s Correct it and retry; nothing "
            "was bought.",
            picking=self.picking_id.name,
            words=words,
        )

    def _look_for_return(self, client):
        now = fields.Datetime.now() + CLOCKS_MAY_DIFFER
        since = (self.create_date or fields.Datetime.now()) - CLOCKS_MAY_DIFFER
        moments = (moment.replace(tzinfo=timezone.utc, microsecond=0) for moment in (since, now))
        body = json.loads(self.payload)
        return find_ours(
            client.returns(*(moment.isoformat() for moment in moments)),
            self.external_reference_id,
            body.get("order_number", ""),
        )

    def _adopt_return(self, client, return_id, parcel_id):
        """Write the return down first of all, then see to its label and tracking."""
        self.write(
            {
                "return_remote_id": return_id,
                "state": "announced",
                "announced_at": fields.Datetime.now(),
            }
        )
        self.parcel_ids[:1].remote_id = parcel_id
        self.env["o2c.issue"]._clear(self.picking_id, "shipment", "refused")
        try:
            self._fetch_return(client)
        except O2cError:
            # It is bought, and that is written down: only the file has to be asked for again.
            self._enqueue_labels()

    def _fetch_return(self, client):
        self._apply_return(client.return_shown(self.return_remote_id))
        parcel = self.parcel_ids[:1]
        if not parcel.label_id:
            content = client.document(parcel.remote_id)
            parcel.label_id = self._attach(parcel, self.carrier_id.get_return_label_prefix(), content)
        if self.carrier_id.get_return_label_from_portal:
            parcel.label_id.generate_access_token()
        if not self.label_ready:
            self.label_ready = True
            self.picking_id.message_post(
                body=self.env._("Return label %s ready.", parcel.tracking_number or ""),
                attachment_ids=parcel.label_id.ids,
            )
            self._notify_forms()

    def _job_labels(self):
        if self.direction != "r":
            return super()._job_labels()
        issues = self.env["o2c.issue"]
        with issues._guard(self.picking_id, "shipment", retry="_o2c_retry_download", key="download"):
            self._fetch_return(self.account_id._client())
        return None

    def _refresh(self):
        returns = self.filtered(lambda shipment: shipment.direction == "r")
        for shipment in returns.filtered("return_remote_id"):
            client = shipment.account_id._client()
            shipment._apply_return(client.return_shown(shipment.return_remote_id))
        return super(O2cSendcloudShipment, self - returns)._refresh()

    def _apply_return(self, shown):
        """Bring a return up to date: its parcel, its timeline and its state."""
        parcel = self.parcel_ids[:1]
        values = {
            "tracking_number": shown.tracking_number or parcel.tracking_number,
            "tracking_url": shown.tracking_url or parcel.tracking_url,
            "status_code": shown.status_code,
            "status_message": shown.status_message,
        }
        if shown.status_code and parcel.status_code != shown.status_code:
            self.env["o2c.sendcloud.event"].create(
                {
                    "parcel_id": parcel.id,
                    "occurred_at": moment_of(shown.changed_at),
                    "code": shown.status_code,
                    "message": shown.status_message,
                }
            )
        parcel.write({name: value for name, value in values.items() if parcel[name] != value})
        state = advance(self.state, state_of(shown.status_code))
        if state != self.state:
            self.write({"state": state, "message": shown.status_message})
            if state == "delivered":
                self.delivered_at = moment_of(shown.changed_at)
            self._notify_forms()

    def _ask_to_cancel(self):
        if self.direction != "r":
            return super()._ask_to_cancel()
        client = self.account_id._client()
        status, words = client.cancel_return(self.return_remote_id)
        if status == "refused":
            self.state = "announced"
            self._apply_return(client.return_shown(self.return_remote_id))
            raise UserError(
                self.env._(
                    "Sendcloud does not cancel the return label of %(picking)s: %(words)s",
                    picking=self.picking_id.name,
                    words=words,
                )
            )
        self.write({"state": "cancelling", "message": words})
        return None
