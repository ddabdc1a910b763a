from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models

from ...o2c_base.lib.http import HttpClient, RefusedError, check_endpoint
from ..lib import history, scopes
from ..lib.client import UserErrors

# Orders in one transaction, and bytes of the result fetched for them (more where one order is longer).
CHUNK = 50
WINDOW = 1 << 20
LARGEST = 1 << 27
MOST_RESTARTS = 3
# Live orders go first.
PRIORITY = 30


class O2cShopifyHistory(models.Model):
    """The orders of a shop since a day, taken over in the background from one bulk operation.

    Where it stands is saved with every batch: after a crash, a pause or an outage it goes on from there.
    """

    _name = "o2c.shopify.history"
    _description = "Import of Old Shopify Orders"
    _check_company_auto = True
    _rec_name = "shop_id"
    _order = "id desc"

    shop_id = fields.Many2one("o2c.shopify.shop", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="shop_id.company_id", store=True, index=True)
    date_from = fields.Datetime(
        string="Orders Placed Since",
        required=True,
        help="Orders from this moment on are taken over with their invoices, payments and refunds, each on "
        "the day it happened. What Shopify has sent already is delivered in Odoo without touching the stock.",
    )
    state = fields.Selection(
        [
            ("draft", "New"),
            ("asked", "Shopify Is Collecting"),
            ("reading", "Taking Over"),
            ("paused", "Paused"),
            ("done", "Done"),
            ("failed", "Stopped"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    order_count = fields.Integer(string="Orders in Shopify", readonly=True, copy=False)
    done_count = fields.Integer(string="Orders Looked At", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress", string="Progress (%)")
    message = fields.Text(readonly=True, copy=False)
    asked_at = fields.Datetime(readonly=True, copy=False)
    operation_gid = fields.Char(string="Shopify ID", readonly=True, copy=False)
    url = fields.Char(string="Address of the Result", groups="base.group_system", readonly=True, copy=False)
    is_partial = fields.Boolean(
        string="Incomplete", readonly=True, copy=False, help="The operation broke off; it is repeated."
    )
    position = fields.Float(digits=(16, 0), readonly=True, copy=False, help="Bytes of the result read.")
    restarts = fields.Integer(readonly=True, copy=False)
    steps = fields.Integer(readonly=True, copy=False)

    _one_at_a_time = models.UniqueIndex(
        "(shop_id) WHERE state IN ('asked', 'reading')",
        "Old orders of this shop are being taken over already.",
    )

    @api.depends("order_count", "done_count", "state")
    def _compute_progress(self):
        for record in self:
            if record.state == "done":
                record.progress = 100.0
            else:
                whole = max(record.order_count, record.done_count, 1)
                record.progress = 100.0 * record.done_count / whole

    # === What users do === #

    def action_start(self):
        """Begin, or begin again where it stopped."""
        for record in self:
            record.check_access("write")
            record.message = record._explain_scope()
            if record.state in ("draft", "failed") or not record.operation_gid:
                record._restart(None)
                record.restarts = 0
            else:
                # See action_pause. The address of the result is the program's own.
                record.state = "reading" if record.sudo().url else "asked"
            record._enqueue()

    def action_pause(self):
        """Stop after the batch that is under way; nothing is lost."""
        self.check_access("write")
        self.filtered(lambda record: record.state in ("asked", "reading")).state = "paused"

    def _explain_scope(self):
        limit = fields.Datetime.now() - timedelta(days=60)
        if self.date_from < limit and scopes.ALL_ORDERS not in (self.shop_id.granted_scopes or ""):
            return self.env._(
                "Shopify shows the app the orders of the last 60 days only. For older ones ask for "
                "“read_all_orders” (%s), then start again.",
                self.shop_id._place_of_all_orders(),
            )
        return False

    def _enqueue(self, seconds=0):
        self.ensure_one()
        self.with_delay(
            channel="root.o2c.shopify",
            priority=PRIORITY,
            eta=seconds,
            identity_key=f"o2c.shopify.history:{self.id}:{self.steps}",
            description=self.env._("Old orders of %s", self.shop_id.name),
        )._advance()

    # === In the background === #

    def _advance(self):
        """Do the next step, and see to it that another one follows."""
        self.ensure_one()
        shop = self.shop_id._as_odoobot()
        record = self.with_env(shop.env)
        if record.state not in ("asked", "reading"):
            return
        record.steps += 1
        with self.env["o2c.issue"]._guard(shop, "connection", key="history") as outcome:
            pause = record._read_on() if record.state == "reading" else record._ask()
        if not outcome.ok:
            record.write({"state": "failed", "message": outcome.issue.message})
        elif record.state in ("asked", "reading"):
            record._enqueue(pause)

    def _ask(self):
        """Start the bulk operation, or look how far it is. Returns seconds to wait."""
        client = self.shop_id._client()
        if not self.operation_gid:
            return self._run(client)
        found = (
            client.execute(history.BULK_STATUS, {"id": self.operation_gid}).data.get("bulkOperation") or {}
        )
        status = found.get("status")
        self.order_count = int(found.get("rootObjectCount") or 0)
        if status in ("CREATED", "RUNNING", "CANCELING"):
            return 10
        partial = status != "COMPLETED"
        url = found.get("partialDataUrl" if partial else "url")
        if url:
            self.write(
                {"state": "reading", "url": url, "is_partial": partial, "position": 0, "done_count": 0}
            )
        elif partial:
            self._restart(found.get("errorCode") or status)
        else:
            self._finish()
        return 0

    def _run(self, client):
        self.asked_at = fields.Datetime.now()
        try:
            payload = client.mutate(history.BULK_RUN, {"query": history.orders_since(self.date_from)})
        except UserErrors as error:
            if "OPERATION_IN_PROGRESS" not in error.codes:
                raise
            # Another app, or another import, is having its turn.
            return 60
        self.operation_gid = payload["bulkOperation"]["id"]
        return 5

    def _restart(self, reason):
        """The operation broke off, or its result expired: ask again. Known orders cost no write."""
        self.restarts += 1
        if self.restarts > MOST_RESTARTS:
            raise RefusedError(
                self.env._(
                    "Shopify could not collect the old orders (%s). Start again with a later day, and "
                    "take over the earlier ones afterwards.",
                    reason or "?",
                )
            )
        self.write(
            {
                "state": "asked",
                "operation_gid": False,
                "url": False,
                "is_partial": False,
                "position": 0,
                "done_count": 0,
            }
        )

    def _read_on(self):
        """Take over the next orders of the result. Returns seconds to wait."""
        orders, used, last = self._next_orders()
        if orders is None:
            self._restart(self.env._("its result has expired"))
            return 0
        if orders:
            self.shop_id._import_history(orders, self.date_from)
        self.write({"position": self.position + used, "done_count": self.done_count + len(orders)})
        if last:
            if self.is_partial:
                self._restart("TIMEOUT")
            else:
                self._finish()
        return 0

    def _next_orders(self):
        """(orders, bytes they take, whether they are the last); None for orders when the result is gone."""
        size = WINDOW
        while True:
            part, whole = self._fetch(size)
            if part is None:
                return None, 0, False
            end = self.position + len(part) >= whole
            # Where the operation broke off, its last order is not whole.
            orders, used = history.read_orders(part, end and not self.is_partial, CHUNK)
            if used or end or size >= LARGEST:
                return orders, used, end and (used >= len(part) or not orders)
            size *= 2

    def _fetch(self, size):
        """(bytes from where we are, size of the whole file); None when it is no longer there."""
        address = check_endpoint(self.url)
        parts = urlsplit(address)
        # The file lies with Shopify's storage: it gets no token of the shop.
        http = HttpClient(f"{parts.scheme}://{parts.netloc}", timeout=(5, 60))
        start = int(self.position)
        answer = http.request(
            "GET",
            address,
            headers={"Range": f"bytes={start}-{start + size - 1}"},
            accept=(403, 404, 410, 416),
        )
        if answer.status == 416:
            return b"", start
        if answer.status >= 400:
            return None, 0
        if answer.status == 206:
            total = (answer.headers.get("Content-Range") or "").rpartition("/")[2]
            return answer.content, int(total) if total.isdigit() else start + len(answer.content)
        return answer.content[start : start + size], len(answer.content)

    def _finish(self):
        shop = self.shop_id
        if self.asked_at and shop.order_cursor and shop.order_cursor > self.asked_at:
            # What changed while the result was being read was perhaps not known yet: look again.
            shop.order_cursor = self.asked_at
        self.write({"state": "done", "url": False})
        shop.action_sync_orders()
