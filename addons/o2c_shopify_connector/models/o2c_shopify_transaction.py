from odoo import api, fields, models


class O2cShopifyTransaction(models.Model):
    """An attempt to move money for an order, also those that failed."""

    _name = "o2c.shopify.transaction"
    _description = "Shopify Payment Attempt"
    _order = "processed_at desc, id desc"
    _rec_name = "payment_reference"

    sale_order_id = fields.Many2one("sale.order", required=True, index=True, ondelete="cascade")
    shop_id = fields.Many2one(related="sale_order_id.shopify_shop_id", store=True, index=True)
    company_id = fields.Many2one(related="sale_order_id.company_id", store=True, index=True)
    gid = fields.Char(string="Shopify ID", required=True, readonly=True)
    parent_gid = fields.Char(string="Original Shopify ID", readonly=True)
    kind = fields.Char(readonly=True, help="SALE, AUTHORIZATION, CAPTURE, REFUND, VOID ...")
    status = fields.Char(readonly=True, help="SUCCESS, FAILURE, PENDING, ERROR ...")
    kind_label = fields.Char("Type", compute="_compute_labels")
    status_label = fields.Char("Result", compute="_compute_labels")
    error = fields.Char(readonly=True)
    gateway = fields.Char(readonly=True)
    amount = fields.Monetary(readonly=True)
    rounding = fields.Monetary(
        string="Cash Rounding",
        readonly=True,
        help="What the till rounded money given back by, where no credit note has it as a line: less than "
        "zero when the customer got less.",
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    processed_at = fields.Datetime(readonly=True)
    payment_reference = fields.Char(
        string="Payment ID",
        readonly=True,
        index="btree_not_null",
        help="The name of this payment at the payment provider; at Mollie, its description.",
    )
    parent_reference = fields.Char(string="Original Payment ID", readonly=True)
    is_test = fields.Boolean(string="Test", readonly=True)
    payment_id = fields.Many2one("account.payment", readonly=True, index=True, ondelete="set null")

    _gid_once = models.Constraint("UNIQUE(sale_order_id, gid)", "This payment attempt is known already.")

    @api.depends("kind", "status")
    @api.depends_context("lang")
    def _compute_labels(self):
        """Shopify's own words, in the user's where they are known."""
        words = {
            "SALE": self.env._("Payment"),
            "AUTHORIZATION": self.env._("Authorisation"),
            "CAPTURE": self.env._("Capture"),
            "REFUND": self.env._("Refund"),
            "VOID": self.env._("Cancelled"),
            "SUCCESS": self.env._("Succeeded"),
            "FAILURE": self.env._("Failed"),
            "ERROR": self.env._("Error"),
            "PENDING": self.env._("Pending"),
        }
        for attempt in self:
            attempt.kind_label = words.get(attempt.kind, attempt.kind)
            attempt.status_label = words.get(attempt.status, attempt.status)
