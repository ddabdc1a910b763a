from decimal import Decimal
from functools import partial

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..lib.credit import Part, adjustment, group_refunds, merge
from ..lib.money import ZERO, spread
from ..lib.returns import return_terms


class SaleOrder(models.Model):
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _shopify_refund(self, parsed):
        """Credit notes and outgoing payments for what was given back, refund by refund.

        :param parsed: order gid -> parsed order
        """
        for order in self:
            news = parsed[order.shopify_gid]
            known = {record.gid for record in order.shopify_refund_ids}
            todo = [refund for refund in news.refunds if refund.gid not in known]
            if order.shopify_by_hand:
                # Whoever completed the order is told of what an edit took off, and follows it.
                todo = [refund for refund in todo if not refund.is_removal]
            coming = [refund for refund in todo if news.is_under_way(refund)]
            for refund in coming if order.state == "sale" else ():
                # It comes again when the money has arrived, or has not; the goods stay now.
                order._shopify_alone("refund", refund.gid, partial(order._shopify_keep_back, refund, news))
            todo = [refund for refund in todo if refund not in coming]
            for group in group_refunds(todo) if order._shopify_may_credit() else ():
                order._shopify_alone("refund", group[0].gid, partial(order._shopify_give_back, group, news))
            if order.state == "sale" and order._shopify_has_returns(news):
                order._shopify_alone("refund", "return", partial(order._shopify_expect_back, news))
            if order._shopify_unregistered("out"):
                order._shopify_alone("payment", "refund", partial(order._shopify_register_refunds, news))

    def _shopify_may_credit(self):
        """Whether refunds can be booked: there is an invoice, or the order waits to be invoiced."""
        self.ensure_one()
        return bool(self._shopify_posted_invoices()) or (
            self.state == "sale" and self.shopify_shop_id.invoice_policy == "delivery"
        )

    def _shopify_give_back(self, refunds, order):
        """Take what was not invoiced yet off the order; credit what was."""
        self.ensure_one()
        first = refunds[0]
        self._shopify_check_told_before(first, order)
        if self.shopify_by_hand and not self._shopify_posted_invoices():
            raise UserError(
                self.env._(
                    "Order %(order)s was completed here by hand and is not invoiced yet. %(amount)s were "
                    "given back in Shopify: change the order here, invoice it, and retry.",
                    order=self.shopify_name,
                    amount=self._shopify_shown(first.total),
                )
            )
        # The lines of an order that was completed by hand are left alone.
        may_shrink = not (self.shopify_by_hand or first.adjustments)
        if may_shrink and self._shopify_is_mixed(first):
            self._shopify_give_back_parts(first, order)
        elif may_shrink and first.parts and all(self._shopify_is_open(item) for item in refunds):
            self._shopify_leave_rounding(first, order)
            self._shopify_take_off(order, refunds)
        elif order.gives_overpaid_back(first):
            self._shopify_leave_rounding(first, order)
            # What became too much was credited already, or never invoiced.
            credit = self._shopify_open_credit()[:1]
            self.env["o2c.shopify.refund"].create(
                {**self._shopify_refund_values(first), "move_id": credit.id}
            )
        elif self._shopify_posted_invoices():
            self._shopify_credit(refunds, order)

    def _shopify_leave_rounding(self, refund, order):
        """No new credit note can have what the till rounded the money by: its payment makes up for it."""
        rounded = {
            line.gid: line.rounding for line in order.transactions if line.gid in refund.transaction_gids
        }
        for record in self.shopify_transaction_ids:
            if rounded.get(record.gid):
                record.rounding = float(rounded[record.gid])

    def _shopify_check_told_before(self, refund, order):
        """Pieces may first be missing from a line, and be told as a refund later: they are booked already.

        :raises UserError: when pieces of this refund were taken off or credited before.
        """
        told = {item.gid for item in order.refunds}
        lines = {part.line_gid for part in refund.lines}
        before = self.shopify_refund_ids.filtered(
            lambda record: (
                "#removed-" in record.gid
                and record.gid not in told
                and record.gid.split("#removed-")[0] in lines
            )
        )
        if before and not (refund.is_removal or order.cancelled_at):
            raise UserError(
                self.env._(
                    "The refund of %(amount)s for order %(order)s takes back pieces that had been taken off "
                    "the order before (%(where)s). Compare both, book by hand what is missing, and close "
                    "this issue.",
                    amount=self._shopify_shown(refund.total),
                    order=self.shopify_name,
                    where=", ".join(before.move_id.mapped("name")) or self.name,
                )
            )

    def _shopify_is_mixed(self, refund):
        """Whether money was given back for pieces of an invoice and for pieces that were never invoiced."""
        if refund.is_removal:
            return False
        return 0 < len(self._shopify_open_parts(refund)) < len(refund.parts)

    def _shopify_give_back_parts(self, refund, order):
        """Credit what was invoiced; take off the order what was not."""
        keys = [part.key for part in self._shopify_open_parts(refund)]
        _off, invoiced = refund.split(keys, taxes_included=order.taxes_included)
        self._shopify_credit([invoiced], order)
        record = self.shopify_refund_ids.filtered(lambda record: record.gid == refund.gid)
        record.write({"amount": float(refund.total), "off_parts": keys})
        self._shopify_shrink(order, {part.line_gid for part in refund.parts if part.key in keys})

    def _shopify_posted_invoices(self):
        return self.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )

    def _shopify_credit(self, refunds, order):
        """Post the credit note for one refund, equal to it to the cent, and keep goods back.

        :param refunds: the refund, or the pieces that an edit took off together.
        :raises UserError: when the parts of the refund do not add up to it.
        """
        self.ensure_one()
        first = refunds[0]
        if self._shopify_pays_open_credit(first, order) or self._shopify_credited_by_hand(first, order):
            return
        parts = merge(part for refund in refunds for part in self._shopify_refund_parts(refund, order))
        total = sum((part.total for part in parts), ZERO)
        expected = first.total
        fees, exchanged = return_terms(order, first.gid)
        if fees and (first.is_removal or not self._shopify_fits(first, total, exchanged)):
            parts.append(Part(0, self.env._("Fee for the return"), 1, -fees, ZERO))
            total -= fees
        if not first.is_removal and not self._shopify_fits(first, total, exchanged):
            raise UserError(
                self.env._(
                    "The refund of %(theirs)s in Shopify for order %(order)s cannot be explained: "
                    "its lines come to %(ours)s. Make the credit note by hand.",
                    order=self.shopify_name,
                    theirs=self._shopify_shown(expected),
                    ours=self._shopify_shown(total),
                )
            )
        rounding = order.till_rounding(first)
        if rounding:
            parts.append(Part(0, self.env._("Cash rounding"), 1, rounding, ZERO))
            total += rounding
        move = self.env["account.move"]
        if total:
            move = self._shopify_credit_note(first, parts, total)
        self.env["o2c.shopify.refund"].create(
            [{**self._shopify_refund_values(refund), "move_id": move.id} for refund in refunds]
        )
        for refund in refunds:
            self._shopify_keep_back(refund, order)

    @staticmethod
    def _shopify_fits(refund, total, exchanged):
        """Whether a credit note over ``total`` explains the money that went back.

        What the customer took instead is invoiced by itself, and paid with the credit note.
        """
        return total in (refund.total, refund.total + exchanged) or (not refund.total and total <= exchanged)

    def _shopify_open_credit(self):
        return self.shopify_refund_ids.move_id.filtered("amount_residual")

    def _shopify_pays_open_credit(self, refund, order):
        """Money given back later for what an edit had taken off: its credit note is there."""
        if refund.parts:
            return False
        open_moves = self._shopify_open_credit()
        owed = sum(open_moves.mapped("amount_residual"))
        if not open_moves or self.currency_id.compare_amounts(owed, float(refund.total)):
            return False
        self._shopify_leave_rounding(refund, order)
        self.env["o2c.shopify.refund"].create(
            {**self._shopify_refund_values(refund), "move_id": open_moves[:1].id}
        )
        return True

    def _shopify_credited_by_hand(self, refund, order):
        """Somebody made the credit note over the same sum: before Odoo heard of it, or as Odoo could not.

        One that has already taken back the invoice, or was made for another refund, is about something else.
        """
        if refund.is_removal:
            return False
        notes = self._shopify_posted_invoices().reversal_move_ids.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_refund"
        )
        # The refund may be of another order on the same invoice.
        taken = self.env["o2c.shopify.refund"].search([("move_id", "in", notes.ids)]).move_id
        sums = {refund.total, refund.total + order.till_rounding(refund)}
        note = (notes - taken).filtered(
            lambda move: (
                move.currency_id == self.currency_id
                and not move.currency_id.compare_amounts(move.amount_residual, move.amount_total)
                and any(not move.currency_id.compare_amounts(move.amount_total, float(each)) for each in sums)
            )
        )[:1]
        if not note:
            return False
        if not note.currency_id.compare_amounts(note.amount_total, float(refund.total)):
            self._shopify_leave_rounding(refund, order)
        self.env["o2c.shopify.refund"].create({**self._shopify_refund_values(refund), "move_id": note.id})
        self._shopify_keep_back(refund, order)
        return True

    def _shopify_refund_values(self, refund):
        return {
            "sale_order_id": self.id,
            "gid": refund.gid,
            "created_at": refund.created_at and refund.created_at.replace(tzinfo=None),
            "note": refund.note or False,
            "amount": float(refund.total),
            "taken_off": self._shopify_taken_off(refund),
        }

    @staticmethod
    def _shopify_taken_off(refund):
        """The figures of a piece whose worth Shopify does not keep."""
        if not refund.is_worked_out:
            return False
        [part] = refund.lines
        return {"subtotal": str(part.subtotal), "tax": str(part.tax)}

    def _shopify_refund_parts(self, refund, order):
        """The refund as lines of a credit note, each with the sale line it takes back."""
        lines = {line.shopify_gid: line for line in reversed(self.order_line) if line.shopify_gid}
        parts = []
        for item in refund.parts:
            record = lines.get(item.line_gid)
            if not record:
                raise UserError(
                    self.env._(
                        "The refund for order %s takes back something that is not on the order in "
                        "Odoo. Make the credit note by hand.",
                        self.shopify_name,
                    )
                )
            net = item.subtotal - item.tax if order.taxes_included else item.subtotal
            if net or item.tax:
                parts.append(Part(record.id, record.name, item.quantity or 1, net, item.tax))
        extra = adjustment(refund, sum((part.total for part in parts), ZERO))
        if extra:
            parts.append(extra)
        return parts

    def _shopify_credit_note(self, refund, parts, total):
        shop = self.shopify_shop_id
        invoice = self._shopify_posted_invoices()[:1]
        move = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": invoice.partner_id.id,
                "partner_shipping_id": invoice.partner_shipping_id.id,
                "fiscal_position_id": invoice.fiscal_position_id.id,
                "currency_id": self.currency_id.id,
                "company_id": self.company_id.id,
                "reversed_entry_id": invoice.id,
                "invoice_origin": invoice.invoice_origin,
                "invoice_user_id": self.user_id.id,
                "invoice_date": shop._local_date(refund.created_at or fields.Datetime.now()),
                "ref": self.env._("Refund of %s", self.shopify_name),
                "narration": refund.note or False,
                "invoice_line_ids": [Command.create(self._shopify_credit_line(part)) for part in parts],
            }
        )
        if self.currency_id.compare_amounts(move.amount_total, float(total)):
            raise UserError(
                self.env._(
                    "The credit note for order %(order)s would come to %(ours)s, but Shopify gave "
                    "back %(theirs)s.",
                    order=self.shopify_name,
                    ours=self._shopify_shown(move.amount_total),
                    theirs=self._shopify_shown(total),
                )
            )
        move.action_post()
        return move

    def _shopify_credit_line(self, part):
        """An invoice line of the credit note, with Shopify's tax pinned on the taxes it had."""
        sale_line = self.env["sale.order.line"].browse(part.line_id)
        product = sale_line.product_id or self.shopify_shop_id.fee_product_id
        taxes = sale_line.tax_ids or self._shopify_adjustment_taxes(part)
        weights = self._shopify_tax_weights(sale_line, taxes)
        amounts = dict(zip(taxes, spread(part.tax, weights, self.currency_id.decimal_places), strict=True))
        gross = part.net + sum((amount for tax, amount in amounts.items() if tax.price_include), ZERO)
        unit = float(gross / part.quantity)
        values = {
            "product_id": product.id,
            "name": part.name or product.display_name,
            "quantity": part.quantity,
            "product_uom_id": (sale_line.product_uom_id or product.uom_id).id,
            "price_unit": unit,
            "tax_ids": [Command.set(taxes.ids)],
            "sale_line_ids": [Command.link(sale_line.id)] if sale_line else [],
        }
        if taxes:
            values["extra_tax_data"] = {
                "currency_id": self.currency_id.id,
                "price_unit": unit,
                "discount": 0.0,
                "quantity": float(part.quantity),
                "manual_total_excluded_currency": float(part.net),
                "manual_tax_amounts": {
                    str(tax.id): {
                        "tax_amount_currency": float(amount),
                        "base_amount_currency": float(part.net),
                    }
                    for tax, amount in amounts.items()
                },
            }
        return values

    @staticmethod
    def _shopify_tax_weights(sale_line, taxes):
        pinned = ((sale_line.extra_tax_data or {}).get("manual_tax_amounts")) or {}
        return [
            Decimal(str((pinned.get(str(tax.id)) or {}).get("tax_amount_currency") or tax.amount))
            for tax in taxes
        ]

    def _shopify_adjustment_taxes(self, part):
        """The tax of the order whose rate fits an adjustment best; none if it carries no tax."""
        if not part.tax or not part.net:
            return self.env["account.tax"]
        rate = float(part.tax / part.net * 100)
        return self.order_line.tax_ids.sorted(lambda tax: abs(tax.amount - rate))[:1]

    # === Money back === #

    def _shopify_register_refunds(self, order):
        """Register money that went back and match it with what it belongs to."""
        self.ensure_one()
        transactions = self._shopify_unregistered("out").sorted("id")
        booked = {record.gid for record in self.shopify_refund_ids}
        waiting = {
            gid for refund in order.refunds if refund.gid not in booked for gid in refund.transaction_gids
        }
        if self._shopify_may_credit():
            # A refund that could not be booked has an issue of its own; its money waits for it.
            transactions = transactions.filtered(lambda record: record.gid not in waiting)
        transactions._create_payments("outbound")
        moves = self._shopify_posted_invoices() | self._shopify_credit_notes()
        moves |= self.shopify_transaction_ids.payment_id.move_id
        lines = self._shopify_receivable(moves).filtered(lambda line: not line.reconciled)
        for part in lines.grouped(lambda line: (line.account_id, line.partner_id)).values():
            if len(part) > 1:
                part.reconcile()
