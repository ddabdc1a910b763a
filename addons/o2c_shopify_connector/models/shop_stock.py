"""When stock levels are sent: what moved at once, all of them at night. In parts, each saved by itself."""

from odoo import api, fields, models

# Levels in one transaction: Shopify tells of some 33 in a second.
PART = 500
# Notes of changes that one job looks at; many of them may be about the same product.
NOTES = 2000
# Seconds between two parts of all levels, so that what moves meanwhile is not kept waiting.
BREATH = 4
# Differences that the nightly report tells one by one.
TOLD = 20


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    stock_checked_at = fields.Datetime(
        readonly=True, copy=False, help="When all stock levels were last compared with Shopify (UTC)."
    )

    def action_push_stock(self):
        """Send every stock level that differs, also of what was never counted; runs in the background."""
        self._check_not_demo()
        for shop in self:
            shop.with_delay(
                channel="root.o2c.shopify",
                identity_key=f"o2c.shopify.push_stock:{shop.id}",
                description=self.env._("Send all stock levels to %s", shop.name),
            ).push_stock()
        return self[:1]._notification(self.env._("Stock levels are being sent in the background."), "success")

    def _o2c_retry_stock(self):
        """Send again what could not be sent by itself."""
        for shop in self:
            shop.with_delay(
                channel="root.o2c.shopify",
                identity_key=f"o2c.shopify.retry_stock:{shop.id}",
                description=self.env._("Send all stock levels to %s", shop.name),
            )._push_all_stock()

    @api.model
    def _cron_push_stock(self):
        """Nightly: compare every level, mend what somebody changed in Shopify, and report it."""
        for shop in self.search([("state", "=", "connected"), ("push_stock_levels", "=", True)]):
            shop.with_delay(
                channel="root.o2c.shopify",
                identity_key=f"o2c.shopify.check_stock:{shop.id}",
                description=self.env._("Compare all stock levels with %s", shop.name),
            )._check_stock()

    @api.model
    def _cron_push_changed_stock(self):
        """Take up changes whose job came too early (a transaction that took long to save)."""
        self.env["product.product"]._shopify_note_changed_kits()
        changes = self.env["o2c.shopify.stock.change"]
        for (shop,) in changes._read_group([], ["shop_id"]):
            changes._enqueue(shop)

    def push_stock(self):
        """Bring the levels of all bound products at all mapped locations to Odoo's free stock.

        :return: number of levels that had to be changed, among the first products; further jobs see to
            the others.
        """
        return len(self._push_all_stock(uncounted=True) or ())

    def _check_stock(self):
        """Push all levels, and report those that somebody changed in Shopify."""
        self._push_all_stock(check=True)

    def _push_all_stock(self, uncounted=False, check=False, after=0, drift=0, lines=()):
        """Send the levels of the next products; a job of its own sees to those after them.

        :param after: id of the last variant that was seen to.
        :param check: report, in the end, the levels that somebody changed in Shopify.
        :param drift: how many there were so far; ``lines`` tells of the first ones.
        :return: the changes made; None when Shopify would not take them.
        """
        self.ensure_one()
        shop = self._as_odoobot()
        part = shop._products_at_once()
        variants = shop.env["o2c.shopify.variant"].search(
            [("shop_id", "=", shop.id), ("id", ">", after)], order="id", limit=part
        )
        waiting = shop.env["o2c.shopify.stock.change"].search([("variant_id", "in", variants.ids)])
        before = {variant.inventory_gid: variant.levels_sent or {} for variant in variants}
        sent = shop._push_levels(variants, uncounted)
        if sent is None:
            return None
        # Where somebody sold or moved goods meanwhile, nobody knows who changed what.
        moving = set(waiting.variant_id.mapped("inventory_gid"))
        waiting.unlink()
        changed = [
            change
            for change in sent
            if change.item not in moving
            and before[change.item].get(change.location, change.theirs) != change.theirs
        ]
        drift, lines = drift + len(changed), [*lines, *shop._words_on_drift(changed)][:TOLD]
        if len(variants) == part:
            shop.with_delay(
                channel="root.o2c.shopify",
                identity_key=f"o2c.shopify.stock_part:{shop.id}:{uncounted}:{check}:{variants[-1].id}",
                eta=BREATH,
                description=shop.env._("Send more stock levels to %s", shop.name),
            )._push_all_stock(uncounted, check, variants[-1].id, drift, lines)
            return sent
        shop.stock_checked_at = fields.Datetime.now()
        if check and drift:
            shop._report_drift(drift, lines)
        return sent

    def _products_at_once(self):
        return max(1, PART // max(1, len(self.location_ids.filtered("warehouse_id"))))

    def _words_on_drift(self, changed):
        skus = {variant.inventory_gid: variant.sku or variant.product_id.name for variant in self.variant_ids}
        places = {location.gid: location.name for location in self.location_ids}
        return [
            self.env._(
                "%(sku)s at %(location)s: %(theirs)s in Shopify, %(ours)s in Odoo",
                sku=skus.get(change.item, change.item),
                location=places.get(change.location, change.location),
                theirs=change.theirs or 0,
                ours=change.ours,
            )
            for change in changed
        ]

    def _report_drift(self, drift, lines):
        if drift > len(lines):
            lines = [*lines, self.env._("and %s more", drift - len(lines))]
        self.env["o2c.issue"]._report(
            self,
            "stock",
            self.env._(
                "%(count)s stock levels in Shopify were not what Odoo had sent, and were set to Odoo's. "
                "Who counts or corrects stock should do it in Odoo. Close this issue when you have seen "
                "it.\n%(lines)s",
                count=drift,
                lines="\n".join(lines),
            ),
            key="drift",
        )

    def _push_changed_stock(self):
        """Send the levels of products that moved."""
        self.ensure_one()
        shop = self._as_odoobot()
        changes = shop.env["o2c.shopify.stock.change"]
        waiting = changes.search([("shop_id", "=", shop.id)], order="id", limit=NOTES)
        if not shop.push_stock_levels:
            # When it is switched on again, all levels are sent.
            waiting.unlink()
            return 0
        variants = waiting.variant_id[: shop._products_at_once()]
        mine = waiting.filtered(lambda row: row.variant_id in variants)
        sent = shop._push_levels(variants)
        if sent is None:
            return 0
        mine.unlink()
        if len(waiting) == NOTES or waiting > mine:
            changes._enqueue(shop)
        return len(sent)

    def _compare_levels(self, bodies):
        """Levels changed in Shopify: send Odoo's where they differ. Our own changes compare equal.

        :param bodies: webhooks, in any order: of two about one level, nobody knows which is newer.
        """
        told = {}
        for body in bodies:
            item = f"gid://shopify/InventoryItem/{body.get('inventory_item_id')}"
            place = f"gid://shopify/Location/{body.get('location_id')}"
            told.setdefault(place, {}).setdefault(item, set()).add(body.get("available"))
        if not told or not self.push_stock_levels:
            return
        changes = self.env["o2c.shopify.stock.change"]
        for location in self.location_ids.filtered("warehouse_id"):
            here = told.get(location.gid, {})
            variants = self.env["o2c.shopify.variant"].search(
                [("shop_id", "=", self.id), ("inventory_gid", "in", list(here))]
            )
            ours = self._levels_at(variants, location.warehouse_id) if variants else {}
            changes |= changes.create(
                [
                    {"variant_id": variant.id, "shop_id": self.id}
                    for variant in variants
                    if variant.inventory_gid in ours
                    and here[variant.inventory_gid] != {ours[variant.inventory_gid]}
                ]
            )
        if changes:
            changes._enqueue(self)
