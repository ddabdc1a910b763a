from odoo import api, fields, models
from odoo.exceptions import UserError

from ...o2c_base.lib.endpoint import is_loopback
from ...o2c_base.lib.http import AuthenticationError, RefusedError
from ..lib.client import (
    DEFAULT_ENDPOINT,
    IDS_PER_REQUEST,
    SendcloudClient,
)
from ..lib.options import OptionQuery
from ..lib.payload import TEST_OPTION, Parcel
from ..lib.webhook import read_hint

CHANNEL = "root.o2c.sendcloud"


class O2cSendcloudAccount(models.Model):
    """One integration at Sendcloud: a pair of keys, and what was agreed on about it."""

    _name = "o2c.sendcloud.account"
    _description = "Sendcloud Account"
    _inherit = "o2c.connection.mixin"
    _check_company_auto = True

    _o2c_platform = "sendcloud"
    _o2c_secret_fields = ("secret_key", "webhook_signature_key")

    name = fields.Char(default="Sendcloud")
    public_key = fields.Char(groups="base.group_system", copy=False)
    secret_key = fields.Char(groups="base.group_system", copy=False)
    webhook_signature_key = fields.Char(
        groups="base.group_system",
        copy=False,
        help="Only if the integration has one; otherwise Sendcloud signs with the secret key.",
    )
    integration_id = fields.Char(readonly=True, copy=False)
    integration_name = fields.Char(readonly=True, copy=False)
    webhook_active = fields.Boolean(
        readonly=True,
        copy=False,
        help="Sendcloud tells Odoo at once when a parcel moves. Without it, Odoo asks every two hours.",
    )
    test_mode = fields.Boolean(
        help="Every label is bought as an unstamped letter, which costs nothing and goes "
        "nowhere, whatever the delivery method is."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible for Problems",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="Who gets an activity when a carrier reports a problem with a delivery that is nobody's.",
    )
    tracking_mail = fields.Selection(
        [("odoo", "Odoo or the web shop"), ("sendcloud", "Sendcloud")],
        string="Tracking Mail Comes From",
        default="odoo",
        required=True,
        help="Who mails the tracking link to the customer, so that it is not done twice. Odoo or the web "
        "shop: Sendcloud is not given the customer's e-mail address, unless the shipping option asks for "
        "it. Sendcloud: Odoo sends no delivery mail for parcels that go with Sendcloud.",
    )
    brand_id = fields.Integer(
        string="Brand ID",
        help="The brand at Sendcloud whose tracking page and mails the customer gets. Empty: the "
        "brand of the sender address.",
    )
    eori_number = fields.Char(
        string="EORI Number",
        help="Printed on customs papers. Empty: the one of the sender address at Sendcloud.",
    )
    ioss_number = fields.Char(string="IOSS Number", help="Printed on customs papers.")
    sample_country_ids = fields.Many2many(
        "res.country",
        string="Destinations",
        default=lambda self: self.env.company.country_id,
        help="Countries for which Odoo asks Sendcloud what it offers.",
    )
    sample_weight = fields.Float(
        string="Sample Weight (kg)",
        default=1.0,
        digits=(16, 3),
        help="Weight of the parcel for which Odoo asks what Sendcloud offers.",
    )
    use_rules = fields.Boolean(
        string="Choose Delivery Methods by Rules",
        default=True,
        help="An order that is confirmed without a delivery method gets that of the first rule that fits.",
    )
    swept_at = fields.Datetime(
        string="Checked Until",
        readonly=True,
        copy=False,
        help="Up to here it is certain that Odoo knows every label that Sendcloud sold to it.",
    )
    sender_ids = fields.One2many("o2c.sendcloud.sender", "account_id", string="Sender Addresses")
    option_ids = fields.One2many("o2c.sendcloud.option", "account_id", string="Shipping Options")
    rule_ids = fields.One2many("o2c.sendcloud.rule", "account_id", string="Rules")
    shipment_count = fields.Integer(compute="_compute_shipment_count")

    _integration_once = models.UniqueIndex(
        "(company_id, integration_id) WHERE active",
        "This integration of Sendcloud is connected already.",
    )

    def _compute_shipment_count(self):
        counts = dict(
            self.env["o2c.sendcloud.shipment"]._read_group(
                [("account_id", "in", self.ids)], ["account_id"], ["__count"]
            )
        )
        for account in self:
            account.shipment_count = counts.get(account, 0)

    # === Connecting === #

    def _client(self):
        """A client with this account's keys.

        :raises UserError: when there are none.
        """
        self.ensure_one()
        self._check_not_demo()
        # Whoever validates a delivery uses the keys without ever seeing them.
        account = self.sudo()
        if not account.public_key or not account.secret_key:
            raise UserError(
                self.env._(
                    "%(name)s has no keys. Create an API integration in Sendcloud (Settings > "
                    "Integrations) and enter its public and secret key in Odoo's settings.",
                    name=self.name,
                )
            )
        return SendcloudClient(
            account._endpoint(DEFAULT_ENDPOINT),
            account.public_key.strip(),
            account.secret_key.strip(),
            write_budget=account._write_budget(),
        )

    def _write_budget(self):
        return self.env["o2c.sendcloud.budget"]._of(self.public_key)

    def _test_connection(self):
        client = self._client()
        try:
            metadata = client.metadata()
        except AuthenticationError as error:
            raise AuthenticationError(
                self.env._(
                    "Sendcloud does not accept these keys. Copy the public and the secret key of the "
                    "integration again, from Settings > Integrations in Sendcloud."
                ),
                detail=error.detail,
            ) from error
        self.integration_id = str(metadata.get("integration_id") or "")
        integration = client.integration(self.integration_id) if self.integration_id else {}
        self.integration_name = integration.get("shop_name") or self.integration_id
        senders = self._sync_senders(client)
        self._match_warehouses(senders)
        webhook = self._set_webhook(client, integration)
        return self.env._(
            "Connected to the integration %(integration)s. Sender addresses: %(count)s. %(webhook)s",
            integration=self.integration_name,
            count=len(senders),
            webhook=webhook,
        )

    def _set_webhook(self, client, integration):
        """Have Sendcloud report to this database where it allows it; say how it went."""
        if integration.get("webhook_active") and integration.get("webhook_url") == self.webhook_url:
            self.webhook_active = True
            return self.env._("Sendcloud reports parcels to Odoo.")
        if not self._webhook_can_reach_us():
            self.webhook_active = False
            return self.env._(
                "Sendcloud cannot report parcels to this address of Odoo, so Odoo will ask every two hours."
            )
        try:
            client.set_webhook(self.integration_id, self.webhook_url)
        except (AuthenticationError, RefusedError):
            self.webhook_active = False
            return self.env._(
                "Sendcloud does not let Odoo set the webhook of this kind of integration. Enter "
                "this address as its webhook URL yourself: %(url)s",
                url=self.webhook_url,
            )
        self.webhook_active = True
        return self.env._("Sendcloud now reports parcels to Odoo.")

    def _webhook_can_reach_us(self):
        if self.webhook_url.startswith("https://"):
            return True
        host = self._endpoint(DEFAULT_ENDPOINT).split("://", 1)[-1].split("/")[0].split(":")[0]
        return is_loopback(host)

    def _sync_senders(self, client):
        """Read the sender addresses; warehouses refer to them by id."""
        known = {sender.remote_id: sender for sender in self.sender_ids}
        model = self.env["o2c.sendcloud.sender"]
        seen = model
        for data in client.sender_addresses():
            values = model._values_from_remote(data)
            sender = known.get(values["remote_id"])
            if sender:
                sender.write(values)
            else:
                sender = model.create({**values, "account_id": self.id})
            seen |= sender
        (self.sender_ids - seen).active = False
        return seen

    def _match_warehouses(self, senders):
        """Let warehouses without a sender address ship from the one that is their own address."""
        warehouses = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id), ("sendcloud_sender_id", "=", False)]
        )
        for warehouse in warehouses:
            partner = warehouse.partner_id or self.company_id.partner_id
            found = senders.filtered(lambda sender, partner=partner: sender._is_at(partner))
            if len(found) == 1:
                warehouse.sendcloud_sender_id = found

    # === Choosing === #

    def sync_shipping_options(self):
        """Ask what Sendcloud offers from here to the sample countries, with prices.

        :return: the ``o2c.sendcloud.option`` records that are offered now.
        :raises O2cError: when Sendcloud cannot be asked.
        """
        offered = self.env["o2c.sendcloud.option"]
        for account in self:
            offered |= account._sync_options()
        return offered

    def _sync_options(self):
        client = self._client()
        origin = self._origin_country()
        countries = self.sample_country_ids or self.company_id.country_id
        if not origin or not countries:
            raise UserError(
                self.env._(
                    "Enter the country of company %(company)s first: prices depend on where "
                    "parcels leave from.",
                    company=self.company_id.name,
                )
            )
        found = {}
        for country in countries:
            query = OptionQuery(
                from_country=origin,
                to_country=country.code,
                parcels=(Parcel(weight=self.sample_weight or 1.0),),
            )
            for option in client.shipping_options(query):
                found.setdefault((option.code, option.contract_id or 0), (option, []))[1].append(country.id)
        return self.env["o2c.sendcloud.option"]._store(self, found)

    def _origin_country(self):
        sender = self.sender_ids[:1]
        return sender.country_code or self.company_id.country_id.code

    def create_carriers(self, codes):
        """A delivery method for each of these shipping options.

        :param codes: option codes, such as ``"postnl:standard"``; where one exists under several
            contracts, the first is taken.
        :return: the ``delivery.carrier`` records, existing ones included.
        :raises UserError: for a code that Sendcloud did not offer.
        """
        self.ensure_one()
        options = self.env["o2c.sendcloud.option"]
        for code in codes:
            option = self.option_ids.filtered(lambda option, code=code: option.code == code)[:1]
            if not option:
                raise UserError(
                    self.env._(
                        "Sendcloud does not offer %(code)s for the destinations of %(name)s. "
                        'Press "Look up shipping options" or choose another one.',
                        code=code,
                        name=self.name,
                    )
                )
            options |= option
        return options._create_carriers()

    def action_sync_shipping_options(self):
        self.sync_shipping_options()
        return self.action_open_options()

    def action_open_options(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "o2c_sendcloud_shipping.o2c_sendcloud_option_action"
        )
        return {**action, "domain": [("account_id", "=", self.id)]}

    def action_open_shipments(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "o2c_sendcloud_shipping.o2c_sendcloud_shipment_action"
        )
        return {**action, "domain": [("account_id", "=", self.id)]}

    def _option_code(self, option):
        """The code and contract to buy: in test mode always the letter that costs nothing."""
        if self.test_mode:
            return TEST_OPTION, None
        return option.code, option.contract_id or None

    # === Listening === #

    def _process_inbox(self):
        """Read again what Sendcloud's webhooks speak of, all of it in a few requests."""
        self.ensure_one()
        events = self.env["o2c.inbox.event"]._take_new(self)
        hints = {}
        for event in events:
            try:
                hints[event] = read_hint(event.body or "")
            except ValueError as error:
                event._mark("failed", str(error))
        parcel_ids = {hint.parcel_id for hint in hints.values()} - {""}
        shipment_ids = {hint.shipment_id for hint in hints.values()} - {""}
        shipments = self.env["o2c.sendcloud.shipment"].search(
            [
                ("account_id", "=", self.id),
                "|",
                ("remote_id", "in", list(shipment_ids)),
                ("parcel_ids.remote_id", "in", list(parcel_ids)),
            ]
        )
        known = set(shipments.mapped("remote_id")) | set(shipments.parcel_ids.mapped("remote_id"))
        about_us = self.env["o2c.inbox.event"].browse(
            event.id for event, hint in hints.items() if {hint.parcel_id, hint.shipment_id} & known - {False}
        )
        with self.env["o2c.issue"]._guard(self, "connection") as outcome:
            shipments._refresh()
        if not outcome.ok:
            return
        about_us._mark("done")
        # Labels made by hand in Sendcloud's panel are none of our business.
        (self.env["o2c.inbox.event"].union(*hints) - about_us)._mark("ignored")

    def _job_poll(self, shipment_ids):
        """Read the named shipments again."""
        self.ensure_one()
        with self.env["o2c.issue"]._guard(self, "connection"):
            self.env["o2c.sendcloud.shipment"].browse(shipment_ids).exists()._refresh()

    def _o2c_retry_waiting(self):
        """After the keys were mended: buy what could not be bought."""
        self.env["o2c.sendcloud.shipment"].search(
            [("account_id", "in", self.ids), ("state", "=", "queued")]
        )._enqueue_announce()

    def _report_waiting(self, shipments):
        """Say that labels wait for Sendcloud, as long as they do."""
        issues = self.env["o2c.issue"]
        if not shipments:
            issues._clear(self, "connection", "waiting")
            return
        issues._report(
            self,
            "connection",
            self.env._(
                "Labels that wait for Sendcloud: %(count)s, the oldest since %(since)s UTC: %(names)s. Odoo "
                'keeps trying. If Sendcloud works in its own panel, press "Test connection".',
                count=len(shipments),
                since=min(shipments.mapped("create_date")),
                names=", ".join(shipments[:5].picking_id.mapped("name")),
            ),
            key="waiting",
            retry="_o2c_retry_waiting",
        )

    @api.model
    def _cron_poll(self):
        """Every two hours: what no webhook told us, and what no job took care of."""
        shipments = self.env["o2c.sendcloud.shipment"]
        waiting = shipments._waiting_too_long()
        waiting._enqueue_announce()
        for account in self.search(self._in_use_domain()):
            account._report_waiting(waiting.filtered(lambda row, mine=account: row.account_id == mine))
        for account, moving in shipments._unfinished().grouped("account_id").items():
            if account.state != "demo":
                account._enqueue_poll(moving)

    def _enqueue_poll(self, shipments):
        """Have the state of these shipments read again, in the background."""
        self.ensure_one()
        ids = shipments.ids
        for start in range(0, len(ids), IDS_PER_REQUEST):
            chunk = ids[start : start + IDS_PER_REQUEST]
            self.with_delay(
                channel=CHANNEL,
                identity_key=f"o2c.sendcloud.poll:{self.id}:{chunk[0]}",
                description=self.env._("Ask Sendcloud where %s shipments are", len(chunk)),
            )._job_poll(chunk)

    @api.model
    def _cron_sweep(self):
        """Every night: labels of this database that Odoo does not know."""
        for account in self.search([("state", "=", "connected")]):
            account.with_delay(
                channel=CHANNEL,
                identity_key=f"o2c.sendcloud.sweep:{account.id}",
                description=self.env._("Look for labels that Odoo does not know"),
            )._job_sweep()

    def _job_sweep(self):
        self.ensure_one()
        with self.env["o2c.issue"]._guard(self, "connection"):
            self.env["o2c.sendcloud.orphan"]._sweep(self)
