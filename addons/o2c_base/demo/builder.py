import logging
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from random import Random

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

SEED = 19
# How people pay in their countries; elsewhere by card.
PAID_BY = {
    "NL": ("ideal", "ideal", "ideal", "creditcard"),
    "BE": ("bancontact", "bancontact", "creditcard"),
    "DE": ("klarna", "creditcard", "klarna"),
}
DAYS = 365


class O2cDemo(models.AbstractModel):
    """Makes a year of a small garden shop, up to today, for databases with demonstration data.

    Each addon adds what it knows of to what the addons before it made. Real documents are made by the
    real flows; no platform is asked for anything.
    """

    _name = "o2c.demo"
    _description = "Demonstration Data of Order to Cash"

    @api.model
    @contextmanager
    def _building(self, what):
        """Give the block this model, quiet, in the company that shows the demonstration; None without one.

        Jobs that the flows leave behind are dropped: they would ask platforms that nobody is connected to.
        """
        company = self.env.company
        if not company.chart_template:
            _logger.warning("%s has no chart of accounts, so %s is left out", company.name, what)
            yield None
            return
        known = self.env["queue.job"].search([], order="id desc", limit=1).id or 0
        yield self.with_company(company).with_context(
            tracking_disable=True,
            mail_create_nosubscribe=True,
            mail_notrack=True,
            o2c_skip_matching=True,
            skip_sms=True,
        )
        self.env["queue.job"].search([("id", ">", known)]).unlink()
        self._backdate_stages()

    @api.model
    def _random(self, what):
        """The same numbers for the same purpose in every database."""
        return Random(f"{SEED}/{what}")

    @api.model
    def _moment(self, days_ago, hour=12, minute=0):
        """UTC, never in the future."""
        day = fields.Date.today() - timedelta(days=days_ago)
        return min(datetime.combine(day, time(hour, minute)), fields.Datetime.now() - timedelta(minutes=5))

    @api.model
    def _paid_by(self, country, name):
        """The payment method of the web order called ``name``: all addons tell the same."""
        return self._random(f"paid by/{name}").choice(PAID_BY.get(country.code, ("creditcard",)))

    @api.model
    def _orders(self, *teams):
        """The orders of the demonstration, oldest first."""
        found = self.env["crm.team"].union(*[self.env.ref(f"o2c_base.demo_team_{team}") for team in teams])
        return self.env["sale.order"].search([("team_id", "in", found.ids)], order="date_order, id")

    @api.model
    def _backdate_stages(self):
        """An order is at its stage since the day of its last document, not since today."""
        self.env.flush_all()
        for order in self._orders("web", "wholesale"):
            if not order.o2c_stage:
                continue
            days = order._o2c_passed().values() if order.o2c_stage != "cancelled" else ()
            last = max(filter(None, days), default=order.date_order.date())
            since = max(datetime.combine(last, time(14)), order.date_order)
            order.o2c_stage_since = min(since, fields.Datetime.now())
        self.env.flush_all()

    @api.model
    def _backdate_issues(self, records, moment):
        """The issues of ``records`` came up at this moment, not while the data were made."""
        issues = self.env["o2c.issue"]._open_issues(records)
        issues.last_seen = moment
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE o2c_issue SET create_date = %s WHERE id = ANY(%s)", moment, issues.ids)
        )
        issues.invalidate_recordset(["create_date"])
