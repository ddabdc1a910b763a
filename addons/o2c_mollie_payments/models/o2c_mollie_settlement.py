from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

from ..lib.statement import CLOSED


class O2cMollieSettlement(models.Model):
    """A settlement: what Mollie pays out at once, and the bank statement made of it.

    Amounts are in the balance's currency, moments in UTC. The ``proof_`` fields are the sum that
    has to come out at ``amount`` before anything is posted.
    """

    _name = "o2c.mollie.settlement"
    _inherit = ["mail.thread"]
    _description = "Mollie Settlement"
    _order = "created_at desc, id desc"
    _rec_name = "reference"
    _check_company_auto = True

    account_id = fields.Many2one(
        "o2c.mollie.account",
        "Mollie account",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    balance_id = fields.Many2one("o2c.mollie.balance", readonly=True, index=True)
    journal_id = fields.Many2one(related="balance_id.journal_id", store=True)
    currency_id = fields.Many2one(related="balance_id.currency_id", store=True)
    mollie_id = fields.Char("Mollie ID", required=True, readonly=True)
    reference = fields.Char(readonly=True, index="trigram")
    status = fields.Char("Status at Mollie", readonly=True)
    status_label = fields.Char("Status", compute="_compute_status_label")
    amount = fields.Monetary(readonly=True, help="What Mollie pays to the bank account.")
    created_at = fields.Datetime("Made on", readonly=True)
    settled_at = fields.Datetime("Paid out on", readonly=True)
    state = fields.Selection(
        [
            ("new", "To Be Read"),
            ("unbalanced", "Does Not Add Up"),
            ("booked", "Posted"),
        ],
        default="new",
        required=True,
        readonly=True,
        tracking=True,
    )
    payload = fields.Json(readonly=True, groups="base.group_system")
    booked_fingerprint = fields.Char(readonly=True)
    booked_content = fields.Char(readonly=True)
    booked_lines = fields.Integer("Posted lines", readonly=True)
    payout_returned = fields.Boolean("Payout came back", readonly=True)
    statement_id = fields.Many2one("account.bank.statement", readonly=True, index=True)
    line_ids = fields.One2many(
        "account.bank.statement.line", "mollie_settlement_id", "Statement lines", readonly=True
    )
    line_count = fields.Integer(compute="_compute_line_count")
    note = fields.Text("What is missing", readonly=True)
    not_settled_note = fields.Text(
        "Not settled by Mollie",
        readonly=True,
        help="Payments that another party pays out (PayPal, gift cards). They are no part of the "
        "settlement and of this journal.",
    )

    proof_items = fields.Monetary("Payments, refunds, chargebacks", readonly=True)
    proof_fees = fields.Monetary("Fees", readonly=True)
    proof_others = fields.Monetary("Reserves, corrections and others", readonly=True)
    proof_rounding = fields.Monetary("Rounding", readonly=True)
    proof_carried = fields.Monetary(
        "Returned payouts",
        readonly=True,
        help="Came back from an earlier payout and is paid out again. The journal has it already.",
    )
    proof_total = fields.Monetary("Lines in all", readonly=True)
    proof_difference = fields.Monetary("Lines and settlement differ by", readonly=True)
    is_proven = fields.Boolean("Adds up", compute="_compute_is_proven")
    statement_start = fields.Monetary(related="statement_id.balance_start")
    statement_end = fields.Monetary(related="statement_id.balance_end_real")
    statement_lines = fields.Monetary("Sum of the lines", compute="_compute_statement_proof")
    statement_difference = fields.Monetary(compute="_compute_statement_proof")
    journal_balance = fields.Monetary(related="balance_id.journal_balance")
    balance_not_settled = fields.Monetary(related="balance_id.not_settled")
    balance_on_its_way = fields.Monetary(related="balance_id.on_its_way")
    balance_available = fields.Monetary(related="balance_id.available")
    balance_difference = fields.Monetary(related="balance_id.difference")
    balance_checked_at = fields.Datetime(related="balance_id.checked_at")

    _mollie_unique = models.Constraint("UNIQUE(account_id, mollie_id)", "This settlement is known already.")

    @api.depends("status")
    @api.depends_context("lang")
    def _compute_status_label(self):
        labels = {
            "open": self.env._("Open"),
            "pending": self.env._("Pending"),
            "processing-at-bank": self.env._("At the bank"),
            "paidout": self.env._("Paid out"),
            "failed": self.env._("Failed"),
        }
        for settlement in self:
            settlement.status_label = labels.get(settlement.status, settlement.status)

    def _auto_init(self):
        """Settlements that were posted before their lines were counted: what is there is all there was."""
        if column_exists(self.env.cr, self._table, "booked_content") and not column_exists(
            self.env.cr, self._table, "booked_lines"
        ):
            create_column(self.env.cr, self._table, "booked_lines", "int4")
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE o2c_mollie_settlement AS settlement SET booked_lines = found.count
                      FROM (SELECT mollie_settlement_id, count(*) FROM account_bank_statement_line
                             WHERE mollie_settlement_id IS NOT NULL
                               AND mollie_kind NOT IN ('payout', 'payout_return')
                          GROUP BY mollie_settlement_id) AS found
                     WHERE found.mollie_settlement_id = settlement.id
                    """
                )
            )
        return super()._auto_init()

    @api.depends("line_ids")
    def _compute_line_count(self):
        counts = dict(
            self.env["account.bank.statement.line"]._read_group(
                [("mollie_settlement_id", "in", self.ids)], ["mollie_settlement_id"], ["__count"]
            )
        )
        for settlement in self:
            settlement.line_count = counts.get(settlement, 0)

    @api.depends("state", "proof_difference")
    def _compute_is_proven(self):
        for settlement in self:
            settlement.is_proven = settlement.state == "booked" and (
                settlement.currency_id.is_zero(settlement.proof_difference)
            )

    @api.depends("statement_id.balance_start", "statement_id.balance_end_real", "line_ids.amount")
    def _compute_statement_proof(self):
        sums = dict(
            self.env["account.bank.statement.line"]._read_group(
                [("mollie_settlement_id", "in", self.ids)],
                ["mollie_settlement_id"],
                ["amount:sum"],
            )
        )
        for settlement in self:
            total = sums.get(settlement, 0.0)
            settlement.statement_lines = total
            settlement.statement_difference = settlement.statement_start + total - settlement.statement_end

    @api.model
    def _take_over(self, account, remotes, balances):
        """Write what Mollie says about its settlements.

        :param remotes: list of lib Settlement, newest first.
        :param balances: dict of Mollie's balance id to o2c.mollie.balance.
        :return: settlements that have to be read, oldest first: closed, and not posted in this
            shape.
        """
        known = {
            settlement.mollie_id: settlement
            for settlement in self.search(
                [
                    ("account_id", "=", account.id),
                    ("mollie_id", "in", [remote.id for remote in remotes]),
                ]
            )
        }
        by_currency = {balance.currency_id.name: balance for balance in balances.values()}
        new, changed = [], set()
        for remote in remotes:
            balance = balances.get(remote.balance_id) or by_currency.get(remote.amount.currency)
            values = {
                "reference": remote.reference or remote.id,
                "status": remote.status,
                "amount": float(remote.amount.value),
                "created_at": remote.created_at or remote.settled_at,
                "settled_at": remote.settled_at,
                "payload": remote.raw,
                "balance_id": balance.id if balance else False,
            }
            settlement = known.get(remote.id)
            if settlement is None:
                new.append({**values, "account_id": account.id, "mollie_id": remote.id})
            elif settlement.booked_fingerprint != remote.fingerprint:
                settlement.write(values)
                changed.add(remote.id)
        created = self.create(new)
        known.update({settlement.mollie_id: settlement for settlement in created})
        changed.update(created.mapped("mollie_id"))
        return self.browse(
            known[remote.id].id
            for remote in reversed(remotes)
            if remote.id in changed and remote.status in CLOSED
        )

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "o2c_mollie_payments.account_bank_statement_line_action"
        )
        action["domain"] = [("mollie_settlement_id", "=", self.id)]
        return action

    def action_open_paid(self):
        """Open the invoices and credit notes that this settlement paid, as far as they are known."""
        self.ensure_one()
        # Whoever may see the settlement may know which invoices it paid; opening them needs rights.
        known = self.sudo().line_ids._o2c_payments()
        payments = self.env["account.payment"].sudo().union(*known.values())
        invoices = payments.reconciled_invoice_ids | payments.invoice_ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Paid by %s", self.reference),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", invoices.ids)],
        }

    def action_open_statement(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.bank.statement",
            "res_id": self.statement_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
