from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.queue_job.exception import RetryableJobError

from ...o2c_base.words import in_words

# Issues that are not about what is on the order; they are closed by what reported them.
OWN_KEYS = ("risk", "void", "cancel", "edit", "deleted", "step", "update", "address")
GONE = ("VOIDED", "EXPIRED")  # what a payment is that was authorised and never taken


class SaleOrder(models.Model):
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    shopify_shop_id = fields.Many2one(
        "o2c.shopify.shop", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    shopify_gid = fields.Char(string="Shopify ID", readonly=True, copy=False)
    shopify_name = fields.Char(string="Shopify Order", readonly=True, copy=False, index="btree_not_null")
    shopify_po_number = fields.Char(string="Customer's Order Number", copy=False)
    shopify_url = fields.Char(string="Address in Shopify", compute="_compute_shopify_url")
    shopify_updated_at = fields.Datetime(readonly=True, copy=False)
    shopify_digest = fields.Char(string="Shopify State", readonly=True, copy=False)
    shopify_financial_status = fields.Char(string="Payment in Shopify", readonly=True, copy=False)
    shopify_fulfillment_status = fields.Char(string="Fulfilment in Shopify", readonly=True, copy=False)
    shopify_risk = fields.Char(string="Shopify's Advice", readonly=True, copy=False)
    shopify_total = fields.Monetary(string="Total in Shopify", readonly=True, copy=False)
    shopify_tax = fields.Monetary(string="Tax in Shopify", readonly=True, copy=False)
    shopify_due_date = fields.Date(
        string="Due Date",
        readonly=True,
        copy=False,
        help="The day by which the order is to be paid, where that was agreed as a day (B2B).",
    )
    shopify_verified = fields.Boolean(
        readonly=True,
        copy=False,
        help="Everything on the order is known and its amounts equal Shopify's to the cent.",
    )
    shopify_transaction_ids = fields.One2many(
        "o2c.shopify.transaction", "sale_order_id", string="Shopify Payment Attempts"
    )
    shopify_refund_ids = fields.One2many("o2c.shopify.refund", "sale_order_id", string="Shopify Refunds")
    shopify_fulfillment_ids = fields.One2many(
        "o2c.shopify.fulfillment", "sale_order_id", string="Shopify Fulfilments"
    )

    _shopify_once = models.UniqueIndex(
        "(shopify_shop_id, shopify_gid) WHERE shopify_gid IS NOT NULL",
        "This Shopify order was imported already.",
    )

    @api.depends("shopify_gid", "shopify_shop_id.domain")
    def _compute_shopify_url(self):
        for order in self:
            store = (order.shopify_shop_id.domain or "").removesuffix(".myshopify.com")
            order.shopify_url = order.shopify_gid and (
                f"https://admin.shopify.com/store/{store}/orders/{order.shopify_gid.split('/')[-1]}"
            )

    def action_open_in_shopify(self):
        """Open the order in Shopify's admin."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.shopify_url, "target": "new"}

    # === Taking over === #

    def _shopify_is_news(self, order, digest):
        """Whether Shopify's state is neither older than ours nor the same."""
        self.ensure_one()
        updated_at = order.updated_at.replace(tzinfo=None)
        if self.shopify_updated_at and updated_at < self.shopify_updated_at:
            return False
        return self.shopify_digest != digest

    def _shopify_update(self, order, digest):
        """Take over a newer state of the order. A draft that waited is built anew."""
        self.ensure_one()
        shop = self.shopify_shop_id
        self._shopify_warn_of_risk(order)
        self._shopify_warn_of_void(order)
        if self.state in ("draft", "sent") and not order.cancelled_at:
            partners = shop._partners_for([order])
            values, problems = shop._order_values(
                order, partners[order.gid], shop._products_for([order]), shop._taxes_by_rate()
            )
            self._shopify_keep_chosen(order, values)
            self.order_line.unlink()
            lines = values.pop("order_line")
            # What never changes is not written: it would make Odoo choose taxes of its own.
            for name in ("company_id", "shopify_shop_id", "shopify_gid"):
                values.pop(name)
            if not values["pickup_location_data"]:
                # A service point chosen in Odoo meanwhile stays.
                values.pop("pickup_location_data")
            self.write({**values, "shopify_digest": digest, "shopify_by_hand": False})
            self.write({"order_line": lines})
            self._shopify_note_removals(order)
            self._shopify_verify(order, problems)
        else:
            before = self.shopify_total, self.shopify_tax
            self.write({**shop._state_values(order), "shopify_digest": digest})
            if self.state == "sale" and not order.cancelled_at:
                self._shopify_take_address(order)
                self._shopify_take_billing(order)
                if self.shopify_by_hand:
                    self._shopify_name_lines(order)
                    self._shopify_tell_change(*before)
                else:
                    self._shopify_apply_edits(order)

    def _shopify_warn_of_risk(self, order):
        """Shopify may find out about a fraud after the order was confirmed."""
        risky = order.risk == "CANCEL" and self.shopify_shop_id.hold_risky_orders
        if not risky:
            if self.shopify_risk == "CANCEL":
                self.env["o2c.issue"]._clear(self, "order", "risk")
        elif self.state == "sale" and self.shopify_risk != "CANCEL":
            self._shopify_report_risk(order)

    def _shopify_warn_of_void(self, order):
        """A payment that was only authorised may be voided or lapse after the order was confirmed.

        It is told once: what a person has closed or confirmed all the same stays decided.
        """
        unpaid = (
            order.financial_status in GONE
            and not (order.is_paid or order.payment_terms or order.cancelled_at)
            and self.shopify_shop_id.confirm_policy != "always"
        )
        if not unpaid:
            if self.shopify_financial_status in GONE:
                self.env["o2c.issue"]._clear(self, "order", "void")
        elif self.state == "sale" and self.shopify_financial_status not in GONE:
            self._shopify_report_void(order)

    def _shopify_report_void(self, order):
        if self._o2c_left_house():
            message = self.env._(
                "The payment of order %s was voided or has expired in Shopify, but goods have left already. "
                "Ask the customer for the money, or for the goods.",
                order.name,
            )
        else:
            message = self.env._(
                "The payment of order %s was voided or has expired in Shopify, but the order is "
                "confirmed. Do not ship it before it is paid; cancel it in Shopify if it will not be.",
                order.name,
            )
        self.env["o2c.issue"]._report(self, "order", message, key="void")

    def _shopify_report_risk(self, order):
        if self.state == "sale":
            message = self.env._(
                "Shopify now sees a high risk of fraud in order %s, which is confirmed already, and "
                "advises to cancel it. Do not ship it before you have checked it in Shopify.",
                order.name,
            )
        else:
            message = self.env._(
                "Shopify sees a high risk of fraud in order %s and advises to cancel it. "
                "Check it in Shopify; confirm the order here by hand if you trust it.",
                order.name,
            )
        self.env["o2c.issue"]._report(self, "order", message, key="risk")

    def _shopify_verify(self, order, problems, later=()):
        """Compare with Shopify, to the cent, and report what does not fit.

        :param later: removals that are still to be credited.
        """
        self.ensure_one()
        issues = self.env["o2c.issue"]
        keys = {(kind, key) for kind, key, _message in problems}
        if not problems:
            problems = self._shopify_differences(order, later)
            keys = {(kind, key) for kind, key, _message in problems}
        # An order that was just created has none yet.
        known = issues.sudo()._open_issues(self) if self.shopify_digest else issues
        for issue in known:
            if (
                issue.kind in ("product", "tax", "amount", "order")
                and issue.key not in OWN_KEYS
                and ((issue.kind, issue.key or "") not in keys)
            ):
                issue.state = "resolved"
        for kind, key, message in problems:
            issues._report(self, kind, message, key=key, retry="_o2c_retry_shopify")
        self.shopify_verified = not problems

    def _shopify_differences(self, order, later=()):
        """[(kind, key, message)] for every amount that differs from Shopify's."""
        whole, order = order, self._shopify_standing(order.without(later))
        figures = [
            (self.env._("total"), self.amount_total, order.charged_total),
            (self.env._("tax"), self.amount_tax, order.charged_tax),
            (
                self.env._("amount without tax"),
                self.amount_untaxed,
                order.charged_total - order.charged_tax,
            ),
        ]
        rest = self._shopify_rest_unexplained(whole)
        if rest:
            figures.append(
                (self.env._("total after the edit"), whole.charged_total, whole.charged_total + rest)
            )
        by_gid = {line.gid: line for line in order.charged_lines()}
        lines = self.order_line.filtered("product_uom_qty")
        for gid, records in lines.grouped("shopify_gid").items():
            line = by_gid.get(gid)
            if line:
                ours = sum(records.mapped("price_subtotal"))
                figures.append((records[:1].name, ours, line.net(order.taxes_included)))
        differences = [
            self.env._(
                "%(what)s: %(ours)s in Odoo, %(theirs)s in Shopify",
                what=what,
                ours=self._shopify_shown(ours),
                theirs=self._shopify_shown(theirs),
            )
            for what, ours, theirs in figures
            if self.currency_id.compare_amounts(float(ours), float(theirs))
        ]
        if not differences:
            return []
        return [
            (
                "amount",
                "",
                self._shopify_amounts_message(order, "; ".join(differences)),
            )
        ]

    def _shopify_shown(self, amount):
        """An amount in the order's currency, as messages print it."""
        return f"{amount:.{self.currency_id.decimal_places}f}"

    def _shopify_amounts_message(self, order, differences):
        if self.state == "sale":
            return self.env._(
                "Order %(name)s was changed in Shopify or here, does not come to the same amounts any more, "
                "and is not invoiced like this. Change it here or in Shopify and retry; if it is right as it "
                "is, close this issue. %(differences)s",
                name=order.name,
                differences=differences,
            )
        return self.env._(
            "Order %(name)s does not come to Shopify's amounts and was not confirmed. %(differences)s",
            name=order.name,
            differences=differences,
        )

    def _o2c_retry_shopify(self):
        """Read these orders again and do what is still to be done."""
        for shop, orders in self.grouped("shopify_shop_id").items():
            if shop:
                shop._import_orders(orders.mapped("shopify_gid"), force=True)

    def action_shopify_sync(self):
        """Read these orders again from Shopify."""
        try:
            self._o2c_retry_shopify()
        except RetryableJobError as error:
            # Nobody retries what a person started, except that person.
            raise UserError(self.env._("%s Try again in a minute.", in_words(self.env, error))) from error

    # === What follows === #

    def _shopify_proceed(self, parsed):
        """Confirm, invoice and register payments, as far as the state of each order allows.

        Every step asks what is still to be done, so that it may be repeated at any time.

        :param parsed: order gid -> parsed order
        """
        self._shopify_cancel(parsed)
        ready = self.filtered(lambda order: order._shopify_may_confirm(parsed[order.shopify_gid]))
        ready._shopify_in_batch("_shopify_confirm", "order")
        self._shopify_to_invoice(parsed)._shopify_in_batch("_shopify_invoice", "invoice")
        self._shopify_to_pay()._shopify_in_batch("_shopify_register_payments", "payment")
        self._shopify_refund(parsed)
        # A credit note may pay for what was taken in exchange.
        self._shopify_to_pay()._shopify_in_batch("_shopify_register_payments", "payment")
        self._shopify_deliver_sent(parsed)
        self._shopify_check_cancelled(parsed)
        self._shopify_check_paid(parsed)

    def _shopify_may_confirm(self, order):
        self.ensure_one()
        shop = self.shopify_shop_id
        if self.state not in ("draft", "sent") or not self.shopify_verified or order.cancelled_at:
            return False
        if shop.hold_risky_orders and order.risk == "CANCEL":
            self._shopify_report_risk(order)
            return False
        status = order.financial_status
        if shop.confirm_policy == "always" or order.payment_terms:
            return True
        if shop.confirm_policy == "authorized" and status in ("AUTHORIZED", "PARTIALLY_PAID"):
            return True
        return order.is_paid or status in ("PAID", "PARTIALLY_REFUNDED")

    def _shopify_confirm(self):
        # Nobody wants to be told of each step of an order that a shop has taken.
        quiet = self.with_context(send_email=False, tracking_disable=True, shopify_confirms=True)
        with quiet._o2c_notes_together() as orders:
            orders.action_confirm()

    def action_confirm(self):
        """Whoever confirms by hand what waited has decided; invoice and payment then follow as always."""
        result = super().action_confirm()
        if not self.env.context.get("shopify_confirms"):
            # Who sells need not have a role in order to cash; what follows is the program's work.
            decided = self.filtered("shopify_gid").sudo()
            self.env["o2c.issue"]._clear(decided, "order", "risk")
            decided._shopify_complete_by_hand()
            for order in decided:
                order.with_delay(
                    channel="root.o2c.shopify",
                    identity_key=f"o2c.shopify.confirmed:{order.id}",
                    description=self.env._("Invoice and payments of order %s", order.name),
                )._o2c_retry_shopify()
        return result

    def _prepare_confirmation_values(self):
        values = super()._prepare_confirmation_values()
        if self and all(order.shopify_gid for order in self):
            # An order was placed when the customer placed it, not when it reached Odoo.
            values.pop("date_order", None)
        return values

    def _shopify_cancel(self, parsed):
        """Cancel what Shopify cancelled, as long as nothing has left the house."""
        for order in self:
            cancelled = parsed[order.shopify_gid].cancelled_at
            if not cancelled or order.state == "cancel":
                continue
            order._shopify_alone("order", "cancel", order._shopify_cancel_one)

    def _shopify_cancel_one(self):
        self.ensure_one()
        if self._o2c_left_house():
            raise UserError(
                self.env._(
                    "Order %s was cancelled in Shopify, but goods have left already. Take them "
                    "back with a return, or ask the customer to keep them.",
                    self.shopify_name,
                )
            )
        drafts = self.invoice_ids.filtered(lambda move: move.state == "draft")
        drafts.button_cancel()
        picked = self._shopify_picked_moves()
        self.with_context(disable_cancel_warning=True)._action_cancel()
        if picked:
            what = [f"{move.quantity:g} x {move.product_id.display_name}" for move in picked]
            self.env["o2c.issue"]._report(
                self,
                "stock",
                self.env._(
                    "Order %(order)s was cancelled in Shopify after %(what)s had been picked. Put the goods "
                    "back: open %(transfer)s and press “Return”.",
                    order=self.shopify_name,
                    what=", ".join(what),
                    transfer=", ".join(picked.picking_id.mapped("name")),
                ),
                key="picked",
            )

    def _shopify_picked_moves(self):
        """Moves that took goods from the shelf, which then did not leave."""
        return self.picking_ids.move_ids.filtered(
            lambda move: (
                move.state == "done"
                and move.location_dest_id.usage in ("internal", "transit")
                and not move.origin_returned_move_id
                and not move.returned_move_ids.filtered(lambda back: back.state == "done")
                and any(follower.state not in ("done", "cancel") for follower in move.move_dest_ids)
            )
        )

    def _shopify_check_cancelled(self, parsed):
        """Tell of invoices of cancelled orders that nothing in Shopify has taken back."""
        issues = self.env["o2c.issue"]
        cancelled = self.filtered(
            lambda order: order.state == "cancel" and parsed[order.shopify_gid].cancelled_at
        )
        owing = cancelled.filtered(
            lambda order: any(order._shopify_posted_invoices().mapped("amount_residual"))
        )
        issues._clear(cancelled - owing, "invoice", "cancelled")
        for order in owing:
            invoices = order._shopify_posted_invoices().filtered("amount_residual")
            issues._report(
                order,
                "invoice",
                self.env._(
                    "Order %(order)s was cancelled in Shopify, but %(invoices)s is still to be paid. Make a "
                    "credit note for it, or ask the customer for the money.",
                    order=order.shopify_name,
                    invoices=", ".join(invoices.mapped("name")),
                ),
                key="cancelled",
                retry="_o2c_retry_shopify",
            )
