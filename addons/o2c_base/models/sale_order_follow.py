from markupsafe import Markup

from odoo import api, fields, models


class SaleOrder(models.Model):
    """What is followed on the order's page: its parcels and its payments; and what its customer is told."""

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    o2c_tracking = fields.Html(
        string="Tracking",
        compute="_compute_o2c_tracking",
        # Whoever sees the order may follow its parcels.
        compute_sudo=True,
        sanitize=False,
    )
    o2c_payment_ids = fields.Many2many(
        "account.payment",
        string="Payments",
        compute="_compute_o2c_payment_ids",
        compute_sudo=True,
        groups="account.group_account_readonly,account.group_account_invoice",
    )

    def get_formview_id(self, access_uid=None):
        """Odoo's page of an order shows its invoices; who may not read those has a page of the goods."""
        user = self.env["res.users"].browse(access_uid) if access_uid else self.env.user
        if not self.env["account.move.line"].with_user(user).has_access("read"):
            return self.env.ref("o2c_base.sale_order_view_form_goods").id
        return super().get_formview_id(access_uid)

    def _o2c_parcels(self):
        """The parcels of this order, as :meth:`stock.picking._o2c_tracking` tells them."""
        self.ensure_one()
        return [parcel for picking in self._o2c_left_house() for parcel in picking._o2c_tracking()]

    @api.depends("picking_ids.state", "picking_ids.carrier_tracking_ref")
    def _compute_o2c_tracking(self):
        number = Markup('<a href="%s" target="_blank" rel="noopener">%s</a>')
        for order in self:
            order.o2c_tracking = Markup().join(
                Markup("<div>%s %s %s</div>")
                % (
                    parcel["company"],
                    number % (parcel["url"], parcel["number"]) if parcel["url"] else parcel["number"],
                    parcel.get("status") or "",
                )
                for parcel in order._o2c_parcels()
            )

    @api.depends("invoice_ids.matched_payment_ids", "invoice_ids.reconciled_payment_ids")
    def _compute_o2c_payment_ids(self):
        for order in self:
            invoices = order.invoice_ids
            order.o2c_payment_ids = invoices.matched_payment_ids | invoices.reconciled_payment_ids

    def _o2c_customer_road(self):
        """The order's road in the words of its customer, for the portal.

        :return: dicts of ``key``, ``label``, ``passed``, ``current`` (the last one passed) and ``date``
            (a day in the time zone of whoever looks, or False). Empty for what is no order.
        """
        self.ensure_one()
        if self.state == "cancel" or not self.o2c_stage:
            return []
        passed = self._o2c_passed()
        invoices = self.invoice_ids.filtered(lambda move: move.state == "posted")
        if "invoiced" in passed and all(
            invoice.payment_state in ("in_payment", "paid", "reversed") for invoice in invoices
        ):
            # Not the day on which the bank showed it: that is ours, not the customer's.
            received = self.o2c_payment_ids.filtered(lambda payment: payment.payment_type == "inbound")
            passed["paid"] = max(received.mapped("date"), default=None)
        steps = [
            ("ordered", self.env._("Order received")),
            ("paid", self.env._("Paid")),
        ]
        if self._o2c_has_goods():
            steps += [("shipped", self.env._("On its way")), ("delivered", self.env._("Delivered"))]
        done = [key for key, _label in steps if key in passed]
        return [
            {
                "key": key,
                "label": label,
                "passed": key in passed,
                "current": key == done[-1],
                "date": passed.get(key) or False,
            }
            for key, label in steps
        ]
