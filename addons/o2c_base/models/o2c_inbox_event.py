import time
from datetime import datetime, timedelta, timezone

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

# Events of one connection that come within this many seconds share a job.
WINDOW = 1


class O2cInboxEvent(models.Model):
    """A verified webhook, kept until it was dealt with.

    It is a hint that something changed at the platform, not a source of data to trust:
    ``_process_inbox`` of the connection reads the newest state again.
    """

    _name = "o2c.inbox.event"
    _description = "Received Webhook"
    _order = "id desc"
    _rec_name = "external_id"

    source = fields.Char(required=True, readonly=True, help="The platform that sent it.")
    connection_model = fields.Char(required=True, readonly=True)
    connection_id = fields.Many2oneReference(required=True, readonly=True, model_field="connection_model")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    topic = fields.Char(required=True, readonly=True)
    external_id = fields.Char(
        string="Webhook ID", required=True, readonly=True, help="The platform's own id of this webhook."
    )
    body = fields.Text(readonly=True, groups="o2c_base.group_manager")
    received_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    state = fields.Selection(
        [("new", "New"), ("done", "Done"), ("ignored", "Ignored"), ("failed", "Failed")],
        default="new",
        required=True,
        readonly=True,
    )
    error = fields.Text(readonly=True)

    _delivered_once = models.Constraint(
        "UNIQUE(source, connection_id, external_id)",
        "This webhook was received before.",
    )
    _waiting_idx = models.Index("(connection_model, connection_id) WHERE state = 'new'")

    @api.model
    def _receive(self, connection, topic, external_id, body):
        """Keep a verified webhook and have it processed soon.

        :param connection: the record it is for.
        :param body: the text as it came.
        :return: the event; empty when this delivery is known already.
        """
        connection.ensure_one()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO o2c_inbox_event (
                    source, connection_model, connection_id, company_id, topic, external_id,
                    body, received_at, state, create_uid, create_date, write_uid, write_date
                ) VALUES (
                    %(source)s, %(model)s, %(id)s, %(company)s, %(topic)s, %(external_id)s,
                    %(body)s, %(now)s, 'new', %(uid)s, %(now)s, %(uid)s, %(now)s
                )
                ON CONFLICT (source, connection_id, external_id) DO NOTHING
                RETURNING id
                """,
                source=connection._o2c_platform,
                model=connection._name,
                id=connection.id,
                company=connection.company_id.id or None,
                topic=topic,
                external_id=external_id,
                body=body,
                now=fields.Datetime.now(),
                uid=self.env.uid,
            )
        )
        row = self.env.cr.fetchone()
        if not row:
            return self.browse()
        self._enqueue(connection)
        return self.browse(row[0])

    @api.model
    def _enqueue(self, connection):
        """Have ``connection._process_inbox`` run once for all that comes within the window.

        The window is part of the key, and the job starts a second after it has closed: every
        webhook that counts on this job has committed by then.
        """
        window = int(time.time() // WINDOW)
        key = f"o2c.inbox:{connection._name}:{connection.id}:{window}"
        # Of a burst, all but the first find the job; that is told without building one.
        waiting = ("wait_dependencies", "pending", "enqueued")
        self.env.cr.execute(
            SQL("SELECT FROM queue_job WHERE identity_key = %s AND state IN %s LIMIT 1", key, waiting)
        )
        if self.env.cr.rowcount:
            return
        start = datetime.fromtimestamp((window + 1) * WINDOW, tz=timezone.utc)
        # Whoever sent the webhook or pressed a button has no part in what the job does.
        company = connection.company_id.id
        connection = connection.with_user(SUPERUSER_ID).with_context(allowed_company_ids=[company])
        connection = connection._o2c_in_company_language()
        connection.with_delay(
            channel=f"root.o2c.{connection._o2c_platform}",
            identity_key=key,
            eta=start.replace(tzinfo=None) + timedelta(seconds=1),
            description=connection.env._("Process what %s reported", connection.display_name),
        )._process_inbox()

    @api.model
    def _take_new(self, connection, limit=None):
        """Lock and return the new events of ``connection``, oldest first.

        Events that another job works on are left to it.
        """
        new = self.search(
            [
                ("connection_model", "=", connection._name),
                ("connection_id", "=", connection.id),
                ("state", "=", "new"),
            ],
            order="id",
            limit=limit,
        )
        return new.try_lock_for_update()

    def _mark(self, state, error=False):
        """Close these events: ``done``, ``ignored`` or ``failed`` (with the reason)."""
        self.write({"state": state, "error": error})

    def action_process_again(self):
        """Take these events up once more."""
        self.check_access("read")
        if not self.env.user.has_group("o2c_base.group_manager"):
            raise AccessError(self.env._("Only an Order to Cash manager can do that."))
        # Managers may ask for it; the fields are only ever written by the program.
        events = self.sudo()
        events._mark("new")
        events._enqueue_waiting()

    @api.model
    def _cron_process_waiting(self):
        """Find events that no job took care of."""
        before = fields.Datetime.now() - timedelta(minutes=1)
        self.search([("state", "=", "new"), ("received_at", "<", before)])._enqueue_waiting()

    def _enqueue_waiting(self):
        """Enqueue one job per connection for these events."""
        for model, events in self.grouped("connection_model").items():
            known = set()
            if model in self.env:
                wanted = set(events.mapped("connection_id"))
                connections = self.env[model].browse(wanted).exists()
                known = set(connections.ids)
                for connection in connections:
                    self._enqueue(connection)
            orphans = events.filtered(lambda event, known=known: event.connection_id not in known)
            orphans._mark("ignored", self.env._("The connection was deleted."))

    @api.autovacuum
    def _gc_events(self):
        """Forget processed webhooks after 30 days; they may hold personal data."""
        before = fields.Datetime.now() - timedelta(days=30)
        old = self.search([("received_at", "<", before), ("state", "!=", "new")], limit=10000)
        old.unlink()
