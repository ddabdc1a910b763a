import hashlib

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.pace import PAUSE_AFTER_REFUSAL, book


class O2cSendcloudBudget(models.Model):
    """When the next write with a pair of keys may leave: one row that all Odoo processes share."""

    _name = "o2c.sendcloud.budget"
    _description = "Sendcloud Write Budget"
    _log_access = False

    key = fields.Char(required=True)
    free_at = fields.Float(digits=None, help="Seconds since 1970, by the clock of the database.")

    _key_once = models.Constraint("UNIQUE(key)", "These keys have a budget already.")

    @api.model
    def _of(self, public_key):
        """The budget of everything that writes with this key, in whichever company and process."""
        return SharedBudget(self.env.registry, hashlib.sha256(public_key.encode()).hexdigest()[:32])


class SharedBudget:
    """Books writes in transactions of its own: they count even if the caller's is rolled back."""

    def __init__(self, registry, key):
        self._registry = registry
        self._key = key

    def reserve(self, patience):
        """Book one write. Returns ``(seconds to wait for it, whether it was booked)``."""
        with self._registry.cursor() as cr:
            free_at, now = self._locked(cr)
            wait, booked = book(free_at, now, patience)
            if booked is not None:
                self._store(cr, booked)
        return wait, booked is not None

    def hold(self, seconds=None):
        """Let nobody write for a while, because Sendcloud said that it is too much."""
        with self._registry.cursor() as cr:
            free_at, now = self._locked(cr)
            self._store(cr, max(free_at, now + (seconds or PAUSE_AFTER_REFUSAL)))

    def _locked(self, cr):
        # Locking the table takes no snapshot, so what is read next is what the last one wrote.
        cr.execute(SQL("LOCK TABLE o2c_sendcloud_budget IN SHARE ROW EXCLUSIVE MODE"))
        cr.execute(
            SQL(
                """SELECT (SELECT free_at FROM o2c_sendcloud_budget WHERE key = %s),
                          EXTRACT(EPOCH FROM clock_timestamp())""",
                self._key,
            )
        )
        free_at, now = cr.fetchone()
        return free_at or 0.0, float(now)

    def _store(self, cr, free_at):
        cr.execute(
            SQL(
                """INSERT INTO o2c_sendcloud_budget (key, free_at) VALUES (%s, %s)
                       ON CONFLICT (key) DO UPDATE SET free_at = EXCLUDED.free_at""",
                self._key,
                free_at,
            )
        )
