from datetime import datetime
from decimal import Decimal

from odoo import api, fields, models

from ..lib.ledger import bridge, listed_id, open_zone


class O2cMollieBalance(models.Model):
    """A balance at Mollie and the bank journal that shows it.

    All amounts are in the balance's currency. The last three figures are as of ``checked_at``.
    """

    _name = "o2c.mollie.balance"
    _description = "Mollie Balance"
    _order = "account_id, currency_id"
    _rec_name = "mollie_id"
    _check_company_auto = True

    account_id = fields.Many2one(
        "o2c.mollie.account", "Mollie account", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    mollie_id = fields.Char("Mollie ID", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    bank_account = fields.Char("Pays out to", readonly=True)
    journal_id = fields.Many2one(
        "account.journal",
        "Bank journal",
        check_company=True,
        domain="[('type', '=', 'bank')]",
        ondelete="restrict",
        index="btree_not_null",
    )
    available = fields.Monetary("Available at Mollie", readonly=True)
    pending = fields.Monetary(
        "Pending at Mollie",
        readonly=True,
        help="Paid by customers, but not available yet. It is not part of the journal.",
    )
    journal_balance = fields.Monetary("Journal balance", readonly=True)
    not_settled = fields.Monetary(
        "Not in a settlement yet",
        readonly=True,
        help="Available at Mollie, and in no settlement that the journal has.",
    )
    on_its_way = fields.Monetary(
        "Payout on its way",
        readonly=True,
        help="Left the balance at Mollie, but not yet reported as paid out.",
    )
    difference = fields.Monetary(readonly=True)
    checked_at = fields.Datetime("Compared on", readonly=True)
    is_proven = fields.Boolean("Adds up", compute="_compute_is_proven")

    _mollie_unique = models.Constraint(
        "UNIQUE(account_id, mollie_id)", "This balance belongs to the account already."
    )

    @api.depends("difference", "checked_at")
    def _compute_is_proven(self):
        for balance in self:
            balance.is_proven = bool(balance.checked_at) and balance.currency_id.is_zero(balance.difference)

    # --- journal ---

    def _create_journals(self):
        """Make a bank journal with its own account for each balance that has none."""
        for balance in self.filtered(lambda balance: not balance.journal_id):
            company = balance.company_id
            own = balance.currency_id == company.currency_id
            journal = (
                self.env["account.journal"]
                .with_company(company)
                .create(
                    {
                        "name": self.env._("Mollie %s", balance.currency_id.name),
                        "code": balance._free_journal_code(),
                        "type": "bank",
                        "company_id": company.id,
                        "currency_id": False if own else balance.currency_id.id,
                    }
                )
            )
            journal.inbound_payment_method_line_ids.filtered(
                lambda line: line.code == "manual"
            ).payment_account_id = balance._outstanding_account("inbound")
            journal.outbound_payment_method_line_ids.filtered(
                lambda line: line.code == "manual"
            ).payment_account_id = balance._outstanding_account("outbound")
            balance.journal_id = journal

    def _free_journal_code(self):
        self.ensure_one()
        taken = set(
            self.env["account.journal"]
            .with_context(active_test=False)
            .search([("company_id", "=", self.company_id.id), ("code", "=like", "MOL%")])
            .mapped("code")
        )
        return next(
            code for code in ("MOL", *(f"MOL{number}" for number in range(2, 100))) if code not in taken
        )

    def _outstanding_account(self, direction):
        """:return: where a payment waits until the settlement shows it: the chart's account for
        outstanding receipts (or payments), made when the chart has none."""
        self.ensure_one()
        company = self.company_id
        inbound = direction == "inbound"
        reference = "debit" if inbound else "credit"
        account = (
            self.env["account.chart.template"]
            .with_context(allowed_company_ids=company.root_id.ids)
            .ref(f"account_journal_payment_{reference}_account_id", raise_if_not_found=False)
        )
        if account and account.currency_id in (self.env["res.currency"], self.currency_id):
            return account
        accounts = self.env["account.account"].with_company(company)
        name = (
            self.env._("Mollie: received, not settled yet")
            if inbound
            else self.env._("Mollie: given back, not settled yet")
        )
        existing = accounts.search([("name", "=", name), *accounts._check_company_domain(company)], limit=1)
        return existing or accounts.create(
            {
                "name": name,
                "code": accounts._search_new_account_code("109000"),
                "account_type": "asset_current",
                "reconcile": True,
            }
        )

    def _ledger_balance(self):
        """:return: what the journal says that Mollie owes, in the balance's currency."""
        self.ensure_one()
        account = self.journal_id.default_account_id
        [(total,)] = self.env["account.move.line"]._read_group(
            [
                ("account_id", "=", account.id),
                ("journal_id", "=", self.journal_id.id),
                ("parent_state", "=", "posted"),
            ],
            aggregates=["amount_currency:sum"],
        )
        return total or 0.0

    def action_open_journal_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "o2c_mollie_payments.account_bank_statement_line_action"
        )
        action["domain"] = [("journal_id", "=", self.journal_id.id)]
        return action

    # --- comparing ---

    def _enqueue_check(self):
        for balance in self.filtered("journal_id"):
            balance.with_delay(
                channel="root.o2c.mollie",
                priority=30,
                identity_key=f"o2c_mollie_check:{balance.id}",
                description=self.env._("Compare %s with Mollie's balance", balance.journal_id.display_name),
            )._check()

    def action_check(self):
        """Compare the journal with the balance at Mollie now."""
        self.check_access("read")
        self.sudo()._check()  # see O2cMollieAccount.sync_settlements

    def _check(self):
        """Job: lead the journal's balance over to Mollie's available amount, movement by
        movement, and report a difference."""
        for balance in self:
            with self.env["o2c.issue"]._guard(balance, "connection", retry="action_check") as outcome:
                result = balance._bridge()
                balance.write(
                    {
                        "available": float(result.available),
                        "journal_balance": float(result.journal),
                        "not_settled": float(result.not_settled),
                        "on_its_way": float(result.on_its_way),
                        "difference": float(result.difference),
                        "checked_at": fields.Datetime.now(),
                    }
                )
            if outcome.ok:
                balance._report_difference()

    def _bridge(self):
        """:return: lib Bridge."""
        self.ensure_one()
        client = self.account_id._client()
        available = {remote.id: remote.available for remote in client.balances()}
        settlements, failed, paid = self._booked_settlements()
        zone = self._open_zone(client, paid)
        booked = self._booked_of(zone)
        quantize = Decimal(1).scaleb(-self.currency_id.decimal_places)
        return bridge(
            Decimal(str(self._ledger_balance())).quantize(quantize),
            available.get(self.mollie_id, Decimal(0)),
            zone,
            set(booked.mapped("mollie_id")),
            set(settlements.mapped("mollie_id")),
            set(failed.mapped("mollie_id")),
            max((moment for moment in settlements.mapped("created_at") if moment), default=None),
            frozenset(booked.filtered(lambda line: not line.mollie_settlement_id).mapped("mollie_id")),
        )

    def _booked_settlements(self):
        """:return: posted settlements; those whose payout came back; those that are paid out."""
        settlements = self.env["o2c.mollie.settlement"].search(
            [("balance_id", "=", self.id), ("state", "=", "booked")]
        )
        failed = settlements.filtered(
            lambda settlement: settlement.status == "failed" or settlement.payout_returned
        )
        return settlements, failed, (settlements - failed).filtered(lambda item: item.status == "paidout")

    def _open_zone(self, client, paid):
        """:param paid: settlements whose payout the journal has.
        :return: list of LedgerEntry that the journal may not have, newest first."""
        since = datetime.combine(self.account_id.start_date, datetime.min.time())
        return open_zone(client.ledger(self.mollie_id), set(paid.mapped("mollie_id")), since)

    def _booked_of(self, zone):
        """:return: the journal's bank lines of these movements."""
        ids = {entry.id for entry in zone} | {listed_id(entry) for entry in zone}
        return self.env["account.bank.statement.line"].search_fetch(
            [("journal_id", "=", self.journal_id.id), ("mollie_id", "in", list(ids - {""}))],
            ["mollie_id", "mollie_settlement_id"],
        )

    def _report_difference(self):
        self.ensure_one()
        issues = self.env["o2c.issue"]
        if self.is_proven:
            issues._clear(self, kind="mollie_balance")
            return

        def money(value):
            return f"{value:.{self.currency_id.decimal_places}f} {self.currency_id.name}"

        issues._report(
            self,
            "mollie_balance",
            self.env._(
                "The journal and the balance at Mollie differ by %(difference)s. Journal: "
                "%(journal)s, not in a settlement yet: %(open)s, payout on its way: %(way)s; "
                "Mollie says that %(available)s are available. Look for settlements that do not "
                "add up, for entries made by hand in this journal, and for money that was on the "
                "balance before %(start)s (it needs an opening entry).",
                difference=money(self.difference),
                journal=money(self.journal_balance),
                open=money(self.not_settled),
                way=money(self.on_its_way),
                available=money(self.available),
                start=self.account_id.start_date,
            ),
            retry="action_check",
        )
