import hashlib
import json
from datetime import timedelta
from decimal import Decimal
from functools import partial

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from ...o2c_base.batches import all_or_each
from ...o2c_base.lib.errors import O2cError, RefusedError
from ...o2c_base.words import in_words
from ..lib import documents, history, scopes
from ..lib.fetch import BATCH, fetch_orders
from ..lib.parse import parse_order
from ..lib.reading import Unreadable

# Shopify's search index may lag behind; what changed shortly before the cursor is read again.
OVERLAP = timedelta(minutes=5)
# Changes that one job lists: far from the 25,000 of one list that Shopify shows.
MOST_CHANGES = 5000
# https://shopify.dev/docs/api/admin-graphql/2026-10/queries/orders: older ones need read_all_orders.
VISIBLE = timedelta(days=60)


def made_elsewhere(error) -> bool:
    """Whether another job has just made the same record of ours.

    What breaks somebody else's rule would break it again and again.
    """
    return isinstance(error, UniqueViolation) and "shopify" in (error.diag.constraint_name or "")


def no_fault_of_order(error) -> bool:
    """Whether the same order may well be created the next time."""
    return made_elsewhere(error) or getattr(error, "temporary", False)


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    # === Sweep === #

    def action_sync_orders(self):
        """Take over every order that changed since the last time; runs in the background."""
        self._check_not_demo()
        for shop in self:
            shop.with_delay(
                channel="root.o2c.shopify",
                identity_key=f"o2c.shopify.sync:{shop.id}",
                description=self.env._("Look for changed orders of %s", shop.name),
            ).sync_orders()
        return self[:1]._notification(self.env._("Orders are being taken over in the background."), "success")

    @api.model
    def _cron_sync_orders(self):
        # One that stopped working is asked again: the reason may have gone by itself.
        self.search([("state", "in", ("connected", "error"))]).action_sync_orders()

    def sync_orders(self, since=None):
        """Find orders that changed since the cursor and queue them for import.

        One cheap call lists 250 of them. What is known in its newest state already is left out.
        The cursor and the queued work are saved together, so nothing can fall in between. Very many
        are listed by several jobs one after another: Shopify shows no more than 25,000 of one list.

        :param since: look from here on (naive UTC), where a job before has stopped.
        :return: number of orders queued.
        """
        self.ensure_one()
        shop = self._as_odoobot()
        issues = self.env["o2c.issue"]
        queued = 0
        with issues._guard(shop, "connection", key="orders", retry="action_sync_orders") as outcome:
            changed, rest = shop._changed_orders(
                since or (shop.order_cursor or shop.import_from) - OVERLAP, MOST_CHANGES
            )
            stale = shop._only_stale(changed)
            for start in range(0, len(stale), BATCH):
                shop._queue_orders(stale[start : start + BATCH])
            queued = len(stale)
            if changed:
                newest = max(changed.values())
                shop.order_cursor = max(newest, shop.order_cursor or newest)
            if rest:
                shop._sync_later(rest)
            shop.write({"state": "connected", "last_success": fields.Datetime.now(), "last_error": False})
        if not outcome.ok:
            shop._connection_failed(outcome.issue.message)
        return queued

    def _sync_later(self, since):
        self.with_delay(
            channel="root.o2c.shopify",
            identity_key=f"o2c.shopify.sync:{self.id}:{since}",
            description=self.env._("Look for further changed orders of %s", self.name),
        ).sync_orders(since)

    def _changed_orders(self, since, most):
        """Orders that changed from a moment on (naive UTC), the oldest change first.

        :param most: stop at the first second after so many.
        :return: (order gid -> time of its last change, from when on there are more or None)
        """
        # Unquoted dates are silently misread by Shopify's search.
        query = f"updated_at:>='{since.strftime('%Y-%m-%dT%H:%M:%SZ')}'"
        changed, newest = {}, None
        for node in self._client().pages(documents.ORDERS_CHANGED, {"query": query}, ("orders",)):
            moment = fields.Datetime.to_datetime(node["updatedAt"].replace("T", " ").replace("Z", "")[:19])
            if len(changed) >= most and moment > newest:
                return changed, moment
            changed[node["id"]] = newest = moment
        return changed, None

    def _only_stale(self, changed):
        """The gids whose state in Odoo is older than Shopify's, oldest change first."""
        known = {
            order["shopify_gid"]: order["shopify_updated_at"]
            for order in self.env["sale.order"].search_read(
                [("shopify_shop_id", "=", self.id), ("shopify_gid", "in", list(changed))],
                ["shopify_gid", "shopify_updated_at"],
                load=False,
            )
        }
        return sorted(
            (gid for gid, updated_at in changed.items() if not known.get(gid) or known[gid] < updated_at),
            key=changed.get,
        )

    def _queue_orders(self, gids):
        """Put orders into the inbox, as if Shopify had just told of them."""
        body = json.dumps({"orders": gids})
        digest = hashlib.sha256(f"{fields.Datetime.now()}{body}".encode()).hexdigest()[:32]
        # The inbox is written by the program alone.
        self.env["o2c.inbox.event"].sudo()._receive(self, "o2c/sweep", f"sweep-{digest}", body)

    # === Import === #

    def _import_orders(self, gids, force=False):
        """Bring these orders into Odoo in their newest state, all in one go.

        Idempotent: an order exists once per shop and gid, an unchanged one costs no write, and an
        older state never overwrites a newer one.

        :param force: look at orders again although nothing changed in Shopify.
        :return: True when everything was read. Otherwise an issue says why not, and the caller must keep
            its hints: None when Shopify could not be asked, False when it refused to tell of these.
        """
        self.ensure_one()
        self._check_not_demo()
        shop = self._as_odoobot()
        gids = list(dict.fromkeys(gids))
        shop._lock_orders(gids)
        with self.env["o2c.issue"]._guard(
            shop, "connection", key="orders", retry="action_sync_orders"
        ) as outcome:
            client, with_returns = shop._client(), shop._sees_returns()
            nodes, denied, unread = shop._read_each(
                gids, lambda gids: fetch_orders(client, gids, with_returns=with_returns)
            )
        if not outcome.ok:
            shop._connection_failed(outcome.issue.message)
            return False if isinstance(outcome.error, RefusedError) else None
        shop._report_denied(denied)
        shop._report_deleted(set(gids) - nodes.keys() - unread)
        shop._take_over(shop._parse_orders(nodes), nodes, force)
        return True

    def _import_history(self, orders, since):
        """Take over orders that a bulk operation told of.

        :param orders: orders as Shopify answers them, but for the refunds' own lines.
        :param since: orders placed before are left alone (naive UTC).
        """
        self.ensure_one()
        shop = self.with_context(o2c_shopify_history=True, o2c_shopify_since=since)
        shop._lock_orders([order["id"] for order in orders])
        client, with_returns = shop._client(), shop._sees_returns()
        nodes, denied, _unread = shop._read_each(
            orders, lambda orders: history.complete(client, orders, with_returns=with_returns)
        )
        shop._report_denied(denied)
        shop._take_over(shop._parse_orders(nodes), nodes, force=False)

    def _lock_orders(self, gids):
        """Hold these orders until the end of the transaction; two workers never import one."""
        self.env.cr.execute(
            SQL(
                """
                SELECT gid FROM unnest(%s::text[]) AS gid
                 WHERE NOT pg_try_advisory_xact_lock(hashtext('o2c.shopify'), hashtext(%s || gid))
                """,
                sorted(gids),
                f"{self.id}:",
            )
        )
        if self.env.cr.fetchone():
            raise RetryableJobError(
                self.env._("Another job is importing the same order."), seconds=5, ignore_retry=True
            )

    def _read_each(self, items, read):
        """What Shopify tells of these orders; an answer that nobody expected is told and left out.

        :param items: gids, or orders as a bulk operation told of them.
        :return: (gid -> node, fields kept from us, gids of what could not be read)
        """
        nodes, denied, unread = {}, set(), set()

        def failed(item, error):
            gid = item if isinstance(item, str) else item["id"]
            unread.add(gid)
            self._report_unreadable(gid, error)

        for found, hidden in all_or_each(
            self.env.cr, items, read, failed, start_over=lambda error: isinstance(error, O2cError)
        ):
            nodes |= found
            denied |= hidden
        return nodes, denied, unread

    def _sees_returns(self):
        return scopes.RETURNS in (self.granted_scopes or "")

    def _report_denied(self, denied):
        """Say once, on the shop, what Shopify hides from the app."""
        issues = self.env["o2c.issue"]
        if not denied:
            issues._clear(self, "connection", "denied")
            return
        issues._report(
            self,
            "connection",
            self.env._(
                "Shopify hides these data from the app: %s. Names and addresses need access to "
                "protected customer data (Dev Dashboard > app > API access requests; not on every "
                "plan); for the rest the app lacks a permission. Retry when they are granted: the orders "
                "without a name are read again.",
                ", ".join(in_words(self.env, path) for path in sorted(denied)[:10]),
            ),
            key="denied",
            retry="_o2c_retry_denied",
        )

    def _report_deleted(self, gids):
        """An order that was deleted in Shopify stays here until a person decides.

        Without the scope for all orders, Shopify does not answer for those older than sixty days
        either: that says nothing about the order.
        """
        hidden = self.env["sale.order"]
        limit = fields.Datetime.now() - VISIBLE
        if scopes.ALL_ORDERS not in (self.granted_scopes or ""):
            hidden = hidden.search(
                [
                    ("shopify_shop_id", "=", self.id),
                    ("shopify_gid", "in", list(gids)),
                    ("date_order", "<", limit),
                ]
            )
        if hidden:
            self.env["o2c.issue"]._report(
                self,
                "connection",
                self.env._(
                    "Something changed on orders older than 60 days (%(orders)s), but Shopify does not show "
                    "them to the app. Ask for “read_all_orders” (%(place)s), or look at these orders in "
                    "Shopify and change them here by hand.",
                    orders=", ".join(hidden.mapped("shopify_name")),
                    place=self._place_of_all_orders(),
                ),
                key="old-orders",
            )
        for order in self.env["sale.order"].search(
            [
                ("shopify_shop_id", "=", self.id),
                ("shopify_gid", "in", list(gids)),
                ("id", "not in", hidden.ids),
                ("state", "!=", "cancel"),
            ]
        ):
            self.env["o2c.issue"]._report(
                order,
                "order",
                self.env._(
                    "Order %s was deleted in Shopify. Cancel it here, or close this issue to keep it.",
                    order.shopify_name,
                ),
                key="deleted",
            )

    def _parse_orders(self, nodes):
        orders, taken_off = [], self._taken_off(list(nodes))
        presentment = self.money_policy == "presentment"
        places = self._places(nodes.values())
        for gid, node in nodes.items():
            try:
                orders.append(parse_order(node, presentment=presentment, taken_off=taken_off, places=places))
            except Unreadable as error:
                self._report_unreadable(gid, error)
        return orders

    def _places(self, nodes):
        """Currency code -> decimals, of the currencies of these orders."""
        codes = {node.get(name) for node in nodes for name in ("currencyCode", "presentmentCurrencyCode")}
        currencies = self.env["res.currency"].union(*map(self._currency, codes))
        return {currency.name: currency.decimal_places for currency in currencies}

    def _taken_off(self, gids):
        """Removal gid -> (subtotal, tax) of the pieces of these orders that were booked as taken off."""
        records = self.env["o2c.shopify.refund"].search(
            [
                ("shop_id", "=", self.id),
                ("sale_order_id.shopify_gid", "in", gids),
                ("gid", "like", "#removed-"),
            ]
        )
        return {
            record.gid: (Decimal(record.taken_off["subtotal"]), Decimal(record.taken_off["tax"]))
            for record in records
            if record.taken_off
        }

    def _take_over(self, orders, nodes, force):
        known = {
            order.shopify_gid: order
            for order in self.env["sale.order"].search(
                [
                    ("shopify_shop_id", "=", self.id),
                    ("shopify_gid", "in", [order.gid for order in orders]),
                ]
            )
        }
        new, changed = [], []
        for order in orders:
            record = known.get(order.gid)
            digest = self._digest(nodes[order.gid])
            if record:
                if force or record._shopify_is_news(order, digest):
                    changed.append((record, order, digest))
                elif record.shopify_updated_at < order.updated_at.replace(tzinfo=None):
                    # Nothing that counts here: only the sweep has to know that it was looked at.
                    record.shopify_updated_at = order.updated_at.replace(tzinfo=None)
            elif self._is_wanted(order):
                new.append((order, digest))
        records = self._create_orders(new)
        missing = {order.gid for order, _digest in new} - set(records.mapped("shopify_gid"))
        self._close_missing({order.gid for order in orders} - missing)
        for record, order, digest in changed:
            if record._shopify_alone("order", "update", partial(record._shopify_update, order, digest)):
                records |= record
        # Facts first, then what follows from them, for all orders at once.
        parsed = {order.gid: order for order in orders}
        records = records._shopify_in_batch("_shopify_store_transactions", "order", parsed, key="update")
        records._shopify_proceed(parsed)

    @staticmethod
    def _digest(node):
        """What tells one state of an order from another: all of it but the time of its last change."""
        text = json.dumps({**node, "updatedAt": None}, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def _is_wanted(self, order):
        if order.test and not self.import_test_orders:
            return False
        if order.cancelled_at and not order.paid:
            return False
        since = self.env.context.get("o2c_shopify_since") or self.import_from
        return order.created_at.replace(tzinfo=None) >= since

    def _create_orders(self, new):
        """Create the sale orders, all in one go; if that fails, one by one."""
        try:
            made = all_or_each(
                self.env.cr, new, self._create_batch, self._report_not_created, start_over=no_fault_of_order
            )
        except UniqueViolation as error:
            raise RetryableJobError(
                self.env._("Another job has just created the same order."), seconds=5, ignore_retry=True
            ) from error
        except O2cError as error:
            # A product had to be asked for, and there was no answer.
            raise self.env["o2c.issue"]._try_later(error) from error
        return self.env["sale.order"].union(*made)

    def _create_batch(self, new):
        orders = [order for order, _digest in new]
        partners = self._partners_for(orders)
        products = self._products_for(orders)
        taxes = self._taxes_by_rate()
        values_list, problems = [], []
        for order, _digest in new:
            values, found = self._order_values(order, partners[order.gid], products, taxes)
            values_list.append(values)
            problems.append(found)
        records = (
            self.env["sale.order"]
            .with_context(tracking_disable=True, mail_create_nolog=True)
            .create(values_list)
            .with_env(self.env)
        )
        for record, (order, digest), found in zip(records, new, problems, strict=True):
            record._shopify_note_removals(order)
            record._shopify_verify(order, found)
            record.shopify_digest = digest
        contacts = self._contacts_for(orders, partners)
        for record in records:
            if record.shopify_gid in contacts:
                record.shopify_contact_id = contacts[record.shopify_gid]
        return records
