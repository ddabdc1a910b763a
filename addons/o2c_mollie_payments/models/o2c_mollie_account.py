from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.o2c_base.models.o2c_connection_mixin import SECRET_MASK

from ...o2c_base.lib.http import AuthenticationError
from ...o2c_base.words import in_words
from ..lib.client import ENDPOINT, MollieClient, NotAnAccessToken, check_access_token
from ..lib.statement import CLOSED

CHANNEL = "root.o2c.mollie"
# Mollie may change what is younger than this: pending payouts, payouts that come back.
LOOK_BACK = timedelta(days=120)


class O2cMollieAccount(models.Model):
    """An organisation at Mollie: its access token, its balances and how they are booked."""

    _name = "o2c.mollie.account"
    _inherit = ["o2c.connection.mixin", "mail.thread"]
    _description = "Mollie Account"
    _check_company_auto = True

    _o2c_platform = "mollie"
    _o2c_secret_fields = ("access_token", "webhook_secret", "webhook_secret_old")

    name = fields.Char(default="Mollie")
    access_token = fields.Char(
        "Advanced access token",
        groups="base.group_system",
        copy=False,
        help="Mollie's dashboard, Developers, Access tokens. It starts with access_ and needs the "
        "permissions balances.read, invoices.read, organizations.read, payments.read, "
        "refunds.read and settlements.read.",
    )
    webhook_secret = fields.Char(
        "Webhook signing secret",
        groups="base.group_system",
        copy=False,
        help="Optional. In Mollie's dashboard, Developers, Webhooks, add the address below; Mollie "
        "then shows the secret. Its events let Odoo look at Mollie at once instead of hourly.",
    )
    webhook_secret_old = fields.Char(string="Former Webhook Secret", groups="base.group_system", copy=False)
    organization = fields.Char("Organisation", readonly=True, copy=False)
    organization_code = fields.Char("Organisation at Mollie", readonly=True, copy=False)
    start_date = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
        help="Settlements made before this day are not imported.",
    )
    balance_ids = fields.One2many("o2c.mollie.balance", "account_id", "Balances")
    settlement_ids = fields.One2many("o2c.mollie.settlement", "account_id", "Settlements")
    fee_mode = fields.Selection(
        [
            ("payable", "To Mollie as a supplier; its monthly bill clears them"),
            ("expense", "To expenses and VAT at once; the monthly bill is not booked"),
        ],
        "Fees go",
        default="payable",
        required=True,
        help="One of the two, never both: booking the bill as well would count the fees twice.",
    )
    fee_detail = fields.Selection(
        [
            ("method", "One line for each month and payment method"),
            ("transaction", "One line for each payment, refund and chargeback"),
        ],
        "Fees are shown",
        default="method",
        required=True,
        help="Mollie tells the fee of each payment, but not the VAT in it: to see it payment by payment, "
        "fees have to go to Mollie as a supplier. Holds for settlements that are read from now on.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Mollie as a supplier",
        default=lambda self: self.env.ref("o2c_mollie_payments.partner_mollie", raise_if_not_found=False),
        check_company=True,
    )
    fee_account_id = fields.Many2one(
        "account.account",
        "Fee expenses",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_direct_cost'))]",
    )
    fee_tax_id = fields.Many2one(
        "account.tax",
        "VAT on fees",
        check_company=True,
        domain="[('type_tax_use', '=', 'purchase'), ('amount_type', '=', 'percent')]",
        help="The purchase tax of Mollie's fees. Leave it empty when Mollie charges no VAT.",
    )
    book_payouts = fields.Boolean(
        "Payouts to the internal transfer account",
        default=True,
        help="Where they wait for the deposit on the real bank journal. Otherwise they stay unassigned.",
    )
    transfer_account_id = fields.Many2one(
        "account.account",
        "Internal transfer account",
        check_company=True,
        domain="[('reconcile', '=', True)]",
        help="Empty: the company's account for internal transfers.",
    )
    reserve_account_id = fields.Many2one(
        "account.account",
        "Reserves at Mollie",
        check_company=True,
        domain="[('account_type', 'in', ('asset_current', 'asset_prepayments'))]",
        help="Money that Mollie holds back. Empty: such lines wait to be assigned.",
    )
    daily_feed = fields.Boolean(
        "Book movements before their settlement",
        help="Payments, captures, refunds and chargebacks are booked when Mollie makes them available, "
        "and not only when their settlement is closed. The settlement takes these lines over and adds "
        "the fees. Costs one request to Mollie for each payment.",
    )
    read_until = fields.Datetime(readonly=True, copy=False)
    settlement_count = fields.Integer(compute="_compute_settlement_count")
    to_read_count = fields.Integer(
        "Settlements to be read",
        compute="_compute_settlement_count",
        help="Closed at Mollie, known here, and still to be read in the background.",
    )

    @api.depends("settlement_ids.state", "settlement_ids.status")
    def _compute_settlement_count(self):
        groups = self.env["o2c.mollie.settlement"]._read_group(
            [("account_id", "in", self.ids)], ["account_id", "state", "status"], ["__count"]
        )
        for account in self:
            own = [group for group in groups if group[0] == account]
            account.settlement_count = sum(count for *_key, count in own)
            account.to_read_count = sum(
                count for _account, state, status, count in own if state == "new" and status in CLOSED
            )

    @api.constrains("access_token")
    def _check_access_token(self):
        for account in self.filtered("access_token"):
            try:
                check_access_token(account.access_token)
            except NotAnAccessToken as error:
                raise ValidationError(in_words(self.env, error)) from error

    @api.constrains("fee_mode", "fee_account_id")
    def _check_fee_account(self):
        for account in self:
            if account.fee_mode == "expense" and not account.fee_account_id:
                raise ValidationError(self.env._("Choose the expense account that Mollie's fees go to."))

    @api.constrains("fee_mode", "fee_detail")
    def _check_fee_detail(self):
        for account in self:
            if account.fee_detail == "transaction" and account.fee_mode == "expense":
                raise ValidationError(
                    self.env._(
                        "Mollie does not tell the VAT in the fee of a single payment. Show fees by payment "
                        "method, or let them go to Mollie as a supplier."
                    )
                )

    def write(self, vals):
        if vals.get("webhook_secret") and len(self) == 1:
            # Events signed before the change are still on their way.
            secret = self.sudo().webhook_secret
            if vals["webhook_secret"] not in (secret, SECRET_MASK):
                vals = {**vals, "webhook_secret_old": secret}
        return super().write(vals)

    # --- connection ---

    def _client(self):
        """:return: MollieClient for one job.

        :raises AuthenticationError: there is no usable token.
        """
        self.ensure_one()
        self._check_not_demo()
        # The token is for system administrators' eyes; jobs and accountants use it unseen.
        return MollieClient(self.sudo().access_token, endpoint=self._endpoint(ENDPOINT))

    def _test_connection(self):
        self.ensure_one()
        client = self._client()
        missing = client.missing_scopes()
        if missing:
            raise AuthenticationError(
                self.env._(
                    "The access token works, but lacks these permissions: %s. Create a new one "
                    "in Mollie's dashboard that has them.",
                    ", ".join(missing),
                )
            )
        self.organization_code, self.organization = client.organization()
        self._refresh_balances(client)
        return self.env._(
            "Connected to %(organisation)s, %(balances)s",
            organisation=self.organization,
            balances="; ".join(
                self.env._(
                    "%(currency)s: %(available)s available, %(pending)s pending",
                    currency=balance.currency_id.name,
                    available=f"{balance.available:.2f}",
                    pending=f"{balance.pending:.2f}",
                )
                for balance in self.balance_ids
            ),
        )

    def _refresh_balances(self, client):
        """Take over the balances as they are now, new ones included.

        :return: dict of Mollie's balance id to o2c.mollie.balance.
        """
        self.ensure_one()
        known = {balance.mollie_id: balance for balance in self.balance_ids}
        for balance in client.balances():
            currency = (
                self.env["res.currency"]
                .with_context(active_test=False)
                .search([("name", "=", balance.currency)], limit=1)
            )
            if not currency:
                raise UserError(
                    self.env._("Mollie has a balance in %s, which Odoo does not know.", balance.currency)
                )
            if not currency.active:
                currency.active = True
            values = {
                "available": float(balance.available),
                "pending": float(balance.pending),
                "bank_account": balance.bank_account,
            }
            if balance.id in known:
                known[balance.id].write(values)
            else:
                known[balance.id] = self.env["o2c.mollie.balance"].create(
                    {
                        **values,
                        "account_id": self.id,
                        "mollie_id": balance.id,
                        "currency_id": currency.id,
                    }
                )
        return known

    def action_create_journals(self):
        """Make a bank journal for each balance at Mollie that has none yet."""
        self.ensure_one()
        self.check_access("write")
        # Journals and accounts are made on behalf of a manager, who need not be an accountant.
        account = self.sudo()
        account._refresh_balances(account._client())
        account.balance_ids._create_journals()
        return account._notification(
            self.env._(
                "Bank journals: %s",
                ", ".join(account.balance_ids.journal_id.mapped("display_name")),
            ),
            "success",
        )

    # --- settlements ---

    def _process_inbox(self):
        """Job: an event of Mollie only says that it is time to look."""
        self.ensure_one()
        events = self.env["o2c.inbox.event"]._take_new(self)
        if events:
            self.sync_settlements()
            events._mark("done")

    def sync_settlements(self):
        """Read Mollie's settlements in the background and post those that are closed."""
        for account in self:
            # What is posted does not depend on the rights of whoever presses the button.
            account.sudo().with_delay(
                channel=CHANNEL,
                identity_key=f"o2c_mollie_sync:{account.id}",
                description=self.env._("Read the settlements of %s", account.name),
            )._sync_settlements()
        return (
            self[:1]._notification(
                self.env._("Mollie's settlements are being read in the background."), "info"
            )
            if self
            else False
        )

    def action_sync_settlements(self):
        self.check_access("read")
        self._check_not_demo()
        return self.sync_settlements()

    @api.model
    def _cron_sync_settlements(self):
        self.search(self._in_use_domain()).sync_settlements()

    def _sync_settlements(self):
        """Job: take over the list of settlements, and start one job for each that is new or
        changed, so that one that fails does not hold up the others."""
        self.ensure_one()
        with self.env["o2c.issue"]._guard(self, "connection", retry="action_sync_settlements") as outcome:
            client = self._client()
            balances = self._refresh_balances(client)
            changed = self._read_settlements(client, balances)
            changed._enqueue_import()
            if not changed:
                self.balance_ids._enqueue_check()
            if self.daily_feed:
                self.balance_ids._enqueue_feed()
        if outcome.ok:
            self._connection_ok()

    def _read_settlements(self, client, balances):
        """:return: o2c.mollie.settlement that are new or not as they were posted."""
        since = datetime.combine(self.start_date, datetime.min.time())
        if self.read_until:
            since = max(since, self.read_until - LOOK_BACK)
        found = []
        for remote in client.settlements():
            moment = remote.created_at or remote.settled_at
            if moment and moment < since:
                break
            found.append(remote)
        changed = self.env["o2c.mollie.settlement"]._take_over(self, found, balances)
        self.read_until = fields.Datetime.now()
        return changed

    def action_open_settlements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "o2c_mollie_payments.o2c_mollie_settlement_action"
        )
        action["domain"] = [("account_id", "=", self.id)]
        return action
