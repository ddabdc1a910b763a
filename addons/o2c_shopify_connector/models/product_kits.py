"""Kits (Odoo's Manufacturing, if it is installed): sold as one product, kept as several."""

from datetime import timedelta

from odoo import api, fields, models

# A change may be saved a while after it was made.
LOOK_BACK = timedelta(minutes=10)


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _shopify_with_kits(self):
        """These products and the kits that have them in, whose stock changes with theirs."""
        if "mrp.bom.line" not in self.env:
            return self
        found = part = self
        while part:
            # Whoever moves a component may not see bills of materials.
            lines = (
                self.env["mrp.bom.line"]
                .sudo()
                .search(
                    [
                        ("product_id", "in", part.ids),
                        ("bom_id.type", "=", "phantom"),
                        ("bom_id.active", "=", True),
                    ]
                )
            )
            boms = lines.bom_id
            for_all = boms.filtered(lambda bom: not bom.product_id)
            part = (boms.product_id | for_all.product_tmpl_id.product_variant_ids) - found
            found |= part
        return found

    def _shopify_parts(self):
        """Kit id -> id of a part that is counted -> how many of it are in one kit; for kits only."""
        if "mrp.bom" not in self.env:
            return {}
        # See _shopify_with_kits.
        boms = self.env["mrp.bom"].sudo()._bom_find(self, bom_type="phantom")
        parts = {}
        for kit in self.filtered(lambda product: boms.get(product)):
            bom = boms[kit]
            made = bom.product_uom_id._compute_quantity(bom.product_qty, kit.uom_id, round=False)
            needed = parts[kit.id] = {}
            for line, data in bom.explode(kit, 1)[1]:
                part = line.product_id
                pieces = line.product_uom_id._compute_quantity(
                    data["qty"], part.uom_id, round=False, raise_if_failure=False
                )
                # Odoo allows parts of which none are in.
                if part.is_storable and pieces > 0 and made > 0:
                    needed[part.id] = needed.get(part.id, 0) + pieces / made
        return parts

    @api.model
    def _shopify_note_changed_kits(self):
        """Have the levels of kits sent whose bill of materials somebody changed since the last look."""
        if "mrp.bom" not in self.env:
            return
        since = (self.env.context.get("lastcall") or fields.Datetime.now()) - LOOK_BACK
        boms = (
            self.env["mrp.bom"]
            .with_context(active_test=False)
            .search(["|", ("write_date", ">=", since), ("bom_line_ids.write_date", ">=", since)])
        )
        for_all = boms.filtered(lambda bom: not bom.product_id)
        (boms.product_id | for_all.product_tmpl_id.product_variant_ids)._shopify_note_change()


class O2cShopifyFulfillment(models.Model):
    _inherit = "o2c.shopify.fulfillment"

    def _pieces(self, line, moves):
        kit = self._kit_of(line)
        if not kit:
            return super()._pieces(line, moves)
        # A kit counts when its last component has left, with whichever delivery that is.
        done = line.move_ids.filtered(
            lambda move: move.state == "done" and move.location_dest_id.usage == "customer"
        )
        mine = (self.picking_id.date_done, self.picking_id.id)
        before = done.filtered(lambda move: (move.picking_id.date_done, move.picking_id.id) < mine)
        return self._kits_in(line, kit, before | moves) - self._kits_in(line, kit, before)

    def _pieces_back(self, line, moves, returned):
        if not self._kit_of(line):
            return super()._pieces_back(line, moves, returned)
        # Half a kit on the shelf is none: it counts as back when all that left with this delivery is.
        return self._pieces(line, moves) if self.picking_id._shopify_all_back() else 0

    def _kit_of(self, line):
        """The bill of materials by which this line was taken apart, if it was."""
        if "bom_line_id" not in self.env["stock.move"]._fields:
            return None
        product = line.product_id
        used = line.move_ids.bom_line_id.bom_id.filtered(lambda bom: bom.type == "phantom")
        own = used.filtered(
            lambda bom: (
                bom.product_id == product
                or (not bom.product_id and bom.product_tmpl_id == product.product_tmpl_id)
            )
        )
        return (
            own[:1]
            or used
            and used._bom_find(product, company_id=line.company_id.id, bom_type="phantom")[product]
        )

    @staticmethod
    def _kits_in(line, kit, moves):
        """How many whole kits of the line are in these moves."""
        if not moves:
            return 0
        ordered = line.product_uom_id._compute_quantity(line.product_uom_qty, kit.product_uom_id)
        filters = {"incoming_moves": lambda move: True, "outgoing_moves": lambda move: False}
        kits = moves._compute_kit_quantities(line.product_id, ordered, kit, filters)
        return kit.product_uom_id._compute_quantity(kits, line.product_uom_id)
