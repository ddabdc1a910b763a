from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..lib.credit import Part
from ..lib.money import ZERO, cents
from ..lib.pricing import part
from ..lib.refunds import Refund


class SaleOrder(models.Model):
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _shopify_reprice(self, order):
        """Follow prices that changed in Shopify after the order was confirmed: a discount given later.

        What was not invoiced takes the new price; what was is credited with the difference, so that
        invoices and credit notes together come to Shopify's line. Left alone, for the comparison tells of
        them: lines whose figures do not add up to Shopify's total, prices that rose after the invoice, and
        lines that somebody changed here.

        :raises UserError: when there is an invoice, but it is not posted.
        """
        self.ensure_one()
        if order.unexplained or order.unexplained_tax:
            return
        parts = []
        for line in order.charged_lines():
            records = self.order_line.filtered(lambda record, gid=line.gid: record.shopify_gid == gid)
            if records and line.quantity == sum(records.mapped("product_uom_qty")):
                parts += self._shopify_reprice_line(order, line, records)
        if parts:
            self._shopify_credit_cut(order, parts)

    def _shopify_reprice_line(self, order, line, records):
        """Bring the records of one line to its new price.

        :return: what is to be credited, as lines of a credit note.
        """
        net = self._shopify_exact(records, "price_subtotal")
        net_off = net - line.net(order.taxes_included)
        tax_off = self._shopify_exact(records, "price_tax") - line.tax
        by_hand = net != self._shopify_exact(records, "shopify_net") or any(
            self._shopify_taxes_by_hand(record) for record in records.filtered("product_uom_qty")
        )
        if by_hand or not (net_off or tax_off):
            return []
        invoiced = any(record._shopify_invoiced() for record in records)
        [values] = self._shopify_values_of(order, [line], [])
        if invoiced and (
            min(net_off, tax_off) < 0 or values["tax_ids"] != [Command.set(records.tax_ids.ids)]
        ):
            return []
        self._shopify_unlock()
        pinned, parts, done = values["extra_tax_data"], [], 0
        for record in records:
            count = record.product_uom_qty
            before = self._shopify_invoiced_share(record)
            record.write(
                {
                    "name": values["name"],
                    "price_unit": values["price_unit"],
                    "extra_tax_data": part(pinned, count, done, order.places) if pinned else False,
                    **({} if invoiced else {"tax_ids": values["tax_ids"]}),
                }
            )
            after = self._shopify_invoiced_share(record)
            cut = Part(record.id, record.name, 1, before[0] - after[0], before[1] - after[1])
            if cut.net or cut.tax:
                parts.append(cut)
            done += count
        records.shopify_net = 0
        records[:1].shopify_net = values["shopify_net"]
        return parts

    @staticmethod
    def _shopify_taxes_by_hand(record):
        """Whether somebody gave the line other taxes than those whose amounts are pinned on it."""
        pinned = (record.extra_tax_data or {}).get("manual_tax_amounts") or ()
        return {int(tax) for tax in pinned} != set(record.tax_ids.ids)

    @staticmethod
    def _shopify_invoiced_share(record):
        """(net, tax) that the pieces on invoices come to, at the price that the line has now."""
        invoiced, pinned = record._shopify_invoiced(), record.extra_tax_data
        places = record.currency_id.decimal_places
        if not pinned:
            return cents(Decimal(str(record.price_unit)) * Decimal(str(invoiced)), places), ZERO
        share = part(pinned, invoiced, 0, places)
        taxes = (amounts["tax_amount_currency"] for amounts in share["manual_tax_amounts"].values())
        return (
            Decimal(str(share["manual_total_excluded_currency"])),
            sum((Decimal(str(amount)) for amount in taxes), ZERO),
        )

    def _shopify_credit_cut(self, order, parts):
        """The credit note for prices that fell after the invoice. Money given back for it finds it."""
        if not self._shopify_posted_invoices():
            raise UserError(
                self.env._(
                    "The price of order %s was reduced in Shopify, but its invoice is not posted. "
                    "Post the invoice and retry.",
                    self.shopify_name,
                )
            )
        number = len(self.shopify_refund_ids.filtered(lambda record: "#cut-" in record.gid)) + 1
        cut = Refund(gid=f"{order.gid}#cut-{number}", created_at=order.updated_at, note="", total=ZERO)
        move = self._shopify_credit_note(cut, parts, sum((item.total for item in parts), ZERO))
        self.env["o2c.shopify.refund"].create({**self._shopify_refund_values(cut), "move_id": move.id})
