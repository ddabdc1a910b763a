from odoo import api, fields, models

STAGES = [
    ("ordered", "Ordered"),
    ("invoiced", "Invoiced"),
    ("shipped", "Shipped"),
    ("delivered", "Delivered"),
    ("settled", "Settled"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]


class SaleOrder(models.Model):
    _inherit = "sale.order"

    o2c_stage = fields.Selection(
        STAGES,
        string="Order to Cash",
        compute="_compute_o2c_stage",
        store=True,
        group_expand="_o2c_expand_stages",
        help="How far the order has come: invoiced, shipped, delivered to the customer, settled "
        "(the money is in the bank), done (delivered and settled).",
    )
    o2c_stage_since = fields.Datetime(
        string="At This Stage Since",
        compute="_compute_o2c_stage",
        store=True,
        help="When the order came to the stage of its road from order to cash.",
    )
    o2c_settled = fields.Boolean(
        string="Settled",
        compute="_compute_o2c_stage",
        store=True,
        help="Every invoice is paid and every payment was seen on a bank statement.",
    )
    o2c_shipped_at = fields.Datetime(
        string="Shipped On",
        compute="_compute_o2c_stage",
        store=True,
        help="When the last of the goods left.",
    )
    o2c_delivered_at = fields.Datetime(
        string="Delivered On",
        compute="_compute_o2c_stage",
        store=True,
        help="When the last of the goods arrived; where the carrier does not report it, when they left.",
    )
    o2c_settled_on = fields.Date(
        string="In the Bank On",
        compute="_compute_o2c_stage",
        store=True,
        help="The day of the bank statement that showed the last of the money.",
    )
    o2c_issue_ids = fields.One2many("o2c.issue", "sale_order_id", string="Order to Cash Issues")
    o2c_issue_count = fields.Integer(string="Open Issues", compute="_compute_o2c_issues", compute_sudo=True)
    o2c_issue_message = fields.Text(
        string="Needs Attention", compute="_compute_o2c_issues", compute_sudo=True
    )
    o2c_can_retry = fields.Boolean(string="Can Be Retried", compute="_compute_o2c_issues", compute_sudo=True)

    _o2c_stage_idx = models.Index("(o2c_stage, o2c_stage_since) WHERE o2c_stage IS NOT NULL")

    @api.depends(
        "state",
        "invoice_status",
        "order_line.product_id.type",
        "order_line.product_uom_qty",
        "order_line.qty_delivered",
        "order_line.invoice_lines.move_id.state",
        "order_line.invoice_lines.move_id.amount_total",
        "order_line.invoice_lines.move_id.payment_state",
        "order_line.invoice_lines.move_id.matched_payment_ids.is_matched",
        "order_line.invoice_lines.move_id.line_ids.matched_credit_ids"
        ".credit_move_id.move_id.origin_payment_id.is_matched",
        "order_line.invoice_lines.move_id.line_ids.matched_debit_ids"
        ".debit_move_id.move_id.origin_payment_id.is_matched",
        "picking_ids.state",
        "picking_ids.date_done",
        "picking_ids.location_dest_id",
        "picking_ids.move_ids.location_dest_id",
        "picking_ids.move_ids.location_final_id",
        "picking_ids.carrier_id",
        "picking_ids.o2c_delivered_at",
    )
    def _compute_o2c_stage(self):
        # Businesses are mostly delivered before they are invoiced: then no order has to look for invoices.
        invoiced = self.filtered("invoice_ids") if self.order_line.invoice_lines else self.browse()
        unmatched = invoiced._o2c_unmatched_invoices()
        for order in self:
            invoices = (order & invoiced).invoice_ids.filtered(lambda move: move.state == "posted")
            order.o2c_settled = (
                bool(invoices)
                and not (invoices & unmatched)
                and all(invoice.payment_state in ("paid", "reversed") for invoice in invoices)
            )
            progress = order._o2c_goods_progress() if order.state == "sale" else (False, False)
            order.o2c_shipped_at, order.o2c_delivered_at = order._o2c_goods_moments(*progress)
            stage = order._o2c_find_stage(invoices, *progress)
            if stage != order.o2c_stage or not order.o2c_stage_since:
                order.o2c_stage_since = stage and fields.Datetime.now()
            else:
                order.o2c_stage_since = order.o2c_stage_since
            order.o2c_stage = stage
        settled_on = self.filtered("o2c_settled")._o2c_settled_days()
        for order in self:
            order.o2c_settled_on = settled_on.get(order, False)

    @api.model
    def _o2c_expand_stages(self, _stages, _domain):
        """The columns of the kanban: the whole road, also where it is empty."""
        return [key for key, _label in STAGES if key != "cancelled"]

    def _o2c_find_stage(self, invoices, shipped, delivered):
        """The furthest point that the order has reached.

        :param invoices: its posted invoices and credit notes.
        :param shipped, delivered: see :meth:`_o2c_goods_progress`
        """
        self.ensure_one()
        if self.state == "cancel":
            return "cancelled"
        if self.state != "sale":
            return False
        invoiced = self._o2c_fully_invoiced(invoices)
        settled = invoiced and self.o2c_settled
        if settled and delivered:
            return "done"
        if self._o2c_has_goods():
            if settled and shipped:
                return "settled"
            if delivered:
                return "delivered"
            if shipped:
                return "shipped"
        return "invoiced" if invoiced else "ordered"

    def _o2c_fully_invoiced(self, invoices):
        """Whether everything that could be invoiced is on a posted invoice.

        A credit note makes Odoo want to invoice the same goods again, so where there is one
        the posted invoices are compared with the order instead.
        """
        sold = invoices.filtered(lambda move: move.move_type == "out_invoice")
        if not sold or any(move.state == "draft" for move in self.invoice_ids):
            return False
        if self.invoice_status in ("invoiced", "upselling"):
            return True
        total = sum(sold.mapped("amount_total"))
        return invoices != sold and self.currency_id.compare_amounts(total, self.amount_total) >= 0

    def _o2c_has_goods(self):
        return any(line._o2c_is_goods() for line in self.order_line)

    def _o2c_goods_progress(self):
        """``(shipped, delivered)``: have all goods left, have all goods arrived?

        Trivially true where there is nothing to ship.
        """
        if any(picking._o2c_is_on_its_way_out() for picking in self.picking_ids):
            return False, False
        pickings = self._o2c_left_house()
        if not pickings:
            shipped = all(line._o2c_goods_shipped() for line in self.order_line)
            return shipped, shipped
        delivered = all(
            picking.o2c_delivered_at
            or not picking.carrier_id
            or not picking.carrier_id._o2c_reports_delivery()
            for picking in pickings
        )
        return True, delivered

    def _o2c_left_house(self):
        """The deliveries of this order whose goods have left for the customer."""
        self.ensure_one()
        return self.picking_ids.filtered(
            lambda picking: picking.state == "done" and picking.location_dest_id._is_outgoing()
        )

    @api.depends("o2c_issue_ids.state", "o2c_issue_ids.message")
    def _compute_o2c_issues(self):
        found = self.env["o2c.issue"].search([("sale_order_id", "in", self.ids), ("state", "=", "open")])
        by_order = found.grouped("sale_order_id")
        for order in self:
            issues = by_order.get(order._origin, found.browse())
            order.o2c_issue_count = len(issues)
            order.o2c_issue_message = "\n".join(issues.mapped("message")) or False
            order.o2c_can_retry = any(issues.mapped("can_retry"))

    def action_o2c_retry(self):
        """Retry what can be retried of the open issues of these orders."""
        issues = self.o2c_issue_ids.filtered("can_retry")
        return issues.action_retry()

    def action_o2c_issues(self):
        """Open the issues of these orders."""
        action = self.env["ir.actions.act_window"]._for_xml_id("o2c_base.o2c_issue_action")
        action["domain"] = [("sale_order_id", "in", self.ids)]
        action["context"] = {"search_default_open": 1}
        return action


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _o2c_is_goods(self):
        """Whether this line is something that gets shipped."""
        self.ensure_one()
        return self.product_id.type == "consu" and self.product_uom_qty > 0

    def _o2c_goods_shipped(self):
        self.ensure_one()
        return not self._o2c_is_goods() or self.qty_delivered >= self.product_uom_qty
