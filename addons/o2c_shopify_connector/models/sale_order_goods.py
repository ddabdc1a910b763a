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
        lines = {line.shopify_gid: line for line in self.order_line if line.shopify_gid}
        returned = {}
        for item in refund.lines:
            line = lines.get(item.line_gid)
            if not line or item.restock == "NO_RESTOCK":
                continue
            left = item.quantity - self._shopify_cancel_moves(line, item.quantity)
            if left and item.restock == "RETURN":
                returned[line] = returned.get(line, 0) + left
        if returned:
            self._shopify_expect_return(returned)

    def _shopify_cancel_moves(self, line, quantity):
        """Take pieces out of deliveries that have not left; returns how many."""
        left = quantity
        for move in line.move_ids.filtered(
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

        :param returned: sale line -> pieces
        """
        for picking in self.picking_ids.filtered(
            lambda picking: picking.state == "done" and picking.location_dest_id.usage == "customer"
        ):
            wanted = {}
            for move in picking.move_ids.filtered(lambda move: move.state == "done"):
                back = move.returned_move_ids.filtered(lambda back: back.state != "cancel")
                open_quantity = move.quantity - sum(back.mapped("product_uom_qty"))
                take = min(returned.get(move.sale_line_id, 0), open_quantity)
                if take > 0:
                    wanted[move] = take
                    returned[move.sale_line_id] -= take
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
