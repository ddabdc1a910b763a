"""What changes stock levels although no goods move: settings of the shop, locations, products bound anew."""

from odoo import api, models

POLICIES = ("push_stock_levels", "safety_stock")


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        watched = [name for name in POLICIES if name in vals]
        before = {shop: [shop[name] for name in watched] for shop in self}
        result = super().write(vals)
        if watched:
            changed = self.filtered(lambda shop: before[shop] != [shop[name] for name in watched])
            changed.variant_ids._note_level()
        return result


class O2cShopifyLocation(models.Model):
    _inherit = "o2c.shopify.location"

    @api.model_create_multi
    def create(self, vals_list):
        locations = super().create(vals_list)
        locations.filtered("warehouse_id").shop_id.variant_ids._note_level()
        return locations

    def write(self, vals):
        before = {location: (location.warehouse_id, location.active) for location in self}
        result = super().write(vals)
        changed = self.filtered(
            lambda place: place.warehouse_id and before[place] != (place.warehouse_id, place.active)
        )
        changed.shop_id.variant_ids._note_level()
        return result


class O2cShopifyVariant(models.Model):
    _inherit = "o2c.shopify.variant"

    @api.model_create_multi
    def create(self, vals_list):
        variants = super().create(vals_list)
        variants._note_level()
        return variants

    def write(self, vals):
        result = super().write(vals)
        if {"product_id", "inventory_gid", "tracked", "active"} & vals.keys():
            self._note_level()
        return result

    def _o2c_retry_level(self):
        """Send the levels of these products again."""
        self._note_level()

    def _note_level(self):
        """Have the levels of these products sent, where the shop wants them and counts the product."""
        # Whoever configures the shop sets off what the program sends.
        changes = self.env["o2c.shopify.stock.change"].sudo()
        wanted = self.filtered(
            lambda variant: (
                variant.tracked
                and variant.active
                and variant.shop_id.push_stock_levels
                and variant.shop_id.state != "draft"
            )
        )
        changes.create([{"variant_id": variant.id, "shop_id": variant.shop_id.id} for variant in wanted])
        for shop in wanted.shop_id:
            changes._enqueue(shop)
