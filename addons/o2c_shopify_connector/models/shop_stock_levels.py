"""Levels as Shopify has them: read, compared, set. What it refuses is set aside, the rest goes on."""

import uuid

from psycopg2.errors import SerializationFailure

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from ...o2c_base.words import in_words
from ..lib import documents
from ..lib.client import UserErrors
from ..lib.stock import STALE, calls, changes, culprits, reason, set_input

# Levels read at once: the question costs three points for each, and may cost a thousand.
READ = 125
# How often a level is tried that somebody else changes at the same time.
TRIES = 10
# Seconds after which a job looks whether another one still sends levels of the shop.
PAUSE = 2


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    def _push_levels(self, variants, uncounted=False):
        """Send the levels of these variants at all locations.

        :param uncounted: also of what a warehouse never had on its shelf, which is none.
        :return: the changes made; None when Shopify would not take them, which became an issue.
        """
        variants = variants.filtered(lambda variant: variant.tracked and variant.inventory_gid)
        locations = self.location_ids.filtered("warehouse_id")
        if not variants or not locations:
            return []
        self._lock_levels(locations)
        sent = []
        retry = "action_push_stock" if uncounted else "_o2c_retry_stock"
        with self.env["o2c.issue"]._guard(self, "stock", retry=retry) as outcome:
            self._check_same_database()
            client = self._client()
            wanted, nodes = {}, {}
            for location in locations:
                wanted[location] = self._levels_at(variants, location.warehouse_id, uncounted)
                nodes[location] = self._read_levels(client, location, list(wanted[location]))
            open_ones = locations.filtered(lambda location: nodes[location] is not None)
            self._hold_back(variants, open_ones, wanted, nodes)
            todo = [
                change
                for location in open_ones
                for change in changes(nodes[location], location.gid, wanted[location])
            ]
            refused, overtaken = {}, []
            for call in calls(todo):
                sent += self._set_levels(client, call, refused, overtaken)
            self._note_agreed(variants, open_ones, wanted, nodes, {*refused, *overtaken})
            self._try_again(variants, overtaken, refused)
            self._report_closed(locations - open_ones)
            self._report_refused(variants, open_ones, refused)
        return sent if outcome.ok else None

    def _lock_levels(self, locations):
        """Let one job at a time send levels of a shop, and none that looked at the stock before the last.

        A job that saw less than the one before it would put back an older level.
        """
        again = RetryableJobError(
            self.env._("Another job is sending stock levels of the shop."), seconds=PAUSE, ignore_retry=True
        )
        self.env.cr.execute(
            SQL("SELECT pg_try_advisory_xact_lock(hashtext('o2c.shopify.stock'), %s)", self.id)
        )
        if not self.env.cr.fetchone()[0]:
            raise again
        try:
            # The database refuses this where it was written since this transaction began.
            self.env.cr.execute(
                SQL(
                    "UPDATE o2c_shopify_location SET levels_sent_at = %s WHERE id IN %s",
                    fields.Datetime.now(),
                    tuple(locations.ids),
                ),
                log_exceptions=False,
            )
        except SerializationFailure as error:
            raise again from error
        locations.invalidate_recordset(["levels_sent_at"])

    def _read_levels(self, client, location, items):
        """What Shopify now says of these items at a location; None when it is closed."""
        nodes = []
        for start in range(0, len(items), READ):
            variables = {"ids": items[start : start + READ], "location": location.gid}
            answer = client.execute(documents.INVENTORY, variables)
            place = answer.data["location"] or {}
            if not place.get("isActive") and "location" not in answer.denied:
                return None
            nodes += answer.data["nodes"]
        return nodes

    def _set_levels(self, client, todo, refused, overtaken):
        """Compare and set in one call, without what Shopify refuses.

        :param refused: change -> why; what Shopify will never take is added.
        :param overtaken: what somebody else changed since we looked is added.
        :return: the changes made.
        """
        todo = [change for change in todo if self._activate(client, change, refused)]
        while todo:
            try:
                client.mutate(documents.INVENTORY_SET, {"input": set_input(todo), "key": str(uuid.uuid4())})
                return todo
            except UserErrors as error:
                # The call was refused whole.
                wrong = culprits(error.errors)
                if not wrong:
                    raise
            for row, found in wrong.items():
                if found.get("code") == STALE:
                    overtaken.append(todo[row])
                else:
                    refused[todo[row]] = in_words(self.env, reason(found))
            todo = [change for row, change in enumerate(todo) if row not in wrong]
        return []

    def _activate(self, client, change, refused):
        """Have the item stocked at the location; False when Shopify refuses."""
        if change.theirs is not None:
            return True
        variables = {"item": change.item, "location": change.location, "key": str(uuid.uuid4())}
        try:
            client.mutate(documents.INVENTORY_ACTIVATE, variables)
        except UserErrors as error:
            refused[change] = in_words(self.env, error)
            return False
        return True

    def _note_agreed(self, variants, locations, wanted, nodes, missed):
        """Remember what both sides have now: what differs later was changed in Shopify."""
        missed = {(change.item, change.location) for change in missed}
        agreed = {}
        for location in locations:
            for node in filter(None, nodes[location]):
                if node.get("tracked") and (node["id"], location.gid) not in missed:
                    agreed.setdefault(node["id"], {})[location.gid] = wanted[location][node["id"]]
        for variant in variants:
            levels = {**(variant.levels_sent or {}), **agreed.get(variant.inventory_gid, {})}
            if levels != (variant.levels_sent or {}):
                variant.levels_sent = levels

    def _try_again(self, variants, overtaken, refused):
        """Have another job look afresh, at Odoo as well, at levels that somebody else was changing."""
        items = {change.item for change in overtaken}
        again = variants.filtered(lambda variant: variant.inventory_gid in items)
        if not again:
            return
        rows = self.env["o2c.shopify.stock.change"]
        known = rows.search([("variant_id", "in", again.ids)]).grouped("variant_id")
        tries = {variant: 1 + max(known.get(variant, rows).mapped("tries"), default=0) for variant in again}
        rows.create(
            [
                {"variant_id": variant.id, "shop_id": self.id, "tries": count}
                for variant, count in tries.items()
                if count < TRIES
            ]
        )
        rows._enqueue(self)
        given_up = {variant.inventory_gid for variant, count in tries.items() if count >= TRIES}
        words = self.env._("somebody else keeps changing this level in Shopify.")
        refused.update({change: words for change in overtaken if change.item in given_up})

    def _report_closed(self, closed):
        """Keep an issue for each location that Shopify has closed, as long as it is."""
        issues = self.env["o2c.issue"]
        key = "location-%s"
        # The program closes what it reported itself.
        known = (
            issues.sudo()
            ._open_issues(self, "stock")
            .filtered(lambda issue: (issue.key or "").startswith(key % ""))
        )
        known.filtered(lambda issue: issue.key not in {key % place.id for place in closed}).write(
            {"state": "resolved"}
        )
        for place in closed:
            issues._report(
                self,
                "stock",
                self.env._(
                    "The location %s is closed in Shopify, so no stock levels are sent there. Open it in "
                    "Shopify, or take its warehouse away on the shop, under Locations.",
                    place.name,
                ),
                key=key % place.id,
                retry="_o2c_retry_stock",
            )

    def _report_refused(self, variants, locations, refused):
        """Keep an issue on each product whose level Shopify does not take, as long as that is so."""
        issues = self.env["o2c.issue"]
        places = {location.gid: location for location in locations}
        by_item = {variant.inventory_gid: variant for variant in variants}
        wrong = {
            (by_item[change.item].id, f"level-{places[change.location].id}"): (change, words)
            for change, words in refused.items()
        }
        looked_at = {f"level-{location.id}" for location in locations}
        # See _report_closed.
        known = issues.sudo()._open_issues(variants, "stock")
        known.filtered(lambda issue: issue.key in looked_at and (issue.res_id, issue.key) not in wrong).write(
            {"state": "resolved"}
        )
        for (_variant, key), (change, words) in wrong.items():
            variant = by_item[change.item]
            issues._report(
                variant,
                "stock",
                self.env._(
                    "Shopify does not take the stock level of %(product)s at %(location)s: %(reason)s Put it "
                    "right in Shopify and retry. Until then its level there is left as it is.",
                    product=variant.sku or variant.title or variant.product_id.display_name,
                    location=places[change.location].name,
                    reason=words,
                ),
                key=key,
                retry="_o2c_retry_level",
            )
