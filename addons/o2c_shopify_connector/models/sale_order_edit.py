from odoo import models
from odoo.fields import Command


class SaleOrder(models.Model):
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _shopify_credited(self):
        """Gids of refunds that a credit note gave back instead of the order getting smaller."""
        return {record.gid for record in self.shopify_refund_ids if not record.in_order}

    def _shopify_note_removals(self, order):
        """Remember which removals the order's lines contain already."""
        self.ensure_one()
        known = {record.gid for record in self.shopify_refund_ids}
        self.env["o2c.shopify.refund"].create(
            [
                {**self._shopify_refund_values(refund), "in_order": True}
                for refund in order.removals
                if refund.gid not in known
            ]
        )

    def _shopify_apply_edits(self, order):
        """Take over what was added or taken off after the order was confirmed.

        Additions become further lines, which are delivered and invoiced like the others. What is
        taken off reduces the order as long as there is no invoice; after that it is credited.
        """
        self.ensure_one()
        known = {record.gid for record in self.shopify_refund_ids}
        lines = {line.shopify_gid for line in self.order_line}
        added = [line for line in order.charged_lines() if line.gid not in lines]
        removals = [refund for refund in order.removals if refund.gid not in known]
        if not added and not removals:
            return
        with self.env["o2c.issue"]._guard(self, "order", key="edit", retry="_o2c_retry_shopify") as outcome:
            if self.locked:
                self.action_unlock()
            problems = self._shopify_add_lines(order, added) if added else []
            if removals and not self._shopify_posted_invoices():
                self._shopify_reduce_lines(order, removals)
                self._shopify_note_removals(order)
        if outcome.ok and (removals and not self._shopify_posted_invoices() or added):
            if removals and self._shopify_posted_invoices():
                order = order.without({refund.gid for refund in removals})
            self._shopify_verify(order, problems)

    def _shopify_add_lines(self, order, added):
        shop = self.shopify_shop_id
        problems = []
        values = shop._line_values(
            order,
            self.currency_id,
            shop._products_for([order]),
            shop._taxes_by_rate(),
            problems,
            shop._zero_tax(self.partner_id, self.partner_shipping_id),
        )
        wanted = {line.gid for line in added}
        self.write(
            {"order_line": [Command.create(item) for item in values if item.get("shopify_gid") in wanted]}
        )
        return problems

    def _shopify_reduce_lines(self, order, removals):
        """Bring the lines that lost pieces to what is left of them, in quantity and amounts."""
        shop = self.shopify_shop_id
        touched = {part.line_gid for refund in removals for part in refund.lines + refund.shipping}
        left = {
            values["shopify_gid"]: values
            for values in shop._line_values(
                order,
                self.currency_id,
                shop._products_for([order]),
                shop._taxes_by_rate(),
                [],
                shop._zero_tax(self.partner_id, self.partner_shipping_id),
            )
            if values.get("shopify_gid") in touched
        }
        for line in self.order_line.filtered(lambda line: line.shopify_gid in touched):
            values = left.get(line.shopify_gid)
            if values:
                line.write(
                    {
                        "product_uom_qty": values["product_uom_qty"],
                        "price_unit": values["price_unit"],
                        "extra_tax_data": values["extra_tax_data"],
                    }
                )
            else:
                line.write({"product_uom_qty": 0, "extra_tax_data": False})
