from odoo import fields, models


class O2cShopifyRefund(models.Model):
    """A refund of an order and the credit note that was made for it."""

    _name = "o2c.shopify.refund"
    _description = "Shopify Refund"
    _order = "created_at desc, id desc"
    _rec_name = "gid"

    sale_order_id = fields.Many2one("sale.order", required=True, index=True, ondelete="cascade")
    shop_id = fields.Many2one(related="sale_order_id.shopify_shop_id", store=True, index=True)
    company_id = fields.Many2one(related="sale_order_id.company_id", store=True, index=True)
    gid = fields.Char(string="Shopify ID", required=True, readonly=True)
    created_at = fields.Datetime(readonly=True)
    note = fields.Char(readonly=True)
    amount = fields.Monetary(string="Refunded", readonly=True)
    currency_id = fields.Many2one(related="sale_order_id.currency_id")
    in_order = fields.Boolean(readonly=True, help="Taken off the order itself, before it was invoiced.")
    off_parts = fields.Json(
        string="Parts Taken off",
        readonly=True,
        help="Which parts were taken off the order, of a refund that took back invoiced pieces, too.",
    )
    taken_off = fields.Json(
        readonly=True,
        help="What a piece that an edit took off was worth when that was booked: subtotal and tax, in the "
        "order's currency; the subtotal contains the tax if the order's prices do.",
    )
    move_id = fields.Many2one(
        "account.move", string="Credit Note", readonly=True, index=True, ondelete="set null"
    )

    _gid_once = models.Constraint("UNIQUE(sale_order_id, gid)", "This refund is known already.")
