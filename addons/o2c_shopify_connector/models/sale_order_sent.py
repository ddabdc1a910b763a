from odoo import models
from odoo.exceptions import UserError


def _open(moves):
    return moves.filtered(lambda move: move.state not in ("done", "cancel"))


def _waits_for(picking):
    """The open moves that have to be done before this transfer."""
    return _open(_open(picking.move_ids).move_orig_ids)


def _is_early(picking):
    """Whether this comes before the delivery, and can be done."""
    return picking.location_dest_id.usage != "customer" and not _waits_for(picking)


class SaleOrder(models.Model):
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _shopify_deliver_sent(self, parsed):
        """Book deliveries of what left without Odoo: over the counter, from the admin, before Odoo was there.

        Otherwise the warehouse would send it a second time. No label is bought and Shopify is told nothing.

        :param parsed: order gid -> parsed order
        """
        for order in self.filtered(lambda order: order.state == "sale"):
            news = parsed[order.shopify_gid]
            missing = order._shopify_sent_elsewhere(news)
            if missing:
                order._shopify_alone(
                    "fulfilment", "sent", lambda o=order, n=news, m=missing: o._shopify_book_sent(n, m)
                )

    def _shopify_sent_elsewhere(self, news):
        """Shopify's line -> pieces that left according to Shopify, and not according to Odoo."""
        self.ensure_one()
        sent = {line.gid: line.sent for line in news.lines if line.sent}
        if not sent:
            return {}
        for move in self.order_line.move_ids.filtered(
            lambda move: (
                move.location_dest_id.usage == "customer"
                and (move.state == "done" or move.picking_id.shopify_fulfillment_ids)
            )
        ):
            gid = move.sale_line_id.shopify_gid
            if gid in sent:
                sent[gid] -= move.quantity
        return {gid: pieces for gid, pieces in sent.items() if pieces > 0}

    def _shopify_book_sent(self, news, missing):
        """Validate the open deliveries of these pieces.

        :raises UserError: when a label was bought for them, or when they have to be picked first.
        """
        if self.env.context.get("o2c_shopify_history") or news.source == "pos":
            # Long gone, or taken along: nobody is going to pick them.
            self._shopify_book_steps(missing)
        done = self.env["stock.picking"]
        for picking in self._shopify_open_steps():
            if picking.location_dest_id.usage == "customer" and self._shopify_book_step(picking, missing):
                done |= picking
        for picking in self._shopify_open_steps():
            if any(missing.get(move.sale_line_id.shopify_gid, 0) > 0 for move in _open(picking.move_ids)):
                # A warehouse that picks first has no delivery yet.
                self._shopify_ask_whether_sent(picking)
        if news.source == "pos" and done:
            # The customer took it along.
            done._o2c_set_delivered(news.processed_at.replace(tzinfo=None))

    def _shopify_open_steps(self):
        return self.picking_ids.filtered(lambda picking: picking._o2c_is_on_its_way_out())

    def _shopify_book_steps(self, missing):
        """Book what comes before the delivery of these pieces; each step brings the next one into being."""
        seen = self.env["stock.picking"]
        while steps := self._shopify_open_steps().filtered(_is_early) - seen:
            left = dict(missing)
            for picking in steps:
                self._shopify_book_step(picking, left)
            seen |= steps | steps.backorder_ids

    def _shopify_book_step(self, picking, missing):
        """Validate a transfer for these pieces, which are taken off; say whether it has any of them."""
        taken = {}
        for move in _open(picking.move_ids):
            pieces = min(missing.get(move.sale_line_id.shopify_gid, 0), move.product_uom_qty)
            if pieces > 0:
                taken[move] = pieces
                missing[move.sale_line_id.shopify_gid] -= pieces
        if not taken:
            return False
        self._shopify_check_sent(picking)
        # A carrier would sell a label for it.
        picking.carrier_id = False
        picking.move_ids._do_unreserve()
        for move, pieces in taken.items():
            if self.env.context.get("o2c_shopify_history") and not move.move_orig_ids:
                # The stock was counted after these goods had left.
                move.location_id = move.product_id.with_company(self.company_id).property_stock_inventory
            move.write({"quantity": pieces, "picked": True})
        picking.with_context(o2c_shopify_sent=True, o2c_shopify_quiet=True, skip_sms=True)._action_done()
        return True

    def _shopify_check_sent(self, picking):
        # The parts of a kit are counted in other pieces than Shopify's.
        kits = any(move.product_id != move.sale_line_id.product_id for move in _open(picking.move_ids))
        if picking.carrier_tracking_ref or _waits_for(picking) or kits:
            self._shopify_ask_whether_sent(picking)

    def _shopify_ask_whether_sent(self, picking):
        raise UserError(
            self.env._(
                "Goods of order %(order)s were fulfilled in Shopify without Odoo, but the delivery "
                "%(delivery)s is being prepared here. Find out whether they have left: then validate "
                "it, or cancel it.",
                order=self.shopify_name,
                delivery=picking.name,
            )
        )
