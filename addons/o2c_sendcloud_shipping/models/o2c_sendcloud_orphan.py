from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.payload import read_reference, reference_prefix
from ..lib.remote import differences

# Later than this Sendcloud gives no money back; an account that was never swept looks back so far.
OLDEST = timedelta(days=42)
# What was on its way to Sendcloud's list when it was looked at last is seen the next time.
OVERLAP = timedelta(days=1)


class O2cSendcloudOrphan(models.Model):
    """A label of this database at Sendcloud that Odoo does not know: paid for, and of no use.

    It comes from what Odoo cannot see: a backup that was restored, or a server that was lost
    between a purchase and the moment it was written down.
    """

    _name = "o2c.sendcloud.orphan"
    _description = "Unknown Sendcloud Label"
    _order = "id desc"
    _rec_name = "external_reference_id"

    account_id = fields.Many2one(
        "o2c.sendcloud.account", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    external_reference_id = fields.Char(string="Reference", required=True, readonly=True)
    remote_id = fields.Char(string="Sendcloud ID", required=True, readonly=True)
    picking_id = fields.Many2one("stock.picking", string="Delivery", readonly=True, index="btree_not_null")
    order_number = fields.Char(readonly=True)
    tracking_numbers = fields.Char(readonly=True)
    announced_at = fields.Char(readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("adopted", "Used for its Delivery"), ("cancelled", "Cancelled")],
        default="open",
        required=True,
        readonly=True,
    )

    _once = models.Constraint("UNIQUE(account_id, remote_id)", "This label is already listed.")

    @api.model
    def _sweep(self, account):
        """List what Sendcloud has of this database and Odoo has not.

        How far to look back is kept in the database itself: one that was restored looks back to
        before its backup was made, however long ago that is.

        :return: the orphans found now.
        """
        client = account._client()
        prefix = reference_prefix(account._current_database_uuid())
        now = fields.Datetime.now()
        since = (account.swept_at or now - OLDEST) - OVERLAP
        filters = {"announced_after": since.replace(tzinfo=timezone.utc).isoformat()}
        if account.integration_id:
            filters["integration_id"] = account.integration_id
        ours = {
            remote.external_reference_id: remote
            for remote in client.shipments(**filters)
            if remote.external_reference_id.startswith(prefix) and not remote.burned
        }
        known = self.env["o2c.sendcloud.shipment"].search([("external_reference_id", "in", list(ours))])
        listed = self.search([("account_id", "=", account.id), ("remote_id", "!=", False)])
        for reference in known.mapped("external_reference_id"):
            del ours[reference]
        seen = set(listed.mapped("remote_id"))
        found = self.create(
            [self._values(account, remote) for remote in ours.values() if remote.id not in seen]
        )
        for orphan in found:
            orphan._report()
        account.swept_at = now
        return found

    @api.model
    def _values(self, account, remote):
        picking_id, _direction, _attempt = read_reference(remote.external_reference_id)
        picking = self.env["stock.picking"].browse(picking_id).exists()
        return {
            "account_id": account.id,
            "external_reference_id": remote.external_reference_id,
            "remote_id": remote.id,
            "picking_id": picking.id,
            "order_number": remote.order_number,
            "tracking_numbers": ", ".join(
                parcel.tracking_number for parcel in remote.parcels if parcel.tracking_number
            ),
            "announced_at": next((parcel.announced_at for parcel in remote.parcels), ""),
        }

    def _report(self):
        self.ensure_one()
        self.env["o2c.issue"]._report(
            self,
            "shipment",
            self.env._(
                "Sendcloud sold the label %(numbers)s (order %(order)s) to this database, but Odoo "
                "does not know it; a restored backup may be the reason. Open it, and either use "
                "it for its delivery or cancel it to get the money back.",
                numbers=self.tracking_numbers or self.remote_id,
                order=self.order_number or "-",
            ),
            key="orphan",
            order=self.picking_id.sale_id,
        )

    def action_cancel(self):
        """Give these labels back to Sendcloud."""
        self.check_access("write")
        for orphan in self.filtered(lambda orphan: orphan.state == "open"):
            status, words = orphan.account_id._client().cancel(orphan.remote_id)
            if status == "refused":
                raise UserError(
                    self.env._(
                        "Sendcloud does not cancel %(label)s: %(words)s",
                        label=orphan.tracking_numbers,
                        words=words,
                    )
                )
            orphan.state = "cancelled"
            self.env["o2c.issue"]._clear(orphan)

    def action_adopt(self):
        """Use these labels for the deliveries that they were bought for."""
        self.check_access("write")
        for orphan in self.filtered(lambda orphan: orphan.state == "open"):
            orphan._adopt()

    def _adopt(self):
        picking = self.picking_id
        if not picking or picking.state == "cancel":
            raise UserError(
                self.env._(
                    "The delivery of %s does not exist any more. Cancel the label.",
                    self.tracking_numbers,
                )
            )
        if picking._sendcloud_label():
            raise UserError(self.env._("%s has a label already. Cancel this one.", picking.name))
        client = self.account_id._client()
        remote = client.shipment(self.remote_id)
        request, packages = picking._sendcloud_request(self.external_reference_id, picking._sendcloud_terms())
        different = differences(request.body(), remote.raw)
        shipments = self.env["o2c.sendcloud.shipment"]
        if different:
            raise UserError(
                self.env._(
                    "The label is not for %(picking)s as it is now (%(differences)s). Cancel it.",
                    picking=picking.name,
                    differences=shipments._listed_differences(different),
                )
            )
        _picking, _direction, attempt = read_reference(self.external_reference_id)
        shipment = shipments.create(shipments._row(picking, attempt, request, packages))
        shipment._adopt(remote, client)
        self.state = "adopted"
        self.env["o2c.issue"]._clear(self)
