"""Pieces that Shopify has sold and no order in Odoo accounts for (yet): they are not offered again."""

from odoo import models

from ..lib.stock import open_pieces, quantity, unaccounted


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    def _take_over(self, orders, nodes, force):
        result = super()._take_over(orders, nodes, force)
        self._note_open_pieces(orders)
        return result

    def _note_open_pieces(self, orders):
        """Note, on the lines of these orders, the pieces that Shopify has not seen leaving."""
        states = {order.gid: order for order in orders}
        lines = self.env["sale.order.line"].search(
            [
                ("order_id.shopify_shop_id", "=", self.id),
                ("order_id.shopify_gid", "in", list(states)),
                ("shopify_gid", "!=", False),
            ]
        )
        left, wanted = {}, {}
        for line in lines:
            news = states[line.order_id.shopify_gid]
            if line.order_id.shopify_updated_at != news.updated_at.replace(tzinfo=None):
                # It could not be taken over.
                continue
            if news.gid not in left:
                left[news.gid] = open_pieces(news)
            # Several lines here may be one in Shopify.
            pieces = left[news.gid].pop(line.shopify_gid, 0)
            if line.shopify_open != pieces:
                wanted.setdefault(pieces, []).append(line.id)
        for pieces, ids in wanted.items():
            lines.browse(ids).shopify_open = pieces
        # A level may have been sent when both sides did not mean the same orders.
        lines.browse(number for ids in wanted.values() for number in ids).product_id._shopify_note_change()

    def _hold_back(self, variants, locations, wanted, nodes):
        """Lower these levels by what Shopify has sold and Odoo does not know of.

        The webhook of an order comes after that of the level, or is lost; an order may not be wanted here,
        or could not be taken over. Its pieces are promised all the same.

        :param wanted: location -> inventory gid -> pieces.
        :param nodes: location -> what Shopify says of these items.
        """
        committed = {}
        products = {variant.inventory_gid: variant.product_id.id for variant in variants}
        for location in locations:
            for node in filter(None, nodes[location]):
                here = committed.setdefault(products[node["id"]], {})
                pieces = quantity(node, "committed") or 0
                here[location.warehouse_id.id] = here.get(location.warehouse_id.id, 0) + pieces
        known = self._known_pieces([product for product, here in committed.items() if any(here.values())])
        for product, here in committed.items():
            committed[product] = unaccounted(here, known.get(product, {}))
        for location in locations:
            for item, pieces in wanted[location].items():
                held = committed.get(products[item], {}).get(location.warehouse_id.id, 0)
                wanted[location][item] = max(0, pieces - held)

    def _known_pieces(self, product_ids):
        """Product id -> warehouse id -> pieces in this shop's orders that Shopify has not seen leaving."""
        known = {}
        if not product_ids:
            return known
        for product, warehouse, pieces in self.env["sale.order.line"]._read_group(
            [
                ("order_id.shopify_shop_id", "=", self.id),
                ("shopify_open", ">", 0),
                ("product_id", "in", product_ids),
            ],
            ["product_id", "warehouse_id"],
            ["shopify_open:sum"],
        ):
            known.setdefault(product.id, {})[warehouse.id] = pieces
        return known
