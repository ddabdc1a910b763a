import secrets
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.endpoint import check_endpoint
from ..lib.errors import O2cError
from ..words import in_words

SECRET_MASK = "••••••••"


class O2cConnectionMixin(models.AbstractModel):
    """What every connection to a platform has in common.

    A connector sets ``_o2c_platform`` (``"shopify"``), names its key fields in
    ``_o2c_secret_fields`` (declared with ``groups="base.group_system", copy=False``) and
    implements ``_test_connection`` and ``_process_inbox``.
    """

    _name = "o2c.connection.mixin"
    _description = "Connection to a Platform"

    _o2c_platform = ""
    _o2c_secret_fields = ()

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [
            ("draft", "Not Connected"),
            ("connected", "Connected"),
            ("error", "Not Working"),
            ("demo", "Demonstration"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    last_success = fields.Datetime(readonly=True, copy=False)
    last_error = fields.Text(readonly=True, copy=False)
    webhook_token = fields.Char(
        default=lambda self: secrets.token_urlsafe(24),
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="base.group_system",
    )
    webhook_url = fields.Char(
        string="Webhook Address", compute="_compute_webhook_url", groups="base.group_system"
    )
    database_uuid = fields.Char(
        string="Database",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="The database in which the connection was tested. A copy of the database has "
        "another one, and does not act on the platform until somebody connects it on purpose.",
    )

    @api.depends("webhook_token")
    def _compute_webhook_url(self):
        for connection in self:
            token = connection.webhook_token
            connection.webhook_url = token and (
                f"{connection.get_base_url()}/o2c/{self._o2c_platform}/webhook/{token}"
            )

    @api.model
    def action_open_mine(self):
        """What a step of the Overview opens: the one connection, the list of several, Settings before any."""
        connections = self.search([("company_id", "in", self.env.companies.ids)])
        if not connections:
            return self.env["ir.actions.act_window"]._for_xml_id("o2c_base.res_config_settings_action")
        action = {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "domain": [("id", "in", connections.ids)],
        }
        if len(connections) == 1:
            return {**action, "res_id": connections.id, "views": [(False, "form")]}
        return {**action, "views": [(False, "list"), (False, "form")]}

    # === Connecting === #

    def action_test_connection(self):
        """Call the platform with the keys, remember how it went and tell the user."""
        self.ensure_one()
        self.check_access("write")
        # The keys belong to the system administrator; a manager may test them unseen.
        connection = self.sudo()
        try:
            message = connection._test_connection()
        except O2cError as error:
            connection._connection_failed(error)
            told = self._notification(in_words(self.env, error), "danger")
            # The page goes on saying it; several tries would pile up beside it.
            told["params"]["sticky"] = False
            return told
        connection._connection_ok()
        connection.env["o2c.issue"]._clear(connection, kind="connection")
        connection.database_uuid = self._current_database_uuid()
        return self._notification(message, "success")

    def _notification(self, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.name,
                "message": message,
                "type": kind,
                "sticky": kind == "danger",
                "next": {"type": "ir.actions.client", "tag": "o2c_reload"},
            },
        }

    def _test_connection(self):
        """Call the platform in the cheapest way that proves the keys.

        :return: a sentence for the user that names what was found (shop, account).
        :raises O2cError: in the user's words.
        """
        raise NotImplementedError

    def _process_inbox(self):
        """Work off all new inbox events of this connection. Runs as a job."""
        raise NotImplementedError

    @api.model
    def _in_use_domain(self):
        """The connections that scheduled actions look after: set up once, and not for demonstration."""
        return fields.Domain("state", "not in", ("draft", "demo"))

    def _check_not_demo(self):
        """Raise UserError for connections that only show demonstration data.

        Every client is made after this check, so nothing is ever asked or sent for them.
        """
        # Also asked on behalf of users who may not see the connection.
        for connection in self.sudo().filtered(lambda connection: connection.state == "demo"):
            raise UserError(
                self.env._(
                    "%(name)s shows demonstration data: there is nobody to ask, and nothing is sent or "
                    "bought. To work with an account of yours, connect it in a database of its own, in "
                    "Settings under Order to Cash.",
                    name=connection.name,
                )
            )

    def _connection_ok(self):
        """Remember that the platform answered as it should.

        Said again within a minute it writes nothing, for jobs that run at the same time would
        get into each other's way.
        """
        now = fields.Datetime.now()
        fresh = now - timedelta(minutes=1)
        news = self.filtered(
            lambda connection: (
                connection.state != "connected"
                or connection.last_error
                or not connection.last_success
                or connection.last_success < fresh
            )
        )
        news.write({"state": "connected", "last_success": now, "last_error": False})
        self.env["o2c.issue"]._clear(news, kind="connection", key="")

    def _connection_failed(self, error):
        """Remember why the platform could not be used.

        :param error: an O2cError. A temporary one leaves a working connection "connected".
        """
        values = {"last_error": in_words(self.env, error)}
        if not getattr(error, "temporary", False):
            values["state"] = "error"
        # What is a demonstration stays one: nobody may be called for it, ever.
        self.filtered(lambda connection: connection.state != "demo").write(values)

    @api.model
    def _endpoint(self, default):
        """Where the platform lives: system parameter ``o2c.<platform>_endpoint``, else ``default``.

        :raises UserError: when the parameter is not an acceptable address.
        """
        # Readable for whoever's action leads to a call; only an administrator can set it.
        parameters = self.env["ir.config_parameter"].sudo()
        key = f"o2c.{self._o2c_platform}_endpoint"
        try:
            return check_endpoint(parameters.get_param(key) or default)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "The system parameter %(key)s cannot be used: %(reason)s. "
                    "Correct it, or empty it to use the real platform.",
                    key=key,
                    reason=in_words(self.env, error),
                )
            ) from error

    @api.model
    def _current_database_uuid(self):
        # Every database has this parameter; it is not secret to our own code.
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    def _check_same_database(self):
        """Raise UserError where these connections were set up in another database.

        Call it before anything that costs money or is seen outside.
        """
        current = self._current_database_uuid()
        # The field is for administrators; the check is for everybody.
        for connection in self.sudo():
            if connection.database_uuid and connection.database_uuid != current:
                raise UserError(
                    self.env._(
                        "%(name)s was connected in another database, of which this one seems to "
                        "be a copy, so nothing is sent. If this is the one that should work, "
                        'open the connection and press "Test connection".',
                        name=connection.name,
                    )
                )

    # === In the Overview === #

    # The method behind the card's "Sync Now" button.
    _o2c_sync_method = False

    def _o2c_card(self, days):
        """What the Overview shows of this connection: its health, its backlog, a graph of ``days`` days."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        span = [today - timedelta(days=back) for back in reversed(range(days))]
        label, counts = self._o2c_daily(span[0])
        states = dict(self._fields["state"]._description_selection(self.env))
        waiting = self.env["o2c.inbox.event"].search_count(
            [("connection_model", "=", self._name), ("connection_id", "=", self.id), ("state", "=", "new")]
        )
        return {
            "model": self._name,
            "id": self.id,
            "name": self.name,
            "platform": self.env["ir.model"]._get(self._name).name,
            "state": self.state,
            "state_label": states[self.state],
            "last_success": self.last_success and fields.Datetime.to_string(self.last_success),
            "last_error": self.last_error,
            "backlog": waiting,
            "sync": self._o2c_sync_method if self.has_access("write") else False,
            "graph_label": label if counts is not None else "",
            "graph": [
                {"day": fields.Date.to_string(day), "count": (counts or {}).get(day, 0)} for day in span
            ],
        }

    def _o2c_daily(self, since):
        """``(label, {day: count})`` of what this connection brought per day, from day ``since`` on.

        None instead of the counts for users who may not read what is counted.
        """
        return "", {}

    @api.model
    def _o2c_count_daily(self, model, domain, date_field, since):
        """``{day: count}`` of the records of ``model`` by ``date_field``, in the user's time zone.

        None for users who may not read them.
        """
        records = self.env[model]
        if not records.has_access("read"):
            return None
        start = fields.Datetime.to_datetime(since) - timedelta(days=1)
        return {
            moment.date() if isinstance(moment, datetime) else moment: count
            for moment, count in records._read_group(
                fields.Domain(domain) & fields.Domain(date_field, ">=", start),
                [f"{date_field}:day"],
                ["__count"],
            )
        }

    # === Keeping secrets === #

    def _read_format(self, fnames, load="_classic_read"):
        result = super()._read_format(fnames, load=load)
        for name in set(self._o2c_secret_fields).intersection(fnames):
            for values in result:
                if values.get(name):
                    values[name] = SECRET_MASK
        return result

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        wanted = {path[0] for path in fields if path}
        if wanted.intersection(self._o2c_secret_fields):
            raise UserError(self.env._("Keys cannot be exported. Leave them out."))
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    def _read_group_select(self, aggregate_spec, query):
        self._check_no_secret(aggregate_spec)
        return super()._read_group_select(aggregate_spec, query)

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._check_no_secret(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    @api.model
    def _check_no_secret(self, spec):
        if spec.split(":")[0].split(".")[0] in self._o2c_secret_fields:
            raise UserError(self.env._("Keys cannot be grouped or summed up."))

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._without_masks(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._without_masks(vals))

    @api.model
    def _without_masks(self, vals):
        """``vals`` without keys that only carry the mask that was shown instead of the key."""
        return {
            name: value
            for name, value in vals.items()
            if not (name in self._o2c_secret_fields and value == SECRET_MASK)
        }

    def _masked(self, name):
        """What to show for secret field ``name``: the mask, or False where there is no key."""
        self.ensure_one()
        return SECRET_MASK if self[name] else False
