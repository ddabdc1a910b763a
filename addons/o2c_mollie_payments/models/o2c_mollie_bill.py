from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Command

from .o2c_mollie_account import CHANNEL


class O2cMollieAccount(models.Model):
    """Mollie's monthly bill for the fees that it withheld."""

    # A file for each of the things that an account does.
    _inherit = "o2c.mollie.account"  # pylint: disable=consider-merging-classes-inherited

    fetch_bills = fields.Boolean(
        "Fetch Mollie's bills",
        default=True,
        help="Makes a draft vendor bill of each monthly bill, with its PDF. Once posted, it is "
        "matched with the fees withheld.",
    )

    @api.model
    def _cron_fetch_bills(self):
        self.search(
            self._in_use_domain() & fields.Domain([("fetch_bills", "=", True), ("fee_mode", "=", "payable")])
        ).action_fetch_bills()

    def action_fetch_bills(self):
        """Fetch Mollie's bills in the background."""
        self._check_not_demo()
        self.check_access("read")
        for account in self:
            # See sync_settlements.
            account.sudo().with_delay(
                channel=CHANNEL,
                priority=20,
                identity_key=f"o2c_mollie_bills:{account.id}",
                description=self.env._("Fetch Mollie's bills of %s", account.name),
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
