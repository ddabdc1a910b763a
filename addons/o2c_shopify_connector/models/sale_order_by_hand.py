from odoo import fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

DECIDED = ("product", "tax", "amount")  # what is open about an order until a person decides


class SaleOrder(models.Model):
    """Orders that a person completed: what Shopify has on them is not done over that person's head."""

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    shopify_by_hand = fields.Boolean(
        string="Completed by Hand",
        readonly=True,
        copy=False,
        help="Somebody confirmed the order although it did not equal Shopify's: its lines are left alone.",
    )

    def _auto_init(self):
        """Orders that were confirmed before this was noted, and did not equal Shopify's."""
        known = column_exists(self.env.cr, self._table, "shopify_by_hand")
        if not known and column_exists(self.env.cr, self._table, "shopify_verified"):
            create_column(self.env.cr, self._table, "shopify_by_hand", "bool")
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE sale_order SET shopify_by_hand = TRUE
                     WHERE state = 'sale' AND shopify_gid IS NOT NULL AND shopify_verified IS NOT TRUE
                    """
                )
            )
        return super()._auto_init()

    def _shopify_complete_by_hand(self):
        """A person confirmed these orders, or closed the issue: what is missing or different is decided."""
        by_hand = self.filtered(
            lambda order: order.shopify_gid and order.state == "sale" and not order.shopify_verified
        )
        by_hand.shopify_by_hand = True
        for order in by_hand:
            open_issues = self.env["o2c.issue"]._open_issues(order)
            open_issues.filtered(lambda issue: issue.kind in DECIDED).state = "resolved"

    def _shopify_name_lines(self, order):
        """Lines that were typed here are Shopify's where product and pieces tell: they are to be delivered
        and told like the others."""
        typed = self.order_line.filtered(lambda line: line.product_id and not line.shopify_gid)
        if not typed:
            return
        there = set(self.order_line.mapped("shopify_gid"))
        missing = [line for line in order.charged_lines() if line.gid not in there]
        products = self.shopify_shop_id._products_for([order]) if missing else {}
        for line in missing:
            same = typed.filtered(
                lambda record, line=line: (
                    record.product_id == products.get(line.gid) and record.product_uom_qty == line.quantity
                )
            )[:1]
            same.shopify_gid = line.gid
            typed -= same

    def _shopify_tell_change(self, total, tax):
        """Whoever completed an order by hand has to follow what changes in Shopify afterwards.

        :param total: what the order came to in Shopify when it was looked at before; ``tax`` as well.
        """
        figures = (total, self.shopify_total), (tax, self.shopify_tax)
        if any(self.currency_id.compare_amounts(before, now) for before, now in figures):
            self.env["o2c.issue"]._report(
                self,
                "amount",
                self.env._(
                    "Order %(name)s was completed here by hand, and was changed in Shopify since: it came to "
                    "%(before)s there and now comes to %(now)s (tax %(tax)s). Change it here as well.",
                    name=self.name,
                    before=self._shopify_shown(total),
                    now=self._shopify_shown(self.shopify_total),
                    tax=self._shopify_shown(self.shopify_tax),
                ),
                key="by-hand",
            )


class O2cIssue(models.Model):
    _inherit = "o2c.issue"

    def _close(self, state):
        """Whoever closes what differs on a confirmed order says that it is right as it is."""
        closed = self.sudo().filtered(
            lambda issue: issue.state == "open" and issue.res_model == "sale.order" and issue.kind in DECIDED
        )
        orders = self.env["sale.order"].sudo().browse(closed.mapped("res_id")).exists()
        result = super()._close(state)
        orders._shopify_complete_by_hand()
        return result
