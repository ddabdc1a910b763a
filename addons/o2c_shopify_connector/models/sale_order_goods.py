from odoo import fields, models
from odoo.fields import Command

from ..lib.returns import pieces_back


class SaleOrder(models.Model):
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    shopify_kept_back = fields.Json(
        string="Goods Kept back",
        readonly=True,
        copy=False,
        help="Refunds whose goods were taken out of the deliveries.",
    )

    def _shopify_keep_back(self, refund, order):
        """Do not ship what was given back before it left; once, though its money may come later."""
        self.ensure_one()
        kept = self.shopify_kept_back or []
        if refund.gid in kept:
            return
        self.shopify_kept_back = [*kept, refund.gid]
        lines = self.order_line.filtered("shopify_gid").grouped("shopify_gid")
        for item in refund.lines:
            line = lines.get(item.line_gid)
            if line and item.restock != "NO_RESTOCK":
                pieces = item.quantity
                if item.restock == "RETURN":
                    # These come back; what is still to be delivered is none of them.
                    pieces -= min(pieces, self._shopify_with_customer(line, refund, order))
                self._shopify_cancel_moves(line.move_ids, pieces)

    def _shopify_with_customer(self, lines, refund, order):
        """Pieces that were delivered, less those that other refunds took back.

        A return that waits to be received is often this refund's own: it says nothing.
        """
        booked = set(self.shopify_refund_ids.mapped("gid")) - {refund.gid}
        line_gid = lines[:1].shopify_gid
        back = sum(
            part.quantity
            for other in order.refunds
            for part in other.lines
            if other.gid in booked and part.restock == "RETURN" and part.line_gid == line_gid
        )
        return max(0, sum(line._shopify_sent() for line in lines) - back)

    def _shopify_has_returns(self, order):
        return bool(pieces_back(order)) or any(self.picking_ids.mapped("shopify_is_return"))

    def _shopify_expect_back(self, order):
        """Expect the pieces that the customer sends back, which the warehouse receives when they are there.

        They are known from returns that were approved, and from refunds that put goods back in stock.
        """
        self.ensure_one()
        wanted = pieces_back(order)
        back = self.order_line.move_ids.filtered(
            lambda move: move.state != "cancel" and move.location_id.usage == "customer"
        )
        for picking in back.picking_id.filtered(
            lambda picking: picking.shopify_is_return and picking.state not in ("done", "cancel")
        ):
            if not any(wanted.get(move.sale_line_id.shopify_gid) for move in picking.move_ids):
                # The return was called off.
                picking.action_cancel()
        for move in back.filtered(lambda move: move.state != "cancel"):
            gid = move.sale_line_id.shopify_gid
            wanted[gid] = wanted.get(gid, 0) - move.product_uom_qty
        missing = {gid: pieces for gid, pieces in wanted.items() if pieces > 0}
        if missing:
            self._shopify_expect_return(missing)

    def _shopify_cancel_moves(self, moves, quantity):
        """Take pieces out of deliveries that have not left; returns how many."""
        left = quantity
        waiting = moves.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and (move.location_final_id or move.location_dest_id).usage == "customer"
            )
        )
        # Of a chain its last move; of several chains the one that is furthest from the customer.
        for move in waiting.filtered(lambda move: not move.move_dest_ids & waiting).sorted(
            lambda move: move.location_dest_id.usage == "customer"
        ):
            take = min(left, move.product_uom_qty)
            if take <= 0:
                break
            if take >= move.product_uom_qty:
                move._action_cancel()
            else:
                move._do_unreserve()
                move.product_uom_qty -= take
                move._action_assign()
            left -= take
        return quantity - left

    def _shopify_expect_return(self, returned):
        """A return to receive for each delivery that brought these pieces.

        :param returned: Shopify's line -> pieces
        """
        for picking in self.picking_ids.filtered(
            lambda picking: picking.state == "done" and picking.location_dest_id.usage == "customer"
        ):
            wanted = {}
            for move in picking.move_ids.filtered(lambda move: move.state == "done"):
                back = move.returned_move_ids.filtered(lambda back: back.state != "cancel")
                open_quantity = move.quantity - sum(back.mapped("product_uom_qty"))
                take = min(returned.get(move.sale_line_id.shopify_gid, 0), open_quantity)
                if take > 0:
                    wanted[move] = take
                    returned[move.sale_line_id.shopify_gid] -= take
            if wanted:
                wizard = self.env["stock.return.picking"].create(
                    {
                        "picking_id": picking.id,
                        "product_return_moves": [
                            Command.create(
                                {
                                    "product_id": move.product_id.id,
                                    "quantity": quantity,
                                    "move_id": move.id,
                                    "to_refund": True,
                                }
                            )
                            for move, quantity in wanted.items()
                        ],
                    }
                )
                wizard._create_return().shopify_is_return = True
