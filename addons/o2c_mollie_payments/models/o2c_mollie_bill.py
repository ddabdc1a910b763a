import re
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Command

from .o2c_mollie_account import CHANNEL

INVOICE_ID = re.compile(r"\binv_\w+")


class O2cMollieAccount(models.Model):
    """Mollie's monthly bill for the fees that it withheld."""

    _inherit = "o2c.mollie.account"

    fetch_bills = fields.Boolean(
        "Fetch Mollie's bills",
        default=True,
        help="Makes a draft vendor bill of each monthly bill, with its PDF. Once posted, it is "
        "matched with the fees withheld.",
    )

    @api.model
    def _cron_fetch_bills(self):
        self.search(
            [("state", "!=", "draft"), ("fetch_bills", "=", True), ("fee_mode", "=", "payable")]
        ).action_fetch_bills()

    def action_fetch_bills(self):
        """Fetch Mollie's bills in the background."""
        self.check_access("read")
        for account in self:
            # See sync_settlements.
            account.sudo().with_delay(
                channel=CHANNEL,
                priority=20,
                identity_key=f"o2c_mollie_bills:{account.id}",
                description=f"Mollie: fetch bills of {account.name}",
            )._fetch_bills()

    def _fetch_bills(self):
        """Job: make a draft bill of each of Mollie's bills that is not here yet."""
        self.ensure_one()
        with self.env["o2c.issue"]._guard(self, "connection", key="bills", retry="action_fetch_bills"):
            client = self._client()
            remotes = [
                remote
                for remote in client.invoices()
                if remote.issued_on and remote.issued_on >= self.start_date
            ]
            moves = self.env["account.move"]
            known = set(
                moves.search(
                    [
                        ("company_id", "=", self.company_id.id),
                        ("mollie_invoice_id", "in", [remote.id for remote in remotes]),
                    ]
                ).mapped("mollie_invoice_id")
            )
            for remote in remotes:
                if remote.id not in known:
                    self._make_bill(client, remote)

    def _make_bill(self, client, remote):
        currency = self.env["res.currency"].search([("name", "=", remote.gross.currency)], limit=1)
        bill = (
            self.env["account.move"]
            .with_company(self.company_id)
            .create(
                {
                    "move_type": "in_invoice",
                    "company_id": self.company_id.id,
                    "partner_id": self.partner_id.id,
                    "currency_id": (currency or self.company_id.currency_id).id,
                    "ref": remote.reference or remote.id,
                    "invoice_date": remote.issued_on,
                    "invoice_date_due": remote.due_on,
                    "mollie_invoice_id": remote.id,
                    "mollie_periods": ",".join(sorted({line.period for line in remote.lines})),
                    "invoice_line_ids": [Command.create(self._bill_line(line)) for line in remote.lines],
                }
            )
        )
        pdf = client.invoice_pdf(remote)
        if pdf:
            attachment = self.env["ir.attachment"].create(
                {
                    "name": f"Mollie {remote.reference or remote.id}.pdf",
                    "raw": pdf,
                    "mimetype": "application/pdf",
                    "res_model": "account.move",
                    "res_id": bill.id,
                }
            )
            bill.message_main_attachment_id = attachment
        self._report_bill(bill, remote)

    def _bill_line(self, line):
        return {
            "name": f"{line.description} ({line.period}, {line.count} ×)",
            "quantity": 1.0,
            "price_unit": float(line.net),
            **({"account_id": self.fee_account_id.id} if self.fee_account_id else {}),
            "tax_ids": [Command.set(self.fee_tax_id.ids)],
        }

    def _report_bill(self, bill, remote):
        """A bill whose total is not Mollie's stays a draft that says so."""
        quantize = Decimal(1).scaleb(-bill.currency_id.decimal_places)
        total = Decimal(str(bill.amount_total)).quantize(quantize)
        if total == remote.gross.value:
            return
        self.env["o2c.issue"]._report(
            bill,
            "amount",
            self.env._(
                "Mollie's bill %(reference)s is %(mollie)s, in Odoo it comes to %(odoo)s. It was "
                "left as a draft. Choose the VAT of Mollie's fees on the Mollie account, or "
                "correct the bill before you post it.",
                reference=remote.reference,
                mollie=f"{remote.gross.value} {remote.gross.currency}",
                odoo=f"{total} {bill.currency_id.name}",
            ),
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    mollie_invoice_id = fields.Char("Bill at Mollie", readonly=True, copy=False)
    mollie_periods = fields.Char(readonly=True, copy=False)

    _mollie_invoice_unique = models.UniqueIndex(
        "(company_id, mollie_invoice_id) WHERE mollie_invoice_id IS NOT NULL"
    )

    def _post(self, soft=True):
        posted = super()._post(soft)
        bills = posted.filtered("mollie_invoice_id")
        bills._o2c_match_mollie_fees()
        self.env["o2c.issue"]._clear(bills, "amount")
        return posted

    @api.model
    def _o2c_mollie_bills_for(self, lines):
        """:return: posted bills that these statement lines can clear: those that are open, and
        those that a compensation is for."""
        named = INVOICE_ID.findall(
            " ".join(line.payment_ref for line in lines if line.mollie_kind == "compensation")
        )
        return self.search(
            [
                ("company_id", "in", lines.company_id.ids),
                ("mollie_invoice_id", "!=", False),
                ("state", "=", "posted"),
                "|",
                ("payment_state", "in", ("not_paid", "partial")),
                ("mollie_invoice_id", "in", named),
            ]
        )

    def _o2c_match_mollie_fees(self):
        """Match these bills of Mollie with the fees that it withheld for the same months, with
        what rounding those took, and with its compensation for it."""
        lines = self.env["account.bank.statement.line"]
        plan = []
        for bill in self:
            periods = [period for period in (bill.mollie_periods or "").split(",") if period]
            domain = [("company_id", "=", bill.company_id.id), ("mollie_id", "!=", False)]
            fees = lines.browse()
            for period in periods:
                fees |= lines.search(
                    [
                        *domain,
                        ("mollie_kind", "=", "fee"),
                        "|",
                        ("mollie_id", "like", f"/fee/{period}/"),
                        ("mollie_id", "like", f"/ledger-fee/{period}/"),
                    ]
                )
            around = lines.search(
                [
                    *domain,
                    "|",
                    "&",
                    ("mollie_kind", "=", "rounding"),
                    ("mollie_settlement_id", "in", fees.mollie_settlement_id.ids),
                    "&",
                    ("mollie_kind", "=", "compensation"),
                    ("payment_ref", "like", bill.mollie_invoice_id),
                ]
            )
            partner = bill.commercial_partner_id
            payable = (bill.line_ids | (fees | around).move_id.line_ids).filtered(
                lambda line, partner=partner, bill=bill: (
                    line.account_id.account_type == "liability_payable"
                    and line.partner_id.commercial_partner_id == partner
                    and not line.reconciled
                    and line.currency_id == bill.currency_id
                )
            )
            signs = {line.amount_residual > 0 for line in payable}
            if len(payable.account_id) == 1 and len(signs) == 2:
                plan.append(payable)
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)
