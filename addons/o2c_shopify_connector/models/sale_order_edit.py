from dataclasses import replace
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..lib.money import spread

NOTHING = Decimal(0)


class SaleOrder(models.Model):
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _shopify_standing(self, order):
        """Shopify's order as its lines in Odoo must be.

        What was taken off the lines is not on them; what a credit note gave back still is.
        """
        self.ensure_one()
        taken_off = {record.gid for record in self.shopify_refund_ids if record.in_order}
        credited = {record.gid for record in self.shopify_refund_ids if not record.in_order}
        parts = {record.gid: record.off_parts for record in self.shopify_refund_ids if record.off_parts}
        return order.taking_off(taken_off, parts).without(credited)

    @staticmethod
    def _shopify_rest_unexplained(order):
        """What Shopify's present total differs by, where edits are known by the pieces that are left only."""
        worked_out = any(refund.is_worked_out for refund in order.removals)
        return order.unexplained_current if worked_out else NOTHING

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
        taken off reduces the order as long as it was not invoiced; after that it is credited.
        Whatever happened, the order must come to Shopify's amounts, or a person is told.
        """
        self.ensure_one()
        known = {record.gid for record in self.shopify_refund_ids}
        removals = [refund for refund in order.removals if refund.gid not in known]
        later, problems = set(), []
        with self.env["o2c.issue"]._guard(self, "order", key="edit", retry="_o2c_retry_shopify") as outcome:
            # What was invoiced is credited by the step for refunds.
            later.update(refund.gid for refund in removals if not self._shopify_is_open(refund))
            off = [refund for refund in removals if refund.gid not in later]
            if off:
                self._shopify_take_off(order, off)
            self._shopify_add_lines(order, self._shopify_additions(order.without(later)), problems)
            if not problems and not self._shopify_rest_unexplained(order):
                self._shopify_reprice(self._shopify_standing(order.without(later)))
        if outcome.ok:
            self._shopify_verify(order, problems, later)
        else:
            # It must not be invoiced as it is.
            self.shopify_verified = False

    # === Added === #

    def _shopify_additions(self, order):
        """Lines, or further pieces of lines, that Odoo does not have yet."""
        records = {}
        for record in self.order_line.filtered("shopify_gid"):
            records[record.shopify_gid] = records.get(record.shopify_gid, record.browse()) | record
        found = []
        for line in self._shopify_standing(order).charged_lines():
            there = records.get(line.gid)
            if there is None:
                found.append(line)
                continue
            # What the pieces that are here were charged with stays; the new ones bring the rest.
            net = line.net(order.taxes_included) - self._shopify_exact(there, "price_subtotal")
            if line.kind == "rounding" and net > 0 and any(item._shopify_invoiced() for item in there):
                # The till rounded a later payment, too.
                found.append(replace(line, amount=net, unit_price=net))
            more = line.quantity - int(sum(there.mapped("product_uom_qty")))
            if more <= 0 or not line.quantity:
                continue
            tax = line.tax - self._shopify_exact(there, "price_tax")
            if net < 0 or tax < 0:
                continue
            shares = spread(tax, [item.amount for item in line.taxes], order.places)
            amount = net + tax if order.taxes_included else net
            found.append(
                replace(
                    line,
                    quantity=more,
                    amount=amount,
                    discount=line.unit_price * more - amount,
                    taxes=tuple(
                        replace(item, amount=share) for item, share in zip(line.taxes, shares, strict=True)
                    ),
                )
            )
        return found

    def _shopify_exact(self, lines, name):
        places = self.currency_id.decimal_places
        return sum((Decimal(f"{value:.{places}f}") for value in lines.mapped(name)), NOTHING)

    def _shopify_add_lines(self, order, added, problems):
        if not added:
            return
        self._shopify_unlock()
        values = self._shopify_values_of(order, added, problems)
        # A product that is not known was reported, and the amounts will not fit.
        self.write({"order_line": [Command.create(item) for item in values if item.get("shopify_gid")]})

    def _shopify_unlock(self):
        if self.locked:
            self.action_unlock()

    def _shopify_values_of(self, order, lines, problems):
        """Values of order lines for these lines of Shopify's."""
        shop = self.shopify_shop_id
        part = replace(order, lines=tuple(lines), refunds=())
        return list(
            shop._line_values(
                part,
                self.currency_id,
                shop._products_for([part]),
                shop._taxes_by_rate(),
                problems,
                lambda: shop._zero_tax(self.partner_id, self.partner_shipping_id),
            )
        )

    # === Taken off === #

    def _shopify_is_open(self, refund):
        """Whether nothing of what a refund takes back was invoiced, so that the order can shrink.

        :raises UserError: when a part was invoiced and another was not.
        """
        open_parts = self._shopify_open_parts(refund)
        if open_parts and open_parts != refund.parts:
            raise UserError(
                self.env._(
                    "What was taken off order %s in Shopify was partly invoiced and partly not. "
                    "Invoice the whole order and retry.",
                    self.shopify_name,
                )
            )
        return bool(open_parts)

    def _shopify_open_parts(self, refund):
        """The parts of a refund of which nothing was invoiced."""
        self.ensure_one()
        lines = {}
        for line in self.order_line.filtered("shopify_gid"):
            lines.setdefault(line.shopify_gid, []).append(line)
        open_parts = []
        for item in refund.parts:
            there = lines.get(item.line_gid, ())
            invoiced = sum(line._shopify_invoiced() for line in there)
            ordered = sum(line.product_uom_qty for line in there)
            if item.restock == "RETURN":
                # It was delivered: what is still to be delivered is none of it.
                ordered = sum(line._shopify_sent() for line in there) or ordered
            if ordered - invoiced >= item.quantity if item.quantity else not invoiced:
                open_parts.append(item)
        return tuple(open_parts)

    def _shopify_take_off(self, order, refunds):
        """Bring the lines that lost pieces to what is left of them, and remember it."""
        known = {record.gid for record in self.shopify_refund_ids}
        self.env["o2c.shopify.refund"].create(
            [
                {**self._shopify_refund_values(refund), "in_order": True}
                for refund in refunds
                if refund.gid not in known
            ]
        )
        self._shopify_shrink(order, {part.line_gid for refund in refunds for part in refund.parts})

    def _shopify_shrink(self, order, touched):
        """Bring the lines of these ids to what Shopify has left of them."""
        self._shopify_unlock()
        left = [line for line in self._shopify_standing(order).charged_lines() if line.gid in touched]
        values = {item.get("shopify_gid"): item for item in self._shopify_values_of(order, left, [])}
        for gid in touched:
            records = self.order_line.filtered(lambda line, gid=gid: line.shopify_gid == gid)
            item = values.get(gid)
            if item:
                names = ("product_uom_qty", "price_unit", "extra_tax_data", "shopify_net")
                records[:1].write({name: item[name] for name in names})
                records = records[1:]
            records.write({"product_uom_qty": 0, "extra_tax_data": False, "shopify_net": 0})
