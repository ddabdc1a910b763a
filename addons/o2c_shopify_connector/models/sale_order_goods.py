from odoo import models
from odoo.fields import Command


class SaleOrder(models.Model):
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _shopify_keep_back(self, refund):
        """Bring the goods after a refund to where Shopify says they are.

        What was taken back before it left is not shipped any more. What left and is to be put
        back in stock is expected as a return, which the warehouse receives when it is there.
        """
        self.ensure_one()
        lines = self.order_line.filtered("shopify_gid").grouped("shopify_gid")
        returned = {}
        for item in refund.lines:
            line = lines.get(item.line_gid)
            if not line or item.restock == "NO_RESTOCK":
                continue
            left = item.quantity - self._shopify_cancel_moves(line.move_ids, item.quantity)
            if left and item.restock == "RETURN":
                returned[item.line_gid] = returned.get(item.line_gid, 0) + left
        if returned:
            self._shopify_expect_return(returned)

    def _shopify_take_back_sent(self, refund):
        """Expect pieces back that had left before they were taken off the order."""
        self.ensure_one()
        returned = {}
        for item in refund.lines:
            lines = self.order_line.filtered(lambda line, gid=item.line_gid: line.shopify_gid == gid)
            left = min(item.quantity, sum(line.qty_delivered - line.product_uom_qty for line in lines))
            if item.restock == "RETURN" and left > 0:
                returned[item.line_gid] = returned.get(item.line_gid, 0) + left
        if returned:
            self._shopify_expect_return(returned)

    def _shopify_cancel_moves(self, moves, quantity):
        """Take pieces out of deliveries that have not left; returns how many."""
        left = quantity
        for move in moves.filtered(
            lambda move: move.state not in ("done", "cancel") and move.location_dest_id.usage == "customer"
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
                self.env["stock.return.picking"].create(
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
                )._create_return()
