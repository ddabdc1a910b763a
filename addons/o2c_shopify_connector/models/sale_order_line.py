from decimal import Decimal

from odoo import api, fields, models

from ..lib.money import share
from ..lib.pricing import part


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    shopify_gid = fields.Char(string="Shopify ID", readonly=True, copy=False)
    shopify_net = fields.Monetary(
        string="Net in Shopify",
        readonly=True,
        copy=False,
        help="What Shopify's line came to without tax when it was last taken over. Where several lines here "
        "are one in Shopify, their sum.",
    )

    @api.depends("order_id.shopify_shop_id.invoice_policy")
    def _compute_qty_to_invoice(self):
        """An order that is paid is invoiced whole, whatever the policy of its products.

        What a credit note gave back was refunded in Shopify: it is not to be invoiced again.
        """
        result = super()._compute_qty_to_invoice()
        for line in self:
            if not line.shopify_gid or line.state != "sale" or line.display_type:
                continue
            due = line.product_uom_qty
            if (
                line.order_id.shopify_shop_id.invoice_policy != "payment"
                and line.product_id.invoice_policy == "delivery"
            ):
                due = min(due, line._shopify_sent())
            line.qty_to_invoice = due - line._shopify_invoiced()
        return result

    def _shopify_invoiced(self):
        """Pieces on invoices, whatever credit notes gave back since."""
        self.ensure_one()
        return sum(
            item.product_uom_id._compute_quantity(item.quantity, self.product_uom_id)
            for item in self.invoice_lines
            if item.move_id.move_type == "out_invoice" and item.parent_state != "cancel"
        )

    def _shopify_sent(self):
        """Pieces that were delivered, whatever came back since."""
        self.ensure_one()
        back = sum(
            move.product_uom._compute_quantity(move.quantity, self.product_uom_id)
            for move in self.move_ids
            if move.state == "done" and move.to_refund and move.location_id.usage == "customer"
        )
        return self.qty_delivered + back

    def _prepare_invoice_line(self, **optional_values):
        """Divide the pinned amounts when only part of the line is invoiced."""
        values = super()._prepare_invoice_line(**optional_values)
        pinned = self.extra_tax_data
        if (
            self.shopify_gid
            and pinned
            and pinned.get("manual_tax_amounts")
            and values.get("quantity") != pinned.get("quantity")
            and values.get("quantity")
        ):
            values["extra_tax_data"] = part(
                pinned, values["quantity"], self._shopify_invoiced(), self.currency_id.decimal_places
            )
        elif (
            self.shopify_gid and not self.tax_ids and 0 < (values.get("quantity") or 0) < self.product_uom_qty
        ):
            # The net amount has a discount in it already.
            values.update(price_unit=self._shopify_unit_of_part(values["quantity"]), discount=0.0)
        return values

    def _shopify_unit_of_part(self, quantity):
        """The price of so many pieces, so that all invoices of the line come to it to the cent."""
        places = self.currency_id.decimal_places
        net, whole = Decimal(f"{self.price_subtotal:.{places}f}"), Decimal(str(self.product_uom_qty))
        done, now = Decimal(str(self._shopify_invoiced())), Decimal(str(quantity))
        amount = share(net, done + now, whole, places) - share(net, done, whole, places)
        return float(amount / now)
