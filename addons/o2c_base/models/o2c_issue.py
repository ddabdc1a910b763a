import math
import random
from contextlib import contextmanager

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.queue_job.exception import RetryableJobError

from ..lib.errors import AuthenticationError, O2cError
from ..words import in_words

# Seconds before a job tries again after a temporary failure: a part of the time that it has been
# trying, so that a hiccup costs little and an outage no more than a call every half an hour.
SHORTEST_PAUSE = 10
LONGEST_PAUSE = 1800
# Seconds for which an outage uses up none of the job's tries.
PATIENCE = 24 * 3600
RETRY_PREFIXES = ("_o2c_retry", "action_")


class Outcome:
    """What became of a guarded block: ``ok``, else the ``error`` and the ``issue`` about it.

    A block sets ``again`` when it has reported the same once more itself: then the issue stays open.
    """

    def __init__(self):
        self.ok = False
        self.again = False
        self.error = None
        self.issue = None


class O2cIssue(models.Model):
    """Something that a person must look at, on the document that it concerns."""

    _name = "o2c.issue"
    _description = "Order to Cash Issue"
    _order = "state, last_seen desc, id desc"
    _rec_name = "message"

    res_model = fields.Char(string="Document Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Document ID", required=True, readonly=True, model_field="res_model"
    )
    res_name = fields.Char(string="Document", compute="_compute_res_name", compute_sudo=True)
    sale_order_id = fields.Many2one(
        "sale.order", string="Order", readonly=True, index=True, ondelete="cascade"
    )
    connection_model = fields.Char(readonly=True)
    connection_id = fields.Many2oneReference(readonly=True, model_field="connection_model")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    kind = fields.Selection(
        [
            ("connection", "Connection"),
            ("job", "Background Job"),
            ("order", "Order"),
            ("product", "Product"),
            ("tax", "Tax"),
            ("amount", "Amounts Differ"),
            ("invoice", "Invoice"),
            ("payment", "Payment"),
            ("refund", "Refund"),
            ("stock", "Stock"),
            ("shipment", "Shipment"),
            ("fulfilment", "Fulfilment"),
            ("settlement", "Settlement"),
            ("match", "Matching"),
            ("data", "Unexpected Data"),
        ],
        required=True,
        readonly=True,
    )
    key = fields.Char(
        readonly=True,
        default="",
        help="Tells several issues of one kind on one document apart.",
    )
    message = fields.Text(required=True, readonly=True)
    detail = fields.Text(readonly=True, groups="o2c_base.group_manager")
    state = fields.Selection(
        [("open", "Open"), ("resolved", "Resolved"), ("ignored", "Ignored")],
        default="open",
        required=True,
        readonly=True,
    )
    retry_method = fields.Char(readonly=True)
    job_uuid = fields.Char(string="Background Job", readonly=True, index="btree_not_null")
    can_retry = fields.Boolean(compute="_compute_can_retry")
    count = fields.Integer(default=1, readonly=True, help="How often it happened.")
    last_seen = fields.Datetime(default=fields.Datetime.now, readonly=True)

    _open_once = models.UniqueIndex("(res_model, res_id, kind, COALESCE(key, '')) WHERE state = 'open'")
    _document_idx = models.Index("(res_model, res_id)")

    @api.depends("res_model", "res_id")
    def _compute_res_name(self):
        for model, issues in self.grouped("res_model").items():
            if model not in self.env:
                issues.res_name = False
                continue
            records = self.env[model].browse(issues.mapped("res_id")).exists()
            names = {record.id: record.display_name for record in records}
            for issue in issues:
                issue.res_name = names.get(issue.res_id, False)

    @api.depends("retry_method", "job_uuid", "state")
    def _compute_can_retry(self):
        for issue in self:
            issue.can_retry = issue.state == "open" and bool(issue.retry_method or issue.job_uuid)

    # === Reporting === #

    @api.model
    def _report(self, record, kind, message, *, key="", detail=None, retry=None, order=None):
        """Say that ``record`` needs a person, or that it still does.

        :param record: the document concerned (one record).
        :param kind: one of the values of ``kind``.
        :param message: the user's words: what happened and what to do next.
        :param key: tells issues of one kind on one document apart.
        :param detail: technical text, shown to managers only.
        :param retry: name of a method of ``record`` that tries again; it must start with
            ``_o2c_retry`` or ``action_``.
        :param order: the sale order concerned, where the record does not say it itself.
        :return: the open issue.
        """
        record.ensure_one()
        if retry and not retry.startswith(RETRY_PREFIXES):
            raise ValueError(f"{retry} may not be called by an issue")
        # Issues are the program's own notes: users may only read, retry and close them.
        issues = self.sudo()
        record = record.sudo()
        order = order or self._order_of(record)
        values = {
            "message": message,
            "detail": detail or False,
            "retry_method": retry or False,
            "sale_order_id": order.id if order else False,
            "last_seen": fields.Datetime.now(),
            **self._connection_values(record),
        }
        known = issues._open_issues(record, kind, key)[:1]
        if known:
            known.write({**values, "count": known.count + 1})
            return known
        values.update(
            res_model=record._name,
            res_id=record.id,
            kind=kind,
            key=key or "",
            company_id=self._company_of(record, order).id,
        )
        try:
            with self.env.cr.savepoint():
                issue = issues.create(values)
        except UniqueViolation:
            # Another transaction has just reported the same; its words will do.
            return issues.browse()
        issue._post_to_document(record)
        return issue

    @api.model
    def _clear(self, records, kind=None, key=None):
        """Resolve the open issues of ``records``, of one kind and key or all of them."""
        # See _report.
        issues = self.sudo()._open_issues(records, kind, key)
        if issues:
            issues.write({"state": "resolved"})

    @api.model
    def _open_issues(self, records, kind=None, key=None):
        domain = [
            ("res_model", "=", records._name),
            ("res_id", "in", records.ids),
            ("state", "=", "open"),
        ]
        if kind:
            domain.append(("kind", "=", kind))
        if key:
            domain.append(("key", "=", key))
        elif key is not None:
            domain.append(("key", "in", (False, "")))
        return self.search(domain)

    @api.model
    def _order_of(self, record):
        """The sale order that ``record`` belongs to, as far as it can be told."""
        if record._name == "sale.order":
            return record
        for name in ("sale_order_id", "sale_id", "order_id"):
            field = record._fields.get(name)
            if field and field.comodel_name == "sale.order":
                return record[name]
        if record._name == "account.move":
            return record.line_ids.sale_line_ids.order_id[:1]
        return self.env["sale.order"]

    @api.model
    def _company_of(self, record, order):
        company = record.company_id if "company_id" in record._fields else None
        return company or (order and order.company_id) or self.env.company

    @api.model
    def _connection_values(self, record):
        if not getattr(record, "_o2c_platform", None):
            return {}
        return {"connection_model": record._name, "connection_id": record.id}

    def _post_to_document(self, record):
        if hasattr(record, "message_post"):
            record.message_post(body=self.message, message_type="notification")

    # === Guarding === #

    @api.model
    @contextmanager
    def _guard(self, record, kind, *, retry=None, key="", order=None):
        """Run a block of a job so that what goes wrong ends where people see it.

        The block runs in a savepoint. A temporary O2cError makes the job try again later (a person
        who pressed a button is told instead); another O2cError or a UserError undoes the block and
        becomes an issue on ``record``; anything else is a bug and lets the job fail. Success
        resolves the issue.

        :return: an Outcome; look at ``.ok`` after the block.
        """
        outcome = Outcome()
        try:
            with self.env.cr.savepoint():
                yield outcome
        except (O2cError, UserError) as error:
            if getattr(error, "temporary", False):
                raise self._try_later(error) from error
            outcome.error = error
            outcome.issue = self._report(
                record,
                kind,
                in_words(self.env, error),
                key=key,
                detail=getattr(error, "detail", None),
                retry=retry,
                order=order,
            )
            if isinstance(error, AuthenticationError) and hasattr(record, "_connection_failed"):
                record._connection_failed(error)
            return
        outcome.ok = True
        if not outcome.again:
            self._clear(record, kind, key)

    @api.model
    def _try_later(self, error):
        """The exception that makes whoever runs the code try again."""
        by_a_person = request and not request.httprequest.path.startswith("/queue_job/")
        if by_a_person:
            return UserError(
                self.env._("%(reason)s Try again in a few minutes.", reason=in_words(self.env, error))
            )
        age = self._age_of_job()
        wanted = getattr(error, "retry_after", None)
        if wanted is None:
            wanted = min(max(SHORTEST_PAUSE, age / 3), LONGEST_PAUSE) * random.uniform(1.0, 1.2)
        # What will pass by itself should not need a person when it does.
        return RetryableJobError(
            in_words(self.env, error), seconds=max(1, math.ceil(wanted)), ignore_retry=age < PATIENCE
        )

    @api.model
    def _age_of_job(self):
        """Seconds since the job that is running now was enqueued."""
        self.env.cr.execute(
            "SELECT date_created FROM queue_job WHERE uuid = %s",
            [self.env.context.get("job_uuid")],
        )
        row = self.env.cr.fetchone()
        return (fields.Datetime.now() - row[0]).total_seconds() if row else 0.0

    # === What users do === #

    def action_retry(self):
        """Try again what these issues are about, and tell the user how it went."""
        self.check_access("read")
        messages = []
        for issue in self.filtered(lambda issue: issue.state == "open"):
            message = issue._retry()
            if message:
                messages.append(message)
        if not messages:
            return self._notification(
                self.env._("Done, or on its way: what goes wrong again comes back to this list."),
                "success",
            )
        return self._notification("\n".join(messages), "warning")

    def _retry(self):
        """Try again; return why it did not work, or False when it did.

        :raises UserError: when there is nothing that could be tried.
        """
        self.ensure_one()
        # The retry does what the failed job would have done, with the program's rights.
        issue = self.sudo()
        if issue.job_uuid:
            issue._retry_job()
            return False
        method = issue.retry_method or ""
        if not method.startswith(RETRY_PREFIXES):
            raise UserError(self.env._("There is nothing to retry: correct the cause and close the issue."))
        # What an issue is about may be named by its key alone.
        record = issue._document().with_context(o2c_issue_key=issue.key)
        count = issue.count
        try:
            with issue._guard(
                record, issue.kind, retry=method, key=issue.key, order=issue.sale_order_id
            ) as outcome:
                getattr(record, method)()
                outcome.again = issue.state == "open" and issue.count > count
        except (RetryableJobError, UserError) as error:
            # Whatever is not temporary has become the outcome.
            return str(error)
        if outcome.again:
            return issue.message
        return not outcome.ok and outcome.issue.message

    def _retry_job(self):
        job = self.env["queue.job"].search([("uuid", "=", self.job_uuid)])
        if not job:
            raise UserError(self.env._("The background job was deleted meanwhile. Close the issue."))
        if job.state == "pending":
            job.eta = False
        else:
            job.requeue()

    def _notification(self, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": kind,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_ignore(self):
        """Close these issues: a person decided that nothing has to be done."""
        self._close("ignored")

    def action_resolve(self):
        """Close these issues: a person has put things right."""
        self._close("resolved")

    def _close(self, state):
        self.check_access("read")
        # Users may close an issue, not rewrite it, so they have no write access themselves.
        self.sudo().filtered(lambda issue: issue.state == "open").write({"state": state})

    def action_open_document(self):
        """Open the document that the issue is about."""
        self.ensure_one()
        # Whether the document exists is asked of the database; its form checks the rights.
        document = self.sudo()._document()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
            "views": [(document.get_formview_id(access_uid=self.env.uid), "form")],
        }

    def _document(self):
        """The document that the issue is about.

        :raises UserError: when it is gone.
        """
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(self.env._("The document of this issue was deleted meanwhile."))
        return record
